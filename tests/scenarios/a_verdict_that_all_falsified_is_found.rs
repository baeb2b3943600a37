//! All validators together record a verdict that the rule never gave: every signature holds, and running the rule again
//! finds it.

use yilian_verify::{Codes, Question, StepId, Trust, Verdict};

use yilian_tests::harness::{Network, Section, bids, program, refusal_name};

#[test]
fn a_verdict_that_all_falsified_is_found() {
    let mut network = Network::new();
    let faulty = program("yiliand-faulty");
    for node in &mut network.nodes {
        node.start_program(&faulty, &[("YILIAN_FAULT_DEADLINE_MS", "3600000")]);
    }
    network
        .nodes
        .iter()
        .for_each(|node| node.wait_for_height(1));
    let section = Section::published(&network, 10);
    let bids = bids(1);
    section.wait_for_deadline();
    let late = section.commit(&bids[0], true);
    // Here it counts as in time, on every node and in every record; so it is refused for another reason.
    assert_eq!(refusal_name(&late), "NamedBeforeDeadline");
    let call = late.rule_calls.iter().find(|call| call.name == "deadline");
    let output = call.expect("the deadline was judged").output.to_string();
    assert!(output.contains("\"in_time\":true"), "{output}");
    let spec = std::fs::read_to_string(network.path().join("chain.toml")).expect("spec");
    let trust = Trust::parse(&spec).expect("trust");
    let log_index = late.log_index.expect("final");
    let question = Question {
        codes: true,
        ..Question::of_record(log_index)
    };
    let evidence = network.client(0).evidence(&question).expect("evidence");
    let report = evidence.verify(&trust, &Codes::default());
    let Verdict::Forged { step, reason } = &report.verdict else {
        panic!("expected a forgery: {report:?}");
    };
    assert_eq!(*step, StepId::Replay, "{}", reason.en);
    assert!(reason.en.contains(&log_index.to_string()), "{}", reason.en);
    // Nothing but the rule itself gives it away.
    let mut without = evidence;
    without.codes.clear();
    assert!(without.verify(&trust, &Codes::default()).is_valid());
}
