//! A proposer with two blocks.

use std::sync::{Mutex, PoisonError};

use yilian_primitives::Height;

use super::Attack;
use crate::app::App;
use crate::context::BlockValue;
use crate::part::{PartInit, Proposed};
use crate::port::{Chain, ChainError, KeptProposal};

/// The second value of the height being decided, for whoever votes for both.
static SECOND: Mutex<Option<BlockValue>> = Mutex::new(None);

/// A second value, if the last block that this validator proposed had one.
pub(super) fn second() -> Option<BlockValue> {
    *SECOND.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<C: Chain> App<C> {
    /// Builds another block for the same round, as good as the first, and sends it too.
    pub(crate) fn propose_twice(&mut self, height: Height, round: u32) -> Result<(), ChainError> {
        if Attack::of_environment() != Some(Attack::EquivocateProposals) {
            return Ok(());
        }
        let candidate = self.chain.build(height, self.address)?;
        let kept = KeptProposal {
            height,
            round,
            valid_round: None,
            proposer: self.address,
            value: candidate.value,
            bytes: candidate.bytes,
            valid: true,
        };
        // The others may decide this one.
        self.chain.keep(&kept)?;
        *SECOND.lock().unwrap_or_else(PoisonError::into_inner) = Some(BlockValue(kept.value));
        let init = PartInit::new(height, round, None, self.address);
        let proposed = Proposed::sign(
            &self.chain_id,
            &self.key,
            init,
            kept.value,
            kept.bytes.into(),
        );
        self.publish(proposed);
        Ok(())
    }
}
