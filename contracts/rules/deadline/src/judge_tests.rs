use super::*;
use crate::Deadline;
use yilian_contract::testing::TestChain;

/// 2026-11-24 09:00:00.000 at UTC+8.
const NINE: u64 = 1_795_482_000_000;

fn acknowledgements(times: &[u64]) -> Vec<Acknowledgement> {
    let one = |(index, time_ms): (usize, &u64)| Acknowledgement {
        validator: format!("v{index}"),
        time_ms: *time_ms,
    };
    times.iter().enumerate().map(one).collect()
}

fn case(block_time_ms: u64, times: &[u64]) -> Judge {
    Judge {
        deadline_ms: NINE,
        boundary: Boundary::Before,
        block_time_ms,
        acknowledgements: acknowledgements(times),
        fault_bound: 1,
        grace_ms: 60_000,
    }
}

fn judged(input: &Judge) -> Judgement {
    let chain = TestChain::new();
    chain.deploy_rule(Deadline);
    chain.judge("deadline", "judge", input).unwrap()
}

#[test]
fn the_last_millisecond_before_the_deadline_is_in_time_and_the_deadline_is_not() {
    assert!(judged(&case(NINE - 1, &[])).in_time);
    let at = judged(&case(NINE, &[]));
    assert!(!at.in_time);
    assert_eq!(at.late_by_ms, 1);
    assert_eq!(at.basis, Basis::BlockTime);
}

#[test]
fn a_boundary_that_includes_the_deadline_takes_it() {
    let mut input = case(NINE, &[]);
    input.boundary = Boundary::NotAfter;
    assert!(judged(&input).in_time);
    input.block_time_ms += 1;
    assert!(!judged(&input).in_time);
}

#[test]
fn a_bid_acknowledged_in_time_is_in_time_though_the_block_was_late() {
    let judgement = judged(&case(NINE + 5_000, &[NINE - 10, NINE - 7, NINE + 2]));
    assert!(judgement.in_time);
    assert_eq!(judgement.decided_time_ms, NINE - 7);
    assert_eq!(judgement.basis, Basis::Acknowledgements);
}

#[test]
fn f_liars_cannot_make_a_late_bid_early() {
    let judgement = judged(&case(NINE + 5_000, &[0, NINE + 3, NINE + 4]));
    assert!(!judgement.in_time);
    assert_eq!(judgement.decided_time_ms, NINE + 3);
    assert_eq!(judgement.late_by_ms, 4);
}

#[test]
fn f_liars_cannot_make_an_early_bid_late() {
    let late = NINE + 99_000;
    assert!(judged(&case(NINE + 5_000, &[late, NINE - 4, NINE - 3])).in_time);
}

#[test]
fn one_validator_counts_once_however_often_it_speaks() {
    let mut input = case(NINE + 5_000, &[NINE - 10, NINE - 9]);
    input.acknowledgements[1].validator = "v0".to_owned();
    let judgement = judged(&input);
    assert_eq!(judgement.basis, Basis::BlockTime);
    assert!(!judgement.in_time);
}

#[test]
fn the_order_of_acknowledgements_does_not_matter() {
    let input = case(
        NINE + 5_000,
        &[NINE - 1, NINE + 9, NINE - 3, NINE + 2, NINE - 8],
    );
    let expected = judged(&input);
    let mut turned = input;
    for _ in 0..turned.acknowledgements.len() {
        turned.acknowledgements.rotate_left(1);
        assert_eq!(judged(&turned), expected);
    }
    turned.acknowledgements.reverse();
    assert_eq!(judged(&turned), expected);
}

#[test]
fn acknowledged_in_time_but_in_a_block_after_the_grace_is_late_and_says_so() {
    let input = case(NINE - 1 + 60_001, &[NINE - 10, NINE - 7]);
    let judgement = judged(&input);
    assert!(!judgement.in_time);
    assert_eq!(judgement.late_by_ms, 1);
    assert!(
        judgement.reason.zh.contains("宽限期"),
        "{}",
        judgement.reason.zh
    );
    assert!(judged(&case(NINE - 1 + 60_000, &[NINE - 10, NINE - 7])).in_time);
}

#[test]
fn the_reason_names_both_times_at_beijing_and_the_article() {
    let judgement = judged(&case(NINE + 1, &[]));
    assert_eq!(
        judgement.reason.zh,
        "接收时间 2026-11-24 09:00:00.001 (UTC+8)，依据入块时间（没有2个更早的回执）；\
         截止时间 2026-11-24 09:00:00.000 (UTC+8)，须早于截止时间：逾期送达，应当拒收"
    );
    assert!(judgement.reason.en.ends_with("late, to be refused"));
    assert!(judgement.law.contains("招标投标法 第二十八条"));
}

#[test]
fn many_are_judged_as_each_alone() {
    let chain = TestChain::new();
    chain.deploy_rule(Deadline);
    let cases = [
        case(NINE - 1, &[]),
        case(NINE, &[]),
        case(NINE + 5, &[NINE - 3, NINE - 2]),
    ];
    let submissions = cases.iter().map(|one| Submission {
        block_time_ms: one.block_time_ms,
        acknowledgements: one.acknowledgements.clone(),
    });
    let input = JudgeMany {
        deadline_ms: NINE,
        boundary: Boundary::Before,
        fault_bound: 1,
        grace_ms: 60_000,
        submissions: submissions.collect(),
    };
    let many: Verdicts = chain.judge("deadline", "judge_many", &input).unwrap();
    for (verdict, one) in many.verdicts.iter().zip(&cases) {
        let alone = judged(one);
        assert_eq!(
            (verdict.in_time, verdict.decided_time_ms, verdict.basis),
            (alone.in_time, alone.decided_time_ms, alone.basis)
        );
    }
}

#[test]
fn what_cannot_be_a_time_or_a_validator_is_refused() {
    let chain = TestChain::new();
    chain.deploy_rule(Deadline);
    let code = |input: &Judge| {
        let answer: Result<Judgement, _> = chain.judge("deadline", "judge", input);
        answer.unwrap_err().code
    };
    assert_eq!(code(&case(TIME_MAX_MS + 1, &[])), 101);
    assert_eq!(code(&case(NINE, &[TIME_MAX_MS + 1])), 101);
    assert_eq!(code(&case(NINE, &[1; ACKNOWLEDGEMENTS_MAX + 1])), 102);
    let mut nameless = case(NINE, &[1]);
    nameless.acknowledgements[0].validator.clear();
    assert_eq!(code(&nameless), 103);
}

#[test]
fn late_acknowledgements_turn_no_bid_late_that_lies_in_a_block_in_time() {
    let judgement = judged(&case(NINE - 5, &[NINE + 2, NINE + 3, NINE + 4]));
    assert!(judgement.in_time);
    assert_eq!(
        (judgement.decided_time_ms, judgement.basis),
        (NINE - 5, Basis::BlockTime)
    );
}
