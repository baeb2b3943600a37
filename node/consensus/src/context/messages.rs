//! Proposals and votes.

use malachite_core_types::{NilOrVal, Round, SignedExtension, VoteType};

use super::{Address, BlockValue, Height, YilianContext};

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
