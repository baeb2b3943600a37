//! What this validator acknowledged. Kept for ever: a court may ask in years whether it was so.

use rocksdb::WriteBatch;
use yilian_acknowledgement::Acknowledgement;
use yilian_crash_point::Write;
use yilian_crypto::Digest;
use yilian_primitives::{TimestampMs, codec};

use crate::columns::{self, ACKNOWLEDGEMENTS};
use crate::{StorageError, Store, damaged};

/// Key of the head; digests of submissions are longer.
const HEAD: &[u8] = b"head";
const BYTES_MAX: usize = 1_024;

/// Where the chain of acknowledgements ends: digest and time of the last one.
pub type AcknowledgementHead = (Digest, TimestampMs);

impl Store {
    /// What was said of a submission.
    pub fn acknowledgement(
        &self,
        submission: &Digest,
    ) -> Result<Option<Acknowledgement>, StorageError> {
        self.kept(submission.as_bytes())
    }

    /// The end of the chain; none before the first.
    pub fn acknowledgement_head(&self) -> Result<Option<AcknowledgementHead>, StorageError> {
        self.kept(HEAD)
    }

    fn kept<T: serde::de::DeserializeOwned + serde::Serialize>(
        &self,
        key: &[u8],
    ) -> Result<Option<T>, StorageError> {
        let bytes = columns::get(&self.0.db, ACKNOWLEDGEMENTS, key)?;
        let read = |bytes: Vec<u8>| codec::decode::<T, BYTES_MAX>(&bytes);
        let kept = bytes.map(read).transpose();
        kept.map_err(|_| damaged("an acknowledgement"))
    }

    /// Keeps acknowledgements and the head after them in one synced batch, before anybody is told.
    pub fn keep_acknowledgements(
        &self,
        new: &[(Digest, Acknowledgement)],
        head: &AcknowledgementHead,
    ) -> Result<(), StorageError> {
        let column = columns::handle(&self.0.db, ACKNOWLEDGEMENTS)?;
        let mut batch = WriteBatch::default();
        for (submission, acknowledgement) in new {
            let bytes = codec::encode(acknowledgement);
            batch.put_cf(column, submission.as_bytes(), bytes);
        }
        self.put_acknowledgement_head(&mut batch, head)?;
        self.0.write(Write::Acknowledgement, batch)
    }

    pub(crate) fn put_acknowledgement_head(
        &self,
        batch: &mut WriteBatch,
        head: &AcknowledgementHead,
    ) -> Result<(), StorageError> {
        let column = columns::handle(&self.0.db, ACKNOWLEDGEMENTS)?;
        batch.put_cf(column, HEAD, codec::encode(head));
        Ok(())
    }
}
