//! What witnesses cosigned. Kept for ever, like headers and certificates.

use rocksdb::{IteratorMode, WriteBatch};
use yilian_crash_point::Write;
use yilian_crypto::Signature;
use yilian_crypto::cosignature::{Cosignature, Cosigner};
use yilian_primitives::{Height, codec};

use crate::columns::{self, COSIGNATURES};
use crate::{StorageError, Store, damaged};

const LIST_BYTES_MAX: usize = 64 << 10;

/// Verifier key, time in seconds, signature.
type Kept = Vec<(String, u64, [[u8; 32]; 2])>;

impl Store {
    /// Adds cosignatures of the checkpoint of a height; one of the same witness is replaced.
    pub fn cosign(
        &self,
        height: Height,
        new: &[(Cosigner, Cosignature)],
    ) -> Result<(), StorageError> {
        let mut list = self.cosignatures(height)?;
        list.retain(|(kept, _)| new.iter().all(|(cosigner, _)| cosigner.name != kept.name));
        list.extend_from_slice(new);
        list.sort_by(|(a, _), (b, _)| a.name.cmp(&b.name));
        let kept: Kept = list.iter().map(keep).collect();
        let column = columns::handle(&self.0.db, COSIGNATURES)?;
        let value = codec::encode(&kept);
        let mut batch = WriteBatch::default();
        batch.put_cf(column, height.to_be_bytes(), value);
        self.0.write(Write::Cosignature, batch)
    }

    /// Cosignatures of the checkpoint of a height, in order of the witnesses' names.
    pub fn cosignatures(
        &self,
        height: Height,
    ) -> Result<Vec<(Cosigner, Cosignature)>, StorageError> {
        let Some(bytes) = columns::get(&self.0.db, COSIGNATURES, &height.to_be_bytes())? else {
            return Ok(Vec::new());
        };
        let wrong = || damaged(format!("cosignatures of height {height}"));
        let kept = codec::decode::<Kept, LIST_BYTES_MAX>(&bytes).map_err(|_| wrong())?;
        kept.into_iter()
            .map(|one| read(one).ok_or_else(wrong))
            .collect()
    }

    /// The highest checkpoint that a witness cosigned.
    pub fn last_cosigned(&self) -> Result<Option<Height>, StorageError> {
        let column = columns::handle(&self.0.db, COSIGNATURES)?;
        let Some(last) = self.0.db.iterator_cf(column, IteratorMode::End).next() else {
            return Ok(None);
        };
        let (key, _) = last?;
        let height = key.as_ref().try_into().map(u64::from_be_bytes);
        height
            .map(Some)
            .map_err(|_| damaged("the list of cosignatures"))
    }
}

fn keep((cosigner, cosignature): &(Cosigner, Cosignature)) -> (String, u64, [[u8; 32]; 2]) {
    let bytes = cosignature.signature.to_bytes();
    let mut halves = [[0; 32]; 2];
    halves.as_flattened_mut().copy_from_slice(&bytes);
    (cosigner.to_string(), cosignature.time_s, halves)
}

fn read((key, time_s, halves): (String, u64, [[u8; 32]; 2])) -> Option<(Cosigner, Cosignature)> {
    let signature: [u8; 64] = halves.as_flattened().try_into().ok()?;
    let cosignature = Cosignature {
        time_s,
        signature: Signature::from_bytes(signature),
    };
    Some((key.parse().ok()?, cosignature))
}
