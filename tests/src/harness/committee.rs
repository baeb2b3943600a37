//! A chain of another size, or of another pace, than the local preset's.

use std::os::unix::fs::OpenOptionsExt as _;

use std::io::Write as _;

use yilian_chain_spec::{Centre, ChainSpec};
use yilian_crypto::{Digest, SecretKey};

use super::{Network, Node, now_ms};

/// Name, Chinese name, English name and division of the centres beyond four.
const MORE: [(&str, &str, &str, &str); 3] = [
    ("wuwei", "武威", "Wuwei", "620600"),
    ("jinchang", "金昌", "Jinchang", "620300"),
    ("tianshui", "天水", "Tianshui", "620500"),
];

impl Network {
    /// Makes a chain of four to seven validators; its specification may be changed before it begins. Nothing runs yet.
    pub fn of(validators: usize, change: impl FnOnce(&mut ChainSpec)) -> Self {
        let mut network = Self::new();
        let path = network.path().join("chain.toml");
        let text = std::fs::read_to_string(&path).expect("spec");
        let mut spec = ChainSpec::parse(&text).expect("a specification");
        for place in spec.centres.len()..validators {
            let node = network.add(&mut spec, place);
            network.nodes.push(node);
        }
        change(&mut spec);
        std::fs::write(&path, spec.to_toml()).expect("written");
        network
    }

    /// One more centre, its key and its node.
    fn add(&self, spec: &mut ChainSpec, place: usize) -> Node {
        let (name, zh, en, division) = MORE[place - 4];
        let seed = Digest::sha256(format!("{name} {}", now_ms()).as_bytes());
        let seed: [u8; 32] = *seed.as_bytes();
        let first = &spec.centres[0];
        let port = |address: &str| {
            let (before, port) = address.rsplit_once('/').expect("a port");
            let port: usize = port.parse().expect("a port");
            format!("{before}/{}", port + place)
        };
        let centre = Centre {
            name: name.to_owned(),
            zh: zh.to_owned(),
            en: en.to_owned(),
            division: division.to_owned(),
            organisation: first.organisation.clone(),
            key: SecretKey::from_seed(seed).public_key(),
            power: first.power,
            p2p: port(&first.p2p),
            mempool: port(&first.mempool),
        };
        let folder = self.path().join("nodes").join(name);
        std::fs::create_dir_all(&folder).expect("folder");
        let digits: String = seed.iter().map(|byte| format!("{byte:02x}")).collect();
        let mut options = std::fs::File::options();
        let file = options.write(true).create_new(true).mode(0o600);
        let mut file = file.open(folder.join("validator.key")).expect("key file");
        file.write_all(digits.as_bytes()).expect("written");
        let (_, api) = self.nodes[0].api.rsplit_once(':').expect("a port");
        let api: usize = api.parse::<usize>().expect("a port") + place;
        let text = std::fs::read_to_string(self.nodes[0].folder.join("node.toml")).expect("node");
        let mut config: toml::Table = toml::from_str(&text).expect("node file is TOML");
        let set = [
            ("name", name.to_owned()),
            ("p2p_listen", centre.p2p.clone()),
            ("mempool_listen", centre.mempool.clone()),
            ("api_listen", format!("127.0.0.1:{api}")),
        ];
        for (field, value) in set {
            config.insert(field.to_owned(), toml::Value::String(value));
        }
        std::fs::write(folder.join("node.toml"), config.to_string()).expect("written");
        spec.centres.push(centre);
        Node::new(&self.path(), name)
    }
}
