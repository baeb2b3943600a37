//! Digests of files, with a progress bar for large ones.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use sha2::{Digest as _, Sha256};
use yilian_crypto::Digest;

use crate::context::{Context, Outcome, unreadable};
use crate::messages::M;

/// Files from this size on show progress, in bytes: about a tenth of a second of hashing.
const SHOW_FROM: u64 = 32 << 20;
/// Bytes that are read at once.
const CHUNK: usize = 1 << 20;

/// A digest that is given as text, or a file whose digest is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DigestOrFile {
    /// `sha256:…`
    Digest(Digest),
    /// A path.
    File(PathBuf),
}

impl core::str::FromStr for DigestOrFile {
    type Err = core::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text.parse() {
            Ok(digest) => DigestOrFile::Digest(digest),
            Err(_) => DigestOrFile::File(PathBuf::from(text)),
        })
    }
}

impl DigestOrFile {
    /// The digest, of the file if one is named.
    pub(crate) fn resolve(&self, context: &Context) -> Outcome<Digest> {
        match self {
            DigestOrFile::Digest(digest) => Ok(*digest),
            DigestOrFile::File(path) => file(context, path),
        }
    }
}

/// SHA-256 of a file, read piece by piece.
pub(crate) fn file(context: &Context, path: &Path) -> Outcome<Digest> {
    let wrong = |error: std::io::Error| unreadable(context.lang, path, &error);
    let mut file = File::open(path).map_err(wrong)?;
    let size = file.metadata().map_err(wrong)?.len();
    let bar = bar(context, (M::Hashing, path), size);
    let mut hasher = Sha256::new();
    let mut chunk = vec![0; CHUNK];
    loop {
        let read = file.read(&mut chunk).map_err(wrong)?;
        if read == 0 {
            break;
        }
        hasher.update(&chunk[..read]);
        bar.inc(read as u64);
    }
    bar.finish_and_clear();
    Ok(Digest::from_bytes(hasher.finalize().into()))
}

/// A bar for work on a file that takes long.
pub(crate) fn bar(context: &Context, (doing, path): (M, &Path), size: u64) -> ProgressBar {
    if size < SHOW_FROM || context.quiet || context.json {
        return ProgressBar::hidden();
    }
    // Only a terminal shows it: the target is the standard error.
    let bar = ProgressBar::with_draw_target(Some(size), ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{msg} {bar:30} {bytes}/{total_bytes} {eta}");
    if let Ok(style) = style {
        bar.set_style(style);
    }
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy())
        .unwrap_or_default();
    bar.set_message(format!("{} {name}", context.name(doing)));
    bar
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_told_from_a_file() {
        let digest = Digest::sha256(b"x");
        assert_eq!(digest.to_string().parse(), Ok(DigestOrFile::Digest(digest)));
        let file = DigestOrFile::File(PathBuf::from("标书.pdf"));
        assert_eq!("标书.pdf".parse(), Ok(file));
    }
}
