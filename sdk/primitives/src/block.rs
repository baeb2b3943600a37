//! A block as it is proposed, sent and stored.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::cbor::{Cbor, CborError, FieldWriter};
use crate::codec::{self, CodecError};
use crate::limits::{BLOCK_BYTES_MAX, BLOCK_TRANSACTIONS_MAX};
use crate::{CommitCertificate, Envelope, Header, Refusal, VerifiedTransaction};

/// Header, the certificate of the parent, and the transactions in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Head of the block.
    pub header: Header,
    /// Certificate of the parent; none at heights 0 and 1.
    pub parent_certificate: Option<CommitCertificate>,
    /// Transactions in order of execution.
    pub transactions: Vec<VerifiedTransaction>,
}

/// Bytes are no block.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BlockError {
    /// Not the canonical encoding.
    #[error("block: {0}")]
    Codec(#[from] CodecError),
    /// The header or the certificate is malformed.
    #[error("block: {0}")]
    Cbor(#[from] CborError),
    /// More transactions than a block may hold.
    #[error("block of {got} transactions: expected at most {BLOCK_TRANSACTIONS_MAX}")]
    TooManyTransactions {
        /// How many.
        got: usize,
    },
    /// A transaction was refused.
    #[error("transaction {index} of the block: {refusal}")]
    Transaction {
        /// Place in the block, from 0.
        index: usize,
        /// Why.
        refusal: Refusal,
    },
}

/// Envelopes are borrowed for writing, and owned when read.
#[derive(Serialize, Deserialize)]
struct Form<E> {
    #[serde(with = "serde_bytes")]
    header: Vec<u8>,
    #[serde(with = "serde_bytes")]
    parent_certificate: Option<Vec<u8>>,
    transactions: Vec<E>,
}

impl Block {
    /// The bytes for parts and disk. The last of them are the encoded envelopes, one after the other.
    pub fn encode(&self) -> Vec<u8> {
        codec::encode(&Form {
            header: self.header.encode(),
            parent_certificate: self.parent_certificate.as_ref().map(Cbor::encode),
            transactions: self.transactions.iter().map(|tx| tx.envelope()).collect(),
        })
    }

    /// Reads a block and verifies every signature in it, one after the other.
    pub fn decode_and_verify(bytes: &[u8]) -> Result<Self, BlockError> {
        Block::decode_with(bytes, |envelopes| {
            let verified = envelopes.into_iter().enumerate();
            let verified = verified.map(|(index, envelope)| {
                let verified = envelope.verify();
                verified.map_err(|refusal| BlockError::Transaction { index, refusal })
            });
            verified.collect()
        })
    }

    /// Reads a block; `verify` gives its transactions in their order, or says which is refused.
    pub fn decode_with(
        bytes: &[u8],
        verify: impl FnOnce(Vec<Envelope>) -> Result<Vec<VerifiedTransaction>, BlockError>,
    ) -> Result<Self, BlockError> {
        let form = codec::decode::<Form<Envelope>, BLOCK_BYTES_MAX>(bytes)?;
        if form.transactions.len() > BLOCK_TRANSACTIONS_MAX {
            return Err(BlockError::TooManyTransactions {
                got: form.transactions.len(),
            });
        }
        let transactions = verify(form.transactions)?;
        let certificate = form
            .parent_certificate
            .as_deref()
            .map(CommitCertificate::decode);
        Ok(Block {
            header: Header::decode(&form.header)?,
            parent_certificate: certificate.transpose()?,
            transactions,
        })
    }

    /// Leaf of the transactions' tree: `[payload, tagged signature]`.
    pub fn transaction_leaf(transaction: &VerifiedTransaction) -> Vec<u8> {
        let envelope = transaction.envelope();
        let mut leaf = FieldWriter::default();
        leaf.array(2)
            .bytes(&envelope.payload)
            .bytes(&envelope.signature.to_tagged());
        leaf.into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transaction::tests::payload;
    use crate::{certificate, header};
    use yilian_crypto::SecretKey;

    fn block() -> Block {
        let key = SecretKey::from_seed([1; 32]);
        let transaction = Envelope::sign(&payload(&key), &key)
            .verify()
            .expect("verifies");
        Block {
            header: header::tests::header(8, [3; 32]),
            parent_certificate: Some(certificate::tests::certificate(3)),
            transactions: vec![transaction],
        }
    }

    #[test]
    fn blocks_round_trip() {
        assert_eq!(Block::decode_and_verify(&block().encode()), Ok(block()));
    }

    #[test]
    fn a_block_with_a_forged_transaction_is_refused() {
        let bytes = block().encode();
        let mut refused = 0;
        for place in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[place] ^= 1;
            match Block::decode_and_verify(&changed) {
                Ok(read) => assert_eq!(read.transactions, block().transactions, "byte {place}"),
                Err(_) => refused += 1,
            }
        }
        // At least every byte of the transaction itself.
        assert!(refused >= block().transactions[0].size_bytes());
    }
}
