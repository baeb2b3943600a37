//! Cosignatures of witnesses on checkpoints (c2sp.org/tlog-cosignature), Ed25519 only.
//!
//! A witness signs its own clock and the text of a checkpoint. In a signed note the signature stands in a line like any
//! other, under a key id of its own type, with the clock before it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use thiserror::Error;

use crate::signed_note::{NoteSignature, key_name_is_valid};
use crate::{Digest, PublicKey, SecretKey, Signature};

/// Signature type byte of `cosignature/v1` with Ed25519.
const COSIGNATURE_V1: u8 = 0x04;

/// A witness's word that it saw a checkpoint, consistent with all that it had seen before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cosignature {
    /// The witness's own clock, Unix time in seconds.
    pub time_s: u64,
    /// Signature over [`text`].
    pub signature: Signature,
}

/// A text is no key of a witness.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "key of a witness: expected name+8 hexadecimal digits+base64 of the byte 4 and an Ed25519 key (a C2SP verifier key)"
)]
pub struct CosignerKeyError;

/// Name and key of a witness.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cosigner {
    /// Name of the key: no spaces, no plus sign.
    pub name: String,
    /// The key.
    pub public_key: PublicKey,
}

/// What a witness signs: its clock, and the text that the log signed.
pub fn text(time_s: u64, checkpoint: &str) -> String {
    format!("cosignature/v1\ntime {time_s}\n{checkpoint}")
}

impl Cosignature {
    /// Cosigns a checkpoint's text.
    pub fn sign(key: &SecretKey, time_s: u64, checkpoint: &str) -> Self {
        Cosignature {
            time_s,
            signature: key.sign(text(time_s, checkpoint).as_bytes()),
        }
    }

    /// Whether this key cosigned this text.
    pub fn holds(&self, key: &PublicKey, checkpoint: &str) -> bool {
        let signed = text(self.time_s, checkpoint);
        key.verify(signed.as_bytes(), &self.signature).is_ok()
    }

    /// The line of a signed note, with its newline.
    pub fn to_line(&self, cosigner: &Cosigner) -> String {
        let mut blob = cosigner.key_id().to_vec();
        blob.extend_from_slice(&self.time_s.to_be_bytes());
        blob.extend_from_slice(&self.signature.to_bytes());
        format!("\u{2014} {} {}\n", cosigner.name, STANDARD.encode(blob))
    }

    /// Reads a line of a signed note; none if it is a signature of another type. It is not verified.
    pub fn of_line(line: &NoteSignature) -> Option<Self> {
        let (time, signature) = line.blob.split_first_chunk::<8>()?;
        Some(Cosignature {
            time_s: u64::from_be_bytes(*time),
            signature: Signature::from_bytes(signature.try_into().ok()?),
        })
    }
}

impl Cosigner {
    /// Key id: the first four bytes of SHA-256(name || 0x0A || 0x04 || key).
    pub fn key_id(&self) -> [u8; 4] {
        let key = self.public_key.as_bytes();
        let parts = [self.name.as_bytes(), b"\n", &[COSIGNATURE_V1], key];
        let [a, b, c, d, ..] = *Digest::sha256_parts(&parts).as_bytes();
        [a, b, c, d]
    }

    /// Whether a line of a note says to be of this witness.
    pub fn named_in(&self, line: &NoteSignature) -> bool {
        line.name == self.name && line.key_id == self.key_id()
    }
}

/// The verifier key text that standard tools take: `name+hex(key id)+base64(0x04 || key)`.
impl core::fmt::Display for Cosigner {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let mut typed = vec![COSIGNATURE_V1];
        typed.extend_from_slice(self.public_key.as_bytes());
        let id = hex::encode(self.key_id());
        write!(f, "{}+{id}+{}", self.name, STANDARD.encode(typed))
    }
}

impl core::str::FromStr for Cosigner {
    type Err = CosignerKeyError;

    fn from_str(text: &str) -> Result<Self, CosignerKeyError> {
        let read = || {
            let (name, rest) = text.split_once('+')?;
            let (_, key) = rest.split_once('+')?;
            let typed: [u8; 33] = STANDARD.decode(key).ok()?.try_into().ok()?;
            let (kind, key) = typed.split_first()?;
            if *kind != COSIGNATURE_V1 || !key_name_is_valid(name) {
                return None;
            }
            let public_key = PublicKey::from_bytes(key.try_into().ok()?).ok()?;
            let cosigner = Cosigner {
                name: name.to_owned(),
                public_key,
            };
            // Written again and compared: the key id must be this key's.
            (cosigner.to_string() == text).then_some(cosigner)
        };
        read().ok_or(CosignerKeyError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signed_note;

    const CHECKPOINT: &str = "yilian/example\n12\nabc=\n";

    fn audit() -> (SecretKey, Cosigner) {
        let key = SecretKey::from_seed([5; 32]);
        let cosigner = Cosigner {
            name: "audit.example".to_owned(),
            public_key: key.public_key(),
        };
        (key, cosigner)
    }

    #[test]
    fn a_line_is_read_as_it_was_written_and_holds_for_its_text_alone() {
        let (key, cosigner) = audit();
        let cosignature = Cosignature::sign(&key, 1_767_225_600, CHECKPOINT);
        let note = format!("{CHECKPOINT}\n{}", cosignature.to_line(&cosigner));
        let read = signed_note::decode(&note).expect("a note");
        assert!(cosigner.named_in(&read.signatures[0]));
        assert_eq!(Cosignature::of_line(&read.signatures[0]), Some(cosignature));
        assert!(cosignature.holds(&cosigner.public_key, CHECKPOINT));
        assert!(!cosignature.holds(&cosigner.public_key, "yilian/example\n13\nabc=\n"));
        let later = Cosignature {
            time_s: cosignature.time_s + 1,
            ..cosignature
        };
        assert!(!later.holds(&cosigner.public_key, CHECKPOINT));
    }

    #[test]
    fn a_verifier_key_has_one_text() {
        let (_, cosigner) = audit();
        let text = cosigner.to_string();
        assert_eq!(text.parse(), Ok(cosigner.clone()));
        assert_eq!(
            text.replace("+", "-").parse::<Cosigner>(),
            Err(CosignerKeyError)
        );
        let other = text.replacen("audit", "other", 1);
        assert_eq!(other.parse::<Cosigner>(), Err(CosignerKeyError));
        // A key of a log is no key of a witness.
        let log = signed_note::verifier_key(&cosigner.name, &cosigner.public_key);
        assert_eq!(log.parse::<Cosigner>(), Err(CosignerKeyError));
    }
}
