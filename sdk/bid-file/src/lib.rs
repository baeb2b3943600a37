//! Seal a bid file so that only its opening opens it.
//!
//! Two layers, and both are needed: the *outer* key is locked to the release of the section's opening, so no centre can
//! open early; the *inner* key is the bidder's, which gives it in the window for decryption. Neither the centres nor the
//! bidder alone read a bid, and neither can hold the opening back (招标投标法 第二十八条; 电子招标投标办法 第三十条).
//!
//! ```text
//! file    = "YILIAN-BID\0\x01" ‖ length of header as 4 bytes, most significant first ‖ header ‖ chunks
//! header  = canonical JSON: {"chain_id","tender","group_key","locked_key","inner_check"}
//! content key = SHA-256("YILIAN/bid-content/v1" ‖ 0x00 ‖ part(outer) ‖ part(inner) ‖ part(header))
//! inner_check = SHA-256("YILIAN/bid-inner-key/v1" ‖ 0x00 ‖ inner)
//! chunks  = STREAM (Hoang et al. 2015) of ChaCha20-Poly1305 (RFC 8439): 65,536 bytes each but the last, 16 of tag after
//!           each; the nonce is 7 zero bytes, the number of the chunk as 4 bytes, and 1 for the last or 0
//! part(x) = length of x as 4 bytes, most significant first ‖ x
//! ```
//!
//! `locked_key` is the outer key, locked to the release `opening:<tender>` of `group_key` (crate `yilian-threshold`). Who
//! finds that an inner key is not the one of `inner_check` knows whose fault that is.
//!
//! Files are read and written as streams: one of any size takes no more memory than a chunk.

mod header;
mod stream;

pub use header::{HEADER_BYTES_MAX, Header};
pub use stream::{Opened, Sealed, open, seal};

use thiserror::Error;
use yilian_crypto::{Digest, Namespace};

/// Plaintext bytes of a chunk.
pub const CHUNK_BYTES: usize = 65_536;
/// Bytes by which a chunk is longer than its plaintext.
pub(crate) const TAG_BYTES: usize = 16;

/// Identity of the release that opens the outer layers of a section.
pub fn opening_identity(tender: &str) -> String {
    format!("opening:{tender}")
}

/// Identity of the release that opens the inner keys that were given for a section.
pub fn keys_identity(tender: &str) -> String {
    format!("keys:{tender}")
}

/// The value by which an inner key is told from another one.
pub fn inner_check(inner: &[u8; 32]) -> Digest {
    Digest::tagged(Namespace::BidInnerKey, inner)
}

/// A file that cannot be sealed or opened.
#[derive(Debug, Error)]
pub enum BidFileError {
    /// The disk failed.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// The file is none of ours.
    #[error("no sealed bid: {0}")]
    Form(String),
    /// The release does not open the outer layer.
    #[error(
        "the release of the opening does not open this file: it is another section's or group's"
    )]
    OuterKey,
    /// The bidder's key is not the one that the file was sealed with.
    #[error("the inner key is not the one that this file was sealed with")]
    InnerKey,
    /// A chunk was changed, moved or is missing.
    #[error("the sealed file was changed or cut: chunk {0} does not open")]
    Damaged(u64),
}
