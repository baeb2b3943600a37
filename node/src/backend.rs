//! The chain as the interface sees it.

use std::sync::Arc;

use serde_json::Value;
use tokio::sync::{broadcast, watch};
use yilian_api::backend::{
    Acknowledged, Backend, BlockRecord, Consistency, Contract, ContractRefusal, EventRecord,
    Evidence, Fault, HeaderRecord, Inclusion, PoolStatus, QueryError, QueryResult,
    StateProofRecord, Status, Submitted, Tile, TransactionRecord, Waiter,
};
use yilian_crypto::Digest;
use yilian_mempool::Taken;
use yilian_mempool::gossip::Gossip;
use yilian_primitives::{
    CommitCertificate, Envelope, Height, Refusal, RefusalCode, TimestampMs, TxId,
    VerifiedTransaction, json,
};
use yilian_verify::Question;

use crate::acknowledger::Acknowledger;
use crate::clock;
use crate::state::Shared;

/// Fewest validators of which one may cheat without steering a draw.
const FAIR_VALIDATORS: usize = 4;

/// Everything that answers need.
pub(crate) struct NodeBackend {
    pub(crate) shared: Shared,
    pub(crate) name: String,
    /// Whether the validator was restored and signs nothing yet.
    pub(crate) restored: bool,
    pub(crate) gossip: Arc<Gossip>,
    pub(crate) acknowledger: Acknowledger,
    pub(crate) consensus: watch::Receiver<yilian_consensus::Status>,
}

pub(crate) fn fault(error: impl core::fmt::Display) -> Fault {
    Fault::new(error.to_string())
}

impl NodeBackend {
    /// Takes a transaction into the pool and tells the others. They may have it before it is on the disk here: what is said
    /// to its sender then is the journal's answer.
    fn take(&self, transaction: &VerifiedTransaction) -> Result<Taken, Refusal> {
        let pool = &self.shared.pool;
        let known = pool.sponsor(&transaction.id());
        let is_new = known.is_none();
        let sponsor = match known {
            Some(sponsor) => sponsor,
            None => self.shared.admit(transaction)?,
        };
        // Also one that a peer had announced: what is said to a client stands on this node's own disk.
        let taken = pool.insert(transaction.clone(), sponsor, clock::now_ms())?;
        if is_new {
            self.gossip.publish(transaction.clone());
        }
        Ok(taken)
    }
}

impl Backend for NodeBackend {
    fn status(&self) -> Result<Status, Fault> {
        let tip = self.shared.tip().map_err(fault)?;
        let header = tip.header();
        let releases = self.shared.release_status().map_err(fault)?;
        Ok(Status {
            chain_id: header.chain_id.clone(),
            height: header.height,
            time_ms: header.time_ms,
            header_hash: header.hash(),
            log_size: header.log_size,
            log_root: header.log_root,
            state_root: header.state_root,
            validators: tip.next_validators().len() as u64,
            peers: self.consensus.borrow().peers.len() as u64,
            syncing: self.shared.is_behind(),
            restored: self.restored,
            bodies_from: self.bodies_from()?,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            production: tip.next_validators().len() >= FAIR_VALIDATORS
                && releases.group_key.is_some(),
            releases,
            pool: PoolStatus {
                transactions: self.shared.pool.len() as u64,
                bytes: self.shared.pool.bytes() as u64,
            },
            name: self.name.clone(),
        })
    }

    fn network(&self) -> Result<Value, Fault> {
        let spec = self.shared.executor.spec();
        let mut network = serde_json::to_value(spec).map_err(fault)?;
        let validators = self.shared.tip().map_err(fault)?;
        let set = validators.next_validators();
        if let Some(network) = network.as_object_mut() {
            let list: Vec<_> = set.iter().collect();
            network.insert("digest".to_owned(), spec.digest().to_string().into());
            network.insert(
                "validators".to_owned(),
                serde_json::to_value(list).map_err(fault)?,
            );
            network.insert("validators_hash".to_owned(), set.hash().to_string().into());
            network.insert(
                "verifier_keys".to_owned(),
                CommitCertificate::verifier_keys(&spec.chain_id, set).into(),
            );
        }
        Ok(network)
    }

    fn releases(&self) -> Result<Value, Fault> {
        self.shared.releases().map_err(fault)
    }

    fn validators(&self) -> Result<Value, Fault> {
        self.shared.validators().map_err(fault)
    }

    fn tip(&self) -> Height {
        self.shared.store.tip().map_or(0, |tip| tip.header().height)
    }

    fn bodies_from(&self) -> Result<Height, Fault> {
        self.shared.store.bodies_from().map_err(fault)
    }

    fn block(&self, height: Height) -> Result<Option<BlockRecord>, Fault> {
        self.shared.block_record(height).map_err(fault)
    }

    fn header(&self, height: Height) -> Result<Option<HeaderRecord>, Fault> {
        self.shared.header_record(height).map_err(fault)
    }

    fn transaction(&self, id: &TxId) -> Result<Option<TransactionRecord>, Fault> {
        self.shared.transaction_record(id).map_err(fault)
    }

    fn executed_at(&self, id: &TxId) -> Result<Option<(Height, u64)>, Fault> {
        let found = self.shared.store.executed_at(id).map_err(fault)?;
        Ok(found.map(|at| (at.height, at.log_index)))
    }

    fn evidence(&self, question: &Question) -> Result<Evidence, Fault> {
        let answer = self.shared.evidence(question).map_err(fault)?;
        Ok(answer.map(|bundle| bundle.to_bytes()))
    }

    fn evidence_of(&self, id: &TxId) -> Result<Evidence, Fault> {
        let answer = self.shared.evidence_of(id).map_err(fault)?;
        Ok(answer.map(|bundle| bundle.to_bytes()))
    }

    fn events(&self, height: Height) -> Result<Option<Vec<EventRecord>>, Fault> {
        self.shared.events(height).map_err(fault)
    }

    fn log_size(&self) -> Result<u64, Fault> {
        let tip = self.shared.tip().map_err(fault)?;
        Ok(tip.header().log_size)
    }

    fn log_leaf(&self, index: u64) -> Result<Option<Vec<u8>>, Fault> {
        self.shared.store.leaf(index).map_err(fault)
    }

    fn inclusion(&self, index: u64, size: u64) -> Result<Option<Inclusion>, Fault> {
        self.shared.inclusion(index, size).map_err(fault)
    }

    fn consistency(&self, old: u64, new: u64) -> Result<Option<Consistency>, Fault> {
        self.shared.consistency(old, new).map_err(fault)
    }

    fn checkpoint(&self, cosigned: bool) -> Result<Option<String>, Fault> {
        self.shared.checkpoint(cosigned).map_err(fault)
    }

    fn cose_receipt(&self, index: u64) -> Result<Option<Vec<u8>>, Fault> {
        self.shared.cose_receipt(index).map_err(fault)
    }

    fn tile(&self, tile: &Tile) -> Result<Option<Vec<u8>>, Fault> {
        self.shared.tile(tile).map_err(fault)
    }

    fn state_proof(&self, contract: &str, key: &[u8]) -> Result<Option<StateProofRecord>, Fault> {
        self.shared.state_proof(contract, key).map_err(fault)
    }

    fn contracts(&self) -> Result<Vec<Contract>, Fault> {
        self.shared.contracts().map_err(fault)
    }

    fn contract(&self, name: &str) -> Result<Option<Contract>, Fault> {
        self.shared.contract(name).map_err(fault)
    }

    fn interface(&self, name: &str) -> Result<Option<Vec<u8>>, Fault> {
        self.shared.interface(name).map_err(fault)
    }

    fn code(&self, hash: &Digest) -> Result<Option<Vec<u8>>, Fault> {
        self.shared.code(hash).map_err(fault)
    }

    fn query(&self, contract: &str, method: &str, args: &Value) -> Result<QueryResult, QueryError> {
        let state = self
            .shared
            .state()
            .map_err(|error| QueryError::Fault(fault(error)))?;
        let args = json::canonical(args);
        let answer = self.shared.executor.query(state, contract, method, args);
        let answer = answer.map_err(query_error)?;
        Ok(QueryResult {
            height: answer.height,
            result: serde_json::from_slice(&answer.result)
                .map_err(|error| QueryError::Fault(fault(error)))?,
        })
    }

    fn submit(&self, envelope: Envelope) -> Result<Submitted, Refusal> {
        let transaction = envelope.verify()?;
        let taken = self.take(&transaction)?;
        Ok(Submitted {
            id: transaction.id(),
            durable: Box::pin(async { taken.durable().await.map(|_| ()) }),
        })
    }

    fn acknowledge(
        &self,
        envelope: Envelope,
        received_ms: TimestampMs,
    ) -> Result<Acknowledged, Refusal> {
        let transaction = envelope.verify()?;
        let payload = transaction.payload();
        let args = json::canonical(&payload.args);
        let submission =
            yilian_acknowledgement::submission(&payload.contract, &payload.method, &args);
        let acknowledgement = match self.take(&transaction).and_then(Taken::wait) {
            Ok(_) => self.acknowledger.acknowledge(submission, received_ms)?,
            // What was executed is not acknowledged any more, but what was said of it stands.
            Err(refusal) => {
                let given = self.acknowledger.given(&submission).ok().flatten();
                given.ok_or(refusal)?
            }
        };
        Ok(Acknowledged {
            chain_id: self.shared.executor.spec().chain_id.clone(),
            tx_id: transaction.id(),
            submission,
            acknowledgement,
        })
    }

    fn clock_ms(&self) -> TimestampMs {
        clock::now_ms()
    }

    fn wait_for(&self, id: TxId) -> Waiter {
        self.shared.waiters.wait(id)
    }

    fn subscribe(&self) -> broadcast::Receiver<Height> {
        self.shared.heights.subscribe()
    }

    fn metrics(&self) -> String {
        yilian_consensus::metrics_text()
    }

    fn ready(&self) -> bool {
        !self.shared.is_behind()
    }
}

/// Codes of the chain's own refusals that say "there is no such thing" at the border.
fn query_error(error: yilian_executor::QueryError) -> QueryError {
    use yilian_abi::Reserved;
    use yilian_executor::QueryError as Error;
    match error {
        Error::State(error) => QueryError::Fault(fault(error)),
        Error::Trapped(reason) => QueryError::Trapped { reason },
        Error::Refused(refusal) => {
            let border = match refusal.code {
                code if code == Reserved::UnknownContract as u32 => RefusalCode::UnknownContract,
                code if code == Reserved::UnknownMethod as u32 => RefusalCode::UnknownMethod,
                _ => {
                    return QueryError::Contract(Box::new(ContractRefusal {
                        code: refusal.code,
                        name: refusal.name,
                        zh: refusal.zh,
                        en: refusal.en,
                        law: refusal.law,
                        detail: refusal.detail,
                    }));
                }
            };
            QueryError::Refused(Refusal::new(border, refusal.detail))
        }
    }
}
