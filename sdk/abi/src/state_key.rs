//! Keys of the state: `contract name ‖ 0x00 ‖ the contract's own key`.

use yilian_crypto::Digest;

/// Ledger whose records the chain itself reads to judge senders.
pub const IDENTITY: &str = "identity";
/// The built-in contract.
pub const SYSTEM: &str = "system";

/// State key of a contract's own key.
pub fn of(contract: &str, key: &[u8]) -> Vec<u8> {
    let mut state_key = Vec::with_capacity(contract.len() + 1 + key.len());
    state_key.extend_from_slice(contract.as_bytes());
    state_key.push(0);
    state_key.extend_from_slice(key);
    state_key
}

/// First byte of those of a contract's own keys that make up an index, beside the state tree: nothing proves them, so only
/// queries read them. What a transaction wrote there stands in its receipt.
pub const INDEX: u8 = b'~';

/// Whether a state key belongs to an index of its contract.
pub fn is_index(state_key: &[u8]) -> bool {
    split(state_key).is_some_and(|(_, own)| own.first() == Some(&INDEX))
}

/// Splits a state key into contract name and own key.
pub fn split(state_key: &[u8]) -> Option<(&str, &[u8])> {
    let zero = state_key.iter().position(|byte| *byte == 0)?;
    let contract = core::str::from_utf8(&state_key[..zero]).ok()?;
    Some((contract, &state_key[zero + 1..]))
}

/// An organisation, by unified social credit code.
pub fn organisation(code: &str) -> Vec<u8> {
    of(IDENTITY, format!("organisation/{code}").as_bytes())
}

/// A key's binding to an organisation, by the text of the key.
pub fn key_binding(key: &str) -> Vec<u8> {
    of(IDENTITY, format!("key/{key}").as_bytes())
}

/// Who may call a method; `*` stands for every method without an entry of its own.
pub fn permission(contract: &str, method: &str) -> Vec<u8> {
    of(
        IDENTITY,
        format!("permission/{contract}/{method}").as_bytes(),
    )
}

/// A deployed contract, by name.
pub fn contract(name: &str) -> Vec<u8> {
    of(SYSTEM, format!("contract/{name}").as_bytes())
}

/// First key of all deployed contracts.
pub fn contracts_from() -> Vec<u8> {
    of(SYSTEM, b"contract/")
}

/// First key after all deployed contracts.
pub fn contracts_to() -> Vec<u8> {
    of(SYSTEM, b"contract0")
}

/// Program bytes, by code hash.
pub fn code(hash: &Digest) -> Vec<u8> {
    of(SYSTEM, format!("code/{hash}").as_bytes())
}

/// Interface JSON, by code hash.
pub fn interface(hash: &Digest) -> Vec<u8> {
    of(SYSTEM, format!("interface/{hash}").as_bytes())
}

/// The parameters in force.
pub fn parameters() -> Vec<u8> {
    of(SYSTEM, b"parameters")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_key_splits_into_what_it_was_made_of() {
        let key = of("tender", b"bid/1\x00x");
        assert_eq!(split(&key), Some(("tender", b"bid/1\x00x".as_slice())));
        assert_eq!(split(b"no zero"), None);
    }

    #[test]
    fn an_index_is_told_by_the_first_byte_of_the_contracts_own_key() {
        assert!(is_index(&of("evidence", b"~digest/1")));
        assert!(!is_index(&of("evidence", b"digest/~1")));
        assert!(!is_index(&of("evidence", b"")));
        assert!(!is_index(b"~no contract"));
    }
}
