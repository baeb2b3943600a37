//! Where a transaction was executed, and where in its block its bytes are.
//!
//! The bytes of a transaction are kept once, in its block. The column of transactions is written in no order, so that its
//! entries are merged again and again while a chain grows: they are small.

use yilian_primitives::limits::TRANSACTION_BYTES_MAX;
use yilian_primitives::{Block, Envelope, Height, TxId, codec};

use crate::columns::{self, BLOCKS, TRANSACTIONS};
use crate::commit::HeaderRecord;
use crate::{Inner, StorageError, damaged};

/// Most bytes of an envelope in a block.
const ENVELOPE_BYTES_MAX: usize = TRANSACTION_BYTES_MAX + 1_024;

/// Where a transaction was executed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExecutedAt {
    /// Height of its block.
    pub height: Height,
    /// Log index of its receipt.
    pub log_index: u64,
}

/// An entry of the column of transactions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) at: ExecutedAt,
    /// First byte of the envelope in the bytes of the block, and how many there are; none if the block was never here.
    pub(crate) envelope: Option<(u32, u32)>,
}

impl Place {
    /// Height and log index, and behind them the place in the block if there is one.
    pub(crate) fn to_bytes(self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(24);
        bytes.extend_from_slice(&self.at.height.to_be_bytes());
        bytes.extend_from_slice(&self.at.log_index.to_be_bytes());
        if let Some((first, length)) = self.envelope {
            bytes.extend_from_slice(&first.to_be_bytes());
            bytes.extend_from_slice(&length.to_be_bytes());
        }
        bytes
    }

    pub(crate) fn of_bytes(bytes: &[u8]) -> Option<Self> {
        let (height, rest) = bytes.split_first_chunk()?;
        let (log_index, rest) = rest.split_first_chunk()?;
        let envelope = match rest.split_first_chunk() {
            None if rest.is_empty() => None,
            None => return None,
            Some((first, length)) => Some((
                u32::from_be_bytes(*first),
                u32::from_be_bytes(length.try_into().ok()?),
            )),
        };
        let (height, log_index) = (
            Height::from_be_bytes(*height),
            u64::from_be_bytes(*log_index),
        );
        let at = ExecutedAt { height, log_index };
        Some(Place { at, envelope })
    }

    /// The envelope in the bytes of its block; none if its place is not known.
    pub(crate) fn envelope_in(self, block: &[u8]) -> Result<Option<Envelope>, StorageError> {
        let Some((first, length)) = self.envelope else {
            return Ok(None);
        };
        let bytes = block.get(first as usize..).unwrap_or_default();
        let envelope = bytes
            .get(..length as usize)
            .and_then(|bytes| codec::decode::<Envelope, ENVELOPE_BYTES_MAX>(bytes).ok());
        let envelope = envelope.ok_or_else(|| damaged(format!("block {}", self.at.height)))?;
        Ok(Some(envelope))
    }
}

/// A transaction of a block: its id, the log index of its receipt, and the bytes of its envelope.
pub(crate) struct InBlock {
    pub(crate) id: TxId,
    pub(crate) log_index: u64,
    pub(crate) envelope_bytes: usize,
}

impl InBlock {
    /// Those of a block, which have its last receipts: what the chain itself calls comes before them.
    pub(crate) fn all(
        block: &Block,
        record: &HeaderRecord,
    ) -> impl DoubleEndedIterator<Item = InBlock> {
        let end = record.log_indexes().end;
        let first = end.saturating_sub(block.transactions.len() as u64);
        let transactions = block.transactions.iter().enumerate();
        transactions.map(move |(place, transaction)| InBlock {
            id: transaction.id(),
            log_index: first + place as u64,
            envelope_bytes: codec::encode(transaction.envelope()).len(),
        })
    }
}

/// Where the transactions of a block are. Their envelopes are its last bytes.
pub(crate) fn places(
    height: Height,
    block_bytes: usize,
    transactions: impl DoubleEndedIterator<Item = InBlock>,
) -> Result<Vec<(TxId, Place)>, StorageError> {
    let wrong = || damaged(format!("block {height}"));
    let number = |bytes: usize| u32::try_from(bytes).map_err(|_| wrong());
    let mut end = block_bytes;
    let backwards = transactions.rev().map(|transaction| {
        let length = transaction.envelope_bytes;
        end = end.checked_sub(length).ok_or_else(wrong)?;
        let log_index = transaction.log_index;
        let place = Place {
            at: ExecutedAt { height, log_index },
            envelope: Some((number(end)?, number(length)?)),
        };
        Ok((transaction.id, place))
    });
    backwards.collect()
}

impl Inner {
    pub(crate) fn place(&self, id: &TxId) -> Result<Option<Place>, StorageError> {
        let bytes = columns::get(&self.db, TRANSACTIONS, id.0.as_bytes())?;
        let place = bytes.map(|bytes| {
            Place::of_bytes(&bytes).ok_or_else(|| damaged(format!("the place of transaction {id}")))
        });
        place.transpose()
    }

    pub(crate) fn executed_at(&self, id: &TxId) -> Result<Option<ExecutedAt>, StorageError> {
        Ok(self.place(id)?.map(|place| place.at))
    }

    /// The envelope at a place; none if its block is not kept.
    pub(crate) fn envelope(&self, place: Place) -> Result<Option<Envelope>, StorageError> {
        let column = columns::handle(&self.db, BLOCKS)?;
        let height = place.at.height.to_be_bytes();
        match self.db.get_pinned_cf(column, height)? {
            Some(block) => place.envelope_in(&block),
            None => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_has_one_form() {
        let at = ExecutedAt {
            height: 7,
            log_index: u64::MAX,
        };
        for envelope in [None, Some((9, u32::MAX))] {
            let place = Place { at, envelope };
            assert_eq!(Place::of_bytes(&place.to_bytes()), Some(place));
        }
        for length in [0, 15, 17, 20, 23, 25, 200] {
            assert_eq!(Place::of_bytes(&vec![0; length]), None, "{length}");
        }
    }
}
