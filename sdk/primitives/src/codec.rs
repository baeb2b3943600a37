//! Encodes what moves between our own nodes and to their disks. The only caller of bincode.
//!
//! Fixed-width little-endian (`config::legacy`), a limit on every decode, and exactly one encoding per value: trailing
//! bytes are refused, and what was decoded must encode to the same bytes. Nothing that outsiders verify is encoded so.
//! The limit matters: without it nine bytes that claim a length of 2^63 abort the process.

// Everybody else is kept from bincode by clippy.toml, so that every decode has a limit.
#![allow(clippy::disallowed_methods)]

use bincode::config::{Configuration, Fixint, Limit, LittleEndian};
use serde::{Serialize, de::DeserializeOwned};
use thiserror::Error;

/// Bytes are not the encoding of a value.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CodecError {
    /// More bytes than the caller allows.
    #[error("{got} bytes: expected at most {limit}")]
    TooLong {
        /// Length given, in bytes.
        got: usize,
        /// Length allowed, in bytes.
        limit: usize,
    },
    /// The bytes do not have the form of the type.
    #[error("malformed bytes: {reason}")]
    Malformed {
        /// What the decoder met.
        reason: String,
    },
    /// Bytes are left after the value.
    #[error("{left} bytes are left after the value")]
    TrailingBytes {
        /// How many.
        left: usize,
    },
    /// The value has another, canonical encoding.
    #[error("the bytes are not the canonical encoding of their value")]
    NotCanonical,
}

/// Encodes a value.
///
/// # Panics
/// Never for our types: they hold no maps of unknown length and no failing serialisers, and memory is unbounded.
pub fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    bincode::serde::encode_to_vec(value, bincode::config::legacy())
        .expect("our types have known lengths and infallible serialisers")
}

/// Decodes a value of at most `MAX` bytes.
pub fn decode<T, const MAX: usize>(bytes: &[u8]) -> Result<T, CodecError>
where
    T: Serialize + DeserializeOwned,
{
    if bytes.len() > MAX {
        return Err(CodecError::TooLong {
            got: bytes.len(),
            limit: MAX,
        });
    }
    let config: Configuration<LittleEndian, Fixint, Limit<MAX>> =
        bincode::config::legacy().with_limit::<MAX>();
    let (value, used) =
        bincode::serde::decode_from_slice::<T, _>(bytes, config).map_err(|error| {
            CodecError::Malformed {
                reason: error.to_string(),
            }
        })?;
    if used != bytes.len() {
        return Err(CodecError::TrailingBytes {
            left: bytes.len().saturating_sub(used),
        });
    }
    if encode(&value) != bytes {
        return Err(CodecError::NotCanonical);
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde::Deserialize;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Sample {
        name: String,
        bytes: Vec<u8>,
        number: Option<u64>,
    }

    #[test]
    fn nine_bytes_that_claim_a_huge_length_are_refused() {
        let mut bytes = vec![0xff; 8];
        bytes[7] = 0x7f;
        bytes.push(0);
        assert!(decode::<Vec<u8>, 1024>(&bytes).is_err());
        assert!(decode::<String, 1024>(&bytes).is_err());
        assert!(decode::<Vec<u64>, 1024>(&bytes).is_err());
    }

    #[test]
    fn trailing_bytes_are_refused() {
        let mut bytes = encode(&7u64);
        bytes.push(0);
        assert_eq!(
            decode::<u64, 64>(&bytes),
            Err(CodecError::TrailingBytes { left: 1 })
        );
    }

    proptest! {
        #[test]
        fn values_round_trip(name: String, bytes: Vec<u8>, number: Option<u64>) {
            let value = Sample { name, bytes, number };
            prop_assert_eq!(decode::<Sample, 65_536>(&encode(&value)), Ok(value));
        }

        #[test]
        fn random_bytes_never_panic_and_decode_to_themselves(bytes: Vec<u8>) {
            if let Ok(value) = decode::<Sample, 4_096>(&bytes) {
                prop_assert_eq!(encode(&value), bytes);
            }
        }
    }
}
