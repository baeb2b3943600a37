//! Centres that join, leave and change their keys.

use serde_json::Value;
use yilian_client::Validators;

use super::{Network, Node, PATIENCE, wait_for, wait_within};

impl Network {
    /// Port of the first node's consensus; those of the others follow.
    fn base_port(&self) -> u16 {
        let port = self.nodes[0].api.rsplit(':').next().expect("a port");
        port.parse::<u16>().expect("a port") - 200
    }

    /// Makes folder and card of one more node; `place` gives its ports. It does not run yet.
    pub fn prepare(&self, folder: &str, name: &str, place: u16, more: &[&str]) -> Node {
        let chain = self.path();
        let dir = chain.join("nodes").join(folder).display().to_string();
        let port = (self.base_port() + place).to_string();
        let mut arguments = vec!["validator", "prepare", "--dir", &dir, "--name", name];
        arguments.extend(["--base-port", &port]);
        arguments.extend(more);
        self.cli_json(0, &arguments);
        Node::new(&chain, folder)
    }

    /// A centre's people propose something about validators; gives what the chain answers.
    pub fn propose(&self, who: &str, what: &[&str]) -> Value {
        let mut arguments = vec!["--key", who, "validator"];
        arguments.extend(what);
        let sent = self.cli_json(0, &arguments);
        sent["data"]["result"].clone()
    }

    /// Proposes something and has two more centres approve.
    pub fn decide(&self, what: &[&str]) {
        let number = self.propose("centre-lanzhou", what)["proposal"].clone();
        let number = number.to_string();
        self.propose("centre-baiyin", &["approve", &number]);
        let last = self.propose("centre-zhangye", &["approve", &number]);
        assert_eq!(last["made"], true, "{last}");
    }

    pub fn validators(&self, node: usize) -> Validators {
        wait_for("the list of validators", || {
            self.client(node).validators().ok()
        })
    }

    /// Waits until exactly these centres decide.
    pub fn wait_for_centres(&self, node: usize, names: &[&str]) -> Validators {
        let mut expected: Vec<_> = names.to_vec();
        expected.sort_unstable();
        wait_within(2 * PATIENCE, &format!("the centres {expected:?}"), || {
            let found = self.client(node).validators().ok()?;
            let mut got: Vec<_> = found.centres.iter().map(|one| one.name.as_str()).collect();
            got.sort_unstable();
            (got == expected).then_some(found)
        })
    }

    /// Waits until so many hold the release key.
    pub fn wait_for_holders(&self, node: usize, holders: &[&str]) -> String {
        let mut expected: Vec<_> = holders.to_vec();
        expected.sort_unstable();
        wait_within(3 * PATIENCE, &format!("holders {expected:?}"), || {
            let group = self.client(node).releases().ok()?.group?;
            let mut got: Vec<_> = group.holders.iter().map(String::as_str).collect();
            got.sort_unstable();
            (got == expected).then_some(group.key)
        })
    }
}
