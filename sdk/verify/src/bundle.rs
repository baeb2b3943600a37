//! The evidence bundle: one file that proves its claims to a reader who holds nothing but a trust file.
//!
//! Everything in it hangs on one *anchor*: the last header of the trail, certified by its validators. Records and older
//! headers are leaves of the anchor's log, values are leaves of the state of such a header. Texts and programs are found
//! by the digests that receipts carry, so what several records share stands in the file once.
//!
//! The encoding is deterministic CBOR, specified in `docs/evidence-bundle.md`.

mod claim;
mod encoding;
mod order;
mod paths;

pub use claim::{Claim, StateName};

use std::collections::BTreeMap;

use yilian_crypto::cosignature::Cosignature;
use yilian_crypto::{Digest, PublicKey};
use yilian_merkle::state::StateProof;
use yilian_primitives::cbor::{Cbor as _, CborError, Reader};
use yilian_primitives::{
    CommitCertificate, Envelope, Header, Height, Receipt, RuleCall, ValidatorSet,
};

use crate::Codes;

/// Version of the format that this code writes and reads.
pub const BUNDLE_VERSION: u64 = 1;
/// Largest bundle that is read, in bytes.
pub const BUNDLE_BYTES_MAX: usize = 64 << 20;
/// Most consistency proofs of a bundle.
pub const EXTENSIONS_MAX: usize = 64;
/// Media type of a bundle.
pub const BUNDLE_MEDIA_TYPE: &str = "application/vnd.yilian.evidence+cbor";

/// Claims, and everything needed to check them offline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bundle {
    /// Name of the chain.
    pub chain_id: String,
    /// What is to be proven, at least one.
    pub claims: Vec<Claim>,
    /// The sets that decided the trail's headers, in order of their hashes.
    pub validator_sets: Vec<ValidatorSet>,
    /// Certified headers by rising height: those at which the validators changed, then the anchor.
    pub trail: Vec<CertifiedByItself>,
    /// Headers below the anchor whose state is spoken of, by rising height.
    pub headers: Vec<LoggedHeader>,
    /// Records in order of their places.
    pub records: Vec<LoggedRecord>,
    /// The transactions of records, in order of their ids.
    pub transactions: Vec<Envelope>,
    /// Arguments, results, inputs and outputs of rules, in order of their SHA-256.
    pub contents: Vec<Vec<u8>>,
    /// Programs of rules in order of their SHA-256.
    pub codes: Vec<Vec<u8>>,
    /// Values and absences, in order of height, contract and key.
    pub states: Vec<StateEntry>,
    /// Proofs that the anchor's log extends smaller ones, by rising size.
    pub consistency: Vec<Extension>,
    /// Cosignatures of witnesses on the anchor's checkpoint, in order of their keys.
    pub cosignatures: Vec<WitnessSignature>,
}

/// A header and the certificate that decided it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertifiedByItself {
    /// The header.
    pub header: Header,
    /// More than two thirds of the set that the header names.
    pub certificate: CommitCertificate,
}

/// A header as a leaf of the anchor's log. Its place is its own log size: it is the first leaf of the next block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedHeader {
    /// The header.
    pub header: Header,
    /// Siblings from the leaf to the root (RFC 9162).
    pub path: Vec<Digest>,
}

/// A receipt as a leaf of the anchor's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedRecord {
    /// Its place, from 0.
    pub log_index: u64,
    /// The receipt.
    pub receipt: Receipt,
    /// Siblings from the leaf to the root (RFC 9162).
    pub path: Vec<Digest>,
}

/// A key of the state at a height, with its value or its absence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateEntry {
    /// Height of the anchor, or of one of the headers.
    pub height: Height,
    /// Name of the contract.
    pub contract: String,
    /// The contract's own key: text, since contracts' keys are.
    pub key: String,
    /// The value; none if the key is absent.
    pub value: Option<Vec<u8>>,
    /// The proof.
    pub proof: StateProof,
}

/// That the anchor's log begins with all leaves of a smaller one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension {
    /// Leaves of the smaller log.
    pub old_size: u64,
    /// The proof (RFC 9162).
    pub path: Vec<Digest>,
}

/// A witness's word that it saw the anchor's checkpoint, consistent with all it had seen before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WitnessSignature {
    /// The witness's key. Its name is in the trust file: nothing would bind one that stood here.
    pub public_key: PublicKey,
    /// The witness's clock, and its signature over clock and checkpoint.
    pub cosignature: Cosignature,
}

impl Bundle {
    /// Puts everything into its order, so that equal contents give equal files.
    pub fn arranged(mut self) -> Self {
        order::arrange(&mut self);
        self
    }

    /// The file. What is not in its order ([`Bundle::arranged`]) cannot be read again.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.encode()
    }

    /// Reads a file. Only its form is checked: one encoding, everything in order, nothing twice.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CborError> {
        Bundle::decode(bytes)
    }

    /// The certified header on which everything hangs. A bundle that was read has one.
    pub fn anchor(&self) -> Option<&CertifiedByItself> {
        self.trail.last()
    }

    /// The header of a height: the anchor's, or one of those that the bundle proves.
    pub(crate) fn header_at(&self, height: Height) -> Option<&Header> {
        let anchor = self.anchor().map(|anchor| &anchor.header);
        let below = || {
            let place = self
                .headers
                .binary_search_by_key(&height, |logged| logged.header.height);
            place.ok().map(|place| &self.headers[place].header)
        };
        anchor
            .filter(|header| header.height == height)
            .or_else(below)
    }

    /// Version of a file, if it is a bundle at all.
    pub(crate) fn version_of(bytes: &[u8]) -> Option<u64> {
        let mut reader = Reader::new("evidence bundle", bytes);
        reader.array("an array").ok()?;
        let mark = reader.text(encoding::MAGIC.len(), "the mark").ok()?;
        (mark == encoding::MAGIC).then_some(())?;
        reader.uint("version").ok()
    }

    /// A validator set by its hash.
    pub(crate) fn set(&self, hash: &Digest) -> Option<&ValidatorSet> {
        self.validator_sets.iter().find(|set| set.hash() == *hash)
    }

    /// Every call of a rule by every record.
    pub fn rule_calls(&self) -> impl Iterator<Item = &RuleCall> {
        let records = self.records.iter();
        records.flat_map(|record| &record.receipt.rule_calls)
    }

    /// The texts by their digests. They are hashed here, so whoever looks up several makes this once.
    pub fn texts(&self) -> BTreeMap<Digest, &[u8]> {
        let keys = self.contents.iter().map(|content| Digest::sha256(content));
        keys.zip(self.contents.iter().map(Vec::as_slice)).collect()
    }

    /// The programs of the bundle beside those that the reader brings.
    pub fn codes_and(&self, brought: &Codes) -> Codes {
        let mut codes = brought.clone();
        for code in &self.codes {
            codes.add(code.clone());
        }
        codes
    }

    /// A key of the state at a height.
    pub(crate) fn state(&self, height: Height, contract: &str, key: &str) -> Option<&StateEntry> {
        let place = self.states.binary_search_by(|entry| {
            (entry.height, entry.contract.as_str(), entry.key.as_str())
                .cmp(&(height, contract, key))
        });
        place.ok().map(|place| &self.states[place])
    }
}
