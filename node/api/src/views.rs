//! How blocks, log leaves and proofs look in JSON.

use serde::Serialize;
use serde_json::Value;
use yilian_crypto::Digest;
use yilian_primitives::cbor::{Cbor, Reader};
use yilian_primitives::{CommitCertificate, Header, Height, Receipt, TxId};

use crate::backend::{BlockRecord, HeaderRecord, StateProofRecord};
use crate::base64::Base64;

/// An entry of a listing.
#[derive(Serialize)]
pub(crate) struct HeaderEntry {
    header: Header,
    header_hash: Digest,
}

impl From<Header> for HeaderEntry {
    fn from(header: Header) -> Self {
        HeaderEntry {
            header_hash: header.hash(),
            header,
        }
    }
}

#[derive(Serialize)]
pub(crate) struct BlockView {
    header: Header,
    header_hash: Digest,
    certificate: Option<CommitCertificate>,
    transactions: Vec<TxId>,
    receipts: Vec<Receipt>,
}

impl From<BlockRecord> for BlockView {
    fn from(block: BlockRecord) -> Self {
        BlockView {
            header_hash: block.header.hash(),
            header: block.header,
            certificate: block.certificate,
            transactions: block.transactions,
            receipts: block.receipts,
        }
    }
}

#[derive(Serialize)]
pub(crate) struct HeaderView {
    header: Header,
    header_cbor: Base64,
    header_hash: Digest,
    certificate: Option<CommitCertificate>,
    certificate_cbor: Option<Base64>,
}

impl From<HeaderRecord> for HeaderView {
    fn from(record: HeaderRecord) -> Self {
        HeaderView {
            header_cbor: Base64(record.header.encode()),
            header_hash: record.header.hash(),
            header: record.header,
            certificate_cbor: record.certificate.as_ref().map(|c| Base64(c.encode())),
            certificate: record.certificate,
        }
    }
}

/// A log leaf, opened as far as its kind is known.
#[derive(Serialize)]
pub(crate) struct LeafView {
    index: u64,
    kind: &'static str,
    leaf_hash: Digest,
    leaf_cbor: Base64,
    receipt: Option<Receipt>,
    header: Option<Header>,
}

impl LeafView {
    pub(crate) fn new(index: u64, leaf: Vec<u8>) -> Self {
        let receipt = Receipt::decode(&leaf).ok();
        let header = header_leaf(&leaf);
        let kind = match (&receipt, &header) {
            (Some(_), _) => "receipt",
            (None, Some(_)) => "header",
            (None, None) if index == 0 => "genesis",
            (None, None) => "unknown",
        };
        LeafView {
            index,
            kind,
            // RFC 9162 section 2.1.1.
            leaf_hash: Digest::sha256_parts(&[&[0], &leaf]),
            leaf_cbor: Base64(leaf),
            receipt,
            header,
        }
    }
}

/// The header in a leaf `[2, bstr header]`.
fn header_leaf(leaf: &[u8]) -> Option<Header> {
    let mut reader = Reader::new("log leaf", leaf);
    reader.array_of(2, "an array of 2").ok()?;
    if reader.uint("leaf kind").ok()? != 2 {
        return None;
    }
    Header::decode(reader.bytes(Header::BYTES_MAX, "a header").ok()?).ok()
}

#[derive(Serialize)]
pub(crate) struct StateProofView {
    height: Height,
    header_cbor: Base64,
    certificate_cbor: Base64,
    proof: Value,
    value: Option<Base64>,
}

impl From<StateProofRecord> for StateProofView {
    fn from(record: StateProofRecord) -> Self {
        StateProofView {
            height: record.header.height,
            header_cbor: Base64(record.header.encode()),
            certificate_cbor: Base64(record.certificate.encode()),
            proof: record.proof,
            value: record.value.map(Base64),
        }
    }
}
