//! Experts are drawn by the chain, and anyone draws the same ones again from the recorded input.

use serde_json::{Value, json};
use yilian_crypto::Digest;
use yilian_verify::replay::{ReplayLimits, Rule, RuleEnd};

use crate::harness::{Network, Section, wait_for};

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

#[test]
fn a_draw_is_run_again_outside_the_chain() {
    let network = Network::started();
    let section = Section::published(&network, 300);
    let mut pool = list(2_000);
    let mut asked = pool.clone();
    asked["committee_min"] = json!(5);
    let client = network.client(0);
    let feasible = client.query("expert-draw", "feasible", &json!({"list": asked}));
    let feasible = feasible.expect("feasible").result;
    pool["tender"] = json!(section.id());
    pool["list_digest"] = feasible["list_digest"].clone();
    pool["length"] = json!(2_000);
    section.ok("expert-pool", "commit_pool", pool);
    section.ok("centre-lanzhou", "draw", json!({"tender": section.id()}));
    let record = wait_for("the draw", || {
        let record = section.view("draw_record", json!({"tender": section.id()}));
        (record["status"] == "drawn").then_some(record)
    });
    let call = wait_for("the release's receipt", || {
        let tip = network.nodes[0].height();
        (1..=tip).find_map(|height| released(&network, height))
    });
    let code = client.code(&call.code_hash).expect("code");
    let rule = Rule::load(&code).expect("the rule runs on another engine");
    assert_eq!(rule.interface().name, "expert-draw");
    let again = rule.call("draw", &call.input, &mut ReplayLimits::default());
    let RuleEnd::Done(again) = again.expect("draws again") else {
        panic!("the rule refused what it had drawn");
    };
    assert_eq!(again, call.output);
    let drawn: Value = serde_json::from_slice(&call.output).expect("JSON");
    let invited = drawn["invited"].as_array().expect("list");
    assert_eq!(invited.len(), 5, "{record}");
}

/// The draw of a release in a block: the code that ran, its input and its output, as the evidence has them.
fn released(network: &Network, height: u64) -> Option<Drawn> {
    let block = network.client(0).block(height).ok()?;
    let receipt = block
        .receipts
        .iter()
        .find(|receipt| receipt.transaction().is_none())?;
    let index = block.header.log_size - block.receipts.len() as u64 + u64::from(receipt.index);
    let evidence = network.client(0).evidence_at(index).ok()?;
    let call = evidence.records.first()?.receipt.rule_calls.first()?;
    let texts = evidence.texts();
    Some(Drawn {
        code_hash: call.code_hash,
        input: texts.get(&call.input)?.to_vec(),
        output: texts.get(&call.output)?.to_vec(),
    })
}

struct Drawn {
    code_hash: Digest,
    input: Vec<u8>,
    output: Vec<u8>,
}
