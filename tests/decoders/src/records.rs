//! Records of the state, and arguments of calls of the chain itself.

use serde::Serialize;
use serde::de::DeserializeOwned;
use yilian_abi::records::{
    ContractRecord, KeyBinding, Organisation, Permission, from_bytes, to_bytes,
};
use yilian_chain_records::admission::{Admission, KEYS_MAX, Token, Uses};
use yilian_chain_records::membership::{BlockEntry, Membership, Numbered, Proposal, Propose};
use yilian_chain_records::schedule::{Scheduled, Waiting};
use yilian_crypto::{PublicKey, SecretKey};
use yilian_release_records::{
    Acknowledge, Announce, Ceremony, Deal, Fault, Group, Log, Partial, PartialRecord, Release,
};

fn one<T: Serialize + DeserializeOwned>(bytes: &[u8]) -> bool {
    let Some(record) = from_bytes::<T>(bytes) else {
        return false;
    };
    let written = to_bytes(&record);
    let again: T = from_bytes(&written).expect("reads what it wrote");
    assert_eq!(to_bytes(&again), written, "a second form of one record");
    true
}

fn of_contracts(bytes: &[u8]) -> bool {
    one::<ContractRecord>(bytes)
        | one::<KeyBinding>(bytes)
        | one::<Organisation>(bytes)
        | one::<Permission>(bytes)
        | one::<Scheduled>(bytes)
        | one::<Waiting>(bytes)
}

fn of_members(bytes: &[u8]) -> bool {
    if let Some(membership) = from_bytes::<Membership>(bytes) {
        let keys = membership.connected().map(|centre| centre.key);
        let known: Vec<PublicKey> = keys.collect();
        let set = membership.validators();
        assert!(set.is_err() || known.len() >= membership.centres.len());
    }
    one::<Membership>(bytes)
        | one::<Proposal>(bytes)
        | one::<BlockEntry>(bytes)
        | one::<Propose>(bytes)
        | one::<Numbered>(bytes)
}

fn of_releases(bytes: &[u8]) -> bool {
    one::<Release>(bytes)
        | one::<PartialRecord>(bytes)
        | one::<Group>(bytes)
        | one::<Ceremony>(bytes)
        | one::<Fault>(bytes)
        | one::<Announce>(bytes)
        | one::<Deal>(bytes)
        | one::<Acknowledge>(bytes)
        | one::<Log>(bytes)
        | one::<Partial>(bytes)
}

fn of_admissions(bytes: &[u8]) -> bool {
    if let Some(token) = from_bytes::<Token>(bytes) {
        // No batch with this key was ever made here.
        let key = SecretKey::from_seed([1; 32]).public_key();
        assert!(!token.proves(&key, KEYS_MAX));
    }
    one::<Token>(bytes) | one::<Admission>(bytes) | one::<Uses>(bytes)
}

/// A record of any kind.
pub fn records(bytes: &[u8]) -> bool {
    of_contracts(bytes) | of_members(bytes) | of_releases(bytes) | of_admissions(bytes)
}
