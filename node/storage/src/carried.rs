//! A snapshot that is carried to another machine, and proven there against the chain specification alone.
//!
//! A folder: `manifest.json`, and for each kind of records files `<kind>.<number>`, numbered from 00000. A file is a row of
//! records, each its length (4 bytes, big-endian) and its bytes, and no record is in two files. The kinds, in this order:
//!
//! | kind | records |
//! |---|---|
//! | `sets` | CBOR of the validator set of each change, in the order of the changes |
//! | `certificates` | CBOR of the certificate of each height from 1 on |
//! | `log` | every leaf, and after the last one the leaf that the next block would begin with: the last header |
//! | `state` | by rising key: log index of the writer (8 bytes), length of the key (2), key, value; indexes included |
//! | `blocks` | the encoded block of each height from `bodies_from` on |
//! | `traces` | the encoded trace of each receipt of these blocks, in the order of the log |
//!
//! It is read once from front to back. What is wrong is named with its file and record.

mod begin;
mod bodies;
mod certificates;
mod chain;
mod error;
mod files;
mod make;
mod manifest;
mod state;

pub use begin::{Begin, begin};
pub use error::SnapshotError;
pub use manifest::SnapshotManifest;

use yilian_primitives::limits::{
    BLOCK_BYTES_MAX, CERTIFICATE_BYTES_MAX, LEAF_BYTES_MAX, STATE_KEY_BYTES_MAX, VALIDATORS_MAX,
};

use crate::read::TRACE_BYTES_MAX;

/// Bytes after which a file ends; one record more may be in it.
const FILE_BYTES: u64 = 16 << 20;
/// Largest value of the state, in bytes: a program, or a transcript.
const VALUE_BYTES_MAX: usize = 32 << 20;
/// Bytes of a record of the state before its key.
const STATE_FRAME_BYTES: usize = 10;

/// What the records of a file are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Sets,
    Certificates,
    Log,
    State,
    Blocks,
    Traces,
}

impl Kind {
    const ALL: [Kind; 6] = [
        Kind::Sets,
        Kind::Certificates,
        Kind::Log,
        Kind::State,
        Kind::Blocks,
        Kind::Traces,
    ];

    const fn name(self) -> &'static str {
        match self {
            Kind::Sets => "sets",
            Kind::Certificates => "certificates",
            Kind::Log => "log",
            Kind::State => "state",
            Kind::Blocks => "blocks",
            Kind::Traces => "traces",
        }
    }

    /// Largest record, in bytes.
    const fn record_bytes_max(self) -> usize {
        match self {
            Kind::Sets => VALIDATORS_MAX * 160,
            Kind::Certificates => CERTIFICATE_BYTES_MAX,
            Kind::Log => LEAF_BYTES_MAX,
            Kind::State => STATE_FRAME_BYTES + STATE_KEY_BYTES_MAX + VALUE_BYTES_MAX,
            Kind::Blocks => BLOCK_BYTES_MAX,
            Kind::Traces => TRACE_BYTES_MAX,
        }
    }

    /// Name of a file.
    fn file(self, number: usize) -> String {
        format!("{}.{number:05}", self.name())
    }
}
