//! Validators, and whose turn it is to propose.

use yilian_crypto::PublicKey;

use super::{Address, Height, YilianContext};

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
