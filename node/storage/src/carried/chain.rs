//! Following the chain from genesis through all its headers, certificates and changes of validators, leaf by leaf.

use std::sync::Arc;

use yilian_chain_spec::ChainSpec;
use yilian_crypto::Digest;
use yilian_merkle::log::{self, Frontier};
use yilian_primitives::cbor::Cbor;
use yilian_primitives::{
    Address, CommitCertificate, GenesisLeaf, Header, HeaderLeaf, Height, Receipt, ValidatorSet,
    codec,
};

use super::SnapshotError;
use super::begin::Unfinished;
use super::certificates::Certificates;
use super::files::Input;
use crate::columns::{
    CERTIFICATES, HEADERS, LEAVES, LOG_NODES, SET_CHANGES, TRANSACTIONS, VALIDATOR_SETS,
    log_node_key,
};
use crate::commit::HeaderRecord;
use crate::place::{ExecutedAt, Place};

/// The chain as far as it was followed.
pub(super) struct Chain<'s> {
    spec: &'s ChainSpec,
    spec_digest: Digest,
    /// The last header; none before genesis.
    before: Option<Header>,
    /// Validators that decide the next height.
    pub(super) next: Arc<ValidatorSet>,
    pub(super) frontier: Frontier,
    /// Receipts of the block whose header comes next.
    receipts: u32,
    transactions: u64,
    unverified: Certificates,
    /// A key that is looked for among the validators, and the first height that it could decide.
    sought: Option<Address>,
    pub(super) found: Option<Height>,
}

/// The files that are read side by side.
pub(super) struct Inputs<'f> {
    pub(super) log: Input<'f>,
    pub(super) certificates: Input<'f>,
    pub(super) sets: Input<'f>,
}

impl<'s> Chain<'s> {
    pub(super) fn new(spec: &'s ChainSpec, sought: Option<Address>) -> Self {
        Chain {
            spec,
            spec_digest: spec.digest(),
            before: None,
            next: Arc::new(spec.validators()),
            frontier: Frontier::default(),
            receipts: 0,
            transactions: 0,
            unverified: Certificates::default(),
            sought,
            found: None,
        }
    }

    /// Follows up to a height; gives its header, of which everything before it is proven.
    pub(super) fn follow(
        &mut self,
        inputs: &mut Inputs<'_>,
        tip: Height,
        into: &mut Unfinished,
    ) -> Result<Header, SnapshotError> {
        self.look_for(0);
        inputs.log.expect("the first leaf")?;
        let genesis = GenesisLeaf {
            chain_id: self.spec.chain_id.clone(),
            chain_spec: self.spec_digest,
        };
        if inputs.log.record() != genesis.encode() {
            return Err(inputs.log.wrong("it is not the first leaf of this chain"));
        }
        self.append(inputs.log.record(), into)?;
        into.put(
            VALIDATOR_SETS,
            self.next.hash().as_bytes(),
            &self.next.encode(),
        )?;
        loop {
            inputs.log.expect("the next leaf")?;
            if let Ok(receipt) = Receipt::decode(inputs.log.record()) {
                self.receipt(&receipt, &inputs.log, into)?;
                self.append(inputs.log.record(), into)?;
                continue;
            }
            let leaf = HeaderLeaf::decode(inputs.log.record());
            let HeaderLeaf(header) =
                leaf.map_err(|_| inputs.log.wrong("it is neither a receipt nor a header"))?;
            self.header(&header, inputs, into)?;
            if header.height == tip {
                self.verify(&inputs.certificates)?;
                return Ok(header);
            }
            self.append(inputs.log.record(), into)?;
        }
    }

    fn append(&mut self, leaf: &[u8], into: &mut Unfinished) -> Result<(), SnapshotError> {
        into.put(LEAVES, &self.frontier.size().to_be_bytes(), leaf)?;
        for node in self.frontier.append(log::leaf_hash(leaf)) {
            into.put(
                LOG_NODES,
                &log_node_key(node.level, node.index),
                node.hash.as_bytes(),
            )?;
        }
        Ok(())
    }

    fn height(&self) -> Height {
        self.before
            .as_ref()
            .map_or(0, |before| before.height.saturating_add(1))
    }

    fn receipt(
        &mut self,
        receipt: &Receipt,
        log: &Input<'_>,
        into: &mut Unfinished,
    ) -> Result<(), SnapshotError> {
        let height = self.height();
        if height == 0 || receipt.height != height || receipt.index != self.receipts {
            let (got, index, expected) = (receipt.height, receipt.index, self.receipts);
            return Err(log.wrong(format!(
                "receipt {index} of height {got}: expected {expected} of height {height}"
            )));
        }
        self.receipts = self.receipts.saturating_add(1);
        if let Some(id) = receipt.transaction() {
            self.transactions += 1;
            let at = ExecutedAt {
                height,
                log_index: self.frontier.size(),
            };
            let place = Place { at, envelope: None };
            into.put(TRANSACTIONS, id.0.as_bytes(), &place.to_bytes())?;
        }
        Ok(())
    }

    /// Takes the header of a block whose leaves were all read.
    fn header(
        &mut self,
        header: &Header,
        inputs: &mut Inputs<'_>,
        into: &mut Unfinished,
    ) -> Result<(), SnapshotError> {
        self.check(header)
            .map_err(|reason| inputs.log.wrong(reason))?;
        let height = header.height;
        if height > 0 {
            self.certificate(header, &mut inputs.certificates, into)?;
        }
        let receipts_from = match self.receipts {
            0 => 0,
            some => self.frontier.size().saturating_sub(u64::from(some)),
        };
        let record = HeaderRecord {
            header: header.encode(),
            receipts_from,
            receipts: self.receipts,
        };
        into.put(HEADERS, &height.to_be_bytes(), &codec::encode(&record))?;
        if header.next_validators_hash != header.validators_hash {
            self.change(header, &mut inputs.sets, into)?;
        }
        self.before = Some(header.clone());
        (self.receipts, self.transactions) = (0, 0);
        Ok(())
    }

    /// Whether a header may follow the last one, with the leaves since.
    fn check(&self, header: &Header) -> Result<(), String> {
        let (height, spec) = (self.height(), self.spec);
        let expected =
            |what: &str| Err(format!("header {height}: {what} is not what it has to be"));
        if header.height != height {
            return Err(format!("header {}: expected {height}", header.height));
        }
        if header.chain_id != spec.chain_id || header.chain_spec != self.spec_digest {
            return expected("the chain");
        }
        if header.parameters_hash != spec.parameters.hash()
            || header.execution_engine != spec.parameters.execution_engine
        {
            return expected("the parameters");
        }
        let parent = self.before.as_ref().map_or(Digest::ZERO, Header::hash);
        if header.parent_hash != parent {
            return expected("the parent");
        }
        let in_time = match &self.before {
            None => header.time_ms == spec.genesis_time_ms,
            Some(before) => header.time_ms > before.time_ms,
        };
        if !in_time {
            return expected("the time");
        }
        if header.validators_hash != self.next.hash() {
            return expected("the set of validators");
        }
        if header.transaction_count != self.transactions {
            return expected("the number of transactions");
        }
        if header.log_size != self.frontier.size() || header.log_root != self.frontier.root() {
            return expected("the log");
        }
        Ok(())
    }

    fn certificate(
        &mut self,
        header: &Header,
        input: &mut Input<'_>,
        into: &mut Unfinished,
    ) -> Result<(), SnapshotError> {
        let height = header.height;
        input.expect(&format!("the certificate of height {height}"))?;
        let certificate = CommitCertificate::decode(input.record());
        let certificate = certificate.map_err(|error| input.wrong(error))?;
        if certificate.height != height || certificate.block != header.block_ref() {
            return Err(input.wrong(format!("it is not the certificate of height {height}")));
        }
        into.put(CERTIFICATES, &height.to_be_bytes(), input.record())?;
        let added = self
            .unverified
            .add(&self.spec.chain_id, certificate, &self.next);
        added.map_err(|found| refused(input, found))
    }

    fn verify(&mut self, input: &Input<'_>) -> Result<(), SnapshotError> {
        let verified = self.unverified.verify(&self.spec.chain_id);
        verified.map_err(|found| refused(input, found))
    }

    /// From the next height on others decide, by the word of those that decided this one.
    fn change(
        &mut self,
        header: &Header,
        input: &mut Input<'_>,
        into: &mut Unfinished,
    ) -> Result<(), SnapshotError> {
        let height = header.height;
        input.expect(&format!("the set of validators after height {height}"))?;
        let set = ValidatorSet::decode(input.record()).map_err(|error| input.wrong(error))?;
        let (got, expected) = (set.hash(), header.next_validators_hash);
        if got != expected {
            return Err(input.wrong(format!(
                "set {got}: expected {expected} after height {height}"
            )));
        }
        into.put(VALIDATOR_SETS, got.as_bytes(), input.record())?;
        into.put(SET_CHANGES, &height.to_be_bytes(), &[])?;
        self.next = Arc::new(set);
        self.look_for(height.saturating_add(1));
        Ok(())
    }

    fn look_for(&mut self, height: Height) {
        let is_there = self
            .sought
            .is_some_and(|sought| self.next.get(&sought).is_some());
        if is_there && self.found.is_none() {
            self.found = Some(height);
        }
    }
}

fn refused(
    input: &Input<'_>,
    (height, error): (Height, yilian_primitives::CertificateError),
) -> SnapshotError {
    input.wrong_at(
        height,
        format!("the certificate of height {height}: {error}"),
    )
}
