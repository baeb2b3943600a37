//! What a record proof says about its record, and what it refuses.

mod fixture;

use fixture::{Case, centre_key, codes, forged_at, is_undecided, proof, tampered, trust};
use yilian_crypto::Digest;
use yilian_merkle::state::StateProof;
use yilian_primitives::cbor::Cbor;
use yilian_primitives::{Cause, Receipt};
use yilian_verify::{Bytes, RecordProof, StepId, StepOutcome};

#[test]
fn a_receipt_that_is_not_in_the_log_is_refused() {
    let at = Some(StepId::Inclusion);
    assert_eq!(tampered(|p| p.inclusion.index -= 1), at);
    assert_eq!(tampered(|p| p.inclusion.size -= 1), at);
    assert_eq!(
        tampered(|p| {
            let _ = p.inclusion.hashes.pop();
        }),
        at
    );
    let changed_receipt = tampered(|p| {
        let mut receipt = Receipt::decode(&p.leaf_cbor).expect("good");
        receipt.time_ms -= 1;
        p.leaf_cbor = Bytes(receipt.encode());
    });
    assert_eq!(changed_receipt, at);
    let mut case = Case::new();
    case.receipt.height = 32;
    assert_eq!(forged_at(&case.build().verify(&trust())), at);
}

#[test]
fn another_transaction_or_signature_is_refused() {
    let at = Some(StepId::Transaction);
    let mut other = Case::new();
    other.payload.nonce = "ffffffffffffffffffffffffffffffff".to_owned();
    let other = other.build().transaction;
    assert_eq!(tampered(|p| p.transaction = other), at);
    let signature_of_another = tampered(|p| {
        let dsse = p.transaction.as_mut().expect("there");
        dsse.signatures[0].sig.replace_range(0..4, "AAAA");
    });
    assert_eq!(signature_of_another, at);
    let two = tampered(|p| {
        let dsse = p.transaction.as_mut().expect("there");
        dsse.signatures.push(dsse.signatures[0].clone());
    });
    assert_eq!(two, at);
    let hint = tampered(|p| {
        let dsse = p.transaction.as_mut().expect("there");
        dsse.signatures[0].keyid = Some(centre_key("x").public_key().to_string());
    });
    assert_eq!(hint, at);
}

#[test]
fn a_receipt_must_agree_with_its_transaction() {
    let at = Some(StepId::Transaction);
    let disagreeing = |change: fn(&mut Receipt)| {
        let mut case = Case::new();
        change(&mut case.receipt);
        forged_at(&case.build().verify(&trust()))
    };
    assert_eq!(disagreeing(|r| r.method = "open".to_owned()), at);
    assert_eq!(disagreeing(|r| r.contract = "draw".to_owned()), at);
    assert_eq!(disagreeing(|r| r.caller = "system".to_owned()), at);
    assert_eq!(disagreeing(|r| r.args = Digest::sha256(b"{}")), at);
    let mut case = Case::new();
    case.payload.chain_id = "yilian-gansu".to_owned();
    assert_eq!(forged_at(&case.build().verify(&trust())), at);
}

#[test]
fn a_stripped_proof_cannot_be_decided() {
    let mut no_transaction = proof();
    no_transaction.transaction = None;
    assert!(is_undecided(
        &no_transaction.verify(&trust()),
        "transaction"
    ));
    let mut no_calls = proof();
    no_calls.rule_calls.clear();
    assert!(is_undecided(&no_calls.verify(&trust()), "2 rule calls"));
    // What is forged stays forged, whatever else is missing.
    no_calls.state[0].value_b64 = Some(Bytes(b"other".to_vec()));
    assert_eq!(forged_at(&no_calls.verify(&trust())), Some(StepId::State));
}

#[test]
fn a_call_of_the_chain_itself_has_no_transaction() {
    let mut case = Case::new();
    case.receipt.cause = Cause::Release("draw-1".to_owned());
    case.receipt.caller = "system".to_owned();
    let mut released = case.build();
    assert_eq!(
        forged_at(&released.verify(&trust())),
        Some(StepId::Transaction)
    );
    released.transaction = None;
    let report = released.verify_with(&trust(), &codes());
    assert!(report.is_valid());
    assert_eq!(report.outcome(StepId::Transaction), StepOutcome::Unchecked);
    assert_eq!(report.record.and_then(|record| record.transaction), None);
}

#[test]
fn a_changed_rule_call_is_refused() {
    let at = Some(StepId::RuleCalls);
    assert_eq!(tampered(|p| p.rule_calls[0].input.push(' ')), at);
    assert_eq!(tampered(|p| p.rule_calls[1].output.clear()), at);
    assert_eq!(tampered(|p| p.rule_calls[1].method.push('x')), at);
    assert_eq!(tampered(|p| p.rule_calls[1].code_hash = Digest::ZERO), at);
    assert_eq!(tampered(|p| p.rule_calls.swap(0, 1)), at);
    assert_eq!(
        tampered(|p| {
            let _ = p.rule_calls.pop();
        }),
        at
    );
}

#[test]
fn a_wrong_decision_is_found_by_replay_alone() {
    // All centres agreed on an output that the rule does not give.
    let mut case = Case::new();
    case.rule_calls[0].output = case.rule_calls[0].output.replace("599999", "600001");
    let decided = case.build();
    assert!(decided.verify(&trust()).is_valid());
    let report = decided.verify_with(&trust(), &codes());
    assert_eq!(forged_at(&report), Some(StepId::Replay));
    assert_eq!(
        tampered(|p| p.rule_calls[0].name = "deadline".to_owned()),
        Some(StepId::Replay)
    );
}

#[test]
fn a_false_claim_about_the_state_is_refused() {
    let at = Some(StepId::State);
    assert_eq!(tampered(|p| p.state[0].value_b64 = None), at);
    assert_eq!(tampered(|p| p.state[0].key.push('2')), at);
    assert_eq!(tampered(|p| p.state[0].contract.push('2')), at);
    assert_eq!(tampered(|p| p.state[1].value_b64 = Some(Bytes(vec![]))), at);
    assert_eq!(
        tampered(|p| p.state[1].proof.siblings.push(StateProof::EMPTY)),
        at
    );
}

#[test]
fn a_proof_without_claims_about_the_state_holds() {
    let mut bare = proof();
    bare.state.clear();
    let report = bare.verify(&trust());
    assert!(report.is_valid());
    assert_eq!(report.outcome(StepId::State), StepOutcome::Unchecked);
}

#[test]
fn no_changed_byte_of_the_file_is_accepted() {
    let (proof, trust, codes) = (proof(), trust(), codes());
    let bytes = proof.to_json().into_bytes();
    // A changed white space changes nothing, and the absence of another key is another true claim.
    let says_no_other_thing = |changed: &[u8]| {
        RecordProof::from_json(changed).is_ok_and(|mut read| {
            let (claim, original) = (&mut read.state[1], &proof.state[1]);
            claim.contract.clone_from(&original.contract);
            claim.key.clone_from(&original.key);
            read == proof
        })
    };
    for place in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[place] ^= 1 << (place % 7);
        let report = RecordProof::verify_json(&changed, &trust, &codes);
        assert!(
            !report.is_valid() || says_no_other_thing(&changed),
            "byte {place}"
        );
    }
}
