//! Signatures through the host.

use crate::digest::from_hex;
use crate::host;

/// Tag byte of Ed25519 in keys and signatures.
const ED25519: u8 = 1;

/// Whether the key (`ed25519:<64 hex>`) made the signature (`ed25519:<128 hex>`) over the message.
///
/// Verified strictly: small-order keys and malleable signatures are no. So are texts of another form.
pub fn verify_signature(key: &str, message: &[u8], signature: &str) -> bool {
    let (Some(key), Some(signature)) = (tagged::<32, 33>(key), tagged::<64, 65>(signature)) else {
        return false;
    };
    host::verify_signature(&key, message, &signature)
}

/// The suite's tag byte and the bytes of a text form.
fn tagged<const N: usize, const TAGGED: usize>(text: &str) -> Option<[u8; TAGGED]> {
    let bytes = from_hex::<N>(text.strip_prefix("ed25519:")?)?;
    let mut tagged = [ED25519; TAGGED];
    tagged[1..].copy_from_slice(&bytes);
    Some(tagged)
}

#[cfg(test)]
mod tests {
    use super::*;
    use yilian_crypto::SecretKey;

    #[test]
    fn only_the_keys_own_signature_verifies() {
        let secret = SecretKey::from_seed([7; 32]);
        let key = secret.public_key().to_string();
        let signature = secret.sign(b"tender").to_string();
        assert!(verify_signature(&key, b"tender", &signature));
        assert!(!verify_signature(&key, b"tenders", &signature));
        assert!(!verify_signature(
            &key,
            b"tender",
            &signature.to_uppercase()
        ));
        assert!(!verify_signature("ed25519:00", b"tender", &signature));
    }
}
