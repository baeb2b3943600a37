//! Our types in the shape the engine asks for.
//!
//! The engine's traits and most of our types are both foreign to this crate, so each is wrapped once, here.

use core::fmt;

use malachite_core_types::{
    Context, Height as EngineHeight, LinearTimeouts, NilOrVal, Round, SignedExtension, VoteType,
};
use yilian_crypto::PublicKey;
use yilian_primitives::BlockRef;

use crate::signing::Ed25519;

/// The types the engine is instantiated with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct YilianContext;

/// Number of a block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Height(pub(crate) u64);

impl fmt::Display for Height {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl EngineHeight for Height {
    const ZERO: Self = Height(0);
    const INITIAL: Self = Height(1);

    fn increment_by(&self, n: u64) -> Self {
        Height(self.0.saturating_add(n))
    }

    fn decrement_by(&self, n: u64) -> Option<Self> {
        self.0.checked_sub(n).map(Height)
    }

    fn as_u64(&self) -> u64 {
        self.0
    }
}

/// Short name of a validator key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Address(pub(crate) yilian_primitives::Address);

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl malachite_core_types::Address for Address {}

/// What is voted on. It is its own identity: the block itself travels in the proposal's parts only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct BlockValue(pub(crate) BlockRef);

impl fmt::Display for BlockValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.header_hash.fmt(f)
    }
}

impl malachite_core_types::Value for BlockValue {
    type Id = BlockValue;

    fn id(&self) -> BlockValue {
        *self
    }
}

/// One validator of a set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Validator {
    pub(crate) address: Address,
    pub(crate) public_key: PublicKey,
    pub(crate) power: u64,
}

impl malachite_core_types::Validator<YilianContext> for Validator {
    fn address(&self) -> &Address {
        &self.address
    }

    fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    fn voting_power(&self) -> u64 {
        self.power
    }
}

/// Validators in the order of [`yilian_primitives::ValidatorSet`], which also is the order of proposers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ValidatorSet(Vec<Validator>);

impl ValidatorSet {
    pub(crate) fn new(set: &yilian_primitives::ValidatorSet) -> Self {
        let validator = |validator: &yilian_primitives::Validator| Validator {
            address: Address(validator.address()),
            public_key: validator.public_key,
            power: validator.power,
        };
        ValidatorSet(set.iter().map(validator).collect())
    }

    /// Who proposes: the validators take turns, by height and round.
    pub(crate) fn proposer(&self, height: Height, round: u32) -> &Validator {
        let turn = height.0.saturating_sub(1).wrapping_add(u64::from(round));
        let index = turn % (self.0.len() as u64);
        // A set of `yilian_primitives` is never empty, and the index is below its length.
        &self.0[index as usize]
    }
}

impl malachite_core_types::ValidatorSet<YilianContext> for ValidatorSet {
    fn count(&self) -> usize {
        self.0.len()
    }

    fn total_voting_power(&self) -> u64 {
        self.0.iter().map(|validator| validator.power).sum()
    }

    fn get_by_address(&self, address: &Address) -> Option<&Validator> {
        self.0
            .iter()
            .find(|validator| validator.address == *address)
    }

    fn get_by_index(&self, index: usize) -> Option<&Validator> {
        self.0.get(index)
    }
}

/// A proposal: the value, not the block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Proposal {
    pub(crate) height: Height,
    pub(crate) round: Round,
    pub(crate) value: BlockValue,
    pub(crate) pol_round: Round,
    pub(crate) address: Address,
}

impl malachite_core_types::Proposal<YilianContext> for Proposal {
    fn height(&self) -> Height {
        self.height
    }

    fn round(&self) -> Round {
        self.round
    }

    fn value(&self) -> &BlockValue {
        &self.value
    }

    fn take_value(self) -> BlockValue {
        self.value
    }

    fn pol_round(&self) -> Round {
        self.pol_round
    }

    fn validator_address(&self) -> &Address {
        &self.address
    }
}

/// A prevote or precommit. It never carries an extension: nothing optional may stall consensus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Vote {
    pub(crate) kind: VoteType,
    pub(crate) height: Height,
    pub(crate) round: Round,
    pub(crate) value: NilOrVal<BlockValue>,
    pub(crate) address: Address,
}

impl malachite_core_types::Vote<YilianContext> for Vote {
    fn height(&self) -> Height {
        self.height
    }

    fn round(&self) -> Round {
        self.round
    }

    fn value(&self) -> &NilOrVal<BlockValue> {
        &self.value
    }

    fn take_value(self) -> NilOrVal<BlockValue> {
        self.value
    }

    fn vote_type(&self) -> VoteType {
        self.kind
    }

    fn validator_address(&self) -> &Address {
        &self.address
    }

    fn extension(&self) -> Option<&SignedExtension<YilianContext>> {
        None
    }

    fn take_extension(&mut self) -> Option<SignedExtension<YilianContext>> {
        None
    }

    fn extend(self, _extension: SignedExtension<YilianContext>) -> Self {
        self
    }
}

impl Context for YilianContext {
    type Address = Address;
    type Height = Height;
    type ProposalPart = crate::part::Part;
    type Proposal = Proposal;
    type Validator = Validator;
    type ValidatorSet = ValidatorSet;
    type Timeouts = LinearTimeouts;
    type Value = BlockValue;
    type Vote = Vote;
    type Extension = ();
    type SigningScheme = Ed25519;

    fn select_proposer<'a>(
        &self,
        set: &'a ValidatorSet,
        height: Height,
        round: Round,
    ) -> &'a Validator {
        set.proposer(height, round.as_u32().unwrap_or(0))
    }

    fn new_proposal(
        &self,
        height: Height,
        round: Round,
        value: BlockValue,
        pol_round: Round,
        address: Address,
    ) -> Proposal {
        Proposal {
            height,
            round,
            value,
            pol_round,
            address,
        }
    }

    fn new_prevote(
        &self,
        height: Height,
        round: Round,
        value: NilOrVal<BlockValue>,
        address: Address,
    ) -> Vote {
        Vote {
            kind: VoteType::Prevote,
            height,
            round,
            value,
            address,
        }
    }

    fn new_precommit(
        &self,
        height: Height,
        round: Round,
        value: NilOrVal<BlockValue>,
        address: Address,
    ) -> Vote {
        Vote {
            kind: VoteType::Precommit,
            height,
            round,
            value,
            address,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{keys, validators};

    #[test]
    fn proposers_take_turns_by_height_and_round() {
        let set = ValidatorSet::new(&validators(&keys(4)));
        let at = |height, round| set.proposer(Height(height), round).address;
        let first_round: Vec<_> = (1..=4).map(|height| at(height, 0)).collect();
        let first_height: Vec<_> = (0..4).map(|round| at(1, round)).collect();
        assert_eq!(first_round, first_height);
        let mut distinct = first_round.clone();
        distinct.sort();
        distinct.dedup();
        assert_eq!(distinct.len(), 4);
        assert_eq!(at(5, 0), at(1, 0));
        assert_eq!(at(u64::MAX, u32::MAX), at(u64::MAX, u32::MAX));
    }
}
