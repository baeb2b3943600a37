//! Log leaves that are no receipts. The first item of every leaf is its kind: 0 genesis, 1 receipt, 2 header.

use yilian_crypto::Digest;

use crate::Header;
use crate::cbor::{Cbor, CborError, FieldWriter, Reader};
use crate::limits::{CHAIN_ID_BYTES_MAX, HEADER_BYTES_MAX, LEAF_BYTES_MAX};

const GENESIS: u64 = 0;
const HEADER: u64 = 2;

/// First leaf of a log: `[0, chain_id, chain_spec]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GenesisLeaf {
    /// Name of the chain.
    pub chain_id: String,
    /// Digest of the chain specification.
    pub chain_spec: Digest,
}

impl Cbor for GenesisLeaf {
    const WHAT: &'static str = "genesis leaf";
    const BYTES_MAX: usize = LEAF_BYTES_MAX;

    fn write(&self, writer: &mut FieldWriter) {
        writer.array(3).uint(GENESIS).text(&self.chain_id);
        writer.digest(&self.chain_spec);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        reader.array_of(3, "an array of 3")?;
        if reader.uint("leaf kind")? != GENESIS {
            return Err(reader.unexpected("leaf kind 0"));
        }
        Ok(GenesisLeaf {
            chain_id: reader.text(CHAIN_ID_BYTES_MAX, "chain id")?,
            chain_spec: reader.digest("chain spec digest")?,
        })
    }
}

/// A header in the log of the next block: `[2, header]`, the header as the byte string that was hashed.
///
/// So every old header, state root and validator set is provable from any newer checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderLeaf(pub Header);

impl Cbor for HeaderLeaf {
    const WHAT: &'static str = "header leaf";
    const BYTES_MAX: usize = LEAF_BYTES_MAX;

    fn write(&self, writer: &mut FieldWriter) {
        writer.array(2).uint(HEADER).bytes(&self.0.encode());
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        reader.array_of(2, "an array of 2")?;
        if reader.uint("leaf kind")? != HEADER {
            return Err(reader.unexpected("leaf kind 2"));
        }
        let bytes = reader.bytes(HEADER_BYTES_MAX, "header bytes")?;
        Header::decode(bytes).map(HeaderLeaf)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::header::tests::header;

    #[test]
    fn leaves_are_read_back_and_kinds_are_not_confused() {
        let first = GenesisLeaf {
            chain_id: "yilian-test".to_owned(),
            chain_spec: Digest::sha256(b"spec"),
        };
        let second = HeaderLeaf(header(7, [9; 32]));
        assert_eq!(GenesisLeaf::decode(&first.encode()), Ok(first.clone()));
        assert_eq!(HeaderLeaf::decode(&second.encode()), Ok(second.clone()));
        assert!(HeaderLeaf::decode(&first.encode()).is_err());
        assert!(GenesisLeaf::decode(&second.encode()).is_err());
    }
}
