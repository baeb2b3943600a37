//! The blocks of the last heights with their traces, each held against what is proven of it.

use yilian_executor::{BodyOfHeader as _, trace_is_the_receipts};
use yilian_primitives::{Block, Height, Receipt, Trace, VerifiedTransaction, codec};

use super::SnapshotError;
use super::begin::Unfinished;
use super::files::Input;
use super::state::Written;
use crate::columns::{BLOCKS, TRACES, TRANSACTIONS};
use crate::damaged;
use crate::place::{InBlock, places};
use crate::read::TRACE_BYTES_MAX;

/// Takes the bodies of some heights. The log and the state are in the database.
pub(super) fn take(
    mut blocks: Input<'_>,
    mut traces: Input<'_>,
    heights: std::ops::RangeInclusive<Height>,
    written: &Written,
    into: &mut Unfinished,
) -> Result<(), SnapshotError> {
    let mut matched = 0;
    for height in heights {
        blocks.expect(&format!("block {height}"))?;
        let block = Block::decode_and_verify(blocks.record());
        let block = block.map_err(|error| blocks.wrong(error))?;
        let record = into.store.0.header_record(height)?;
        let record = record.ok_or_else(|| damaged(format!("header {height}")))?;
        let same = yilian_primitives::cbor::Cbor::encode(&block.header) == record.header;
        if !same || !block.body_is_the_headers() || block.encode() != blocks.record() {
            return Err(blocks.wrong(format!("it is not the block of header {height}")));
        }
        into.put(BLOCKS, &height.to_be_bytes(), blocks.record())?;
        let transactions = InBlock::all(&block, &record);
        for (id, place) in places(height, blocks.record().len(), transactions)? {
            into.put(TRANSACTIONS, id.0.as_bytes(), &place.to_bytes())?;
        }
        let mut sent = block.transactions.iter();
        for index in record.log_indexes() {
            traces.expect(&format!("the trace of receipt {index}"))?;
            let receipt = into.store.receipt(index)?;
            let transaction = match receipt.transaction() {
                None => None,
                Some(id) => Some(sent.next().filter(|one| one.id() == id).ok_or_else(|| {
                    blocks.wrong(format!("receipt {index} is of another transaction"))
                })?),
            };
            matched += self::trace(&traces, index, &receipt, transaction, into)?;
        }
    }
    blocks.end()?;
    // Every entry that says to be written by one of these blocks is.
    if (written.since, written.by_block) != (matched + 1, 1) {
        let (got, expected) = (written.since, matched + 1);
        return Err(traces.wrong(format!(
            "{got} entries of the state name these blocks as their writers: expected {expected}"
        )));
    }
    traces.end()?;
    Ok(())
}

/// Takes a trace; gives how many entries of the state are as it wrote them.
fn trace(
    traces: &Input<'_>,
    index: u64,
    receipt: &Receipt,
    transaction: Option<&VerifiedTransaction>,
    into: &mut Unfinished,
) -> Result<u64, SnapshotError> {
    let trace = codec::decode::<Trace, TRACE_BYTES_MAX>(traces.record());
    let trace = trace.map_err(|error| traces.wrong(error))?;
    let signature = transaction.map(|transaction| &transaction.envelope().signature);
    if !trace_is_the_receipts(&trace, receipt, signature) {
        return Err(traces.wrong(format!("it is not the trace of receipt {index}")));
    }
    into.put(TRACES, &index.to_be_bytes(), traces.record())?;
    let mut matched = 0;
    for write in &trace.writes {
        let Some(stored) = into.entry(&write.key)? else {
            continue;
        };
        let as_written = write.value.as_ref() == Some(&stored.value);
        if stored.writer < index || (stored.writer == index && !as_written) {
            let key = String::from_utf8_lossy(&write.key);
            return Err(traces.wrong(format!(
                "it wrote key {key:?}, and the state says that leaf {} did",
                stored.writer
            )));
        }
        matched += u64::from(stored.writer == index);
    }
    Ok(matched)
}
