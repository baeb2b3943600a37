//! A bid before the deadline is taken, one after it is refused with the reason, and the refusal is provable.

use yilian_primitives::Outcome;
use yilian_verify::{Codes, Trust, Verdict};

use yilian_tests::harness::{Network, Section, bids, refusal_name, sent_ok};

#[test]
fn a_late_bid_is_refused() {
    let network = Network::started();
    let section = Section::published(&network, 15);
    let bids = bids(2);
    sent_ok(&section.commit(&bids[0], false));
    // Before the deadline nobody learns how many bids there are.
    let shown = section.view("get", serde_json::json!({"tender": section.id()}));
    let text = shown.to_string();
    assert!(!text.contains("\"bids\""), "{text}");
    section.wait_for_deadline();
    let late = section.commit(&bids[1], true);
    assert_eq!(refusal_name(&late), "TooLate");
    let receipt = late.receipt.as_ref().expect("final");
    let Outcome::Refused { message, .. } = &receipt.outcome else {
        unreachable!("checked above");
    };
    assert!(
        message.contains("招标投标法"),
        "names the article of law: {message}"
    );
    assert!(
        late.rule_calls.iter().any(|call| call.name == "deadline"),
        "the rule's input and output are kept"
    );
    let spec = std::fs::read_to_string(network.path().join("chain.toml")).expect("spec");
    let trust = Trust::parse(&spec).expect("trust");
    let evidence = network
        .client(1)
        .evidence_of(&late.tx_id)
        .expect("evidence");
    let report = evidence.verify(&trust, &Codes::default());
    assert!(matches!(report.verdict, Verdict::Valid), "{report:?}");
}
