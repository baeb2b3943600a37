//! Every limit of the formats, with its unit.
//!
//! These bound what a decoder looks at; the chain parameters may be stricter, never looser.

/// Largest transaction, payload and signature together, in bytes.
pub const TRANSACTION_BYTES_MAX: usize = 1 << 20;
/// Largest DSSE envelope in JSON: base64 of the payload and the frame around it, in bytes.
pub const ENVELOPE_JSON_BYTES_MAX: usize = TRANSACTION_BYTES_MAX / 3 * 4 + 4_096;
/// Largest encoded block in bytes.
pub const BLOCK_BYTES_MAX: usize = 8 << 20;
/// Most transactions in a block.
pub const BLOCK_TRANSACTIONS_MAX: usize = 10_000;
/// Most validators in a set.
pub const VALIDATORS_MAX: usize = 128;
/// Largest total voting power of a set. Small, so that three times it never overflows.
pub const VOTING_POWER_MAX: u64 = 1 << 32;
/// Longest chain id in bytes.
pub const CHAIN_ID_BYTES_MAX: usize = 32;
/// Longest name of a contract, method, event or centre in bytes.
pub const NAME_BYTES_MAX: usize = 64;
/// Longest text of a refusal or trap in a receipt, in bytes.
pub const OUTCOME_TEXT_BYTES_MAX: usize = 2_048;
/// Most calls of rules in one transaction.
pub const RULE_CALLS_MAX: usize = 64;
/// Largest log leaf in bytes: entry bundles of C2SP tlog-tiles carry a 16-bit length.
pub const LEAF_BYTES_MAX: usize = 65_535;
/// Deepest nesting of JSON in a payload.
pub const JSON_DEPTH_MAX: usize = 32;
/// Largest magnitude of an integer in JSON: 2^53 - 1, beyond which Java and JavaScript readers lose digits.
pub const JSON_INTEGER_MAX: u64 = (1 << 53) - 1;
/// Longest header in bytes.
pub const HEADER_BYTES_MAX: usize = 4_096;
/// Longest commit certificate in bytes.
pub const CERTIFICATE_BYTES_MAX: usize = 16 * 1_024;
/// Longest key that a contract may have in its state, in bytes.
pub const STATE_KEY_BYTES_MAX: usize = 4_096;
/// Longest identifier from outside that evidence names, as a unified transaction code, in bytes.
pub const IDENTIFIER_BYTES_MAX: usize = 256;
/// Largest text or program that evidence carries, in bytes.
pub const CONTENT_BYTES_MAX: usize = 8 << 20;
