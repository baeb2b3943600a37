//! Four validators of a new chain.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tempfile::TempDir;
use yilian_client::Client;
use yilian_crypto::SecretKey;

use super::{Node, Sender, wait_for};

/// Scenarios take turns: eight validators at once on two cores would test nothing but patience.
static TURN: Mutex<()> = Mutex::new(());
static NEXT_PORT: AtomicU16 = AtomicU16::new(21_000);

/// Waits for this scenario's turn.
pub fn one_at_a_time() -> MutexGuard<'static, ()> {
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A program beside the test's own.
pub fn program(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("path of the test");
    let folder = test.parent().and_then(Path::parent).expect("target folder");
    let path = folder.join(name);
    assert!(
        path.is_file(),
        "program {name} is not built: run scripts/test, which builds it first"
    );
    path
}

/// Folder of what else was built or installed for the tests, beside the profile's own.
pub fn target_folder() -> PathBuf {
    let profile = program("yilian");
    let target = profile.ancestors().nth(2).expect("target folder");
    target.to_owned()
}

/// Folder of the built contracts.
pub fn contracts() -> PathBuf {
    let tests = std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo runs the tests");
    let folder = PathBuf::from(tests).join("../contracts/target/yilian");
    assert!(
        folder.join("tender.wasm").is_file(),
        "contracts are not built: run scripts/build-contracts"
    );
    folder
}

/// Ten ports at each of three places, for four nodes and a few more: at it, 100 above, and 200 above.
pub fn free_base_port() -> u16 {
    loop {
        let base = NEXT_PORT.fetch_add(10, Ordering::Relaxed);
        assert!(base < 30_000, "no free ports");
        let ports = (0..4).flat_map(|i| [base + i, base + 100 + i, base + 200 + i]);
        if ports
            .into_iter()
            .all(|port| TcpListener::bind(("127.0.0.1", port)).is_ok())
        {
            return base;
        }
    }
}

/// A chain and its four validators.
pub struct Network {
    pub folder: TempDir,
    pub nodes: Vec<Node>,
    _turn: Option<MutexGuard<'static, ()>>,
}

impl Network {
    /// Makes a chain; nothing runs yet.
    pub fn new() -> Self {
        let turn = one_at_a_time();
        let mut network = Self::unguarded();
        network._turn = Some(turn);
        network
    }

    /// A second chain within one scenario.
    pub fn unguarded() -> Self {
        let folder = tempfile::tempdir().expect("folder");
        let base = free_base_port().to_string();
        let chain = folder.path().join("net");
        let made = Command::new(program("yilian"))
            .args([
                "--lang",
                "en",
                "init",
                "--preset",
                "local",
                "--base-port",
                &base,
            ])
            .arg("--dir")
            .arg(&chain)
            .arg("--contracts")
            .arg(contracts())
            .output()
            .expect("yilian runs");
        assert!(made.status.success(), "{}", text(&made));
        let nodes = ["lanzhou", "baiyin", "zhangye", "qingyang"]
            .map(|name| Node::new(&chain, name))
            .into();
        Network {
            folder,
            nodes,
            _turn: None,
        }
    }

    /// Makes a chain, starts all validators, and waits for the first block.
    pub fn started() -> Self {
        let mut network = Self::new();
        network.start_all();
        network
    }

    pub fn start_all(&mut self) {
        self.nodes.iter_mut().for_each(Node::start);
        self.nodes.iter().for_each(Node::wait_for_answer);
        self.nodes.iter().for_each(|node| node.wait_for_height(1));
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("net")
    }

    pub fn client(&self, node: usize) -> Client {
        self.nodes[node].client()
    }

    /// A multiaddress of a centre in the chain specification: `p2p` or `mempool`.
    pub fn centre_address(&self, node: usize, field: &str) -> String {
        let spec = std::fs::read_to_string(self.path().join("chain.toml")).expect("spec");
        let spec: toml::Table = toml::from_str(&spec).expect("TOML");
        let centres = spec["centre"].as_array().expect("centres");
        let address = centres[node][field].as_str().expect("address");
        address.to_owned()
    }

    /// Key of an organisation, by the name of its file.
    pub fn key(&self, name: &str) -> SecretKey {
        let path = self.path().join("keys").join(format!("{name}.key"));
        read_key(&path)
    }

    /// Someone who signs with an organisation's key and sends to a node.
    pub fn sender(&self, node: usize, name: &str) -> Sender {
        Sender::new(self.client(node), "yilian-local", self.key(name))
    }

    /// Runs the CLI against a node.
    pub fn cli(&self, node: usize, arguments: &[&str]) -> Output {
        Command::new(program("yilian"))
            .args(["--lang", "en", "--json", "--quiet"])
            .args(["--node", &self.nodes[node].api])
            .arg("--home")
            .arg(self.path())
            .args(arguments)
            .output()
            .expect("yilian runs")
    }

    /// Runs the CLI, which must succeed; gives its JSON.
    pub fn cli_json(&self, node: usize, arguments: &[&str]) -> serde_json::Value {
        let output = self.cli(node, arguments);
        assert!(output.status.success(), "{arguments:?}: {}", text(&output));
        serde_json::from_slice(&output.stdout).expect("JSON")
    }

    /// Waits until the given nodes stand at one height at least as high as the highest of them now.
    pub fn wait_for_agreement(&self, nodes: &[usize]) -> u64 {
        let highest = nodes
            .iter()
            .map(|i| self.nodes[*i].height())
            .max()
            .unwrap_or(0);
        for i in nodes {
            self.nodes[*i].wait_for_height(highest);
        }
        highest
    }

    /// Whether all given nodes have the same header at a height.
    pub fn assert_same_header(&self, nodes: &[usize], height: u64) {
        let headers: Vec<_> = nodes
            .iter()
            .map(|i| wait_for("a header", || self.client(*i).header(height).ok()).header)
            .collect();
        for header in &headers {
            assert_eq!(header.state_root, headers[0].state_root, "height {height}");
            assert_eq!(header.log_root, headers[0].log_root, "height {height}");
            assert_eq!(header.hash(), headers[0].hash(), "height {height}");
        }
    }
}

pub fn read_key(path: &Path) -> SecretKey {
    key_of(&std::fs::read_to_string(path).expect("key file"))
}

/// A key, from the digits of its seed.
pub fn key_of(text: &str) -> SecretKey {
    let digits = text.trim();
    let mut seed = [0; 32];
    for (place, byte) in seed.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&digits[2 * place..2 * place + 2], 16).expect("hex");
    }
    SecretKey::from_seed(seed)
}

pub fn text(output: &Output) -> String {
    format!(
        "exit {:?}\n{}\n{}",
        output.status.code(),
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}
