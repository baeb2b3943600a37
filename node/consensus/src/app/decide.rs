//! Committing what was decided, and beginning the next height.

use std::collections::BTreeSet;

use malachite_app_channel::Reply;
use malachite_core_consensus::MisbehaviorEvidence;
use malachite_core_types::CommitCertificate;
use malachite_engine::host::Next;
use yilian_primitives::Height;

use super::{App, Held, answer};
use crate::certificate;
use crate::context::{self, YilianContext};
use crate::pacing::Signs;
use crate::port::{Chain, ChainError};

impl<C: Chain> App<C> {
    /// A value was decided: commit it, then say so. The engine may tell it again after a crash.
    pub(super) fn decided(
        &mut self,
        decided: &CommitCertificate<YilianContext>,
        reply: Reply<()>,
    ) -> Result<(), ChainError> {
        let height = decided.height.0;
        if height <= self.chain.tip() {
            answer(reply, ());
            return Ok(());
        }
        let set = self.chain.validators(height)?;
        let certificate = certificate::from_engine(decided, &set)?;
        let Some(kept) = self.chain.kept_value(height, &certificate.block)? else {
            // No answer: `finalized` restarts the height, and a peer gives us the block.
            tracing::error!(
                height,
                "decided a block that is not here; asking peers for it"
            );
            return Ok(());
        };
        let (round, signatures) = (certificate.round, certificate.signatures.len());
        self.chain.commit(certificate, &kept.bytes)?;
        tracing::info!(height, round, signatures, "committed");
        answer(reply, ());
        Ok(())
    }

    /// The height is over. The answer that begins the next one is held back until it shall begin.
    pub(super) fn finalized(
        &mut self,
        height: Height,
        reply: Reply<Next<YilianContext>>,
    ) -> Result<(), ChainError> {
        if self.chain.tip() < height {
            let next = Next::Restart(context::Height(height), self.params(height)?);
            answer(reply, next);
            return Ok(());
        }
        let next = height.saturating_add(1);
        let params = self.params(next)?;
        let pending = self.round.pending.values();
        let others_began = pending
            .map(|proposed| proposed.init.height)
            .any(|h| h == next);
        let behind = self.round.synced;
        let signs = Signs {
            others_began,
            behind,
            ..Signs::default()
        };
        self.held = Some(Held {
            next,
            params,
            reply,
            signs,
            ahead: BTreeSet::new(),
        });
        Ok(())
    }

    /// Hands over what proves that a validator signed two things for one step.
    pub(super) fn record_misbehaviour(
        &mut self,
        height: Height,
        evidence: &MisbehaviorEvidence<YilianContext>,
    ) {
        let mut found = Vec::new();
        for (address, pairs) in evidence.votes.iter() {
            for (a, b) in pairs {
                let what = format!(
                    "voted twice in round {}: {:?} {:?} (signature {}) and {:?} (signature {})",
                    a.message.round,
                    a.message.kind,
                    a.message.value,
                    a.signature,
                    b.message.value,
                    b.signature,
                );
                found.push((address.0, what));
            }
        }
        for (address, pairs) in evidence.proposals.iter() {
            for (a, b) in pairs {
                let what = format!(
                    "proposed twice in round {}: {} (signature {}) and {} (signature {})",
                    a.message.round, a.message.value, a.signature, b.message.value, b.signature,
                );
                found.push((address.0, what));
            }
        }
        for (address, what) in found {
            self.chain.misbehaviour(height, address, &what);
        }
    }
}
