//! Texts: JSON, signed notes, keys and digests.

use core::fmt::Display;
use core::str::FromStr;

use yilian_abi::Interface;
use yilian_crypto::{Digest, PublicKey, Signature, cosignature::Cosigner, signed_note};
use yilian_primitives::{Address, TransactionPayload, commit_body, json, parse_commit_body};
use yilian_witness::Request;

/// Strict JSON: what is read has one canonical form, which is read as itself. So has what a sender signs.
pub fn strict_json(bytes: &[u8]) -> bool {
    let Ok(value) = json::parse_strict(bytes) else {
        assert!(Interface::parse(bytes).is_err(), "an interface is strict");
        assert!(
            TransactionPayload::from_json(bytes).is_err(),
            "a payload is strict"
        );
        return false;
    };
    let canonical = json::canonical(&value);
    let again = json::parse_strict(&canonical).expect("the canonical form is strict");
    assert_eq!(again, value);
    assert_eq!(json::canonical(&again), canonical);
    let _ = Interface::parse(bytes);
    if let Ok(payload) = TransactionPayload::from_json(bytes) {
        assert_eq!(payload.to_json(), canonical, "a second form of one payload");
    }
    true
}

fn one_text<T: FromStr + Display>(text: &str) -> bool {
    let Ok(value) = text.parse::<T>() else {
        return false;
    };
    assert_eq!(value.to_string(), text, "a second text of one value");
    true
}

/// Signed notes, checkpoints, a witness's request, and the texts of keys and digests.
pub fn note(bytes: &[u8]) -> bool {
    let Ok(text) = core::str::from_utf8(bytes) else {
        return false;
    };
    let note = signed_note::decode(text);
    if let Ok(note) = &note
        && let Ok((chain_id, height, round, block)) = parse_commit_body(&note.text)
    {
        assert_eq!(commit_body(&chain_id, height, round, &block), note.text);
    }
    let request = Request::parse(text);
    let (is_note, is_request) = (note.is_ok(), request.is_ok());
    if let Ok(request) = request {
        assert_eq!(Request::parse(&request.to_string()), Ok(request));
    }
    let _ = text.parse::<Signature>();
    let is_value = one_text::<Cosigner>(text)
        | one_text::<Digest>(text)
        | one_text::<PublicKey>(text)
        | one_text::<Address>(text);
    is_note | is_request | is_value
}
