//! The chain as consensus sees it: executor, database and pool behind one port.

use std::collections::BTreeMap;

use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};

use yilian_consensus::{Candidate, Chain, ChainError, KeptProposal, Verdict};
use yilian_crypto::Digest;
use yilian_executor::{BlockRefused, BodyOfHeader as _, Draft, ExecuteError, ExecutedBlock};
use yilian_primitives::{
    Address, Block, BlockError, BlockRef, CommitCertificate, Header, Height, TxId, ValidatorSet,
};
use yilian_storage::UndecidedProposal;

use crate::clock;
use crate::fault;
use crate::misbehaviours::Misbehaviours;
use crate::state::Shared;

/// Executed blocks of the height being decided that are kept, so that commit need not execute again.
const EXECUTED_MAX: usize = 4;

/// A proposer stops taking transactions after this part of the time that the others wait for its block: they execute
/// it too before they vote, and a block that comes too late is lost work for everybody.
const SHARE_OF_PROPOSE_TIMEOUT: u64 = 4;

/// Fewest transactions of a block that are worth a thread.
const VERIFIED_TOGETHER: usize = 32;

/// What is said of bytes that are no block.
const NO_BLOCK: BlockRef = BlockRef {
    header_hash: Digest::ZERO,
    log_size: 0,
    log_root: Digest::ZERO,
};

/// Consensus' side of the chain.
pub(crate) struct LocalChain {
    shared: Shared,
    executed: BTreeMap<Digest, ExecutedBlock>,
    misbehaviours: Misbehaviours,
}

impl LocalChain {
    pub(crate) fn new(shared: Shared) -> Self {
        LocalChain {
            shared,
            executed: BTreeMap::new(),
            misbehaviours: Misbehaviours::registered(),
        }
    }

    fn remember(&mut self, executed: ExecutedBlock) -> BlockRef {
        let value = executed.block().header.block_ref();
        if self.executed.len() >= EXECUTED_MAX {
            self.executed.pop_first();
        }
        self.executed.insert(value.header_hash, executed);
        value
    }

    /// Why a proposal's time is refused, if it is: too far from the own clock, the way of the proposal allowed for.
    fn time_refused(&self, header: &Header) -> Option<String> {
        let parameters = &self.shared.executor.spec().parameters;
        let now = clock::now_ms();
        let precision = parameters.time_precision_ms;
        let oldest = now.saturating_sub(precision.saturating_add(parameters.propose_timeout_ms));
        let newest = now.saturating_add(precision);
        let time = header.time_ms;
        (time < oldest || time > newest).then(|| {
            format!("time {time} ms: expected between {oldest} and {newest} by this node's clock")
        })
    }

    /// Reads a block; what waits in the pool was verified when it came. Of a block that this node missed everything is
    /// verified here, so all cores take part.
    fn decode(&self, bytes: &[u8]) -> Result<Block, BlockError> {
        Block::decode_with(bytes, |envelopes| {
            let envelopes = envelopes.into_par_iter().with_min_len(VERIFIED_TOGETHER);
            let verified = envelopes.enumerate().map(|(index, envelope)| {
                let verified = self.shared.pool.verify(envelope);
                verified.map_err(|refusal| BlockError::Transaction { index, refusal })
            });
            verified.collect()
        })
    }

    /// Executes decided bytes here. A decided block that this node refuses means that this node computes wrongly.
    fn execute_decided(
        &self,
        certificate: &CommitCertificate,
        bytes: &[u8],
    ) -> Result<ExecutedBlock, ChainError> {
        let height = certificate.height;
        let block = self
            .decode(bytes)
            .map_err(|error| ChainError::outvoted(height, &error.to_string()))?;
        let state = self.shared.state().map_err(broken)?;
        self.shared
            .executor
            .execute(state, block)
            .map_err(|error| match error {
                ExecuteError::Refused(refused) => {
                    ChainError::outvoted(height, &refused.to_string())
                }
                ExecuteError::State(error) => broken(error),
            })
    }
}

fn broken(error: impl core::fmt::Display) -> ChainError {
    ChainError::new(error.to_string())
}

impl Chain for LocalChain {
    fn chain_id(&self) -> String {
        self.shared.executor.spec().chain_id.clone()
    }

    fn tip(&self) -> Height {
        self.shared.store.tip().map_or(0, |tip| tip.header().height)
    }

    fn earliest(&self) -> Height {
        // Who cannot read where its bodies begin has none to give away.
        let from = self.shared.store.bodies_from();
        from.unwrap_or_else(|_| self.tip().saturating_add(1)).max(1)
    }

    fn validators(&self, height: Height) -> Result<ValidatorSet, ChainError> {
        let tip = self.shared.tip().map_err(broken)?;
        if height > tip.header().height {
            return Ok(tip.next_validators().clone());
        }
        let header = self.shared.store.header(height).map_err(broken)?;
        let hash = header
            .map(|header| header.validators_hash)
            .ok_or_else(|| broken(format!("header {height} is missing")))?;
        let set = self.shared.store.validator_set(&hash).map_err(broken)?;
        set.ok_or_else(|| broken(format!("the validator set of height {height} is missing")))
    }

    fn build(&mut self, height: Height, proposer: Address) -> Result<Candidate, ChainError> {
        let tip = self.shared.tip().map_err(broken)?;
        let parent = tip.header();
        let parameters = &self.shared.executor.spec().parameters;
        let now = clock::now_ms();
        self.shared.pool.expire(now);
        let waiting = self.shared.pool.select(
            usize::try_from(parameters.block_bytes_max).unwrap_or(usize::MAX),
            usize::try_from(parameters.block_transactions_max).unwrap_or(usize::MAX),
            now,
        );
        let draft = Draft {
            time_ms: now.max(parent.time_ms.saturating_add(1)),
            proposer,
            parent_certificate: self
                .shared
                .store
                .certificate(parent.height)
                .map_err(broken)?,
            transactions: fault::proposed(waiting, now),
        };
        let state = self.shared.state().map_err(broken)?;
        let take_more = clock::within_ms(parameters.propose_timeout_ms / SHARE_OF_PROPOSE_TIMEOUT);
        let executed = self.shared.executor.build(state, draft, &take_more);
        let executed = executed.map_err(broken)?;
        let block = executed.block();
        let bytes = block.encode();
        tracing::debug!(
            height,
            transactions = block.transactions.len(),
            bytes = bytes.len(),
            "built a block"
        );
        let value = block.header.block_ref();
        let candidate = fault::candidate(block, Candidate { value, bytes });
        self.remember(executed);
        Ok(candidate)
    }

    fn check(
        &mut self,
        height: Height,
        proposer: Address,
        bytes: &[u8],
        clock: bool,
    ) -> Result<Verdict, ChainError> {
        let block = match self.decode(bytes) {
            Ok(block) => block,
            Err(error) => {
                return Ok(Verdict::Refused {
                    value: NO_BLOCK,
                    reason: error.to_string(),
                });
            }
        };
        if !block.body_is_the_headers() {
            // Not the block of this header, so its hash must not be said to be refused.
            return Ok(Verdict::Refused {
                value: NO_BLOCK,
                reason: "the transactions or the certificate are not those of the header"
                    .to_owned(),
            });
        }
        let value = block.header.block_ref();
        let refused = |reason| Ok(fault::verdict(Verdict::Refused { value, reason }));
        if block.header.height != height {
            return refused(format!("height {}: expected {height}", block.header.height));
        }
        if clock {
            // Only who is asked for the first time has just dated it.
            if block.header.proposer == proposer {
                self.shared.guard.observe(proposer, block.header.time_ms);
            }
            if let Some(reason) = self.time_refused(&block.header) {
                return refused(reason);
            }
        }
        if self.executed.contains_key(&value.header_hash) {
            return Ok(Verdict::Valid(value));
        }
        let state = self.shared.state().map_err(broken)?;
        match self.shared.executor.execute(state, block) {
            Ok(executed) => Ok(Verdict::Valid(self.remember(executed))),
            Err(ExecuteError::Refused(error)) => {
                if let BlockRefused::RootMismatch { field, .. } = &error {
                    tracing::error!(height, field, %error, "a proposal's root differs from this node's");
                }
                refused(error.to_string())
            }
            Err(ExecuteError::State(error)) => Err(broken(error)),
        }
    }

    fn keep(&mut self, proposal: &KeptProposal) -> Result<(), ChainError> {
        let proposal = UndecidedProposal {
            height: proposal.height,
            round: proposal.round,
            valid_round: proposal.valid_round,
            proposer: proposal.proposer,
            value: proposal.value,
            bytes: proposal.bytes.clone(),
            valid: proposal.valid,
        };
        self.shared.store.keep_proposal(&proposal).map_err(broken)
    }

    fn kept(&self, height: Height, round: u32) -> Result<Vec<KeptProposal>, ChainError> {
        let kept = self.shared.store.kept_proposals(height, Some(round));
        Ok(kept.map_err(broken)?.into_iter().map(kept_form).collect())
    }

    fn kept_value(
        &self,
        height: Height,
        value: &BlockRef,
    ) -> Result<Option<KeptProposal>, ChainError> {
        let kept = self
            .shared
            .store
            .kept_proposals(height, None)
            .map_err(broken)?;
        let same = kept.into_iter().filter(|proposal| proposal.value == *value);
        Ok(same.max_by_key(|proposal| proposal.valid).map(kept_form))
    }

    fn commit(&mut self, certificate: CommitCertificate, bytes: &[u8]) -> Result<(), ChainError> {
        let height = certificate.height;
        let executed = match self.executed.remove(&certificate.block.header_hash) {
            Some(executed) => executed,
            None => self.execute_decided(&certificate, bytes)?,
        };
        self.executed.clear();
        let tip = self.shared.tip().map_err(broken)?;
        let committed = executed
            .commit(certificate, tip.next_validators())
            .map_err(broken)?;
        self.shared.store.commit(&committed).map_err(broken)?;
        if committed.next_validators() != tip.next_validators() {
            self.shared.guard.know(committed.next_validators());
        }
        let ids: Vec<TxId> = committed
            .block()
            .transactions
            .iter()
            .map(|transaction| transaction.id())
            .collect();
        self.shared.pool.remove_committed(&ids);
        self.shared.discard_untimely().map_err(broken)?;
        tracing::info!(height, transactions = ids.len(), "committed");
        self.shared.waiters.executed(&ids);
        // Nobody may be listening, which is fine.
        let _ = self.shared.heights.send(height);
        Ok(())
    }

    fn decided(&self, height: Height) -> Result<Option<(Vec<u8>, CommitCertificate)>, ChainError> {
        let bytes = self.shared.store.block_bytes(height).map_err(broken)?;
        let certificate = self.shared.store.certificate(height).map_err(broken)?;
        Ok(bytes.zip(certificate))
    }

    fn has_work(&self) -> bool {
        self.shared.pool.expire(clock::now_ms());
        if !self.shared.pool.is_empty() {
            return true;
        }
        let own = self
            .shared
            .state()
            .and_then(|state| self.shared.executor.has_own_work(&state, clock::now_ms()));
        own.unwrap_or(false)
    }

    fn misbehaviour(&mut self, height: Height, address: Address, what: &str) {
        let set = self.validators(height).ok();
        let known = set.as_ref().and_then(|set| set.get(&address));
        let validator = known.map_or("", |validator| validator.name.as_str());
        tracing::error!(
            height, validator, %address, what,
            "验证节点对同一步骤签署了两份内容 / a validator signed two things for one step"
        );
        self.misbehaviours.count(validator);
        if let Err(error) = self.shared.store.keep_misbehaviour(height, &address, what) {
            tracing::error!(%error, "misbehaviour could not be kept");
        }
    }
}

fn kept_form(proposal: UndecidedProposal) -> KeptProposal {
    KeptProposal {
        height: proposal.height,
        round: proposal.round,
        valid_round: proposal.valid_round,
        proposer: proposal.proposer,
        value: proposal.value,
        bytes: proposal.bytes,
        valid: proposal.valid,
    }
}
