//! The host of native tests.

use std::panic::resume_unwind;

use yilian_crypto::{Digest, PublicKey, Signature};

use crate::Refusal;

pub(crate) use crate::testing::Host;

/// Says no and ends the call: unwinds to the test chain, which takes the refusal for the outcome.
pub(crate) fn refuse(refusal: Refusal) -> ! {
    resume_unwind(Box::new(refusal))
}

/// SHA-256.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    *Digest::sha256(bytes).as_bytes()
}

/// Whether a tagged key made a tagged signature.
pub(crate) fn verify_signature(key: &[u8; 33], message: &[u8], signature: &[u8; 65]) -> bool {
    let (Ok(key), Ok(signature)) = (
        PublicKey::from_tagged(key),
        Signature::from_tagged(signature),
    ) else {
        return false;
    };
    key.verify(message, &signature).is_ok()
}
