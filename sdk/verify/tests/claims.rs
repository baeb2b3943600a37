//! Absence and completeness.

mod fixture;

use fixture::{Case, TIME_MS, codes, forged_at, reason, tender_values, trust};
use yilian_crypto::Digest;
use yilian_verify::{Claim, Report, StepId};

fn digest(name: &str) -> Digest {
    Digest::sha256(name.as_bytes())
}

fn not_submitted(commitment: &str) -> Claim {
    Claim::NotSubmitted {
        height: 30,
        tender: "G2026-001".to_owned(),
        commitment: digest(commitment),
    }
}

fn all_revealed(names: &[&str]) -> Claim {
    Claim::AllRevealed {
        height: 31,
        tender: "G2026-001".to_owned(),
        commitments: names.iter().map(|name| digest(name)).collect(),
    }
}

fn answer(claim: Claim, change: impl FnOnce(&mut Case)) -> Report {
    let mut case = Case::new();
    case.claims = vec![Claim::Record { log_index: 412 }, claim];
    change(&mut case);
    case.build().verify(&trust(), &codes())
}

#[test]
fn a_bid_that_was_never_sealed_is_absent_when_the_deadline_is_over() {
    let report = answer(not_submitted("late"), |_| {});
    assert!(report.is_valid(), "{}", reason(&report));
    assert!(report.claims[1].finding.en.contains("no bid was sealed"));
}

#[test]
fn a_bid_that_is_there_is_not_absent() {
    let report = answer(not_submitted("a"), |_| {});
    assert_eq!(forged_at(&report), Some(StepId::Claims));
    assert!(
        reason(&report).contains("is on the chain"),
        "{}",
        reason(&report)
    );
}

#[test]
fn absence_before_the_end_of_the_grace_says_nothing() {
    let report = answer(not_submitted("late"), |case| {
        case.older.time_ms = TIME_MS - 5_001
    });
    assert_eq!(forged_at(&report), Some(StepId::Claims));
    assert!(
        reason(&report).contains("were not over"),
        "{}",
        reason(&report)
    );
}

#[test]
fn exactly_these_bids_were_revealed() {
    let report = answer(all_revealed(&["a", "b"]), |_| {});
    assert!(report.is_valid(), "{}", reason(&report));
    for other in [&["a"][..], &["b", "a"], &["a", "b", "c"], &["a", "c"], &[]] {
        let report = answer(all_revealed(other), |_| {});
        assert_eq!(forged_at(&report), Some(StepId::Claims), "{other:?}");
    }
}

#[test]
fn nothing_is_complete_while_bids_may_still_be_revealed() {
    let report = answer(all_revealed(&["a", "b"]), |case| {
        tender_values(&mut case.tree, "closed", &[digest("a"), digest("b")]);
    });
    assert_eq!(forged_at(&report), Some(StepId::Claims));
    assert!(
        reason(&report).contains("could still be revealed"),
        "{}",
        reason(&report)
    );
}

#[test]
fn a_section_that_does_not_exist_proves_neither() {
    let unknown = Claim::NotSubmitted {
        height: 30,
        tender: "G2026-009".to_owned(),
        commitment: digest("late"),
    };
    let report = answer(unknown, |_| {});
    assert_eq!(forged_at(&report), Some(StepId::Claims));
}
