//! Remembers which votes were verified at the current height.
//!
//! The engine does not tell the application of single votes, but two questions need them. Was a value that claims an
//! earlier round really prevoted there by more than two thirds? Only then is its age forgiven. And which value do the
//! precommits of a synced height name? A peer that sends other bytes is at fault, not we.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use malachite_core_types::{NilOrVal, VoteType};
use yilian_primitives::{Address, BlockRef, Height, ValidatorSet};

use crate::context::Vote;

/// Most votes kept of one validator, those of late rounds before those of early ones. An honest one has two in a round; one
/// that signs more displaces its own alone.
const VOTES_PER_VOTER_MAX: usize = 128;

/// What one votes for: round, kind and value.
type Step = (u32, VoteType, BlockRef);

/// Verified votes of one height; clones share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally(Arc<Mutex<Votes>>);

#[derive(Debug, Default)]
struct Votes {
    height: Height,
    /// By voter, of whom there are no more than validators: who is none has no signature that holds.
    cast: BTreeMap<Address, BTreeSet<Step>>,
}

impl Tally {
    /// Counts a vote whose signature was verified. A higher height than before begins anew, a lower one is ignored.
    pub(crate) fn record(&self, vote: &Vote) {
        let (Some(round), NilOrVal::Val(value)) = (vote.round.as_u32(), &vote.value) else {
            return;
        };
        let mut votes = self.lock();
        if vote.height.0 > votes.height {
            votes.height = vote.height.0;
            votes.cast.clear();
        }
        if vote.height.0 == votes.height {
            let cast = votes.cast.entry(vote.address.0).or_default();
            cast.insert((round, vote.kind, value.0));
            if cast.len() > VOTES_PER_VOTER_MAX {
                cast.pop_first();
            }
        }
    }

    /// Who voted so.
    pub(crate) fn voters(
        &self,
        height: Height,
        round: u32,
        kind: VoteType,
        value: &BlockRef,
    ) -> BTreeSet<Address> {
        let votes = self.lock();
        if votes.height != height {
            return BTreeSet::new();
        }
        let step = (round, kind, *value);
        let so = votes.cast.iter().filter(|(_, cast)| cast.contains(&step));
        so.map(|(voter, _)| *voter).collect()
    }

    /// Whether more than two thirds of the set voted so.
    pub(crate) fn has_quorum(
        &self,
        set: &ValidatorSet,
        height: Height,
        round: u32,
        kind: VoteType,
        value: &BlockRef,
    ) -> bool {
        set.is_quorum(power(set, &self.voters(height, round, kind, value)))
    }

    /// The value for which more than two thirds precommitted in this round, if there is one.
    pub(crate) fn committed(
        &self,
        set: &ValidatorSet,
        height: Height,
        round: u32,
    ) -> Option<BlockRef> {
        let named: BTreeSet<BlockRef> = {
            let votes = self.lock();
            let cast = votes.cast.values().flatten();
            let at = cast.filter(|(at, kind, _)| *at == round && *kind == VoteType::Precommit);
            at.map(|(_, _, value)| *value).collect()
        };
        let decided =
            |value: &BlockRef| self.has_quorum(set, height, round, VoteType::Precommit, value);
        named.into_iter().find(decided)
    }

    fn lock(&self) -> MutexGuard<'_, Votes> {
        // Nothing panics while the lock is held; were it so, the votes would still be whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn power(set: &ValidatorSet, voters: &BTreeSet<Address>) -> u64 {
    voters
        .iter()
        .filter_map(|address| set.get(address))
        .map(|validator| validator.power)
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::{self, BlockValue};
    use crate::testing::{block_ref, keys, validators};
    use malachite_core_types::Round;

    fn vote(key: usize, height: u64, kind: VoteType, value: u8) -> Vote {
        Vote {
            kind,
            height: context::Height(height),
            round: Round::new(0),
            value: NilOrVal::Val(BlockValue(block_ref(value))),
            address: context::Address(Address::of(&keys(4)[key].public_key())),
        }
    }

    #[test]
    fn three_of_four_prevotes_are_a_quorum_and_one_voter_counts_once() {
        let (tally, set) = (Tally::default(), validators(&keys(4)));
        let quorum = |tally: &Tally| tally.has_quorum(&set, 5, 0, VoteType::Prevote, &block_ref(1));
        for key in [0, 1, 1, 1] {
            tally.record(&vote(key, 5, VoteType::Prevote, 1));
        }
        assert!(!quorum(&tally));
        tally.record(&vote(2, 5, VoteType::Prevote, 1));
        assert!(quorum(&tally));
        assert!(!tally.has_quorum(&set, 5, 1, VoteType::Prevote, &block_ref(1)));
        assert!(!tally.has_quorum(&set, 5, 0, VoteType::Precommit, &block_ref(1)));
    }

    #[test]
    fn the_committed_value_is_the_one_with_a_quorum_of_precommits() {
        let (tally, set) = (Tally::default(), validators(&keys(4)));
        tally.record(&vote(3, 5, VoteType::Precommit, 9));
        for key in 0..3 {
            assert_eq!(tally.committed(&set, 5, 0), None);
            tally.record(&vote(key, 5, VoteType::Precommit, 1));
        }
        assert_eq!(tally.committed(&set, 5, 0), Some(block_ref(1)));
    }

    #[test]
    fn a_new_height_forgets_the_old_and_old_votes_are_ignored() {
        let tally = Tally::default();
        tally.record(&vote(0, 5, VoteType::Prevote, 1));
        tally.record(&vote(0, 6, VoteType::Prevote, 1));
        tally.record(&vote(1, 5, VoteType::Prevote, 1));
        assert!(
            tally
                .voters(5, 0, VoteType::Prevote, &block_ref(1))
                .is_empty()
        );
        assert_eq!(
            tally.voters(6, 0, VoteType::Prevote, &block_ref(1)).len(),
            1
        );
    }

    #[test]
    fn a_flood_of_votes_is_bounded_and_displaces_the_liars_own_alone() {
        let (tally, set) = (Tally::default(), validators(&keys(4)));
        for key in 0..3 {
            tally.record(&vote(key, 5, VoteType::Prevote, 1));
        }
        for round in 0..10_000 {
            let mut flood = vote(3, 5, VoteType::Prevote, 1);
            flood.round = Round::new(round);
            tally.record(&flood);
        }
        let kept: usize = tally.lock().cast.values().map(BTreeSet::len).sum();
        assert!(kept <= 3 + VOTES_PER_VOTER_MAX);
        assert!(tally.has_quorum(&set, 5, 0, VoteType::Prevote, &block_ref(1)));
    }
}
