//! Whether what a member says in a phase can be that.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use thiserror::Error;
use yilian_crypto::PublicKey;
use yilian_release_records::{Acknowledge, Announce, Ceremony, Deal, Log};
use yilian_seal::{OVERHEAD_BYTES, SealError, SealingKey};
use yilian_threshold::{Ceremony as Round, CeremonyError};

/// Bytes of a sealed share; 32 before it is sealed.
pub const SEALED_SHARE_BYTES: usize = 32 + OVERHEAD_BYTES;

/// What is wrong with a member's message.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum MessageError {
    /// The announced key is none.
    #[error(transparent)]
    SealingKey(#[from] SealError),
    /// Bytes in another form.
    #[error("{0}: expected standard base64")]
    Base64(&'static str),
    /// A sealed share that cannot be one.
    #[error("a sealed share of {got} bytes: expected {SEALED_SHARE_BYTES}")]
    ShareLength {
        /// Its length in bytes.
        got: usize,
    },
    /// A second share for one member, or one for a stranger.
    #[error("a share to {0}: expected one for each member")]
    ShareTo(PublicKey),
    /// A second acknowledgement of one dealing, or one of a stranger's.
    #[error("dealer {0}: expected each dealer once")]
    Dealer(PublicKey),
    /// Somebody else's log.
    #[error("the log is {0}'s")]
    LogOf(PublicKey),
    /// Not readable, or, as [`CeremonyError::Log`], a log that shows its dealer's fault.
    #[error(transparent)]
    Ceremony(#[from] CeremonyError),
}

/// The bytes of a field; `what` names it.
pub fn decode(what: &'static str, text: &str) -> Result<Vec<u8>, MessageError> {
    let bytes = STANDARD.decode(text);
    bytes.map_err(|_| MessageError::Base64(what))
}

/// The key to which a member's shares are to be sealed.
pub fn check_announce(args: &Announce) -> Result<SealingKey, MessageError> {
    Ok(args.sealing_key.parse()?)
}

/// Whether a dealing can be one. Whether its shares fit only their players see.
pub fn check_deal(
    parameters: &Round,
    ceremony: &Ceremony,
    args: &Deal,
) -> Result<(), MessageError> {
    parameters.check_public(&decode("public", &args.public)?)?;
    let mut to: Vec<PublicKey> = Vec::with_capacity(args.shares.len());
    for share in &args.shares {
        let got = decode("sealed", &share.sealed)?.len();
        if got != SEALED_SHARE_BYTES {
            return Err(MessageError::ShareLength { got });
        }
        if !ceremony.members.contains(&share.to) || to.contains(&share.to) {
            return Err(MessageError::ShareTo(share.to));
        }
        to.push(share.to);
    }
    Ok(())
}

/// Whether acknowledgements can be that. Whether they hold their dealers see.
pub fn check_acknowledge(ceremony: &Ceremony, args: &Acknowledge) -> Result<(), MessageError> {
    let mut seen: Vec<PublicKey> = Vec::with_capacity(args.acks.len());
    for one in &args.acks {
        Round::check_acknowledgement(&decode("ack", &one.ack)?)?;
        if !ceremony.dealers.contains(&one.dealer) || seen.contains(&one.dealer) {
            return Err(MessageError::Dealer(one.dealer));
        }
        seen.push(one.dealer);
    }
    Ok(())
}

/// Whether a log is its sender's and holds; gives its bytes.
///
/// # Errors
/// [`CeremonyError::Log`] if it shows its dealer's fault.
pub fn check_log(
    parameters: &Round,
    sender: &PublicKey,
    args: &Log,
) -> Result<Vec<u8>, MessageError> {
    let bytes = decode("log", &args.log)?;
    match parameters.check_log(&bytes)? {
        dealer if dealer == *sender => Ok(bytes),
        dealer => Err(MessageError::LogOf(dealer)),
    }
}
