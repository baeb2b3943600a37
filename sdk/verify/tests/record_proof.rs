//! What a record proof shows, and who must have signed it.

mod fixture;

use fixture::{
    Case, centre_key, certify, codes, echo, forged_at, is_undecided, proof, spec, tampered, trust,
};
use proptest::prelude::*;
use yilian_crypto::Digest;
use yilian_primitives::Header;
use yilian_primitives::cbor::Cbor;
use yilian_verify::{
    Bytes, CertifiedHeader, Codes, RecordProof, StateAnswer, StepId, StepOutcome, Trust, Verdict,
};

#[test]
fn a_good_proof_proves_every_step() {
    let report = proof().verify_with(&trust(), &codes());
    assert_eq!(report.verdict, Verdict::Valid, "{report:#?}");
    let ids: Vec<_> = report.steps.iter().map(|step| step.id).collect();
    assert_eq!(ids, StepId::ALL);
    for step in &report.steps {
        assert_eq!(step.outcome, StepOutcome::Proved, "{step:?}");
        assert!(!step.detail.zh.is_empty() && !step.detail.en.is_empty());
    }
    let record = report.record.expect("of a valid proof");
    assert_eq!((record.log_index, record.receipt.height), (412, 30));
    let payload = record.transaction.expect("there was one");
    assert_eq!(payload.method, "submit");
}

#[test]
fn without_code_the_replay_is_unchecked_and_the_rest_holds() {
    let report = proof().verify(&trust());
    assert!(report.is_valid());
    assert_eq!(report.outcome(StepId::Replay), StepOutcome::Unchecked);
    let mut one = Codes::default();
    one.add(echo());
    let report = proof().verify_with(&trust(), &one);
    assert_eq!(report.outcome(StepId::Replay), StepOutcome::Proved);
    assert!(report.steps[9].detail.en.starts_with("1 of 2"));
}

#[test]
fn the_file_survives_json() {
    let json = proof().to_json();
    assert_eq!(RecordProof::from_json(json.as_bytes()), Ok(proof()));
    let report = RecordProof::verify_json(json.as_bytes(), &trust(), &codes());
    assert!(report.is_valid());
    let text = serde_json::to_value(&report).expect("reports serialise");
    assert_eq!(text["verdict"]["kind"], "valid");
    assert_eq!(text["steps"][3]["id"], "certificate");
    assert_eq!(text["steps"][3]["outcome"], "proved");
}

#[test]
fn malformed_pieces_fail_at_the_structure() {
    let at = StepId::Structure;
    assert_eq!(tampered(|p| p.header_cbor.0.push(0)), Some(at));
    assert_eq!(tampered(|p| p.certificate_cbor.0[0] ^= 1), Some(at));
    assert_eq!(tampered(|p| p.leaf_cbor.0.clear()), Some(at));
    assert_eq!(tampered(|p| p.validators.clear()), Some(at));
    assert_eq!(tampered(|p| p.validators[0].power = 0), Some(at));
    for junk in [&b""[..], b"{}", b"[1]", b"\xff"] {
        let report = RecordProof::verify_json(junk, &trust(), &codes());
        assert_eq!(forged_at(&report), Some(at));
        assert_eq!(report.steps.len(), StepId::ALL.len());
    }
}

#[test]
fn a_later_version_cannot_be_decided() {
    let mut later = proof();
    later.version = 2;
    assert!(is_undecided(&later.verify(&trust()), "version 2"));
    let unknown_fields = br#"{"version":7,"something":"new"}"#;
    let report = RecordProof::verify_json(unknown_fields, &trust(), &codes());
    assert!(is_undecided(&report, "version 7"));
}

#[test]
fn another_chain_fails_even_under_the_same_name() {
    assert_eq!(
        tampered(|p| p.chain_id = "other".to_owned()),
        Some(StepId::Chain)
    );
    let mut elsewhere = trust();
    elsewhere.chain_id = "yilian-gansu".to_owned();
    assert_eq!(forged_at(&proof().verify(&elsewhere)), Some(StepId::Chain));
    let mut namesake = trust();
    namesake.chain_spec = Some(Digest::sha256(b"another beginning"));
    assert_eq!(forged_at(&proof().verify(&namesake)), Some(StepId::Chain));
    let short = Trust::new(trust().chain_id, trust().validators_hash);
    assert!(proof().verify(&short).is_valid());
}

#[test]
fn a_chain_decided_by_other_keys_is_not_the_trusted_one() {
    // A whole chain of the forger's own, internally consistent, with one exchanged centre.
    let mut case = Case::new();
    let centre = &mut case.spec.centres[0];
    centre.key = centre_key("forger").public_key();
    case.header.validators_hash = case.spec.validators().hash();
    let forged = case.build();
    assert_eq!(
        forged_at(&forged.verify(&trust())),
        Some(StepId::Validators)
    );
    assert_eq!(
        tampered(|p| p.validators[2].power = 5),
        Some(StepId::Validators)
    );
    assert_eq!(
        tampered(|p| {
            let _ = p.validators.pop();
        }),
        Some(StepId::Validators)
    );
}

#[test]
fn validators_may_stand_in_any_order() {
    let mut other_order = proof();
    other_order.validators.reverse();
    assert!(other_order.verify(&trust()).is_valid());
}

#[test]
fn two_of_four_are_no_quorum_and_strangers_do_not_count() {
    let mut case = Case::new();
    case.signers = vec!["lanzhou", "baiyin"];
    let report = case.build().verify(&trust());
    assert_eq!(forged_at(&report), Some(StepId::Certificate));
    let failed = &report.steps[3];
    assert!(failed.detail.en.contains("power 2 of 4"), "{failed:?}");
    assert_eq!(report.steps[4].outcome, StepOutcome::Unchecked);
}

#[test]
fn a_certificate_of_another_header_is_refused() {
    let other_header = |change: fn(&mut Header)| {
        tampered(|p| {
            let mut header = Header::decode(&p.header_cbor).expect("good");
            change(&mut header);
            p.certificate_cbor =
                Bytes(certify(&header, &spec(), &["lanzhou", "baiyin", "qingyang"]).encode());
        })
    };
    let at = Some(StepId::Certificate);
    assert_eq!(other_header(|header| header.height += 1), at);
    assert_eq!(other_header(|header| header.state_root = Digest::ZERO), at);
    // And the header changed under the old certificate.
    let header_under_certificate = |change: fn(&mut Header)| {
        tampered(|p| {
            let mut header = Header::decode(&p.header_cbor).expect("good");
            change(&mut header);
            p.header_cbor = Bytes(header.encode());
        })
    };
    assert_eq!(header_under_certificate(|header| header.time_ms += 1), at);
    assert_eq!(header_under_certificate(|header| header.log_size += 1), at);
}

#[test]
fn a_signed_checkpoint_of_another_log_fails_at_the_log_root() {
    // Only a quorum that signs nonsense can make this; the step does not rely on nobody doing so.
    let report = tampered(|p| {
        let header = Header::decode(&p.header_cbor).expect("good");
        let mut certificate = certify(&header, &spec(), &[]);
        certificate.block.log_size += 1;
        let body = certificate.body(&header.chain_id);
        let sign = |v: &yilian_primitives::Validator| {
            (v.address(), centre_key(&v.name).sign(body.as_bytes()))
        };
        certificate.signatures = spec().validators().iter().map(sign).collect();
        p.certificate_cbor = Bytes(certificate.encode());
    });
    assert_eq!(report, Some(StepId::LogRoot));
}

#[test]
fn a_state_answer_is_proven_against_its_header() {
    let proof = proof();
    let claim = &proof.state[0];
    let answer = StateAnswer {
        height: 31,
        header_cbor: proof.header_cbor.clone(),
        certificate_cbor: proof.certificate_cbor.clone(),
        proof: claim.proof.clone(),
        value: claim.value_b64.clone(),
    };
    let set = spec().validators();
    let verify = |answer: &StateAnswer, key: &str| {
        answer
            .verify(&trust(), &set, "tender", key.as_bytes())
            .map(|certified| certified.header().height)
    };
    assert_eq!(verify(&answer, &claim.key), Ok(31));
    assert!(verify(&answer, "another").is_err());
    let mut lying = answer.clone();
    lying.value = None;
    assert!(verify(&lying, &claim.key).is_err());
    let mut older = answer.clone();
    older.height = 30;
    assert!(verify(&older, &claim.key).is_err());
}

#[test]
fn a_header_is_certified_by_the_trusted_validators_only() {
    let proof = proof();
    let set = spec().validators();
    let good = CertifiedHeader::verify(&trust(), &set, &proof.header_cbor, &proof.certificate_cbor);
    assert_eq!(good.expect("certified").into_header().height, 31);
    let mut stranger = trust();
    stranger.validators_hash = Digest::ZERO;
    let refused =
        CertifiedHeader::verify(&stranger, &set, &proof.header_cbor, &proof.certificate_cbor);
    assert_eq!(refused.map_err(|e| e.step).err(), Some(StepId::Validators));
}

proptest! {
    #[test]
    fn random_files_never_panic(bytes: Vec<u8>) {
        let _ = RecordProof::verify_json(&bytes, &trust(), &Codes::default());
    }

    #[test]
    fn changed_pieces_never_panic_and_never_hold(
        piece in 0usize..3, place: prop::sample::Index, change in 1u8..,
    ) {
        let mut proof = proof();
        let bytes = [&mut proof.header_cbor, &mut proof.certificate_cbor, &mut proof.leaf_cbor]
            .into_iter().nth(piece).expect("one of three");
        let place = place.index(bytes.0.len());
        bytes.0[place] ^= change;
        prop_assert!(!proof.verify(&trust()).is_valid());
    }
}
