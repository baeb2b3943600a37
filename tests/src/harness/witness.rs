//! A witness's process.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use super::{Network, program, wait_for};

/// A witness, running.
pub struct Witness {
    pub name: String,
    /// As a trust file names it.
    pub public_key: Value,
    verifier_key: String,
    url: String,
    child: Child,
}

impl Witness {
    /// Makes a key in the network's folder, and starts a witness of its log.
    pub fn start(network: &Network, name: &str) -> Self {
        network.cli_json(0, &["keys", "new", name]);
        let key = network.cli_json(0, &["--key", name, "witness", "key", "--name", name]);
        let free = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = free.local_addr().expect("its address").to_string();
        drop(free);
        let child = Command::new(program("yilian"))
            .args(["--key", name, "--home"])
            .arg(network.path())
            .args(["witness", "run", "--name", name, "--listen", &address])
            .arg("--state")
            .arg(network.folder.path().join(name))
            .arg("--trust")
            .arg(network.path().join("chain.toml"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("yilian runs");
        wait_for("the witness to listen", || {
            std::net::TcpStream::connect(&address).ok()
        });
        Witness {
            name: name.to_owned(),
            public_key: key["data"]["public_key"].clone(),
            verifier_key: key["data"]["verifier_key"]
                .as_str()
                .expect("a key")
                .to_owned(),
            url: format!("http://{address}"),
            child,
        }
    }

    /// Tells a node to ask this witness every half second; it must not run yet.
    pub fn configure(&self, node_file: &Path) {
        let mut text = std::fs::read_to_string(node_file).expect("node file");
        if !text.contains("witness_interval_ms") {
            text.insert_str(0, "witness_interval_ms = 500\n");
        }
        let (url, key) = (&self.url, &self.verifier_key);
        text.push_str(&format!(
            "\n[[witnesses]]\nurl = \"{url}\"\nkey = \"{key}\"\n"
        ));
        std::fs::write(node_file, text).expect("node file");
    }
}

impl Drop for Witness {
    fn drop(&mut self) {
        // Whatever the test found, the process must not stay.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
