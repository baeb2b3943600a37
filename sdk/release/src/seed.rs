//! From a release to the seed of a draw.

use yilian_crypto::{Digest, Namespace, part};

use crate::ReleaseSignature;

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

#[cfg(test)]
mod tests {
    use super::*;

    /// Computed with Python's hashlib; the contracts have the same answers. No signature is verified here.
    #[test]
    fn known_answers() {
        let signature = ReleaseSignature::unchecked([0xab; 48]);
        let seed =
            |contribution: &[u8]| seed("test", "draw:T:1", &signature, contribution).to_hex();
        assert_eq!(
            seed(b""),
            "f36bddb63ab74ec9cb1897bcc262f22ec4eeb599e761d71b6808f6a2a903983c"
        );
        assert_eq!(
            seed(&[7; 32]),
            "385b918e0789ba351fec54087b95fd661348d8baf7e7b21f2b4ead38078c1baf"
        );
    }
}
