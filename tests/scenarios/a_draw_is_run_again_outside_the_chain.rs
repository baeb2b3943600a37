//! Experts are drawn by the chain, and anyone draws the same ones again from the recorded input.

use serde_json::Value;
use yilian_crypto::Digest;
use yilian_verify::replay::{ReplayLimits, Rule, RuleEnd};
use yilian_verify::{Bundle, Codes, StepId, StepOutcome, Trust};

use yilian_tests::harness::{Network, Section, wait_for};

#[test]
fn a_draw_is_run_again_outside_the_chain() {
    let network = Network::started();
    let section = Section::published(&network, 300);
    let client = network.client(0);
    section.ask_for_draw(&network, 2_000);
    let record = section.drawn();
    let call = wait_for("the release's receipt", || {
        let tip = network.nodes[0].height();
        (1..=tip).find_map(|height| released(&network, height))
    });
    let spec = std::fs::read_to_string(network.path().join("chain.toml")).expect("spec");
    let trust = Trust::parse(&spec).expect("trust");
    let report = call.evidence.verify(&trust, &Codes::default());
    assert!(report.is_valid(), "{report:?}");
    assert_eq!(report.outcome(StepId::Releases), StepOutcome::Proved);
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
        evidence: evidence.clone(),
    })
}

struct Drawn {
    code_hash: Digest,
    input: Vec<u8>,
    output: Vec<u8>,
    evidence: Bundle,
}
