//! What a bundle proves, and what becomes of one that was tampered with.

mod fixture;

use fixture::{
    Case, bundle, codes, cosign, demanding, forged_at, forged_by_one, is_undecided, reason,
    tampered, trust,
};
use proptest::prelude::*;
use yilian_crypto::Digest;
use yilian_primitives::{Cause, Outcome, TxId};
use yilian_verify::bundle::LoggedRecord;
use yilian_verify::{Bundle, Claim, Codes, Report, StepId, StepOutcome, Trust, Verdict};

fn verify(bundle: &Bundle) -> Report {
    bundle.verify(&trust(), &codes())
}

#[test]
fn good_evidence_proves_every_step() {
    let report = verify(&bundle());
    assert_eq!(report.verdict, Verdict::Valid, "{report:?}");
    let not_asked = [StepId::Consistency, StepId::Witnesses, StepId::Releases];
    for id in StepId::ALL {
        let expected = match not_asked.contains(&id) {
            true => StepOutcome::Unchecked,
            false => StepOutcome::Proved,
        };
        assert_eq!(report.outcome(id), expected, "{id}");
    }
    assert_eq!(report.claims.len(), 3);
    assert_eq!(report.records[0].log_index, 412);
    assert_eq!(report.anchor.expect("valid").height, 31);
    // Each text is there in both languages.
    for text in report
        .unchecked
        .iter()
        .chain(report.claims.iter().map(|one| &one.finding))
    {
        assert!(!text.zh.is_ascii() && text.en.is_ascii(), "{text:?}");
    }
}

#[test]
fn without_programs_the_rest_is_proven_and_replay_is_named_as_unchecked() {
    let report = bundle().verify(&trust(), &Codes::default());
    assert_eq!(report.verdict, Verdict::Valid);
    assert_eq!(report.outcome(StepId::Replay), StepOutcome::Unchecked);
    assert!(
        report
            .unchecked
            .iter()
            .any(|text| text.en.contains("replay"))
    );
}

#[test]
fn a_bundle_is_read_as_it_was_written() {
    let bundle = bundle();
    assert_eq!(Bundle::from_bytes(&bundle.to_bytes()), Ok(bundle));
}

#[test]
fn each_falsified_piece_fails_at_its_own_step() {
    let other = Digest::sha256(b"other");
    assert_eq!(
        tampered(|b| b.chain_id = "x".to_owned()),
        Some(StepId::Chain)
    );
    assert_eq!(
        tampered(|b| b.trail[0].header.chain_spec = other),
        Some(StepId::Chain)
    );
    assert_eq!(
        tampered(|b| b.trail[0].header.height += 1),
        Some(StepId::Certificate)
    );
    assert_eq!(
        tampered(|b| b.trail[0].certificate.round += 1),
        Some(StepId::Certificate)
    );
    assert_eq!(
        tampered(|b| b.records[0].log_index += 1),
        Some(StepId::Structure)
    );
    assert_eq!(
        tampered(|b| b.records[0].receipt.height -= 1),
        Some(StepId::Inclusion)
    );
    assert_eq!(
        tampered(|b| b.records[0].path[3] = other),
        Some(StepId::Inclusion)
    );
    assert_eq!(
        tampered(|b| b.headers[0].header.time_ms += 1),
        Some(StepId::Inclusion)
    );
    assert_eq!(tampered(|b| b.states[0].value = None), Some(StepId::State));
    assert_eq!(
        tampered(|b| b.states[1].value = Some(vec![1])),
        Some(StepId::State)
    );
}

#[test]
fn a_failed_call_cannot_be_shown_as_done() {
    let mut case = Case::new();
    case.receipt.outcome = Outcome::Refused {
        code: 201,
        name: "TooLate".to_owned(),
        message: "已过截止时间".to_owned(),
    };
    let mut bundle = case.build();
    let report = verify(&bundle);
    assert!(
        report.claims[0]
            .finding
            .en
            .contains("refused (201 TooLate)")
    );
    bundle.records[0].receipt.outcome = Outcome::Ok;
    assert_eq!(forged_at(&verify(&bundle)), Some(StepId::Inclusion));
}

#[test]
fn a_quorum_minus_one_proves_nothing() {
    let mut case = Case::new();
    case.signers.pop();
    let report = verify(&case.build());
    assert_eq!(
        forged_at(&report),
        Some(StepId::Certificate),
        "{}",
        reason(&report)
    );
}

#[test]
fn a_chain_that_one_centre_forged_alone_is_refused() {
    let bundle = forged_by_one();
    let report = verify(&bundle);
    // Three of the four centres are missing from what it claims; nobody knows this set.
    assert!(!report.is_valid(), "{report:?}");
    assert_eq!(report.outcome(StepId::Certificate), StepOutcome::Proved);
    assert!(
        is_undecided(&report, "between the trusted validators"),
        "{}",
        reason(&report)
    );
}

#[test]
fn a_foreign_chain_is_named() {
    let foreign = Trust::new("yilian-other", trust().validators_hash);
    let report = bundle().verify(&foreign, &codes());
    assert_eq!(forged_at(&report), Some(StepId::Chain));
    assert!(reason(&report).contains("yilian-other"));
}

#[test]
fn what_is_missing_is_named_and_nothing_is_decided() {
    let without = |change: fn(&mut Bundle)| {
        let mut bundle = bundle();
        change(&mut bundle);
        verify(&bundle)
    };
    let report = without(|b| b.transactions.clear());
    assert!(is_undecided(&report, "transaction sha256:"), "{report:?}");
    let report = without(|b| b.contents.truncate(1));
    assert!(is_undecided(&report, "rule calls"), "{report:?}");
    let report = without(|b| b.states.truncate(1));
    assert!(is_undecided(&report, "bid/G2026-001/x"), "{report:?}");
    let report = without(|b| b.headers.clear());
    assert!(is_undecided(&report, "header of height 30"), "{report:?}");
    let report = without(|b| b.validator_sets.clear());
    assert!(is_undecided(&report, "the validator set"), "{report:?}");
    let report = without(|b| b.claims.insert(1, Claim::Record { log_index: 413 }));
    assert!(is_undecided(&report, "record 413"), "{report:?}");
    let mut later = bundle().to_bytes();
    later[6] = 2;
    let report = Bundle::verify_bytes(&later, &trust(), &codes());
    assert!(is_undecided(&report, "version 2"), "{report:?}");
}

#[test]
fn what_no_claim_calls_for_is_refused() {
    let with = |change: fn(&mut Bundle)| tampered(change);
    let structure = Some(StepId::Structure);
    assert_eq!(with(|b| b.contents.push(b"{}".to_vec())), structure);
    assert_eq!(with(|b| b.codes.push(b"code".to_vec())), structure);
    assert_eq!(with(|b| b.claims.truncate(1)), structure);
    assert_eq!(
        with(|b| {
            b.claims.remove(0);
        }),
        structure
    );
}

#[test]
fn a_list_that_is_out_of_order_or_has_something_twice_is_not_read() {
    let mut bundle = bundle();
    bundle.contents.swap(0, 1);
    assert!(Bundle::from_bytes(&bundle.to_bytes()).is_err());
    bundle.contents.swap(0, 1);
    let twice: LoggedRecord = bundle.records[0].clone();
    bundle.records.push(twice);
    let error = Bundle::from_bytes(&bundle.to_bytes()).expect_err("twice");
    assert!(
        error.to_string().contains("records of rising places"),
        "{error}"
    );
}

#[test]
fn a_call_of_the_chain_itself_has_no_transaction() {
    let mut case = Case::new();
    case.receipt.cause = Cause::Release("system/ceremony/0/9".to_owned());
    let mut bundle = case.build();
    let own = bundle.transactions.split_off(0);
    assert!(verify(&bundle).is_valid());
    bundle.transactions = own;
    assert_eq!(forged_at(&verify(&bundle)), Some(StepId::Structure));
}

#[test]
fn a_call_back_is_not_believed_without_what_was_released() {
    let mut case = Case::new();
    case.receipt.cause = Cause::Release("draw:G2026-001:1".to_owned());
    let mut bundle = case.build();
    bundle.transactions.clear();
    let report = verify(&bundle);
    assert!(
        matches!(report.verdict, Verdict::Undecided { .. }),
        "{report:?}"
    );
    assert_eq!(report.outcome(StepId::Releases), StepOutcome::Unchecked);
}

#[test]
fn a_transaction_of_another_receipt_is_not_its_cause() {
    let mut case = Case::new();
    case.receipt.contract = "evidence".to_owned();
    let report = verify(&case.build());
    assert_eq!(forged_at(&report), Some(StepId::Transaction));
    assert!(reason(&report).contains("contract"), "{}", reason(&report));
    let id = |b: &mut Bundle| b.records[0].receipt.cause = Cause::Transaction(TxId(Digest::ZERO));
    assert_eq!(tampered(id), Some(StepId::Structure));
}

#[test]
fn an_output_that_all_validators_falsified_is_found_by_running_the_rule() {
    let mut case = Case::new();
    case.rule_calls[0].2 =
        r#"{"deadline_ms":1767225600000,"received_ms":1767225600001}"#.to_owned();
    let report = verify(&case.build());
    assert_eq!(
        forged_at(&report),
        Some(StepId::Replay),
        "{}",
        reason(&report)
    );
    assert!(reason(&report).contains("412/1"));
}

#[test]
fn witnesses_that_the_reader_demands_must_have_cosigned() {
    let names = ["audit", "notary", "shaanxi"];
    let policy = |threshold| demanding(threshold, &names);
    let mut bundle = bundle();
    cosign(&mut bundle, "audit", 1_767_225_601);
    cosign(&mut bundle, "notary", 1_767_225_603);
    cosign(&mut bundle, "stranger", 1_767_225_603);
    assert!(bundle.verify(&policy(2), &codes()).is_valid());
    let report = bundle.verify(&policy(3), &codes());
    assert!(
        is_undecided(&report, "3 witnesses are demanded, 2 cosigned"),
        "{report:?}"
    );
    bundle.cosignatures[0].cosignature.time_s += 1;
    let report = bundle.verify(&policy(2), &codes());
    assert_eq!(forged_at(&report), Some(StepId::Witnesses));
}

#[test]
fn no_changed_byte_leaves_the_evidence_valid_with_another_meaning() {
    let good = bundle();
    let (bytes, expected) = (good.to_bytes(), verify(&good));
    for place in 0..bytes.len() {
        for change in [0x01, 0x80, 0xff] {
            let mut changed = bytes.clone();
            changed[place] ^= change;
            let report = Bundle::verify_bytes(&changed, &trust(), &codes());
            assert!(
                !report.is_valid(),
                "byte {place} changed by {change}: {expected:?}"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_bytes_make_the_verifier_panic(bytes: Vec<u8>) {
        let report = Bundle::verify_bytes(&bytes, &trust(), &Codes::default());
        prop_assert!(!report.is_valid());
    }

    #[test]
    fn a_shortened_or_lengthened_file_is_refused(cut in 1usize..2_000, more in any::<u8>()) {
        let bytes = bundle().to_bytes();
        let cut = bytes.len() - cut.min(bytes.len());
        prop_assert!(!Bundle::verify_bytes(&bytes[..cut], &trust(), &Codes::default()).is_valid());
        let longer = [bytes.as_slice(), &[more]].concat();
        prop_assert!(!Bundle::verify_bytes(&longer, &trust(), &Codes::default()).is_valid());
    }
}
