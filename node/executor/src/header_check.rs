//! What a block of another node must satisfy besides its transactions.

use std::sync::Arc;

use yilian_crypto::Digest;
use yilian_primitives::{Block, Header, Height};

use crate::block::BlockRefused;
use crate::parent::ParentState;

pub(crate) fn invalid(height: Height, reason: String) -> BlockRefused {
    BlockRefused::Invalid { height, reason }
}

/// The block must carry the certificate that decided its parent.
pub(crate) fn check_carried_certificate(
    parent: &Arc<dyn ParentState>,
    block: &Block,
) -> Result<(), BlockRefused> {
    let (before, height) = (parent.header(), block.header.height);
    let wrong = |reason: &str| Err(invalid(height, reason.to_owned()));
    if height != before.height + 1 {
        return wrong(&format!("expected height {}", before.height + 1));
    }
    match (&block.parent_certificate, before.height) {
        (None, 0) => Ok(()),
        (Some(_), 0) => wrong("genesis has no certificate"),
        (None, _) => wrong("the certificate of the parent is missing"),
        (Some(certificate), _) => {
            if certificate.height != before.height || certificate.block != before.block_ref() {
                return wrong("the certificate is not the parent's");
            }
            certificate
                .verify(&before.chain_id, parent.deciders())
                .map(|_| ())
                .map_err(|error| invalid(height, format!("certificate of the parent: {error}")))
        }
    }
}

/// Every field of the header must be what executing the block here gives; roots are named first.
pub(crate) fn compare(expected: &Header, got: &Header) -> Result<(), BlockRefused> {
    let height = expected.height;
    let roots: [(&'static str, Digest, Digest); 8] = [
        ("state_root", expected.state_root, got.state_root),
        ("log_root", expected.log_root, got.log_root),
        (
            "transactions_root",
            expected.transactions_root,
            got.transactions_root,
        ),
        ("parent_hash", expected.parent_hash, got.parent_hash),
        (
            "parent_commit_hash",
            expected.parent_commit_hash,
            got.parent_commit_hash,
        ),
        (
            "validators_hash",
            expected.validators_hash,
            got.validators_hash,
        ),
        (
            "next_validators_hash",
            expected.next_validators_hash,
            got.next_validators_hash,
        ),
        (
            "parameters_hash",
            expected.parameters_hash,
            got.parameters_hash,
        ),
    ];
    for (field, expected, got) in roots {
        if expected != got {
            return Err(BlockRefused::RootMismatch {
                height,
                field,
                expected,
                got,
            });
        }
    }
    if expected != got {
        let reason = format!("header {expected:?}: expected {got:?}");
        return Err(invalid(height, reason));
    }
    Ok(())
}
