//! Secret keys in files: 64 hexadecimal digits, readable by their owner alone.

use std::io::Write as _;
use std::path::Path;

use rand::RngCore as _;
use rand::rngs::OsRng;
use yilian_crypto::SecretKey;

use crate::context::{Outcome, unreadable, unwritable};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::lang::Lang;
use crate::messages::M;

/// A new key from the operating system's randomness.
pub(crate) fn generate() -> SecretKey {
    SecretKey::from_seed(random())
}

/// Sixteen random bytes for a transaction.
pub(crate) fn nonce() -> [u8; 16] {
    let mut nonce = [0; 16];
    OsRng.fill_bytes(&mut nonce);
    nonce
}

/// Thirty-two random bytes.
pub(crate) fn random() -> [u8; 32] {
    let mut bytes = [0; 32];
    OsRng.fill_bytes(&mut bytes);
    bytes
}

/// Writes a key to a new file with mode 600.
pub(crate) fn write(lang: Lang, path: &Path, key: &SecretKey) -> Outcome<()> {
    write_private(lang, path, &format!("{}\n", hex::encode(key.seed())))
}

/// Writes a secret to a new file with mode 600, and makes its folder with mode 700 if it is missing.
pub(crate) fn write_private(lang: Lang, path: &Path, text: &str) -> Outcome<()> {
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        make_private_dir(folder).map_err(|error| unwritable(lang, folder, &error))?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(path)
        .and_then(|mut file| {
            file.write_all(text.as_bytes())
                .and_then(|()| file.sync_all())
        })
        .map_err(|error| unwritable(lang, path, &error))
}

fn make_private_dir(path: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Reads a key. A file that others can read is refused: its key may be known to them.
pub(crate) fn read(lang: Lang, name: &str, path: &Path) -> Outcome<SecretKey> {
    if !path.is_file() {
        let shown = path.display();
        let text = lang.text(M::KeyNotFound, &[("name", &name), ("path", &shown)]);
        let failure = Failure::new(Exit::NotFound, text);
        return Err(failure.hint(lang.text(M::KeyMissingHint, &[])));
    }
    refuse_open_to_others(lang, path)?;
    let text = std::fs::read_to_string(path).map_err(|error| unreadable(lang, path, &error))?;
    let mut seed = [0; 32];
    hex::decode_to_slice(text.trim(), &mut seed).map_err(|_| {
        let shown = path.display();
        Failure::new(Exit::Failure, lang.text(M::KeyForm, &[("path", &shown)]))
    })?;
    Ok(SecretKey::from_seed(seed))
}

#[cfg(unix)]
fn refuse_open_to_others(lang: Lang, path: &Path) -> Outcome<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let metadata = std::fs::metadata(path).map_err(|error| unreadable(lang, path, &error))?;
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o077 == 0 {
        return Ok(());
    }
    let (shown, mode) = (path.display(), format!("{mode:03o}"));
    let text = lang.text(M::KeyOpenToOthers, &[("path", &shown), ("mode", &mode)]);
    let hint = lang.text(M::KeyOpenToOthersHint, &[("path", &shown)]);
    Err(Failure::new(Exit::Permission, text).hint(hint))
}

#[cfg(not(unix))]
fn refuse_open_to_others(_: Lang, _: &Path) -> Outcome<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> std::path::PathBuf {
        let folder = std::env::temp_dir().join(format!("yilian-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        folder
    }

    #[test]
    fn a_key_is_read_back_and_never_overwritten() {
        let folder = folder("keys");
        let path = folder.join("a.key");
        let key = generate();
        write(Lang::Zh, &path, &key).expect("written");
        let read = read(Lang::Zh, "a", &path).expect("read");
        assert_eq!(read.public_key(), key.public_key());
        let again = write(Lang::Zh, &path, &generate()).expect_err("exists");
        assert!(again.message.contains("a.key"), "{again:?}");
        std::fs::remove_dir_all(folder).expect("removed");
    }

    #[cfg(unix)]
    #[test]
    fn a_key_that_others_can_read_is_refused_with_the_remedy() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = folder("open");
        let path = folder.join("a.key");
        write(Lang::Zh, &path, &generate()).expect("written");
        let mode = |path: &Path| std::fs::metadata(path).expect("there").permissions().mode();
        assert_eq!(mode(&path) & 0o777, 0o600);
        assert_eq!(mode(&folder) & 0o777, 0o700);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).expect("set");
        let refused = read(Lang::En, "a", &path).expect_err("open");
        assert_eq!(refused.exit, Exit::Permission);
        assert!(refused.hint.contains("chmod 600"), "{refused:?}");
        std::fs::remove_dir_all(folder).expect("removed");
    }

    #[test]
    fn a_missing_key_and_a_damaged_one_end_differently() {
        let missing = read(Lang::En, "nobody", Path::new("/nonexistent/nobody.key"));
        assert_eq!(missing.expect_err("missing").exit, Exit::NotFound);
    }
}
