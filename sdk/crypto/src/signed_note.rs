//! Writes and reads C2SP signed notes (c2sp.org/signed-note), with plain Ed25519 signatures of our own.
//!
//! A note is a text that ends in a newline, an empty line, and one line per signature:
//! `— <key name> <base64(4-byte key id || signature)>`. The signature covers the text with its last newline.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use thiserror::Error;

use crate::{Digest, PublicKey, Signature};

/// Signature type byte of plain Ed25519 in the signed-note specification.
const ED25519: u8 = 0x01;
/// Longest note that is read, in bytes.
pub const NOTE_BYTES_MAX: usize = 64 * 1024;
/// Most signatures that are read from a note.
pub const NOTE_SIGNATURES_MAX: usize = 256;

/// A text is no signed note.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NoteError {
    /// Longer than [`NOTE_BYTES_MAX`].
    #[error("note of {got} bytes: expected at most {NOTE_BYTES_MAX}")]
    TooLong {
        /// Length in bytes.
        got: usize,
    },
    /// No empty line between text and signatures, or no signature.
    #[error("expected a text ending in a newline, an empty line, and signature lines")]
    NoSignatures,
    /// A signature line has another form.
    #[error("signature line {line}: expected \"— name base64(4-byte key id and signature)\"")]
    SignatureLine {
        /// Number of the line among the signatures, from 1.
        line: usize,
    },
    /// More than [`NOTE_SIGNATURES_MAX`] signatures.
    #[error("more than {NOTE_SIGNATURES_MAX} signatures")]
    TooManySignatures,
}

/// One signature of a note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteSignature {
    /// Name of the key; no spaces, no plus sign.
    pub name: String,
    /// First four bytes of the hash of name and key.
    pub key_id: [u8; 4],
    /// The signature; its form follows from the type of the key.
    pub blob: Vec<u8>,
}

impl NoteSignature {
    /// The signature over the text, if it has the form of plain Ed25519.
    pub fn ed25519(&self) -> Option<Signature> {
        let bytes: [u8; 64] = self.blob.as_slice().try_into().ok()?;
        Some(Signature::from_bytes(bytes))
    }
}

/// A note as it was read; its signatures are not verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnverifiedNote {
    /// The signed text, with its last newline.
    pub text: String,
    /// The signatures, in the order of their lines.
    pub signatures: Vec<NoteSignature>,
}

/// Key id of an Ed25519 key under a name: the first four bytes of SHA-256(name || 0x0A || 0x01 || key).
pub fn key_id(name: &str, key: &PublicKey) -> [u8; 4] {
    let hash = Digest::sha256_parts(&[name.as_bytes(), b"\n", &[ED25519], key.as_bytes()]);
    let [a, b, c, d, ..] = *hash.as_bytes();
    [a, b, c, d]
}

/// The verifier key ("vkey") text that standard tools take: `name+hex(key id)+base64(0x01 || key)`.
pub fn verifier_key(name: &str, key: &PublicKey) -> String {
    let mut typed = vec![ED25519];
    typed.extend_from_slice(key.as_bytes());
    format!(
        "{name}+{}+{}",
        hex::encode(key_id(name, key)),
        STANDARD.encode(typed)
    )
}

/// Writes a note. `text` must end in a newline and hold no empty line at its end.
pub fn encode(text: &str, signatures: &[(String, PublicKey, Signature)]) -> String {
    let mut note = format!("{text}\n");
    for (name, key, signature) in signatures {
        let mut blob = key_id(name, key).to_vec();
        blob.extend_from_slice(&signature.to_bytes());
        note.push_str(&format!("\u{2014} {name} {}\n", STANDARD.encode(blob)));
    }
    note
}

/// Reads a note without judging its signatures: they may be of types that nobody here knows.
pub fn decode(note: &str) -> Result<UnverifiedNote, NoteError> {
    if note.len() > NOTE_BYTES_MAX {
        return Err(NoteError::TooLong { got: note.len() });
    }
    let split = note.rfind("\n\n").ok_or(NoteError::NoSignatures)?;
    let (text, lines) = (&note[..=split], &note[split + 2..]);
    if lines.is_empty() || !lines.ends_with('\n') {
        return Err(NoteError::NoSignatures);
    }
    let signatures = lines
        .lines()
        .enumerate()
        .map(|(index, line)| match index {
            NOTE_SIGNATURES_MAX.. => Err(NoteError::TooManySignatures),
            _ => decode_line(line).ok_or(NoteError::SignatureLine { line: index + 1 }),
        })
        .collect::<Result<_, _>>()?;
    Ok(UnverifiedNote {
        text: text.to_owned(),
        signatures,
    })
}

/// Whether a text can name a key: no spaces, no plus sign, not empty.
pub fn key_name_is_valid(name: &str) -> bool {
    !name.is_empty() && !name.contains('+') && !name.chars().any(char::is_whitespace)
}

fn decode_line(line: &str) -> Option<NoteSignature> {
    let (name, blob) = line.strip_prefix("\u{2014} ")?.split_once(' ')?;
    if !key_name_is_valid(name) {
        return None;
    }
    let blob = STANDARD.decode(blob).ok()?;
    let (id, signature) = blob.split_first_chunk::<4>()?;
    (!signature.is_empty()).then(|| NoteSignature {
        name: name.to_owned(),
        key_id: *id,
        blob: signature.to_vec(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SecretKey;

    /// The example of the Go package golang.org/x/mod/sumdb/note, which the specification was written from.
    const PETER: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

    #[test]
    fn the_published_verifier_key_has_our_key_id() {
        let bytes = STANDARD
            .decode("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
            .expect("base64");
        let key = PublicKey::from_bytes(bytes[1..].try_into().expect("32 bytes")).expect("key");
        assert_eq!(verifier_key("PeterNeumann", &key), PETER);
    }

    #[test]
    fn the_published_note_is_read_and_its_signature_holds() {
        let note = "If you think cryptography is the answer to your problem,\n\
            then you don't know what your problem is.\n\n\
            \u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
        let bytes = STANDARD
            .decode("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
            .expect("base64");
        let key = PublicKey::from_bytes(bytes[1..].try_into().expect("32 bytes")).expect("key");
        let read = decode(note).expect("note");
        assert_eq!(read.signatures[0].key_id, key_id("PeterNeumann", &key));
        let signature = read.signatures[0].ed25519().expect("plain Ed25519");
        assert!(key.verify(read.text.as_bytes(), &signature).is_ok());
    }

    #[test]
    fn what_is_written_is_read_back() {
        let secret = SecretKey::from_seed([3; 32]);
        let text = "yilian.example/log\n12\nabc=\n";
        let note = encode(
            text,
            &[(
                "centre".to_owned(),
                secret.public_key(),
                secret.sign(text.as_bytes()),
            )],
        );
        let read = decode(&note).expect("note");
        assert_eq!(read.text, text);
        assert_eq!(read.signatures.len(), 1);
    }

    #[test]
    fn malformed_notes_are_refused() {
        assert_eq!(decode("text\n"), Err(NoteError::NoSignatures));
        assert_eq!(
            decode("text\n\n- a b\n"),
            Err(NoteError::SignatureLine { line: 1 })
        );
        assert_eq!(
            decode("text\n\n\u{2014} a+b AAAA\n"),
            Err(NoteError::SignatureLine { line: 1 })
        );
    }
}
