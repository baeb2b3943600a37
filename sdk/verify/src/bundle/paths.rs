//! Paths of proofs share most of their upper hashes, so a bundle has each hash once and paths name them by number.

use std::collections::{BTreeMap, BTreeSet};

use yilian_crypto::Digest;
use yilian_primitives::cbor::{CborError, FieldWriter, Reader};

/// Most different hashes in a bundle.
const HASHES_MAX: usize = 1 << 20;
/// Most steps of all paths together, so that a small file does not become large in memory.
const STEPS_MAX: usize = 1 << 21;

/// Numbers of hashes, for writing.
pub(super) struct Numbers(BTreeMap<Digest, u64>);

impl Numbers {
    pub(super) fn of<'d>(hashes: impl Iterator<Item = &'d Digest>) -> Self {
        let distinct: BTreeSet<Digest> = hashes.copied().collect();
        Numbers(distinct.into_iter().zip(0..).collect())
    }

    pub(super) fn write_hashes(&self, writer: &mut FieldWriter) {
        writer.array(self.0.len());
        for hash in self.0.keys() {
            writer.digest(hash);
        }
    }

    pub(super) fn write_path(&self, path: &[Digest], writer: &mut FieldWriter) {
        writer.array(path.len());
        for hash in path {
            self.write_one(hash, writer);
        }
    }

    pub(super) fn write_one(&self, hash: &Digest, writer: &mut FieldWriter) {
        let number = self.0.get(hash).copied();
        // Every hash of every path was counted when the numbers were given.
        writer.uint(number.expect("numbered before"));
    }
}

/// The hashes that were read, by their numbers.
pub(super) struct Hashes {
    hashes: Vec<Digest>,
    steps_left: usize,
}

impl Hashes {
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        let count = reader.array_up_to(HASHES_MAX, "an array of hashes")?;
        let hashes = (0..count).map(|_| reader.digest("a hash"));
        Ok(Hashes {
            hashes: hashes.collect::<Result<_, _>>()?,
            steps_left: STEPS_MAX,
        })
    }

    pub(super) fn path(
        &mut self,
        reader: &mut Reader<'_>,
        limit: usize,
    ) -> Result<Vec<Digest>, CborError> {
        let count = reader.array_up_to(limit, "a path no longer than its tree is deep")?;
        (0..count).map(|_| self.one(reader)).collect()
    }

    pub(super) fn one(&mut self, reader: &mut Reader<'_>) -> Result<Digest, CborError> {
        let number = usize::try_from(reader.uint("number of a hash")?).ok();
        let hash = number.and_then(|number| self.hashes.get(number)).copied();
        self.steps_left = self.steps_left.saturating_sub(1);
        match hash {
            Some(hash) if self.steps_left > 0 => Ok(hash),
            Some(_) => Err(reader.unexpected("at most 2097152 steps in all paths together")),
            None => Err(reader.unexpected("the number of one of the hashes")),
        }
    }
}
