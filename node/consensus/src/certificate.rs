//! Commit certificates, from the engine's form to ours and back.

use malachite_core_types::{
    CommitCertificate as EngineCertificate, ExtendedCommitCertificate, ExtendedCommitSignature,
    Round,
};
use yilian_primitives::{CommitCertificate, ValidatorSet};

use crate::context::{Address, BlockValue, Height, YilianContext};
use crate::port::ChainError;

/// Our certificate, its signatures in the order of the validator set.
pub(crate) fn from_engine(
    certificate: &EngineCertificate<YilianContext>,
    set: &ValidatorSet,
) -> Result<CommitCertificate, ChainError> {
    let height = certificate.height.0;
    let round = certificate.round.as_u32().ok_or_else(|| {
        ChainError::new(format!(
            "height {height} was decided in no round; this is a defect"
        ))
    })?;
    let signatures = certificate.commit_signatures.iter();
    let mut signatures: Vec<_> = signatures
        .map(|signed| (signed.address.0, signed.signature))
        .collect();
    signatures.sort_by_key(|(address, _)| set.index_of(address));
    Ok(CommitCertificate {
        height,
        round,
        block: certificate.value_id.0,
        signatures,
    })
}

/// The certificate as peers that catch up take it.
pub(crate) fn to_engine(
    certificate: &CommitCertificate,
) -> ExtendedCommitCertificate<YilianContext> {
    let signatures = certificate.signatures.iter().map(|(address, signature)| {
        ExtendedCommitSignature::new(Address(*address), *signature, None)
    });
    ExtendedCommitCertificate {
        height: Height(certificate.height),
        round: Round::new(certificate.round),
        value_id: BlockValue(certificate.block),
        commit_signatures: signatures.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{block_ref, keys, validators};
    use malachite_core_types::CommitSignature;
    use yilian_primitives::commit_body;

    #[test]
    fn signatures_are_put_into_the_order_of_the_set_and_verify() {
        let keys = keys(4);
        let set = validators(&keys);
        let body = commit_body("chain", 5, 2, &block_ref(1));
        let signed = |rotation: usize| {
            let mut signatures: Vec<_> = keys
                .iter()
                .map(|key| {
                    let address = yilian_primitives::Address::of(&key.public_key());
                    CommitSignature::new(Address(address), key.sign(body.as_bytes()))
                })
                .collect();
            signatures.rotate_left(rotation);
            EngineCertificate {
                height: Height(5),
                round: Round::new(2),
                value_id: BlockValue(block_ref(1)),
                commit_signatures: signatures,
            }
        };
        for rotation in 0..4 {
            let ours = from_engine(&signed(rotation), &set).expect("a round");
            assert_eq!(ours.verify("chain", &set), Ok(4));
            let back = to_engine(&ours).trim_vote_extensions();
            assert_eq!(from_engine(&back, &set), Ok(ours));
        }
    }
}
