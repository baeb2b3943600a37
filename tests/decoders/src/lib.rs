//! Feed every decoder what nobody wrote.
//!
//! A target does with bytes from outside what a node, a verifier or a command does with them. Whatever is read is written
//! again as the same bytes, or as one form that is read as the same value; whatever is not is refused without a panic.
//!
//! The fuzzer calls the targets (`scripts/fuzz`), and so does a plain test with the corpora that it left.

mod ceremony;
mod chain;
mod evidence;
mod program;
mod records;
mod release;
mod sealed;
mod specification;
mod text;

pub use ceremony::{CHAIN, Known, ceremony_file, dealing, member_key, transcript};
pub use chain::{block, certificate, envelope, header, proofs, receipt, stored, validator_set};
pub use evidence::{acknowledged, bundle, trust};
pub use program::{module, replay};
pub use records::records;
pub use release::{outcome, release};
pub use sealed::{BID_KEYS, RANDOMNESS, READER, SEALED, bid_file, sealed};
pub use specification::{chain_spec, parameters, permissions};
pub use text::{note, strict_json};

/// What is done with bytes; whether they were read as anything.
pub type Target = fn(&[u8]) -> bool;

/// The name of each target and what it does.
pub const TARGETS: [(&str, Target); 26] = [
    ("acknowledged", acknowledged),
    ("bid_file", bid_file),
    ("block", block),
    ("bundle", bundle),
    ("ceremony_file", ceremony_file),
    ("certificate", certificate),
    ("chain_spec", chain_spec),
    ("dealing", dealing),
    ("envelope", envelope),
    ("header", header),
    ("json", strict_json),
    ("module", module),
    ("note", note),
    ("outcome", outcome),
    ("parameters", parameters),
    ("permissions", permissions),
    ("proofs", proofs),
    ("receipt", receipt),
    ("records", records),
    ("release", release),
    ("replay", replay),
    ("sealed", sealed),
    ("stored", stored),
    ("transcript", transcript),
    ("trust", trust),
    ("validator_set", validator_set),
];
