//! What a snapshot says of itself. Of it only the list of files is believed, and that only to find damage.

use std::path::Path;

use serde::{Deserialize, Serialize};
use yilian_crypto::Digest;
use yilian_primitives::{Height, TimestampMs};

use super::{Kind, SnapshotError};
use crate::manifest::{BackedUpFile, read_json, write_json};

/// The head of a snapshot. JSON, so that an operator reads it with `cat`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SnapshotManifest {
    /// `yilian.snapshot.v1`.
    pub format: String,
    /// The chain.
    pub chain_id: String,
    /// Digest of its specification.
    pub chain_spec: Digest,
    /// Last block in the snapshot.
    pub height: Height,
    /// Hash of its header.
    pub header_hash: Digest,
    /// Its time, Unix time in ms.
    pub time_ms: TimestampMs,
    /// Lowest height whose body is in the snapshot.
    pub bodies_from: Height,
    /// Digest over all records of the state with their lengths: the same at every honest node for this height.
    pub state: Digest,
    /// Version of the program that made it.
    pub program: String,
    /// The files, kind by kind.
    pub files: Vec<BackedUpFile>,
    /// Digest of this manifest with zeros here.
    pub check: Digest,
}

impl SnapshotManifest {
    /// The format that this program writes and reads.
    pub(super) const FORMAT: &str = "yilian.snapshot.v1";

    /// Bytes of all files.
    pub fn bytes(&self) -> u64 {
        self.files
            .iter()
            .map(|file| file.bytes)
            .fold(0, u64::saturating_add)
    }

    /// With the digest of itself.
    pub(super) fn checked(self) -> Self {
        let check = Digest::ZERO;
        let blank = SnapshotManifest { check, ..self };
        let check = Digest::sha256(&serde_json::to_vec(&blank).unwrap_or_default());
        SnapshotManifest { check, ..blank }
    }

    /// Reads the manifest of a snapshot of a chain.
    pub(super) fn read(folder: &Path, chain_spec: &Digest) -> Result<Self, SnapshotError> {
        let wrong = |reason: String| SnapshotError::NoSnapshot {
            folder: folder.display().to_string(),
            reason,
        };
        let (manifest, canonical) = read_json::<SnapshotManifest>(folder).map_err(wrong)?;
        if manifest.format != Self::FORMAT {
            return Err(SnapshotError::Newer {
                got: manifest.format,
                program: manifest.program,
            });
        }
        if !canonical || manifest.clone().checked() != manifest {
            return Err(wrong("it is not as it was written".to_owned()));
        }
        if manifest.chain_spec != *chain_spec {
            return Err(SnapshotError::OtherChain {
                chain_id: manifest.chain_id,
                expected: *chain_spec,
                got: manifest.chain_spec,
            });
        }
        if manifest.height == 0 || manifest.bodies_from > manifest.height {
            return Err(wrong(
                "expected a height from 1 on, and bodies up to it".to_owned(),
            ));
        }
        let named = Kind::ALL
            .iter()
            .map(|kind| manifest.files_of(*kind).len())
            .sum::<usize>();
        if named != manifest.files.len() {
            return Err(wrong(
                "expected the files kind by kind, numbered from 0".to_owned(),
            ));
        }
        Ok(manifest)
    }

    /// Writes it: the last step, so that a snapshot without a manifest is none.
    pub(super) fn write(&self, folder: &Path) -> std::io::Result<()> {
        write_json(folder, self)
    }

    /// The files of a kind that stand in their place, numbered from 0.
    pub(super) fn files_of(&self, kind: Kind) -> &[BackedUpFile] {
        let is_of = |file: &BackedUpFile| {
            file.name
                .strip_prefix(kind.name())
                .is_some_and(|rest| rest.starts_with('.'))
        };
        let from = self
            .files
            .iter()
            .position(is_of)
            .unwrap_or(self.files.len());
        let rest = self.files.get(from..).unwrap_or_default();
        let mut count = 0;
        while rest
            .get(count)
            .is_some_and(|file| file.name == kind.file(count))
        {
            count += 1;
        }
        rest.get(..count).unwrap_or_default()
    }
}
