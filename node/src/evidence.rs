//! Evidence bundles from the committed chain.

use std::collections::BTreeSet;

use yilian_abi::state_key;
use yilian_crypto::Digest;
use yilian_executor::{Execution, StateError, schedule};
use yilian_merkle::log;
use yilian_primitives::cbor::Cbor as _;
use yilian_primitives::{Cause, Height, Receipt, TxId, ValidatorSet};
use yilian_verify::bundle::{
    CertifiedByItself, Extension, LoggedHeader, LoggedRecord, StateEntry, StateName,
};
use yilian_verify::{Bundle, Claim, Question};

use crate::proofs::broken;
use crate::state::Shared;

/// A bundle, or why this chain cannot prove what was asked.
pub(crate) type Answer = Result<Bundle, String>;

/// What a bundle is made of, under one anchor.
struct Draft<'s> {
    shared: &'s Shared,
    bundle: Bundle,
    size: u64,
    height: Height,
    with_codes: bool,
    /// Programs that are in the bundle.
    codes: BTreeSet<Digest>,
}

impl Shared {
    /// Proves claims under the tip, or under the last checkpoint that a witness cosigned.
    pub(crate) fn evidence(&self, question: &Question) -> Result<Answer, StateError> {
        let Some(height) = self.certified_height(question.cosigned)? else {
            return Ok(Err("no witness has cosigned a checkpoint yet".to_owned()));
        };
        let anchored = self.store.header(height)?.filter(|_| height > 0);
        let Some(header) = anchored else {
            return Ok(Err(
                "no block is decided yet, so nothing is certified".to_owned()
            ));
        };
        let (validator_sets, trail) = self.trail(height)?;
        let size = header.log_size;
        let mut draft = Draft {
            shared: self,
            size,
            height,
            with_codes: question.codes,
            codes: BTreeSet::new(),
            bundle: Bundle {
                chain_id: header.chain_id.clone(),
                claims: question.claims.clone(),
                validator_sets,
                trail,
                headers: Vec::new(),
                records: Vec::new(),
                transactions: Vec::new(),
                contents: Vec::new(),
                codes: Vec::new(),
                states: Vec::new(),
                consistency: Vec::new(),
                cosignatures: self.witness_signatures(height)?,
            },
        };
        Ok(match draft.fill(question)? {
            Ok(()) => Ok(draft.bundle.arranged()),
            Err(missing) => Err(missing),
        })
    }

    /// Every header after which other validators decided, and the one of a height at the end; with the sets that decided
    /// them. So whoever trusts genesis, or any checkpoint since, can follow.
    fn trail(
        &self,
        height: Height,
    ) -> Result<(Vec<ValidatorSet>, Vec<CertifiedByItself>), StateError> {
        let (mut sets, mut trail) = (Vec::new(), Vec::new());
        for height in self.store.set_changes(height)?.into_iter().chain([height]) {
            let missing =
                |what: &str| StateError(format!("the {what} of height {height} is missing"));
            let header = self.store.header(height)?;
            let header = header.ok_or_else(|| missing("header"))?;
            let set = self.store.validator_set(&header.validators_hash)?;
            let set = set.ok_or_else(|| missing("validator set"))?;
            if !sets.contains(&set) {
                sets.push(set);
            }
            let certificate = self.store.certificate(height)?;
            let certificate = certificate.ok_or_else(|| missing("certificate"))?;
            trail.push(CertifiedByItself {
                header,
                certificate,
            });
        }
        Ok((sets, trail))
    }

    /// What is said of a record that is in the log, and of which nothing else is here.
    fn not_kept(&self, what: impl core::fmt::Display) -> Result<String, StateError> {
        let from = self.store.bodies_from()?;
        Ok(format!(
            "{what}: not kept on this node, whose bodies begin at height {from}; ask another one"
        ))
    }

    /// Proves the record of a transaction.
    pub(crate) fn evidence_of(&self, id: &TxId) -> Result<Answer, StateError> {
        match self.store.transaction(id)? {
            Some(executed) => self.evidence(&Question::of_record(executed.execution.log_index)),
            None if self.store.executed_at(id)?.is_some() => Ok(Err(self.not_kept(id)?)),
            None => Ok(Err(format!("transaction {id} is not final on this node"))),
        }
    }
}

impl Draft<'_> {
    fn fill(&mut self, question: &Question) -> Result<Result<(), String>, StateError> {
        let names: BTreeSet<StateName> = question.claims.iter().flat_map(Claim::states).collect();
        for claim in &question.claims {
            if let Claim::Record { log_index } = claim
                && !self.record(*log_index)?
            {
                let leaf = self.shared.store.leaf(*log_index)?;
                let receipt = leaf.is_some_and(|leaf| Receipt::decode(&leaf).is_ok());
                return Ok(Err(match receipt && *log_index < self.size {
                    true => self
                        .shared
                        .not_kept(format!("the record of leaf {log_index}"))?,
                    false => format!("leaf {log_index} of the log is no receipt, or not there yet"),
                }));
            }
        }
        let kept = self.shared.store.state_from()?;
        for name in names {
            if name.height > self.height {
                let (asked, tip) = (name.height, self.height);
                return Ok(Err(format!(
                    "state of height {asked}: the evidence hangs on height {tip}"
                )));
            }
            if name.height < kept {
                let asked = name.height;
                return Ok(Err(format!(
                    "state of height {asked}: this node keeps the state of height {kept} and later ones"
                )));
            }
            self.state(name)?;
        }
        for old_size in &question.consistent_with {
            if *old_size == 0 || *old_size >= self.size {
                continue;
            }
            let proof = log::prove_consistency(&self.shared.store, *old_size, self.size);
            self.bundle.consistency.push(Extension {
                old_size: *old_size,
                path: proof.map_err(broken)?.hashes,
            });
        }
        Ok(Ok(()))
    }

    fn path(&self, index: u64) -> Result<Vec<Digest>, StateError> {
        let proof = log::prove_inclusion(&self.shared.store, index, self.size);
        Ok(proof.map_err(broken)?.hashes)
    }

    /// Adds a record; false if there is none.
    fn record(&mut self, log_index: u64) -> Result<bool, StateError> {
        let execution = match log_index < self.size {
            true => self.shared.store.execution(log_index)?,
            false => None,
        };
        let Some(Execution { receipt, trace, .. }) = execution else {
            return Ok(false);
        };
        if let Some(id) = receipt.transaction()
            && let Some(executed) = self.shared.store.transaction(&id)?
        {
            let envelope = executed.transaction.envelope().clone();
            self.bundle.transactions.push(envelope);
        }
        match &receipt.cause {
            Cause::Transaction(_) => {}
            Cause::Release(identity) => {
                let args = self.shared.released_args(identity)?;
                self.bundle.contents.extend(args);
            }
            Cause::Schedule(name) => self.bundle.contents.push(schedule::args(name)),
        }
        for call in trace.rule_calls {
            self.code(&call.code_hash)?;
            self.bundle.contents.extend([call.input, call.output]);
        }
        self.bundle.contents.push(trace.result);
        let path = self.path(log_index)?;
        self.bundle.records.push(LoggedRecord {
            log_index,
            receipt,
            path,
        });
        Ok(true)
    }

    fn code(&mut self, hash: &Digest) -> Result<(), StateError> {
        if self.with_codes && self.codes.insert(*hash) {
            self.bundle.codes.extend(self.shared.code(hash)?);
        }
        Ok(())
    }

    fn state(&mut self, name: StateName) -> Result<(), StateError> {
        let key = state_key::of(&name.contract, name.key.as_bytes());
        let (value, proof) = self.shared.store.prove(name.height, &key)?;
        // Names come by rising height.
        let last = self.bundle.headers.last().map(|one| one.header.height);
        if name.height < self.height && last != Some(name.height) {
            let header = self.shared.store.header(name.height)?;
            let header =
                header.ok_or_else(|| StateError(format!("header {} is missing", name.height)))?;
            let path = self.path(header.log_size)?;
            self.bundle.headers.push(LoggedHeader { header, path });
        }
        self.bundle.states.push(StateEntry {
            height: name.height,
            contract: name.contract,
            key: name.key,
            value: value.map(|stored| stored.value),
            proof,
        });
        Ok(())
    }
}
