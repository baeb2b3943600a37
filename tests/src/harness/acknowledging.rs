//! Handing a bid to several validators at once, and what they say of it.

use std::time::Duration;

use serde_json::{Value, json};
use yilian_acknowledgement::AcknowledgedSubmission;
use yilian_client::{Client, Collected};
use yilian_crypto::PublicKey;

use super::tender::Bid;
use super::{Network, Section, now_ms};

/// How long a bid stays valid, in ms: as long as a chain takes one.
const VALID_MS: u64 = 600_000;

impl Network {
    /// Keys of the validators, as the specification has them.
    pub fn validator_keys(&self) -> Vec<PublicKey> {
        let spec = std::fs::read_to_string(self.path().join("chain.toml")).expect("spec");
        let spec = yilian_chain_spec::ChainSpec::parse(&spec).expect("a specification");
        spec.centres.iter().map(|centre| centre.key).collect()
    }

    /// One validator's word on a submission; what it says if it gives none.
    pub fn acknowledgement_by(
        &self,
        node: usize,
        contract: &str,
        method: &str,
        args: Value,
    ) -> Result<AcknowledgedSubmission, String> {
        let sender = self.sender(node, "trading-system");
        let envelope = sender.envelope(contract, method, args.clone());
        let given = sender.client.acknowledge(&envelope);
        let given = given.map_err(|error| error.to_string())?;
        Ok(AcknowledgedSubmission {
            chain_id: "yilian-local".to_owned(),
            contract: contract.to_owned(),
            method: method.to_owned(),
            args,
            acknowledgements: vec![given],
        })
    }

    /// A profile by which the words of the validators count, with a grace.
    pub fn acknowledged_profile(&self, grace_ms: u64) -> Value {
        json!({"acknowledgers": self.validator_keys(), "fault_bound": 1, "grace_ms": grace_ms})
    }

    /// Hands a bid to validators at the same time until f+1 have acknowledged it.
    pub fn acknowledge(&self, bid: &Bid, nodes: &[usize], seconds: u64) -> Collected {
        let sender = self.sender(nodes[0], "trading-system");
        let args = json!({"commitment": bid.commitment()});
        let builder = sender
            .builder("tender", "commit", args)
            .valid_for_ms(VALID_MS);
        let envelope = sender.sign(&builder, now_ms());
        let clients: Vec<_> = nodes.iter().map(|node| self.client(*node)).collect();
        let keys = self.validator_keys();
        let time = Duration::from_secs(seconds);
        Client::collect_acknowledgements(&clients, &envelope, &keys, 2, time).expect("an envelope")
    }
}

impl Section<'_> {
    /// Brings what was collected to the chain.
    pub fn bring(&self, bid: &Bid, collected: &Collected) -> Value {
        let acknowledgements = &collected.submission.acknowledgements;
        self.ok(
            "trading-system",
            "acknowledge",
            json!({"submissions": [{"commitment": bid.commitment(), "withdrawal": false,
                                    "acknowledgements": acknowledgements}]}),
        )
    }
}
