//! Reading what was committed.

use rocksdb::{IteratorMode, ReadOptions};
use yilian_crypto::Digest;
use yilian_executor::Execution;
use yilian_merkle::log::NodeRead;
use yilian_primitives::cbor::Cbor;
use yilian_primitives::{
    CommitCertificate, Header, Height, Receipt, Trace, TxId, ValidatorSet, VerifiedTransaction,
    codec,
};

use crate::columns::{self, *};
use crate::commit::HeaderRecord;
use crate::{Inner, StorageError, Store, damaged};

pub(crate) const TRACE_BYTES_MAX: usize = 256 << 20;

/// A committed block without its transactions and traces.
#[derive(Clone, Debug)]
pub struct StoredBlock {
    /// Its header.
    pub header: Header,
    /// Its certificate; none at genesis.
    pub certificate: Option<CommitCertificate>,
    /// Its receipts, in the order of the log.
    pub receipts: Vec<Receipt>,
    /// Log index of the first one.
    pub receipts_from: u64,
}

/// A committed transaction.
#[derive(Clone, Debug)]
pub struct ExecutedTransaction {
    /// The transaction.
    pub transaction: VerifiedTransaction,
    /// Its outcome.
    pub execution: Execution,
}

impl Inner {
    pub(crate) fn header_record(
        &self,
        height: Height,
    ) -> Result<Option<HeaderRecord>, StorageError> {
        let bytes = columns::get(&self.db, HEADERS, &height.to_be_bytes())?;
        let record = bytes.map(|b| codec::decode::<HeaderRecord, 8_192>(&b));
        record
            .transpose()
            .map_err(|_| damaged(format!("header {height}")))
    }
}

impl Store {
    /// Header of a height.
    pub fn header(&self, height: Height) -> Result<Option<Header>, StorageError> {
        let Some(record) = self.0.header_record(height)? else {
            return Ok(None);
        };
        let header = Header::decode(&record.header);
        header
            .map(Some)
            .map_err(|_| damaged(format!("header {height}")))
    }

    /// Certificate of a height; none at genesis.
    pub fn certificate(&self, height: Height) -> Result<Option<CommitCertificate>, StorageError> {
        let bytes = columns::get(&self.0.db, CERTIFICATES, &height.to_be_bytes())?;
        let certificate = bytes.map(|bytes| CommitCertificate::decode(&bytes));
        certificate
            .transpose()
            .map_err(|_| damaged(format!("certificate {height}")))
    }

    /// A validator set by its hash.
    pub fn validator_set(&self, hash: &Digest) -> Result<Option<ValidatorSet>, StorageError> {
        let bytes = columns::get(&self.0.db, VALIDATOR_SETS, hash.as_bytes())?;
        let set = bytes.map(|bytes| ValidatorSet::decode(&bytes));
        set.transpose().map_err(|_| damaged("a validator set"))
    }

    /// Heights below a bound after which other validators decided, in their order.
    pub fn set_changes(&self, below: Height) -> Result<Vec<Height>, StorageError> {
        let column = columns::handle(&self.0.db, SET_CHANGES)?;
        let mut options = ReadOptions::default();
        options.set_iterate_upper_bound(below.to_be_bytes());
        let mut heights = Vec::new();
        for entry in self
            .0
            .db
            .iterator_cf_opt(column, options, IteratorMode::Start)
        {
            let (key, _) = entry?;
            let height = key.as_ref().try_into().map(Height::from_be_bytes);
            heights.push(height.map_err(|_| damaged("a change of the validators"))?);
        }
        Ok(heights)
    }

    /// Bytes of a block; none if it is no longer kept.
    pub fn block_bytes(&self, height: Height) -> Result<Option<Vec<u8>>, StorageError> {
        columns::get(&self.0.db, BLOCKS, &height.to_be_bytes())
    }

    /// Header, certificate and receipts of a height.
    pub fn block(&self, height: Height) -> Result<Option<StoredBlock>, StorageError> {
        let Some(record) = self.0.header_record(height)? else {
            return Ok(None);
        };
        let header =
            Header::decode(&record.header).map_err(|_| damaged(format!("header {height}")))?;
        let indexes = record.log_indexes();
        let receipts = indexes.map(|index| self.receipt(index));
        Ok(Some(StoredBlock {
            header,
            certificate: self.certificate(height)?,
            receipts: receipts.collect::<Result<_, _>>()?,
            receipts_from: record.receipts_from,
        }))
    }

    pub(crate) fn receipt(&self, log_index: u64) -> Result<Receipt, StorageError> {
        let wrong = || damaged(format!("receipt {log_index}"));
        let leaf = self.leaf(log_index)?.ok_or_else(wrong)?;
        Receipt::decode(&leaf).map_err(|_| wrong())
    }

    /// Receipt and trace at a log index; none if there is another kind of leaf, or the trace is no longer kept.
    pub fn execution(&self, log_index: u64) -> Result<Option<Execution>, StorageError> {
        let Some(trace) = columns::get(&self.0.db, TRACES, &log_index.to_be_bytes())? else {
            return Ok(None);
        };
        let wrong = || damaged(format!("receipt {log_index}"));
        let trace = codec::decode::<Trace, TRACE_BYTES_MAX>(&trace).map_err(|_| wrong())?;
        Ok(Some(Execution {
            log_index,
            receipt: self.receipt(log_index)?,
            trace,
        }))
    }

    /// A committed transaction with its outcome; none if it is no longer kept, see [`Store::executed_at`].
    pub fn transaction(&self, id: &TxId) -> Result<Option<ExecutedTransaction>, StorageError> {
        if let Some(executed) = self.0.executed.get(id)
            && executed.execution.receipt.height >= self.bodies_from()?
        {
            return Ok(Some(executed));
        }
        let Some(place) = self.0.place(id)? else {
            return Ok(None);
        };
        let Some(envelope) = self.0.envelope(place)? else {
            return Ok(None);
        };
        let wrong = || damaged(format!("transaction {id}"));
        let transaction = envelope.verify().map_err(|_| wrong())?;
        if transaction.id() != *id {
            return Err(wrong());
        }
        let execution = self.execution(place.at.log_index)?;
        let execution = execution.ok_or_else(wrong)?;
        Ok(Some(ExecutedTransaction {
            transaction,
            execution,
        }))
    }

    /// Bytes of a log leaf.
    pub fn leaf(&self, index: u64) -> Result<Option<Vec<u8>>, StorageError> {
        columns::get(&self.0.db, LEAVES, &index.to_be_bytes())
    }
}

/// A read that fails looks like a missing node, and the proof is refused for it.
impl NodeRead for Store {
    fn node(&self, level: u8, index: u64) -> Option<Digest> {
        let key = columns::log_node_key(level, index);
        let bytes = columns::get(&self.0.db, LOG_NODES, &key).ok()??;
        Some(Digest::from_bytes(bytes.try_into().ok()?))
    }
}
