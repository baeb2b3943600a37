//! What is done while a point is armed, and what of it must be there afterwards.

use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use yilian_acknowledgement::Acknowledgement;
use yilian_client::{Client, Submitted, Wait};
use yilian_crypto::Digest;
use yilian_primitives::{Envelope, Outcome};
use yilian_tests::deposits::{History, Operation, Told, place, settle};
use yilian_tests::harness::{Network, Node, deposit_args, now_ms, wait_for};

use crate::plan::Deed;

/// How long a client waits for finality, in ms.
const WAIT_MS: u64 = 4_000;
/// How long it waits for any answer.
const PATIENCE: Duration = Duration::from_secs(8);
/// The centre that changes its key, and its place.
const CHANGING: (&str, usize) = ("qingyang", 3);

/// Clients of the network, and what they were told.
pub(crate) struct Deeds {
    started: Instant,
    number: u64,
    /// Submissions, and what the first node acknowledged of them.
    submissions: Vec<(Envelope, Option<Acknowledgement>)>,
    /// The node that takes the place of the one that changes its key, and its card.
    next: Option<(Node, String)>,
    /// Nodes that were prepared, each on ports that the one before it does not have.
    prepared: u16,
    asked: bool,
}

fn client(network: &Network, node: usize) -> Client {
    Client::with_timeout(&network.nodes[node].api, PATIENCE)
}

/// A ledger that does nothing, of this name.
fn program(name: &str) -> String {
    let interface = format!(
        r#"{{"abi":1,"kind":"ledger","name":"{name}","version":"1.0.0","methods":[{{"name":"run","args":{{}},"result":{{}}}}]}}"#
    );
    let escaped = interface.replace('"', "\\22");
    let text = format!(
        "(module (func (export \"run\")) (memory (export \"memory\") 1) (@custom \"yilian.interface\" \"{escaped}\"))"
    );
    STANDARD.encode(wat::parse_str(text).expect("a program"))
}

impl Deeds {
    pub(crate) fn new() -> Self {
        Deeds {
            started: Instant::now(),
            number: 0,
            submissions: Vec::new(),
            next: None,
            prepared: 0,
            asked: false,
        }
    }

    /// Something final before the first case, so that all nodes work.
    pub(crate) fn prepare(&mut self, network: &Network) {
        let sender = network.sender(0, "trading-system");
        self.number += 1;
        sender.call("evidence", "deposit", deposit_args(self.number));
    }

    /// Does a part of a deed. The first node may end at any moment.
    pub(crate) fn step(&mut self, deed: Deed, network: &Network, history: &mut History) {
        match deed {
            Deed::Start => {}
            Deed::Deposits => self.deposit(network, history),
            Deed::Deployment => {
                self.number += 1;
                let name = format!("made{}", self.number);
                let args = json!({"name": name, "kind": "ledger", "wasm": program(&name)});
                self.send(network, history, "governance", ("system", "deploy", args));
            }
            Deed::Acknowledgement => self.acknowledge(network),
            Deed::Change if self.asked => self.deposit(network, history),
            Deed::Change => {
                let (_, card) = self.next.as_ref().expect("prepared");
                let who = format!("centre-{}", CHANGING.0);
                let sent = network.cli(1, &["--key", &who, "validator", "rotate", card]);
                self.asked = sent.status.success();
            }
        }
    }

    fn deposit(&mut self, network: &Network, history: &mut History) {
        self.number += 1;
        let args = deposit_args(self.number);
        self.send(
            network,
            history,
            "trading-system",
            ("evidence", "deposit", args),
        );
    }

    /// Sends a call through the first node, and once more through the second, as careful clients do. In turn, the first or
    /// the second one is asked for its finality.
    fn send(
        &mut self,
        network: &Network,
        history: &mut History,
        who: &str,
        (contract, method, args): (&str, &str, Value),
    ) {
        let sender = network.sender(1, who);
        let envelope = sender.envelope(contract, method, args);
        let id = envelope.clone().verify().expect("signed here").id();
        let invoked = self.started.elapsed();
        let first = match self.number % 2 {
            0 => Wait::Accepted,
            _ => Wait::Final(WAIT_MS),
        };
        let mut told = Told::Nothing;
        for (node, wait) in [(0, first), (1, Wait::Final(WAIT_MS))] {
            let said = client(network, node).submit(&envelope, wait);
            told = match (said, told) {
                (_, told @ Told::Final(_)) => told,
                (Ok(Submitted::Final(status)), _) => {
                    let outcome = status.receipt.as_ref().map(|receipt| &receipt.outcome);
                    assert_eq!(outcome, Some(&Outcome::Ok), "{contract}.{method}");
                    place(&status).map_or(Told::Accepted, Told::Final)
                }
                (Ok(Submitted::Accepted(_)), _) => Told::Accepted,
                (Err(_), told) => told,
            };
        }
        history.operations.push(Operation {
            client: 0,
            node: 0,
            id,
            invoked,
            completed: self.started.elapsed(),
            told,
        });
    }

    fn acknowledge(&mut self, network: &Network) {
        self.number += 1;
        let commitment = Digest::sha256(format!("bid {}", self.number).as_bytes());
        let sender = network.sender(1, "trading-system");
        let builder = sender.builder("tender", "commit", json!({"commitment": commitment}));
        let envelope = sender.sign(&builder.valid_for_ms(600_000), now_ms());
        let given = client(network, 0).acknowledge(&envelope).ok();
        self.submissions.push((envelope, given));
    }

    /// Prepares a node with a new key for the centre that changes it, and starts it.
    pub(crate) fn prepare_change(&mut self, network: &Network) {
        self.prepared += 1;
        let (name, place) = CHANGING;
        let port = 4 + self.prepared % 6;
        let folder = format!("{name}-{}", self.prepared);
        let mut node = network.prepare(&folder, name, port, &[]);
        node.start();
        let card = node.folder.join("centre.json").display().to_string();
        assert!(network.nodes.len() > place);
        (self.next, self.asked) = (Some((node, card)), false);
    }

    /// Brings a deed to its end when the first node is back; gives what does not hold.
    pub(crate) fn finish(
        &mut self,
        deed: Deed,
        network: &mut Network,
        history: &mut History,
    ) -> Option<String> {
        match deed {
            Deed::Start | Deed::Deposits | Deed::Deployment => None,
            Deed::Acknowledgement => self.words(network),
            Deed::Change => self.changed(network, history),
        }
    }

    /// What was acknowledged is said again, and all words of the node are one chain.
    fn words(&mut self, network: &Network) -> Option<String> {
        let mut previous = Vec::new();
        for (envelope, given) in &mut self.submissions {
            let again = match given {
                Some(_) => wait_for("the node's word", || {
                    client(network, 0).acknowledge(envelope).ok()
                }),
                // It may be in a block by now; then nothing is said of it any more.
                None => match client(network, 0).acknowledge(envelope) {
                    Ok(again) => again,
                    Err(_) => continue,
                },
            };
            if given.as_ref().is_some_and(|given| *given != again) {
                return Some(format!("{given:?} was said, and then {again:?}"));
            }
            if previous.contains(&again.previous) {
                return Some(format!("two words follow {}", again.previous));
            }
            previous.push(again.previous);
            *given = Some(again);
        }
        None
    }

    /// The change is made, whenever the first node stopped; the node of the old key is stopped for good.
    fn changed(&mut self, network: &mut Network, history: &mut History) -> Option<String> {
        while !self.asked {
            self.step(Deed::Change, network, history);
        }
        let (node, card) = self.next.take().expect("prepared");
        let text = std::fs::read_to_string(&card).expect("a card");
        let card: Value = serde_json::from_str(&text).expect("JSON");
        let (name, place) = CHANGING;
        wait_for("the new key to count", || {
            let centres = network.validators(0).centres;
            let key = &centres.iter().find(|one| one.name == name)?.key;
            (key.to_string() == card["key"]).then_some(())
        });
        // Its part in the resharing, and then no more of it.
        wait_for("the former validator to be forgotten", || {
            network.validators(0).former.is_empty().then_some(())
        });
        network.nodes[place] = node;
        None
    }

    /// Waits until what was accepted is final, and every node takes something new.
    pub(crate) fn settle(&mut self, network: &Network, history: &History) {
        for node in 0..network.nodes.len() {
            self.number += 1;
            let sender = network.sender(node, "trading-system");
            sender.call("evidence", "deposit", deposit_args(self.number));
        }
        settle(network, 1, history);
    }
}
