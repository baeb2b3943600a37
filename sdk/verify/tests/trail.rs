//! From the trusted validators to those of the anchor, and from a trusted log to the anchor's.

mod fixture;

use fixture::{
    Case, TIME_MS, centre_key, certify, codes, forged_at, header, is_undecided, reason, spec,
    state_claim, trust,
};
use yilian_merkle::log;
use yilian_primitives::{Header, Validator, ValidatorSet};
use yilian_verify::bundle::{CertifiedByItself, Extension};
use yilian_verify::{Bundle, Report, StepId, Trust, TrustedCheckpoint};

const FOUR: [&str; 4] = ["lanzhou", "baiyin", "zhangye", "qingyang"];

fn set(names: &[&str]) -> ValidatorSet {
    let one = |name: &&str| Validator {
        name: (*name).to_owned(),
        public_key: centre_key(name).public_key(),
        power: 1,
    };
    ValidatorSet::new(names.iter().map(one).collect()).expect("a set")
}

/// A header at a height, decided by some and naming the next.
fn step(height: u64, deciders: &[&str], next: &[&str]) -> CertifiedByItself {
    let mut header = header(&spec(), height, TIME_MS - 31_000 + height * 1_000);
    header.validators_hash = set(deciders).hash();
    header.next_validators_hash = set(next).hash();
    let certificate = certify(&header, &set(deciders), deciders);
    CertifiedByItself {
        header,
        certificate,
    }
}

/// Evidence whose anchor, at height 31, is decided by these.
fn anchored(deciders: &[&'static str], trail: Vec<CertifiedByItself>) -> Bundle {
    let mut bundle = fixture::bundle();
    let mut anchor: Header = bundle.trail[0].header.clone();
    anchor.validators_hash = set(deciders).hash();
    anchor.next_validators_hash = set(deciders).hash();
    let certificate = certify(&anchor, &set(deciders), deciders);
    bundle.trail = trail;
    bundle.trail.push(CertifiedByItself {
        header: anchor,
        certificate,
    });
    let all = [&FOUR[..], &FIVE, &AFTER, &STRANGERS];
    let used = |one: &ValidatorSet| {
        let mut trail = bundle.trail.iter();
        trail.any(|step| step.header.validators_hash == one.hash())
    };
    bundle.validator_sets = all.iter().map(|names| set(names)).filter(used).collect();
    bundle.arranged()
}

const FIVE: [&str; 5] = ["lanzhou", "baiyin", "zhangye", "qingyang", "wuwei"];
/// Two of the first four are left, less than a third of these: a skip from the first set is not possible.
const AFTER: [&str; 6] = [
    "qingyang", "wuwei", "jiuquan", "dingxi", "longnan", "linxia",
];
const STRANGERS: [&str; 4] = ["a", "b", "c", "d"];

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

/// Trust in the height before the anchor, whose log is the anchor's first leaves.
fn checkpoint(case: &Case, log_size: u64) -> TrustedCheckpoint {
    let (nodes, _) = case.log();
    TrustedCheckpoint {
        height: 30,
        time_ms: TIME_MS - 500,
        header_hash: yilian_crypto::Digest::sha256(b"header 30"),
        log_size,
        log_root: log::root_at(&nodes, log_size).expect("there"),
        next_validators_hash: spec().validators().hash(),
    }
}

/// The case as it is built: the parts that building fills in must be there for its log.
fn built() -> (Case, Bundle) {
    let bundle = Case::new().build();
    let mut case = Case::new();
    case.receipt = bundle.records[0].receipt.clone();
    case.older = bundle.headers[0].header.clone();
    (case, bundle)
}

fn trusting(checkpoint: TrustedCheckpoint) -> Trust {
    let mut trust = trust();
    trust.checkpoint = Some(checkpoint);
    trust
}

#[test]
fn the_log_extends_the_one_that_is_trusted() {
    let (case, mut bundle) = built();
    let trust = trusting(checkpoint(&case, 400));
    let report = verify(&bundle, &trust);
    assert!(
        is_undecided(&report, "extends that of 400"),
        "{}",
        reason(&report)
    );
    let (nodes, size) = case.log();
    let path = log::prove_consistency(&nodes, 400, size)
        .expect("there")
        .hashes;
    bundle.consistency.push(Extension {
        old_size: 400,
        path,
    });
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
