//! Judging what other validators propose.

use std::time::Instant;

use malachite_core_consensus::ProposedValue;
use malachite_core_types::VoteType;
use malachite_engine::util::streaming::StreamMessage;
use malachite_peer::PeerId;
use yilian_primitives::{Height, ValidatorSet};

use super::{App, proposed_value};
use crate::context::{self, YilianContext};
use crate::part::{Part, Proposed};
use crate::port::{Chain, ChainError, KeptProposal, Verdict};

/// Most blocks executed to judge the proposals of one round. Its proposer signed each, so more than one is a lie already.
const JUDGED_PER_ROUND_MAX: u32 = 3;
/// Rounds this far ahead are not judged; the engine drops their votes too.
const ROUNDS_AHEAD_MAX: u32 = 10;

impl<C: Chain> App<C> {
    /// A part came. Gives the proposal it completes, judged, if the engine is at its height.
    pub(super) fn received_part(
        &mut self,
        publisher: PeerId,
        message: StreamMessage<Part>,
    ) -> Result<Option<ProposedValue<YilianContext>>, ChainError> {
        let next = self.next_height();
        let complete = self
            .streams
            .insert(publisher, message, next, Instant::now());
        let Some(proposed) = complete else {
            return Ok(None);
        };
        let height = proposed.init.height;
        self.others_began(height);
        if height > next {
            // Nobody can say yet whose turn it is then, so one who fills this with lies must hurt no other's proposal.
            self.round.pending.insert(publisher, proposed);
            return Ok(None);
        }
        let kept = self.judge(proposed)?;
        // Before its height began the engine is told by `started_round`, which finds it kept.
        let told = kept.filter(|_| self.round.height == height);
        Ok(told.as_ref().map(proposed_value))
    }

    /// Judges a whole proposal for the next height, and keeps it. `None` if it is not worth a verdict.
    pub(super) fn judge(&mut self, proposed: Proposed) -> Result<Option<KeptProposal>, ChainError> {
        let height = proposed.init.height;
        let set = self.chain.validators(height)?;
        if let Err(reason) = self.authentic(&proposed, &set) {
            tracing::debug!(
                height,
                round = proposed.init.round,
                reason,
                "ignored a proposal"
            );
            return Ok(None);
        }
        let (round, value) = (proposed.init.round, proposed.fin.value);
        let parts = (proposed.init.clone(), proposed.fin.clone());
        let known = self.chain.kept_value(height, &value)?;
        let mut kept = kept(&proposed);
        let clock = !self.is_prevoted(&proposed, &set);
        match known {
            Some(known) if known.valid || clock => {
                kept.valid = known.valid;
                kept.bytes = known.bytes;
            }
            _ => {
                let judged = self.round.judged.entry(round).or_default();
                *judged += 1;
                if *judged > JUDGED_PER_ROUND_MAX {
                    return Ok(None);
                }
                let genuine = self.check(&mut kept, clock)?;
                if !genuine {
                    return Ok(Some(kept));
                }
                self.chain.keep(&kept)?;
            }
        }
        self.round.signed.entry((round, value)).or_insert(parts);
        Ok(Some(kept))
    }

    /// Asks the chain. False if the bytes are not the block that the signature names; those are not worth keeping.
    fn check(&mut self, kept: &mut KeptProposal, clock: bool) -> Result<bool, ChainError> {
        let (height, round) = (kept.height, kept.round);
        let verdict = self
            .chain
            .check(height, kept.proposer, &kept.bytes, clock)?;
        let (found, reason) = match verdict {
            Verdict::Valid(found) => (found, None),
            Verdict::Refused { value, reason } => (value, Some(reason)),
        };
        let genuine = found == kept.value;
        kept.valid = genuine && reason.is_none();
        if !kept.valid {
            let reason = reason.unwrap_or_else(|| "the block is another than was signed".into());
            let proposer = kept.proposer;
            tracing::warn!(height, round, %proposer, reason, "refused a proposal; voting nil");
        }
        Ok(genuine)
    }

    /// Whether the proposer of its round signed it, for a round that can matter.
    fn authentic(&self, proposed: &Proposed, set: &ValidatorSet) -> Result<(), &'static str> {
        let init = &proposed.init;
        let now = match self.round.height == init.height {
            true => self.round.round,
            false => 0,
        };
        if init.round > now.saturating_add(ROUNDS_AHEAD_MAX) {
            return Err("its round is too far ahead");
        }
        if init
            .valid_round
            .is_some_and(|earlier| earlier >= init.round)
        {
            return Err("its earlier round is not earlier");
        }
        let turns = context::ValidatorSet::new(set);
        let proposer = turns.proposer(context::Height(init.height), init.round);
        if proposer.address.0 != init.proposer() {
            return Err("it is not its proposer's turn");
        }
        if !proposed.is_signed_by(&self.chain_id, &proposer.public_key) {
            return Err("its proposer did not sign it");
        }
        Ok(())
    }

    /// Whether more than two thirds prevoted the value in the earlier round it names. Only then is its age forgiven: a
    /// locked block must be acceptable an hour later, and a liar must not get round the clock by naming a round.
    fn is_prevoted(&self, proposed: &Proposed, set: &ValidatorSet) -> bool {
        let (height, value): (Height, _) = (proposed.init.height, &proposed.fin.value);
        proposed.init.valid_round.is_some_and(|round| {
            let kind = VoteType::Prevote;
            self.tally.has_quorum(set, height, round, kind, value)
        })
    }
}

fn kept(proposed: &Proposed) -> KeptProposal {
    KeptProposal {
        height: proposed.init.height,
        round: proposed.init.round,
        valid_round: proposed.init.valid_round,
        proposer: proposed.init.proposer(),
        value: proposed.fin.value,
        bytes: proposed.block.to_vec(),
        valid: false,
    }
}
