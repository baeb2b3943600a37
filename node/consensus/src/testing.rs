//! Samples for the tests of this crate.

use yilian_crypto::{Digest, SecretKey};
use yilian_primitives::{BlockRef, Validator, ValidatorSet};

pub(crate) fn keys(count: u8) -> Vec<SecretKey> {
    (1..=count)
        .map(|seed| SecretKey::from_seed([seed; 32]))
        .collect()
}

pub(crate) fn validators(keys: &[SecretKey]) -> ValidatorSet {
    let validator = |(index, key): (usize, &SecretKey)| Validator {
        name: format!("centre-{index}"),
        public_key: key.public_key(),
        power: 1,
    };
    ValidatorSet::new(keys.iter().enumerate().map(validator).collect()).expect("a set")
}

pub(crate) fn block_ref(seed: u8) -> BlockRef {
    BlockRef {
        header_hash: Digest::sha256(&[seed, 1]),
        log_size: u64::from(seed),
        log_root: Digest::sha256(&[seed, 2]),
    }
}
