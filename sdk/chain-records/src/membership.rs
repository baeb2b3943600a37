//! Centres in force, those on their way in, and what centres propose about it, as records of the state.
//!
//! More than two thirds of the voting power takes a centre in or dismisses it; a centre alone changes its own key and
//! its own addresses. A key counts from the block after the one in which its node said that it runs, so nobody joins
//! who is not there.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use yilian_abi::state_key::{SYSTEM, of};
use yilian_chain_spec::Centre;
use yilian_crypto::PublicKey;
use yilian_primitives::{Address, Height, TimestampMs, Validator, ValidatorSet, ValidatorSetError};

/// Methods of `system` that change who decides.
pub mod method {
    /// An organisation that runs a centre proposes a change, and approves of it.
    pub const PROPOSE: &str = "validator_propose";
    /// Another one approves; the last one needed makes the change.
    pub const APPROVE: &str = "validator_approve";
    /// The one that proposed takes the proposal back.
    pub const WITHDRAW: &str = "validator_withdraw";

    /// All of them; organisations that run a centre call them.
    pub const OF_CENTRES: [&str; 3] = [PROPOSE, APPROVE, WITHDRAW];
}

/// How long a proposal may be approved, in ms of block time: 14 days.
pub const PROPOSAL_MS: u64 = 14 * 24 * 3_600_000;
/// Most proposals that are open at a time.
pub const OPEN_MAX: usize = 32;
/// Most centres that are candidates, and most former ones that are remembered.
pub const LIST_MAX: usize = 32;

/// Who decides, and who is on the way in or out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Membership {
    /// Centres whose validators decide. An address that is empty stands in the chain specification.
    pub centres: Vec<Centre>,
    /// Centres, or new keys of centres, whose nodes have not yet said that they run.
    pub candidates: Vec<Centre>,
    /// Validators of before that hold shares of the release key: nodes stay connected to them until it is shared anew.
    pub former: Vec<Centre>,
    /// How many proposals there were.
    pub proposals: u64,
    /// Numbers of those that are open.
    pub open: Vec<u64>,
}

impl Membership {
    /// The validators of the centres in force.
    ///
    /// # Errors
    /// If they form no set, which no block writes.
    pub fn validators(&self) -> Result<ValidatorSet, ValidatorSetError> {
        ValidatorSet::new(self.centres.iter().map(Centre::validator).collect())
    }

    /// Everybody to whom a node is to be connected.
    pub fn connected(&self) -> impl Iterator<Item = &Centre> {
        let lists = [&self.centres, &self.candidates, &self.former];
        lists.into_iter().flatten()
    }

    /// The candidate with a validator key.
    pub fn candidate(&self, key: &PublicKey) -> Option<&Centre> {
        self.candidates.iter().find(|centre| centre.key == *key)
    }

    /// Voting power of the centres that organisations run.
    pub fn power_of(&self, organisations: &[String]) -> u64 {
        let theirs = self.centres.iter();
        let theirs = theirs.filter(|centre| organisations.contains(&centre.organisation));
        theirs.map(|centre| centre.power).sum()
    }

    /// Whether an organisation runs a centre in force.
    pub fn is_of(&self, organisation: &str) -> bool {
        let runs = |centre: &Centre| centre.organisation == organisation;
        self.centres.iter().any(runs)
    }
}

/// What is proposed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Takes a new centre in, as candidate.
    Admit(Box<Centre>),
    /// Dismisses a centre, or a candidate.
    Remove(Named),
    /// Gives a centre a new validator key, as candidate: for a node that is replaced, or a key that may be known.
    Rotate(Rotation),
    /// Says where a centre's node is found.
    Move(Addresses),
}

/// A centre by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// Its name.
    pub name: String,
}

/// A new validator key of a centre.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rotation {
    /// Name of the centre.
    pub name: String,
    /// The new key.
    pub key: PublicKey,
    /// Where the new node's consensus engine listens; empty: as before.
    #[serde(default)]
    pub p2p: String,
    /// Where its transaction pool listens; empty: as before.
    #[serde(default)]
    pub mempool: String,
}

/// Where a centre's node is found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Addresses {
    /// Name of the centre.
    pub name: String,
    /// Where its consensus engine listens.
    pub p2p: String,
    /// Where its transaction pool listens.
    pub mempool: String,
}

/// What became of a proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stand {
    /// It waits for approvals.
    Open,
    /// It was approved, and the change made.
    Made,
    /// It was taken back.
    Withdrawn,
    /// Its time is over.
    Expired,
}

/// A proposal; kept for ever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proposal {
    /// Its number, from 1.
    pub number: u64,
    /// What is proposed.
    pub change: Change,
    /// Organisation that proposed it.
    pub by: String,
    /// Height at which it was proposed.
    pub proposed_at: Height,
    /// Last block time at which it may be approved, in ms.
    pub valid_until_ms: TimestampMs,
    /// Organisations that approve, the first one included.
    pub approvals: Vec<String>,
    /// What became of it.
    pub stand: Stand,
}

/// Arguments of [`method::PROPOSE`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Propose {
    /// What is proposed.
    pub change: Change,
}

/// Arguments of [`method::APPROVE`] and [`method::WITHDRAW`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Numbered {
    /// Number of the proposal.
    pub proposal: u64,
}

/// What every block writes of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlockEntry {
    /// Height of the block.
    pub height: Height,
    /// Its time, in ms.
    pub time_ms: TimestampMs,
    /// Validators that neither proposed the block nor stand in the certificate that it carries, each with the height at
    /// which it was seen last, or began.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub unseen: BTreeMap<String, Height>,
}

impl BlockEntry {
    /// The entry of the next block: who was seen is not in the list, and who was not stays in it.
    pub fn next(
        &self,
        time_ms: TimestampMs,
        validators: &ValidatorSet,
        seen: impl Fn(&Address) -> bool,
    ) -> Self {
        let addresses = validators.iter().map(Validator::address);
        let unseen = addresses.filter(|address| !seen(address)).map(|address| {
            let text = address.to_string();
            let since = self.unseen.get(&text).copied().unwrap_or(self.height);
            (text, since)
        });
        BlockEntry {
            height: self.height.saturating_add(1),
            time_ms,
            unseen: unseen.collect(),
        }
    }

    /// The height at which a validator was seen last, if that is longer ago than so many blocks.
    pub fn missing_since(&self, address: &Address, blocks: u64) -> Option<Height> {
        let since = self.unseen.get(&address.to_string()).copied()?;
        (self.height.saturating_sub(since) > blocks).then_some(since)
    }
}

/// The entry that every block writes of itself.
pub fn block_key() -> Vec<u8> {
    of(SYSTEM, b"block")
}

/// Who decides.
pub fn membership_key() -> Vec<u8> {
    of(SYSTEM, b"membership")
}

/// A proposal, by number.
pub fn proposal_key(number: u64) -> Vec<u8> {
    of(SYSTEM, format!("proposal/{number:020}").as_bytes())
}

/// First key of all proposals, and the first after them.
pub fn proposal_range() -> (Vec<u8>, Vec<u8>) {
    (of(SYSTEM, b"proposal/"), of(SYSTEM, b"proposal0"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use yilian_crypto::SecretKey;

    fn set() -> ValidatorSet {
        let one = |seed: u8| Validator {
            name: format!("centre-{seed}"),
            public_key: SecretKey::from_seed([seed; 32]).public_key(),
            power: 1,
        };
        ValidatorSet::new((1..=3).map(one).collect()).expect("a set")
    }

    #[test]
    fn who_is_not_seen_is_remembered_until_he_is() {
        let set = set();
        let absent = set.at(1).expect("three").address();
        let here = |address: &Address| *address != absent;
        let first = BlockEntry {
            height: 7,
            ..BlockEntry::default()
        };
        let second = first.next(1, &set, here).next(2, &set, here);
        assert_eq!(second.height, 9);
        assert_eq!(second.unseen.get(&absent.to_string()), Some(&7));
        assert_eq!(second.missing_since(&absent, 1), Some(7));
        assert_eq!(second.missing_since(&absent, 2), None);
        assert!(second.next(3, &set, |_| true).unseen.is_empty());
    }
}
