//! The seed that follows from a threshold release.

use yilian_contract::sha256;

use crate::Encoding;

/// The seed of an identity's release with somebody's contribution, or none: `docs/protocol.md`, Releases.
///
/// The signature is the 48 bytes that a group of centres released. Nobody of them knows the contribution beforehand, and
/// who contributes does not know the signature.
pub fn release_seed(
    chain_id: &str,
    identity: &str,
    signature: &[u8; 48],
    contribution: &[u8],
) -> [u8; 32] {
    let mut bytes = Encoding::new("YILIAN/release-seed/v1")
        .part(chain_id.as_bytes())
        .part(identity.as_bytes())
        .bytes();
    bytes.extend_from_slice(signature);
    // As a part: four bytes of length, then the bytes. Contributions are 32 bytes or none.
    let length = contribution.len() as u32;
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(contribution);
    sha256(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use yilian_contract::hex;

    /// Computed with Python's hashlib; `sdk/release` has the same answers.
    #[test]
    fn known_answers() {
        let seed =
            |contribution: &[u8]| hex(&release_seed("test", "draw:T:1", &[0xab; 48], contribution));
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
