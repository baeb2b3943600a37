//! The head of a block: all that a certificate vouches for.

use serde::{Deserialize, Serialize};
use yilian_crypto::{Digest, Namespace};

use crate::cbor::{Cbor, CborError, FieldWriter, Reader};
use crate::limits::{CHAIN_ID_BYTES_MAX, HEADER_BYTES_MAX, NAME_BYTES_MAX};
use crate::{Address, BlockRef, Height, TimestampMs};

/// Version of the header format.
const VERSION: u64 = 1;
/// Number of fields.
const FIELDS: usize = 18;

/// Head of a block. Roots are those **after** executing this block, so finality and proof are the same moment.
///
/// There is no round in it: a locked value is proposed again in a later round; the round belongs to the certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// Name of the chain.
    pub chain_id: String,
    /// Digest of the chain specification: two chains of one name differ here.
    pub chain_spec: Digest,
    /// Number of the block; genesis is 0.
    pub height: Height,
    /// Proposer's clock in ms, after the parent's and within the precision of the voters' clocks.
    pub time_ms: TimestampMs,
    /// Who first proposed the block.
    pub proposer: Address,
    /// Hash of the header before; zero at genesis.
    pub parent_hash: Digest,
    /// Hash of the certificate of the header before, as this block carries it; zero at heights 0 and 1.
    pub parent_commit_hash: Digest,
    /// Number of transactions.
    pub transaction_count: u64,
    /// RFC 6962 root over the transactions' canonical bytes.
    pub transactions_root: Digest,
    /// Leaves in the log after this block.
    pub log_size: u64,
    /// RFC 6962 root of the log after this block.
    pub log_root: Digest,
    /// Root of the state tree after this block.
    pub state_root: Digest,
    /// Hash of the validators that decide this block.
    pub validators_hash: Digest,
    /// Hash of the validators that decide the next block.
    pub next_validators_hash: Digest,
    /// Hash of the parameters in force.
    pub parameters_hash: Digest,
    /// Execution engine and version of its metering schedule.
    pub execution_engine: String,
}

impl Header {
    /// Namespaced hash of the encoding.
    pub fn hash(&self) -> Digest {
        Digest::tagged(Namespace::Header, &self.encode())
    }

    /// The value that validators vote on.
    pub fn block_ref(&self) -> BlockRef {
        BlockRef {
            header_hash: self.hash(),
            log_size: self.log_size,
            log_root: self.log_root,
        }
    }
}

/// `[version, chain_id, chain_spec, height, time_ms, proposer, parent_hash, parent_commit_hash, transaction_count,
/// transactions_root, log_size, log_root, state_root, validators_hash, next_validators_hash, parameters_hash,
/// execution_engine, []]`; the last array is kept for extensions and is empty in version 1.
impl Cbor for Header {
    const WHAT: &'static str = "header";
    const BYTES_MAX: usize = HEADER_BYTES_MAX;

    fn write(&self, writer: &mut FieldWriter) {
        writer
            .array(FIELDS)
            .uint(VERSION)
            .text(&self.chain_id)
            .digest(&self.chain_spec)
            .uint(self.height)
            .uint(self.time_ms)
            .bytes(self.proposer.as_bytes())
            .digest(&self.parent_hash)
            .digest(&self.parent_commit_hash)
            .uint(self.transaction_count)
            .digest(&self.transactions_root)
            .uint(self.log_size)
            .digest(&self.log_root)
            .digest(&self.state_root)
            .digest(&self.validators_hash)
            .digest(&self.next_validators_hash)
            .digest(&self.parameters_hash)
            .text(&self.execution_engine)
            .array(0);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        reader.array_of(FIELDS as u64, "an array of 18")?;
        if reader.uint("version")? != VERSION {
            return Err(reader.unexpected("version 1"));
        }
        let header = Header {
            chain_id: reader.text(CHAIN_ID_BYTES_MAX, "chain id")?,
            chain_spec: reader.digest("chain spec digest")?,
            height: reader.uint("height")?,
            time_ms: reader.uint("time in ms")?,
            proposer: reader.address("proposer address of 20 bytes")?,
            parent_hash: reader.digest("parent hash")?,
            parent_commit_hash: reader.digest("parent commit hash")?,
            transaction_count: reader.uint("transaction count")?,
            transactions_root: reader.digest("transactions root")?,
            log_size: reader.uint("log size")?,
            log_root: reader.digest("log root")?,
            state_root: reader.digest("state root")?,
            validators_hash: reader.digest("validators hash")?,
            next_validators_hash: reader.digest("next validators hash")?,
            parameters_hash: reader.digest("parameters hash")?,
            execution_engine: reader.text(NAME_BYTES_MAX, "execution engine")?,
        };
        reader.array_of(0, "no extensions")?;
        Ok(header)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    pub(crate) fn header(height: u64, filler: [u8; 32]) -> Header {
        let digest = Digest::from_bytes(filler);
        Header {
            chain_id: "yilian-test".to_owned(),
            chain_spec: digest,
            height,
            time_ms: 1_700_000_000_000,
            proposer: Address::NONE,
            parent_hash: digest,
            parent_commit_hash: Digest::ZERO,
            transaction_count: 3,
            transactions_root: digest,
            log_size: 12,
            log_root: digest,
            state_root: digest,
            validators_hash: digest,
            next_validators_hash: digest,
            parameters_hash: digest,
            execution_engine: "wasmtime-48/1".to_owned(),
        }
    }

    proptest! {
        #[test]
        fn headers_round_trip(height: u64, filler: [u8; 32]) {
            let header = header(height, filler);
            prop_assert_eq!(Header::decode(&header.encode()), Ok(header));
        }

        #[test]
        fn a_changed_byte_never_gives_the_same_header(
            filler: [u8; 32], place: prop::sample::Index, change in 1u8..,
        ) {
            let header = header(7, filler);
            let mut bytes = header.encode();
            let place = place.index(bytes.len());
            bytes[place] ^= change;
            prop_assert_ne!(Header::decode(&bytes), Ok(header));
        }

        #[test]
        fn random_bytes_never_panic(bytes: Vec<u8>) {
            let _ = Header::decode(&bytes);
        }
    }

    #[test]
    fn a_longer_form_of_the_same_number_is_refused() {
        let bytes = header(7, [1; 32]).encode();
        let mut longer = bytes.clone();
        // Version 1 as a two-byte integer: 0x18 0x01.
        longer.splice(1..2, [0x98 & 0x18, 0x01]);
        assert!(matches!(
            Header::decode(&longer),
            Err(CborError::NotDeterministic { .. } | CborError::Field { .. })
        ));
        let mut trailing = bytes;
        trailing.push(0);
        assert!(Header::decode(&trailing).is_err());
    }
}
