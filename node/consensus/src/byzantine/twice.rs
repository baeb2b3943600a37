//! A proposer with two blocks.

use std::sync::{Mutex, PoisonError};

use yilian_primitives::Height;

use super::Attack;
use crate::app::App;
use crate::context::BlockValue;
use crate::part::PartInit;
use crate::port::{Chain, ChainError};

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
        // Kept too: the others may decide this one.
        let kept = self.build(height, round)?;
        *SECOND.lock().unwrap_or_else(PoisonError::into_inner) = Some(BlockValue(kept.value));
        let init = PartInit::new(height, round, None, self.address);
        self.publish_own(init, kept.value, kept.bytes.into());
        Ok(())
    }
}
