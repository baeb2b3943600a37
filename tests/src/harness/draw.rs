//! Drawing experts for a section, and how releases stand.

use serde_json::{Value, json};
use yilian_client::{ReleaseGroup, Releases};
use yilian_crypto::Digest;

use super::{Network, PATIENCE, Section, deposit_args, sent_ok, wait_for, wait_within};

/// A pool of blinded experts of one stratum, two of them recused, and what is to be drawn from it.
fn list(length: usize) -> Value {
    let mut ids: Vec<_> = (0..length)
        .map(|number| Digest::sha256(format!("expert {number}").as_bytes()).to_hex())
        .collect();
    ids.sort();
    let recusals = json!([ids[3], ids[77]]);
    json!({
        "groups": [{"stratum": "A08", "ids": ids}],
        "recusals": recusals, "recused_organisations": [],
        "seats": [{"stratum": "A08", "seats": 5, "substitutes": 2}],
        "owner_representatives": 0,
    })
}

/// When the evaluation is planned: an hour from now.
fn evaluation() -> u64 {
    super::now_ms() + 3_600_000
}

impl Section<'_> {
    /// Freezes a pool and asks for the draw; gives its identity.
    pub fn ask_for_draw(&self, network: &Network, length: usize) -> String {
        self.freeze(network, length);
        let started = self.ok("centre-lanzhou", "draw", json!({"tender": self.id()}));
        started["draw_id"].as_str().expect("an identity").to_owned()
    }

    /// Freezes a pool.
    pub fn freeze(&self, network: &Network, length: usize) {
        let mut pool = list(length);
        let mut asked = pool.clone();
        asked["committee_min"] = json!(5);
        let feasible = network
            .client(0)
            .query("expert-draw", "feasible", &json!({"list": asked}));
        let feasible = feasible.expect("feasible").result;
        pool["tender"] = json!(self.id());
        pool["list_digest"] = feasible["list_digest"].clone();
        pool["length"] = json!(length);
        pool["evaluation_ms"] = json!(evaluation());
        self.ok("expert-pool", "commit_pool", pool);
    }

    /// The record of the draw.
    pub fn draw_record(&self) -> Value {
        self.view("draw_record", json!({"tender": self.id()}))
    }

    /// Waits until it is drawn; gives the record.
    pub fn drawn(&self) -> Value {
        wait_for("the draw", || {
            let record = self.draw_record();
            (record["status"] == "drawn").then_some(record)
        })
    }
}

impl Network {
    pub fn releases(&self, node: usize) -> Releases {
        wait_for("how releases stand", || self.client(node).releases().ok())
    }

    /// Waits until the ceremony has given a key.
    pub fn wait_for_group(&self, node: usize) -> Releases {
        // With a member away each of three phases takes all its blocks, and every fourth of them a round more.
        wait_within(3 * PATIENCE, "a group that holds the key", || {
            let releases = self.client(node).releases().ok()?;
            releases.group.is_some().then_some(releases)
        })
    }

    /// Waits until the key is shared anew; gives the group that holds it then.
    pub fn wait_for_resharing(&self, first: &ReleaseGroup) -> ReleaseGroup {
        let sender = self.sender(0, "trading-system");
        let mut number = 0;
        wait_for("the resharing", || {
            // Blocks come with work.
            sent_ok(&sender.call("evidence", "deposit", deposit_args(number)));
            number += 1;
            let group = self.releases(0).group.expect("a group");
            (group.round > first.round).then_some(group)
        })
    }

    /// Whether a stranger with nothing but the record finds the release to be the group's, and the seed to follow.
    pub fn release_verifies(&self, identity: &str, record: &Value, key: &str) -> bool {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let given = [
            ("--chain-id", "yilian-local".to_owned()),
            ("--signature", text(&record["signature"])),
            ("--group-key", key.to_owned()),
            ("--contribution", text(&record["contribution"]["value"])),
            ("--seed", text(&record["seed"])),
        ];
        let mut arguments = vec!["release", "verify", identity];
        arguments.extend(given.iter().flat_map(|(name, value)| [*name, value]));
        let output = self.cli(0, &arguments);
        match output.status.code() {
            Some(0) => true,
            Some(4) => false,
            code => panic!("exit {code:?}: {}", super::text(&output)),
        }
    }
}
