//! The certificate of a block, signed by all of its set.

use yilian_crypto::SecretKey;
use yilian_primitives::{CommitCertificate, Header, Validator, ValidatorSet, commit_body};

/// What all validators of a set sign; their keys are among those given.
pub(crate) fn certificate(
    header: &Header,
    set: &ValidatorSet,
    keys: &[SecretKey],
) -> CommitCertificate {
    let body = commit_body(&header.chain_id, header.height, 0, &header.block_ref());
    let sign = |validator: &Validator| {
        let own = keys
            .iter()
            .find(|key| key.public_key() == validator.public_key);
        let own = own.expect("a key of the set");
        (validator.address(), own.sign(body.as_bytes()))
    };
    CommitCertificate {
        height: header.height,
        round: 0,
        block: header.block_ref(),
        signatures: set.iter().map(sign).collect(),
    }
}
