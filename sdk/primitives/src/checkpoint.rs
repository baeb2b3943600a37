//! The bytes of a precommit: a C2SP checkpoint.
//!
//! c2sp.org/tlog-checkpoint: origin, tree size, base64 root, then extension lines. Ours has one, with height, round and
//! header hash. So more than two thirds of precommits *are* a cosigned transparency-log checkpoint that standard tools
//! check without knowing our formats.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use yilian_crypto::Digest;

use crate::Height;

/// What validators vote on: the header and the log it attests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlockRef {
    /// Hash of the header.
    pub header_hash: Digest,
    /// Leaves in the log after the block; equal to the header's.
    pub log_size: u64,
    /// Root of the log after the block; equal to the header's.
    pub log_root: Digest,
}

/// A text is not the body of a precommit.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("checkpoint: expected {expected}")]
pub struct CheckpointError {
    /// What belongs there.
    pub expected: &'static str,
}

const EXTENSION: &str = "yilian-commit/v1";

/// Origin line of a chain's log.
pub fn log_origin(chain_id: &str) -> String {
    format!("yilian/{chain_id}")
}

/// The text that a validator signs when it precommits a value. Its length is below 400 bytes.
pub fn commit_body(chain_id: &str, height: Height, round: u32, block: &BlockRef) -> String {
    format!(
        "{}\n{}\n{}\n{EXTENSION} {height} {round} {}\n",
        log_origin(chain_id),
        block.log_size,
        STANDARD.encode(block.log_root.as_bytes()),
        block.header_hash,
    )
}

/// Reads what [`commit_body`] wrote: chain id, height, round and value.
pub fn parse_commit_body(text: &str) -> Result<(String, Height, u32, BlockRef), CheckpointError> {
    read(text).ok_or(CheckpointError {
        expected: "origin \"yilian/<chain id>\", tree size, base64 root, \
                   and \"yilian-commit/v1 <height> <round> <header hash>\"",
    })
}

fn read(text: &str) -> Option<(String, Height, u32, BlockRef)> {
    let mut lines = text.lines();
    let chain_id = lines.next()?.strip_prefix("yilian/")?;
    let log_size = lines.next()?.parse().ok()?;
    let root: [u8; 32] = STANDARD.decode(lines.next()?).ok()?.try_into().ok()?;
    let mut fields = lines.next()?.split(' ');
    if fields.next()? != EXTENSION {
        return None;
    }
    let height = fields.next()?.parse().ok()?;
    let round = fields.next()?.parse().ok()?;
    let header_hash = fields.next()?.parse().ok()?;
    let block = BlockRef {
        header_hash,
        log_size,
        log_root: Digest::from_bytes(root),
    };
    // Written again and compared: one text per value, nothing after it.
    (commit_body(chain_id, height, round, &block) == text)
        .then(|| (chain_id.to_owned(), height, round, block))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_body_is_a_checkpoint_with_one_extension_line() {
        let block = BlockRef {
            header_hash: Digest::ZERO,
            log_size: 5,
            log_root: Digest::from_bytes([0xff; 32]),
        };
        let expected = format!(
            "yilian/yilian-local\n5\n//////////////////////////////////////////8=\n\
             yilian-commit/v1 7 0 sha256:{}\n",
            "0".repeat(64)
        );
        assert_eq!(commit_body("yilian-local", 7, 0, &block), expected);
    }

    #[test]
    fn another_spelling_of_a_number_is_refused() {
        let block = BlockRef {
            header_hash: Digest::ZERO,
            log_size: 5,
            log_root: Digest::ZERO,
        };
        let body = commit_body("c", 7, 0, &block);
        assert!(parse_commit_body(&body).is_ok());
        assert!(parse_commit_body(&body.replace("\n5\n", "\n05\n")).is_err());
        assert!(parse_commit_body(&body.replace(" 7 0 ", " +7 0 ")).is_err());
        assert!(parse_commit_body(&format!("{body}x\n")).is_err());
    }

    proptest! {
        #[test]
        fn bodies_round_trip(height: u64, round: u32, log_size: u64, a: [u8; 32], b: [u8; 32]) {
            let block = BlockRef {
                header_hash: Digest::from_bytes(a),
                log_size,
                log_root: Digest::from_bytes(b),
            };
            let body = commit_body("yilian-test", height, round, &block);
            let expected = ("yilian-test".to_owned(), height, round, block);
            prop_assert_eq!(parse_commit_body(&body), Ok(expected));
        }
    }
}
