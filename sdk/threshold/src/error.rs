//! What goes wrong, and whose fault it is.

use thiserror::Error;
use yilian_crypto::PublicKey;

/// A step of a ceremony that cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CeremonyError {
    /// The parameters fit no ceremony.
    #[error("ceremony: {0}")]
    Parameters(String),
    /// The key belongs to nobody who takes part in this role.
    #[error("{0} takes no part in this ceremony")]
    Member(PublicKey),
    /// Bytes that are not what they should be, or not in their one encoding.
    #[error("{0}: not readable, or not in its one encoding")]
    Malformed(&'static str),
    /// A dealing that does not fit: its share is not the one it commits to.
    #[error("the dealing does not hold: {0}")]
    Dealing(String),
    /// A log that shows its dealer's fault.
    #[error("the log of {dealer} does not hold: {reason}")]
    Log {
        /// Who signed it.
        dealer: PublicKey,
        /// What is wrong in it.
        reason: String,
    },
    /// This member's own records are not complete.
    #[error("the share cannot be made of what this member has: {0}")]
    Incomplete(String),
}

/// A round that gave no key.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{found} usable logs: expected at least {required}")]
pub struct CeremonyFailure {
    /// Logs that are needed.
    pub required: u32,
    /// Logs that hold.
    pub found: u32,
    /// Dealers whose logs show a fault, with what it is.
    pub faults: Vec<(PublicKey, String)>,
    /// Dealers without a usable log.
    pub absent: Vec<PublicKey>,
}

/// A partial signature that does not hold.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PartialError {
    /// No share has this index.
    #[error("index {index}: the group has shares 0 to {last}")]
    Index {
        /// The index that was given.
        index: u32,
        /// The last one there is.
        last: u32,
    },
    /// The bytes are no point of G1.
    #[error("no signature: expected a point of G1, 48 bytes")]
    Point,
    /// Made with another share, or for something else.
    #[error("the partial signature of share {index} does not hold for this identity")]
    Forged {
        /// Whose it claims to be.
        index: u32,
    },
    /// Fewer than the threshold.
    #[error("{found} partial signatures: expected at least {required}")]
    TooFew {
        /// Different ones that were given.
        found: u32,
        /// How many are needed.
        required: u32,
    },
}
