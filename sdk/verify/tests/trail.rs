//! From the trusted validators to those of the anchor, and from a trusted log to the anchor's.

mod fixture;

use fixture::{
    AFTER, FIVE, FOUR, STRANGERS, anchored, built, certify, checkpoint, codes, extending,
    forged_at, is_undecided, reason, set, state_claim, step, trust, trusting,
};
use yilian_verify::{Bundle, Report, StepId, Trust};

fn verify(bundle: &Bundle, trust: &Trust) -> Report {
    bundle.verify(trust, &codes())
}

#[test]
fn a_changed_set_is_followed_step_by_step() {
    let trail = vec![
        step(10, &FOUR, &FIVE),
        step(11, &FIVE, &FIVE),
        step(20, &FIVE, &AFTER),
        step(21, &AFTER, &AFTER),
    ];
    let report = verify(&anchored(&AFTER, trail), &trust());
    assert!(report.is_valid(), "{}", reason(&report));
}

#[test]
fn headers_between_may_be_missing_while_a_third_of_the_trusted_power_signed() {
    let report = verify(&anchored(&FIVE, vec![step(10, &FOUR, &FOUR)]), &trust());
    assert!(report.is_valid(), "{}", reason(&report));
}

#[test]
fn a_trail_that_was_cut_short_decides_nothing() {
    let report = verify(&anchored(&AFTER, vec![step(10, &FOUR, &FIVE)]), &trust());
    assert!(
        is_undecided(&report, "headers between 10 and 31"),
        "{}",
        reason(&report)
    );
}

#[test]
fn a_set_that_nobody_named_is_refused() {
    let trail = vec![step(10, &FOUR, &FIVE), step(11, &STRANGERS, &STRANGERS)];
    let report = verify(&anchored(&STRANGERS, trail), &trust());
    assert_eq!(forged_at(&report), Some(StepId::Validators));
    assert!(
        reason(&report).contains("height 11 is to be decided by"),
        "{}",
        reason(&report)
    );
}

#[test]
fn the_log_extends_the_one_that_is_trusted() {
    let (case, bundle) = built();
    let trust = trusting(checkpoint(&case, 400));
    let report = verify(&bundle, &trust);
    assert!(
        is_undecided(&report, "extends that of 400"),
        "{}",
        reason(&report)
    );
    let bundle = extending(&case, bundle, 400);
    let report = verify(&bundle, &trust);
    assert!(report.is_valid(), "{}", reason(&report));
    let mut other = trust;
    if let Some(checkpoint) = &mut other.checkpoint {
        checkpoint.log_root = yilian_crypto::Digest::sha256(b"fork");
    }
    let report = verify(&bundle, &other);
    assert_eq!(forged_at(&report), Some(StepId::Consistency));
    assert!(
        reason(&report).contains("there are two"),
        "{}",
        reason(&report)
    );
}

#[test]
fn a_log_that_was_rolled_back_is_refused() {
    let (case, bundle) = built();
    let mut known = checkpoint(&case, 400);
    known.log_size = 500;
    let report = verify(&bundle, &trusting(known));
    assert_eq!(forged_at(&report), Some(StepId::Consistency));
    assert!(
        reason(&report).contains("rolled back"),
        "{}",
        reason(&report)
    );
}

#[test]
fn two_headers_of_one_height_are_a_fork() {
    let (case, bundle) = built();
    let mut known = checkpoint(&case, 400);
    known.height = 31;
    let report = verify(&bundle, &trusting(known));
    assert_eq!(forged_at(&report), Some(StepId::Validators));
    assert!(reason(&report).contains("fork"), "{}", reason(&report));
}

#[test]
fn evidence_older_than_the_trust_decides_nothing() {
    let (case, bundle) = built();
    let mut known = checkpoint(&case, 400);
    known.height = 40;
    let report = verify(&bundle, &trusting(known));
    assert!(
        is_undecided(&report, "newer than this evidence"),
        "{}",
        reason(&report)
    );
}

#[test]
fn trust_ends_with_its_period() {
    let (case, bundle) = built();
    let mut trust = trusting(checkpoint(&case, 416));
    trust.trusting_period_ms = Some(499);
    let report = verify(&bundle, &trust);
    assert!(
        is_undecided(&report, "trusting period"),
        "{}",
        reason(&report)
    );
}

#[test]
fn nobody_passes_off_a_genesis_of_their_own_as_certified() {
    let mut bundle = anchored(&STRANGERS, Vec::new());
    let mut anchor = bundle.trail[0].clone();
    anchor.header.height = 0;
    anchor.certificate = certify(&anchor.header, &set(&STRANGERS), &STRANGERS);
    bundle.trail = vec![anchor];
    bundle.claims = vec![state_claim(0, "x")];
    bundle.headers.clear();
    bundle.records.clear();
    bundle.transactions.clear();
    bundle.contents.clear();
    bundle.states.clear();
    let report = verify(&bundle, &trust());
    assert_eq!(forged_at(&report), Some(StepId::Validators));
    assert!(reason(&report).contains("genesis"), "{}", reason(&report));
}
