//! Calls at a time: made by the chain alone, once, in order, so many per block, ledgers in turn.

use crate::committee::Committee;
use yilian_primitives::Outcome;

fn planned(ledgers: &[&str]) -> Committee {
    let chain = Committee::new(1);
    chain.hold_ceremony();
    let calls = ledgers.iter().map(|ledger| chain.asked(ledger, "plan"));
    let ran = chain.block(calls.collect());
    assert!(ran.outcomes().iter().all(|one| *one == Outcome::Ok));
    assert_eq!(ran.scheduled(), []);
    chain
}

#[test]
fn what_is_due_is_done_without_a_transaction_the_oldest_first_and_once() {
    let chain = planned(&["asker"]);
    let mut made = Vec::new();
    for expected in [16, 16, 8] {
        assert!(chain.has_own_work());
        let ran = chain.block(Vec::new());
        let names: Vec<String> = ran
            .scheduled()
            .iter()
            .map(|(_, name)| (*name).to_owned())
            .collect();
        assert_eq!(names.len(), expected);
        assert!(ran.outcomes().iter().all(|one| *one == Outcome::Ok));
        made.extend(names);
    }
    let by_time: Vec<String> = (0..40)
        .rev()
        .map(|number| format!("call/{number:02}"))
        .collect();
    assert_eq!(made, by_time);
    assert!(!chain.has_own_work());
    assert_eq!(chain.block(Vec::new()).scheduled(), []);
}

#[test]
fn a_ledger_with_many_calls_does_not_keep_another_one_waiting() {
    let chain = planned(&["asker", "other"]);
    for _ in 0..5 {
        let ran = chain.block(Vec::new());
        let of = |ledger| {
            ran.scheduled()
                .iter()
                .filter(|(one, _)| *one == ledger)
                .count()
        };
        assert_eq!((of("asker"), of("other")), (8, 8));
    }
    assert!(!chain.has_own_work());
}

#[test]
fn the_same_name_moves_a_call_and_what_is_forgotten_is_not_made() {
    let chain = planned(&["asker"]);
    // call/00 is the last of the forty; it moves far away, and nothing else does.
    chain.block(vec![chain.asked("asker", "plan_later")]);
    let mut made = 16;
    while chain.has_own_work() {
        made += chain.block(Vec::new()).scheduled().len();
    }
    assert_eq!(made, 39);
    chain.block(vec![chain.asked("asker", "plan_trap")]);
    chain.block(vec![chain.asked("asker", "plan")]);
    assert!(chain.has_own_work());
    let chain = Committee::new(1);
    chain.hold_ceremony();
    let calls = ["plan_trap", "forget"].map(|method| chain.asked("asker", method));
    chain.block(calls.to_vec());
    assert!(!chain.has_own_work());
    assert_eq!(chain.block(Vec::new()).scheduled(), []);
}

#[test]
fn a_call_that_fails_is_on_record_and_not_made_again() {
    let chain = Committee::new(1);
    chain.hold_ceremony();
    chain.block(vec![chain.asked("asker", "plan_trap")]);
    let ran = chain.block(Vec::new());
    assert_eq!(ran.scheduled(), [("asker", "call/00")]);
    assert!(matches!(ran.outcomes()[..], [Outcome::Trapped { .. }]));
    assert!(!chain.has_own_work());
}

#[test]
fn a_call_that_another_one_of_the_same_block_forgets_is_not_made() {
    let chain = Committee::new(1);
    chain.hold_ceremony();
    chain.block(vec![chain.asked("asker", "plan_two")]);
    let ran = chain.block(Vec::new());
    assert_eq!(ran.scheduled(), [("asker", "call/00")]);
    assert_eq!(ran.outcomes(), [Outcome::Ok]);
    assert!(!chain.has_own_work());
}
