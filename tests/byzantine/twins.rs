//! Two of four validators run twice, each time with one of the others: two quorums that never hear of each other.

use std::net::TcpListener;

use yilian_tests::deposits::{Chain, chain, one_chain};
use yilian_tests::harness::{Network, Node, copy_folder, deposit_args, sent_ok};

/// Blocks that each half makes.
const HEIGHTS: u64 = 4;
/// Name of a node's folder for its second run.
const TWIN: &str = "-twin";

fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    listener.local_addr().expect("bound").port()
}

fn multiaddr(port: u16) -> String {
    format!("/ip4/127.0.0.1/tcp/{port}")
}

/// A second node with the same key, which listens elsewhere.
fn twin(network: &Network, node: usize) -> Node {
    let name = format!("{}{TWIN}", network.nodes[node].name);
    let folder = network.path().join("nodes").join(&name);
    copy_folder(&network.nodes[node].folder, &folder);
    let mut config = config(&folder);
    for field in ["p2p_listen", "mempool_listen"] {
        config.insert(field.to_owned(), multiaddr(free_port()).into());
    }
    let api = format!("127.0.0.1:{}", free_port());
    config.insert("api_listen".to_owned(), api.into());
    std::fs::write(folder.join("node.toml"), config.to_string()).expect("written");
    Node::new(&network.path(), &name)
}

fn config(folder: &std::path::Path) -> toml::Table {
    let text = std::fs::read_to_string(folder.join("node.toml")).expect("node file");
    toml::from_str(&text).expect("node file is TOML")
}

/// Tells a node where it finds a centre: at that node, or nowhere.
fn place(at: &Node, centre: &str, found: Option<&Node>) {
    let mut of = config(&at.folder);
    let found = found.map(|found| config(&found.folder));
    let address = |field: &str| match &found {
        Some(found) => found[field].clone(),
        None => multiaddr(free_port()).into(),
    };
    let mut ways = toml::Table::new();
    ways.insert("p2p".to_owned(), address("p2p_listen"));
    ways.insert("mempool".to_owned(), address("mempool_listen"));
    let places = of.entry("places").or_insert(toml::Table::new().into());
    let places = places.as_table_mut().expect("places");
    places.insert(centre.to_owned(), ways.into());
    std::fs::write(at.folder.join("node.toml"), of.to_string()).expect("written");
}

/// Gives what the checks say of the two halves.
pub(crate) fn run() -> Vec<String> {
    let mut network = Network::new();
    let twins = [twin(&network, 2), twin(&network, 3)];
    let names: Vec<_> = network.nodes.iter().map(|node| node.name.clone()).collect();
    // The first half: 0, 2 and 3. The second: 1 and the twins.
    for node in [0, 2, 3] {
        place(&network.nodes[node], &names[1], None);
    }
    place(&network.nodes[1], &names[0], None);
    place(&network.nodes[1], &names[2], Some(&twins[0]));
    place(&network.nodes[1], &names[3], Some(&twins[1]));
    for (one, other, centre) in [(0, 1, &names[3]), (1, 0, &names[2])] {
        place(&twins[one], &names[0], None);
        place(&twins[one], centre, Some(&twins[other]));
    }
    network.nodes.extend(twins);
    network.nodes.iter_mut().for_each(Node::start);
    for node in [0, 1] {
        network.nodes[node].wait_for_height(1);
        let sender = network.sender(node, "trading-system");
        for number in 0..HEIGHTS {
            sent_ok(&sender.call("evidence", "deposit", deposit_args(number)));
        }
    }
    let height = network.nodes[0].height().min(network.nodes[1].height());
    let chains: Vec<Chain> = [0, 1].map(|node| chain(&network, node, 1, height)).into();
    let mut findings = Vec::new();
    one_chain(&chains, &mut findings);
    findings
}
