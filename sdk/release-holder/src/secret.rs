//! The one secret of a share holder, in a file that its owner alone can read; a node keeps it as `release.key`.
//!
//! From it follow the key to which others seal this validator's shares and the randomness of its dealings. Who loses it
//! loses the share, and gets a new one at the next resharing; a copy of it belongs in the backup of the validator's key.

use std::io::{Error, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use rand::RngCore as _;
use rand::rngs::OsRng;
use thiserror::Error;
use yilian_abi::records;
use yilian_crypto::{Digest, Namespace, PublicKey, part};
use yilian_release_records::Ceremony;
use yilian_seal::{OpeningKey, SealError, SealingKey};
use zeroize::Zeroizing;

/// A file that gives no secret.
#[derive(Debug, Error)]
pub enum SecretError {
    /// It cannot be read or written.
    #[error("{path}: {source}", path = .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: Error,
    },
    /// Something else stands in it.
    #[error("{path}: expected 64 hexadecimal digits", path = .0.display())]
    Form(PathBuf),
    /// Others may know it.
    #[error(
        "{path} has mode {mode:03o}: expected 600, so that nobody else can read it (chmod 600)",
        path = .path.display()
    )]
    Open {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
}

/// The secret; what follows from it is computed when it is needed.
pub struct Secret(Zeroizing<[u8; 32]>);

impl Secret {
    /// Takes 32 random bytes that nobody else knows.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Secret(Zeroizing::new(bytes))
    }

    /// Reads a file.
    ///
    /// # Errors
    /// If it is not there, open to others, or of another form.
    pub fn read(path: &Path) -> Result<Self, SecretError> {
        refuse_open_to_others(path)?;
        let text = Zeroizing::new(std::fs::read_to_string(path).map_err(|e| file(path, e))?);
        let mut secret = Zeroizing::new([0; 32]);
        match hex::decode_to_slice(text.trim(), secret.as_mut_slice()) {
            Ok(()) => Ok(Secret(secret)),
            Err(_) => Err(SecretError::Form(path.to_owned())),
        }
    }

    /// Reads a file, or makes it with mode 600; says whether it was made.
    ///
    /// # Errors
    /// As [`Secret::read`], or if it cannot be written.
    pub fn read_or_make(path: &Path) -> Result<(Self, bool), SecretError> {
        match Secret::read(path) {
            Err(SecretError::File { source, .. }) if source.kind() == ErrorKind::NotFound => {
                make(path).map(|secret| (secret, true))
            }
            read => read.map(|secret| (secret, false)),
        }
    }

    fn derive(&self, purpose: &[u8], parts: &[&[u8]]) -> [u8; 32] {
        let all: Vec<&[u8]> = [&[self.0.as_slice(), purpose], parts].concat();
        *Digest::tagged_parts(Namespace::ShareHolder, &all).as_bytes()
    }

    /// Opens what others sealed to this validator.
    pub fn opening_key(&self) -> OpeningKey {
        OpeningKey::derive(&self.derive(b"opening", &[]))
    }

    /// The key that others seal to.
    pub fn sealing_key(&self) -> Result<SealingKey, SealError> {
        self.opening_key().sealing_key()
    }

    /// Randomness of this validator's dealing in a round. It depends on everything that the dealing depends on, so it is
    /// never used for two.
    pub(crate) fn dealing(&self, chain_id: &str, ceremony: &Ceremony) -> [u8; 32] {
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

    /// Randomness with which a share is sealed. It depends on everything that the sealed text depends on.
    pub(crate) fn sealing(
        &self,
        (info, aad): (&[u8], &[u8]),
        (to, key): (&PublicKey, &SealingKey),
        share: &[u8],
    ) -> [u8; 32] {
        let parts = [part(info), part(aad), part(share)];
        let (to, key) = (to.as_bytes().as_slice(), key.as_bytes().as_slice());
        self.derive(b"sealing", &[&parts[0], &parts[1], &parts[2], to, key])
    }
}

fn file(path: &Path, source: Error) -> SecretError {
    SecretError::File {
        path: path.to_owned(),
        source,
    }
}

fn make(path: &Path) -> Result<Secret, SecretError> {
    let mut secret = Zeroizing::new([0; 32]);
    OsRng.fill_bytes(secret.as_mut_slice());
    let text = Zeroizing::new(hex::encode(secret.as_slice()));
    write_private(path, &text).map_err(|source| file(path, source))?;
    Ok(Secret(secret))
}

/// The file is there whole or not at all, whenever the machine stops.
fn write_private(path: &Path, text: &str) -> Result<(), Error> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    std::fs::create_dir_all(folder)?;
    let half = path.with_added_extension("new");
    // One that a crash left has told nobody anything.
    match std::fs::remove_file(&half) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&half)?;
    writeln!(file, "{text}")?;
    file.sync_all()?;
    std::fs::rename(&half, path)?;
    #[cfg(unix)]
    std::fs::File::open(folder)?.sync_all()?;
    Ok(())
}

#[cfg(unix)]
fn refuse_open_to_others(path: &Path) -> Result<(), SecretError> {
    use std::os::unix::fs::PermissionsExt as _;
    let metadata = std::fs::metadata(path).map_err(|source| file(path, source))?;
    let mode = metadata.permissions().mode() & 0o777;
    match mode & 0o077 {
        0 => Ok(()),
        _ => Err(SecretError::Open {
            path: path.to_owned(),
            mode,
        }),
    }
}

#[cfg(not(unix))]
fn refuse_open_to_others(_: &Path) -> Result<(), SecretError> {
    Ok(())
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
        let path = folder.path().join("data/release.key");
        let (first, made) = Secret::read_or_make(&path).expect("made");
        let (again, made_again) = Secret::read_or_make(&path).expect("read");
        assert_eq!((made, made_again), (true, false));
        assert_eq!(first.0, again.0);
        std::fs::write(&path, "short").expect("written");
        assert!(matches!(
            Secret::read_or_make(&path),
            Err(SecretError::Form(_))
        ));
    }

    #[test]
    fn what_a_crash_left_of_a_secret_is_no_secret() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("release.key");
        std::fs::write(folder.path().join("release.key.new"), "0123").expect("written");
        let (secret, made) = Secret::read_or_make(&path).expect("made");
        let (again, _) = Secret::read_or_make(&path).expect("read");
        assert!(made && secret.0 == again.0);
        let left = std::fs::read_dir(folder.path()).expect("a folder").count();
        assert_eq!(left, 1);
    }

    #[cfg(unix)]
    #[test]
    fn a_secret_that_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("release.key");
        Secret::read_or_make(&path).expect("made");
        let mode = std::fs::metadata(&path)
            .expect("there")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).expect("set");
        let refused = Secret::read_or_make(&path);
        assert!(matches!(
            refused,
            Err(SecretError::Open { mode: 0o640, .. })
        ));
    }

    #[test]
    fn no_two_rounds_share_their_randomness() {
        let secret = Secret::from_bytes([7; 32]);
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

    #[test]
    fn no_two_sealed_shares_share_their_randomness() {
        let secret = Secret::from_bytes([7; 32]);
        let other = Secret::from_bytes([8; 32]);
        let key = |of: &Secret| of.sealing_key().expect("a key");
        let member = yilian_crypto::SecretKey::from_seed([1; 32]).public_key();
        let sealing = |info: &[u8], aad: &[u8], to: &SealingKey, share: &[u8]| {
            secret.sealing((info, aad), (&member, to), share)
        };
        let one = sealing(b"a", b"b", &key(&other), b"c");
        assert_eq!(one, sealing(b"a", b"b", &key(&other), b"c"));
        assert_ne!(one, sealing(b"ab", b"", &key(&other), b"c"));
        assert_ne!(one, sealing(b"a", b"b", &key(&secret), b"c"));
        assert_ne!(one, sealing(b"a", b"b", &key(&other), b"d"));
    }
}
