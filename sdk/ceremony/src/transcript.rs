//! Everything that the members of a ceremony said, in one file.

use serde::{Deserialize, Serialize};
use thiserror::Error;
use yilian_crypto::{Digest, PublicKey};
use yilian_primitives::json;
use yilian_release_records::{Acknowledge, Announce, Deal, Log};

use crate::file::canonical_line;
use crate::{Setting, Signed};

/// Largest transcript in bytes: one of 128 members takes about 13,000,000.
pub const TRANSCRIPT_BYTES_MAX: usize = 16 << 20;
/// What stands under `format`.
const FORMAT: &str = "yilian.ceremony.v1";

/// Why bytes are no transcript.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TranscriptError {
    /// Longer than any.
    #[error("{got} bytes: expected at most {TRANSCRIPT_BYTES_MAX}")]
    Size {
        /// Its length in bytes.
        got: usize,
    },
    /// No strict JSON with these fields.
    #[error("not readable: {0}")]
    Json(String),
    /// Something else.
    #[error("format {0:?}: expected {FORMAT:?}")]
    Format(String),
}

/// The parts of all members, each list in the order of the members. Nothing in it is checked yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transcript {
    format: String,
    /// The chain.
    pub chain_id: String,
    /// Number of the round.
    pub round: u64,
    /// The members in the order of the validator set.
    pub members: Vec<PublicKey>,
    /// To which keys shares were sealed.
    pub announcements: Vec<Signed<Announce>>,
    /// The dealings.
    pub deals: Vec<Signed<Deal>>,
    /// Who acknowledged what.
    pub acknowledgements: Vec<Signed<Acknowledge>>,
    /// The logs, false ones among them: they show who made them.
    pub logs: Vec<Signed<Log>>,
}

impl Transcript {
    /// Puts together what the members said; the order of the parts does not matter.
    pub fn of(
        setting: &Setting,
        announcements: Vec<Signed<Announce>>,
        deals: Vec<Signed<Deal>>,
        acknowledgements: Vec<Signed<Acknowledge>>,
        logs: Vec<Signed<Log>>,
    ) -> Self {
        let members = &setting.members;
        Transcript {
            format: FORMAT.to_owned(),
            chain_id: setting.chain_id.clone(),
            round: setting.round,
            members: members.clone(),
            announcements: in_order(members, announcements),
            deals: in_order(members, deals),
            acknowledgements: in_order(members, acknowledgements),
            logs: in_order(members, logs),
        }
    }

    /// The file's bytes; the same parts have the same.
    pub fn to_bytes(&self) -> Vec<u8> {
        canonical_line(self)
    }

    /// SHA-256 of the file, by which a chain specification names it.
    pub fn digest(&self) -> Digest {
        Digest::sha256(&self.to_bytes())
    }

    /// Reads a file strictly.
    ///
    /// # Errors
    /// If it is too long, no strict JSON, or of another format.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, TranscriptError> {
        if bytes.len() > TRANSCRIPT_BYTES_MAX {
            return Err(TranscriptError::Size { got: bytes.len() });
        }
        let read: Self = json::read(bytes).map_err(|error| TranscriptError::Json(error.reason))?;
        match read.format == FORMAT {
            true => Ok(read),
            false => Err(TranscriptError::Format(read.format)),
        }
    }

    /// Who is said to hold the ceremony.
    pub fn setting(&self) -> Setting {
        Setting {
            chain_id: self.chain_id.clone(),
            round: self.round,
            members: self.members.clone(),
        }
    }
}

fn in_order<T>(members: &[PublicKey], mut parts: Vec<Signed<T>>) -> Vec<Signed<T>> {
    let place = |member: &PublicKey| members.iter().position(|one| one == member);
    parts.sort_by_key(|part| place(&part.member));
    parts
}
