//! Name what validators tell the chain of threshold releases.
//!
//! Requests, the group that holds the key, and the ceremony that makes it, as records of the state and as arguments of
//! calls.
//!
//! Validators speak of them to the built-in contract `system`, signed with their validator keys. Bytes stand in base64.

use serde::{Deserialize, Serialize};
use yilian_abi::state_key::{SYSTEM, of};
use yilian_crypto::{Digest, PublicKey};
use yilian_primitives::Height;

/// Methods of `system` that validators call. A node puts them before other transactions.
pub mod method {
    /// Says to which key shares are to be sealed.
    pub const ANNOUNCE: &str = "release_announce";
    /// Deals shares of a key.
    pub const DEAL: &str = "release_deal";
    /// Acknowledges dealings whose shares fit.
    pub const ACKNOWLEDGE: &str = "release_acknowledge";
    /// Shows the shares of those who did not acknowledge.
    pub const LOG: &str = "release_log";
    /// A share's signature on a waiting identity.
    pub const PARTIAL: &str = "release_partial";
    /// A candidate's node says that it runs, and to which key shares are to be sealed: from the next block on its
    /// validator decides. The arguments are those of [`ANNOUNCE`].
    pub const READY: &str = "validator_ready";
    /// Ends a phase whose time is over; the chain itself calls it.
    pub const ADVANCE: &str = "release_advance";
    /// Shares the key anew among the validators of now; governance calls it.
    pub const RESHARE: &str = "release_reshare";

    /// Those that a validator, or who is to be one, sends with the validator's key.
    pub const OF_VALIDATORS: [&str; 6] = [ANNOUNCE, DEAL, ACKNOWLEDGE, LOG, PARTIAL, READY];
}

/// A release that a ledger asked for; kept for ever, since an identity is released once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// Ledger that asked.
    pub contract: String,
    /// Method that is called with the release.
    pub method: String,
    /// Identity of the release.
    pub identity: String,
    /// Height at which it was asked for.
    pub requested_at: Height,
    /// What was released; none while it waits.
    pub released: Option<Released>,
}

/// What a group released.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Released {
    /// Height of the release.
    pub height: Height,
    /// Key of the group, 192 hexadecimal digits.
    pub group_key: String,
    /// The signature, 96 hexadecimal digits.
    pub signature: String,
    /// The seed that follows from it.
    pub seed: Digest,
}

/// One holder's part of a waiting release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartialRecord {
    /// Round of the ceremony that gave the share.
    pub round: u64,
    /// Which share.
    pub index: u32,
    /// The point, 96 hexadecimal digits.
    pub signature: String,
}

/// Who holds the key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Round of the ceremony that gave the shares.
    pub round: u64,
    /// Height since which they count.
    pub since: Height,
    /// Key of the group, 192 hexadecimal digits; resharing keeps it.
    pub key: String,
    /// Shares that make a release.
    pub threshold: u32,
    /// Holders in the order of their shares.
    pub holders: Vec<PublicKey>,
    /// Holders whose shares had to be shown and are no secret.
    pub revealed: Vec<PublicKey>,
    /// Public side of the key, as crate `yilian-threshold` writes it, in base64.
    pub outcome: String,
    /// That of the group from which this one was reshared.
    pub previous: Option<String>,
    /// The last round that was tried. A round is never held twice: what it showed is known.
    pub last_round: u64,
    /// Height at which it ended.
    pub tried_at: Height,
}

/// Where a ceremony stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Members say to which keys shares are to be sealed.
    Announce,
    /// Dealers deal.
    Deal,
    /// Players acknowledge.
    Acknowledge,
    /// Dealers show their logs.
    Log,
}

impl Phase {
    /// The name in keys, files and messages.
    pub const fn as_str(self) -> &'static str {
        match self {
            Phase::Announce => "announce",
            Phase::Deal => "deal",
            Phase::Acknowledge => "acknowledge",
            Phase::Log => "log",
        }
    }
}

/// A ceremony that runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ceremony {
    /// Number of the round; failed ones count.
    pub round: u64,
    /// Where it stands.
    pub phase: Phase,
    /// Last height of the phase; it ends sooner when everybody has done his part.
    pub ends_at: Height,
    /// Who deals: the holders of the key that is kept, or the members.
    pub dealers: Vec<PublicKey>,
    /// Who is to hold shares.
    pub members: Vec<PublicKey>,
    /// Whether a key is kept.
    pub reshare: bool,
}

/// What somebody did wrong, or did not do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Who.
    pub member: PublicKey,
    /// Round of the ceremony.
    pub round: u64,
    /// In which phase.
    pub phase: Phase,
    /// What.
    pub what: String,
}

/// Arguments of [`method::ANNOUNCE`] and [`method::READY`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Announce {
    /// The X25519 key, 64 hexadecimal digits.
    pub sealing_key: String,
}

/// Arguments of [`method::DEAL`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deal {
    /// Number of the round.
    pub round: u64,
    /// The public part, in base64.
    pub public: String,
    /// Sealed shares of those who announced a key.
    pub shares: Vec<SealedShare>,
}

/// A share that one member can open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealedShare {
    /// Whose it is.
    pub to: PublicKey,
    /// The sealed share, in base64.
    pub sealed: String,
}

/// Arguments of [`method::ACKNOWLEDGE`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acknowledge {
    /// Number of the round.
    pub round: u64,
    /// One for each dealing whose share fits.
    pub acks: Vec<Ack>,
}

/// That a dealing's share fits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ack {
    /// Whose dealing.
    pub dealer: PublicKey,
    /// The acknowledgement, in base64.
    pub ack: String,
}

/// Arguments of [`method::LOG`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// Number of the round.
    pub round: u64,
    /// The signed log, in base64.
    pub log: String,
}

/// Arguments of [`method::PARTIAL`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Partial {
    /// What is to be released.
    pub identity: String,
    /// Round of the ceremony that gave the share.
    pub round: u64,
    /// Which share.
    pub index: u32,
    /// The point, 96 hexadecimal digits.
    pub signature: String,
}

/// A release, by identity.
pub fn release_key(identity: &str) -> Vec<u8> {
    of(SYSTEM, format!("release/{identity}").as_bytes())
}

/// A release that waits: twenty digits keep keys in the order of heights.
pub fn waiting_key(requested_at: Height, identity: &str) -> Vec<u8> {
    of(
        SYSTEM,
        format!("release_waiting/{requested_at:020}/{identity}").as_bytes(),
    )
}

/// First key of waiting releases, and the first after them.
pub fn waiting_range() -> (Vec<u8>, Vec<u8>) {
    range("release_waiting/")
}

/// A holder's part of a waiting release.
pub fn partial_key(identity: &str, index: u32) -> Vec<u8> {
    let place = format!("{}{index:05}", partials_of(identity));
    of(SYSTEM, place.as_bytes())
}

/// First key of the parts of a waiting release, and the first after them.
pub fn partial_range(identity: &str) -> (Vec<u8>, Vec<u8>) {
    range(&partials_of(identity))
}

/// By digest: an identity may contain what separates keys.
fn partials_of(identity: &str) -> String {
    let digest = Digest::sha256(identity.as_bytes());
    format!("release_partial/{}/", digest.to_hex())
}

/// The group that holds the key.
pub fn group_key() -> Vec<u8> {
    of(SYSTEM, b"release_group")
}

/// The ceremony that runs.
pub fn ceremony_key() -> Vec<u8> {
    of(SYSTEM, b"release_ceremony")
}

/// The key to which a member's shares are sealed.
pub fn sealing_key(member: &PublicKey) -> Vec<u8> {
    of(SYSTEM, format!("release_sealing/{member}").as_bytes())
}

/// What a member gave in a phase of a round.
pub fn message_key(round: u64, phase: Phase, member: &PublicKey) -> Vec<u8> {
    let place = format!("{}{member}", messages_of(round, phase));
    of(SYSTEM, place.as_bytes())
}

/// First key of what members gave in a phase of a round, and the first after them.
pub fn message_range(round: u64, phase: Phase) -> (Vec<u8>, Vec<u8>) {
    range(&messages_of(round, phase))
}

fn messages_of(round: u64, phase: Phase) -> String {
    format!("release_message/{round:020}/{}/", phase.as_str())
}

/// A fault.
pub fn fault_key(fault: &Fault) -> Vec<u8> {
    let Fault { round, member, .. } = fault;
    of(
        SYSTEM,
        format!("release_fault/{round:020}/{member}").as_bytes(),
    )
}

/// First key of faults, and the first after them.
pub fn fault_range() -> (Vec<u8>, Vec<u8>) {
    range("release_fault/")
}

/// From a prefix that ends with a slash to the first key after all that begin with it.
fn range(prefix: &str) -> (Vec<u8>, Vec<u8>) {
    let from = of(SYSTEM, prefix.as_bytes());
    let mut to = from.clone();
    if let Some(last) = to.last_mut() {
        *last += 1;
    }
    (from, to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_releases_stand_in_the_order_of_heights() {
        let (from, to) = waiting_range();
        assert!(from < waiting_key(0, ""));
        assert!(waiting_key(9, "z") < waiting_key(10, "a"));
        assert!(waiting_key(u64::MAX, "\u{10ffff}") < to);
    }

    #[test]
    fn parts_of_one_identity_are_none_of_another() {
        let (from, to) = partial_range("draw:E62:1");
        let inside = |key: &[u8]| from.as_slice() < key && key < to.as_slice();
        assert!(inside(&partial_key("draw:E62:1", 0)));
        assert!(inside(&partial_key("draw:E62:1", 99_999)));
        assert!(!inside(&partial_key("draw:E62:1/0", 0)));
        assert!(!inside(&partial_key("draw:E62:2", 0)));
    }
}
