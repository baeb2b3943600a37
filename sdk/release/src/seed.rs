//! From a release to the seed of a draw.

use yilian_crypto::{Digest, Namespace};

use crate::{ReleaseSignature, part};

/// The seed that follows from a release; `contribution` is the supervising department's, or empty.
///
/// It depends on nothing but the identity and what the group and the supervisor added, and not on which shares were
/// combined.
pub fn seed(
    chain_id: &str,
    identity: &str,
    signature: &ReleaseSignature,
    contribution: &[u8],
) -> Digest {
    Digest::tagged_parts(
        Namespace::ReleaseSeed,
        &[
            &part(chain_id.as_bytes()),
            &part(identity.as_bytes()),
            signature.as_bytes(),
            &part(contribution),
        ],
    )
}
