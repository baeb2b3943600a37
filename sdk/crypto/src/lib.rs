//! Hash and sign with the suites the law allows.
//!
//! Every stored digest, key and signature carries the tag of its suite, so that SM2 and SM3 (required in Chinese
//! government systems) can join without changing a format. Today one suite of each kind exists: SHA-256 and Ed25519.
//! Every hashed or signed object has its own [`Namespace`], so that bytes made for one purpose prove nothing elsewhere.

pub mod cosignature;
mod hash;
mod namespace;
mod sign;
pub mod signed_note;

pub use hash::{Digest, HashError, HashSuite, decode_lower_hex};
pub use namespace::{Namespace, part};
pub use sign::{KeyError, PublicKey, SecretKey, Signature, SignatureError, SignatureSuite};
