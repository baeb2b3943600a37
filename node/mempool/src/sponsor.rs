//! Whose share of the pool a transaction uses.

use std::sync::Arc;

use yilian_crypto::PublicKey;

/// Who answers for a transaction. Shares and turns are by sponsor and not by key: one-time keys cost nothing, so whoever has
/// admitted thousands of them would otherwise have thousands of shares.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sponsor {
    /// An organisation, by its code: the sender's, or the one that admitted the sender's one-time key.
    Organisation(Arc<str>),
    /// A key that answers for itself, as a validator's.
    Key(PublicKey),
}

impl core::fmt::Display for Sponsor {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Sponsor::Organisation(code) => write!(f, "organisation {code}"),
            Sponsor::Key(key) => write!(f, "key {key}"),
        }
    }
}
