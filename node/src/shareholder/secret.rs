//! The one secret of a share holder, in `release.key` in the data directory.
//!
//! From it follow the key to which others seal this validator's shares and the randomness of its dealings. Who loses it
//! loses the share, and gets a new one at the next resharing; a copy of it belongs in the backup of the validator's key.

use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, bail};
use rand::RngCore as _;
use rand::rngs::OsRng;
use yilian_abi::records;
use yilian_crypto::{Digest, Namespace};
use yilian_release_records::Ceremony;
use yilian_seal::{OpeningKey, SealError, SealingKey};

/// Name of the file.
const FILE: &str = "release.key";

/// The secret; what follows from it is computed when it is needed.
pub(crate) struct Secret([u8; 32]);

impl Secret {
    /// Reads the file of a data directory, or makes it.
    pub(crate) fn open(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join(FILE);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return make(&path),
            Err(error) => return Err(error).with_context(|| path.display().to_string()),
        };
        let mut secret = [0; 32];
        if hex::decode_to_slice(text.trim(), &mut secret).is_err() {
            bail!("{}: expected 64 hexadecimal digits", path.display());
        }
        Ok(Secret(secret))
    }

    fn derive(&self, purpose: &[u8], parts: &[&[u8]]) -> [u8; 32] {
        let all: Vec<&[u8]> = [&[self.0.as_slice(), purpose], parts].concat();
        *Digest::tagged_parts(Namespace::ShareHolder, &all).as_bytes()
    }

    /// Opens what others sealed to this validator.
    pub(super) fn opening_key(&self) -> OpeningKey {
        OpeningKey::derive(&self.derive(b"opening", &[]))
    }

    /// The key that others seal to.
    pub(super) fn sealing_key(&self) -> Result<SealingKey, SealError> {
        self.opening_key().sealing_key()
    }

    /// Randomness of this validator's dealing in a round. It depends on everything that the dealing depends on, so it is
    /// never used for two.
    pub(super) fn dealing(&self, chain_id: &str, ceremony: &Ceremony) -> [u8; 32] {
        let Ceremony {
            round,
            dealers,
            members,
            reshare,
            ..
        } = ceremony;
        let about = records::to_bytes(&(chain_id, round, dealers, members, reshare));
        self.derive(b"dealing", &[&about])
    }
}

fn make(path: &Path) -> anyhow::Result<Secret> {
    let mut secret = [0; 32];
    OsRng.fill_bytes(&mut secret);
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(path).and_then(|mut file| {
        writeln!(file, "{}", hex::encode(secret))?;
        file.sync_all()
    });
    written.with_context(|| path.display().to_string())?;
    Ok(Secret(secret))
}

#[cfg(test)]
mod tests {
    use super::*;
    use yilian_release_records::Phase;

    fn ceremony(round: u64) -> Ceremony {
        Ceremony {
            round,
            phase: Phase::Deal,
            ends_at: 9,
            dealers: Vec::new(),
            members: Vec::new(),
            reshare: false,
        }
    }

    #[test]
    fn a_secret_is_made_once_and_read_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let first = Secret::open(folder.path()).expect("made");
        let again = Secret::open(folder.path()).expect("read");
        assert_eq!(first.0, again.0);
        std::fs::write(folder.path().join(FILE), "short").expect("written");
        assert!(Secret::open(folder.path()).is_err());
    }

    #[test]
    fn no_two_rounds_share_their_randomness() {
        let secret = Secret([7; 32]);
        let one = secret.dealing("a", &ceremony(1));
        assert_ne!(one, secret.dealing("a", &ceremony(2)));
        assert_ne!(one, secret.dealing("b", &ceremony(1)));
        let later = Ceremony {
            phase: Phase::Log,
            ends_at: 70,
            ..ceremony(1)
        };
        assert_eq!(one, secret.dealing("a", &later));
    }
}
