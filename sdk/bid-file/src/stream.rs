//! The chunks of a file, one at a time.

use std::io::{Read, Write};

use aead_stream::{DecryptorBE32, EncryptorBE32};
use chacha20poly1305::ChaCha20Poly1305;
use sha2::{Digest as _, Sha256};
use yilian_crypto::Digest;

use crate::{BidFileError, CHUNK_BYTES, Header, TAG_BYTES, inner_check};

/// The key is the file's own, so the prefix of the nonce need not differ.
const NONCE_PREFIX: [u8; 7] = [0; 7];

/// A file that was sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// Digest of the sealed file: what the commitment binds.
    pub sealed: Digest,
    /// Digest of the content.
    pub content: Digest,
    /// Bytes of content.
    pub bytes: u64,
}

/// A file that was opened.
pub type Opened = Sealed;

/// Told how many bytes of the input were read, after each chunk.
type Progress<'p> = &'p mut dyn FnMut(u64);

/// Seals what `from` gives into `to`.
///
/// # Errors
/// If reading or writing fails.
pub fn seal(
    from: &mut dyn Read,
    to: &mut dyn Write,
    header: &Header,
    (outer, inner): (&[u8; 32], &[u8; 32]),
    progress: Progress<'_>,
) -> Result<Sealed, BidFileError> {
    let key = header.content_key(outer, inner);
    let mut stream = EncryptorBE32::<ChaCha20Poly1305>::new((&*key).into(), (&NONCE_PREFIX).into());
    let mut to = Hashing::new(to);
    header.write(&mut to)?;
    let (mut content, mut bytes) = (Sha256::new(), 0u64);
    let mut chunk = read_chunk(from, CHUNK_BYTES)?;
    // What does not fit 2^32 chunks, 256 TiB, is refused by the stream itself.
    let too_long = |_| BidFileError::Form("the file is too long to be sealed".to_owned());
    loop {
        content.update(&chunk);
        bytes = bytes.saturating_add(chunk.len() as u64);
        progress(bytes);
        let next = match chunk.len() < CHUNK_BYTES {
            true => Vec::new(),
            false => read_chunk(from, CHUNK_BYTES)?,
        };
        if next.is_empty() {
            let sealed = stream.encrypt_last(chunk.as_slice()).map_err(too_long)?;
            to.write_all(&sealed)?;
            break;
        }
        let sealed = stream.encrypt_next(chunk.as_slice()).map_err(too_long)?;
        to.write_all(&sealed)?;
        chunk = next;
    }
    to.flush()?;
    Ok(Sealed {
        sealed: to.digest(),
        content: Digest::from_bytes(content.finalize().into()),
        bytes,
    })
}

/// Opens the chunks that follow a header that was read from `from`, into `to`. What was written is the whole content only
/// if no error is given.
///
/// # Errors
/// [`BidFileError::InnerKey`] before anything is written; [`BidFileError::Damaged`] with the number of the chunk.
pub fn open(
    from: &mut dyn Read,
    to: &mut dyn Write,
    header: &Header,
    (outer, inner): (&[u8; 32], &[u8; 32]),
    progress: Progress<'_>,
) -> Result<Opened, BidFileError> {
    if inner_check(inner) != header.inner_check {
        return Err(BidFileError::InnerKey);
    }
    let key = header.content_key(outer, inner);
    let mut stream = DecryptorBE32::<ChaCha20Poly1305>::new((&*key).into(), (&NONCE_PREFIX).into());
    let mut sealed = Hashing::new(std::io::sink());
    header.write(&mut sealed)?;
    let (mut content, mut bytes, mut number, mut read) = (Sha256::new(), 0u64, 0u64, 0u64);
    let mut chunk = read_chunk(from, CHUNK_BYTES + TAG_BYTES)?;
    loop {
        sealed.write_all(&chunk)?;
        read = read.saturating_add(chunk.len() as u64);
        progress(read);
        let next = match chunk.len() < CHUNK_BYTES + TAG_BYTES {
            true => Vec::new(),
            false => read_chunk(from, CHUNK_BYTES + TAG_BYTES)?,
        };
        let damaged = |_| BidFileError::Damaged(number);
        let last = next.is_empty();
        let plain = match last {
            false => stream.decrypt_next(chunk.as_slice()).map_err(damaged)?,
            true => {
                let plain = stream.decrypt_last(chunk.as_slice()).map_err(damaged)?;
                content.update(&plain);
                to.write_all(&plain)?;
                bytes = bytes.saturating_add(plain.len() as u64);
                break;
            }
        };
        content.update(&plain);
        to.write_all(&plain)?;
        bytes = bytes.saturating_add(plain.len() as u64);
        number = number.saturating_add(1);
        chunk = next;
    }
    to.flush()?;
    Ok(Opened {
        sealed: sealed.digest(),
        content: Digest::from_bytes(content.finalize().into()),
        bytes,
    })
}

/// Reads until a chunk is full or the input ends.
fn read_chunk(from: &mut dyn Read, size: usize) -> Result<Vec<u8>, BidFileError> {
    let mut chunk = Vec::with_capacity(size);
    from.take(size as u64).read_to_end(&mut chunk)?;
    Ok(chunk)
}

/// Writes on, and hashes what goes by.
struct Hashing<W> {
    to: W,
    hash: Sha256,
}

impl<W> Hashing<W> {
    fn new(to: W) -> Self {
        Hashing {
            to,
            hash: Sha256::new(),
        }
    }

    fn digest(self) -> Digest {
        Digest::from_bytes(self.hash.finalize().into())
    }
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.to.write(bytes)?;
        self.hash.update(bytes.get(..written).unwrap_or_default());
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.to.flush()
    }
}

#[cfg(test)]
#[path = "stream_tests.rs"]
mod tests;
