//! Catching up, and helping others to.

use bytes::Bytes;
use malachite_core_types::Round;
use malachite_engine::host::SyncedValueOutcome;
use malachite_sync::RawDecidedValue;
use yilian_crypto::Digest;
use yilian_primitives::{Address, Height};

use super::{App, proposed_value};
use crate::certificate;
use crate::context::YilianContext;
use crate::port::{Chain, ChainError, KeptProposal, Verdict};

/// Most blocks in one answer; the asker asks for fewer.
const BLOCKS_PER_RESPONSE_MAX: usize = 64;

impl<C: Chain> App<C> {
    /// A peer gave a decided block; the engine has verified its certificate. The clock is not asked about the past.
    pub(super) fn synced(
        &mut self,
        height: Height,
        round: Round,
        proposer: Address,
        bytes: &Bytes,
    ) -> Result<SyncedValueOutcome<YilianContext>, ChainError> {
        let expected = self.next_height();
        let (Some(round), true) = (round.as_u32(), height == expected) else {
            tracing::warn!(height, expected, "a peer gave a block of another height");
            return Ok(SyncedValueOutcome::LocalTransientError);
        };
        let set = self.chain.validators(height)?;
        let certified = self.tally.committed(&set, height, round);
        let verdict = self.chain.check(height, proposer, bytes, false)?;
        let (value, refusal) = match verdict {
            Verdict::Valid(value) => (value, None),
            Verdict::Refused { value, reason } => (value, Some(reason)),
        };
        let no_block = value.header_hash == Digest::ZERO;
        if no_block || certified.is_some_and(|certified| certified != value) {
            tracing::warn!(
                height,
                "a peer gave a block that its certificate does not name"
            );
            return Ok(SyncedValueOutcome::PeerFault);
        }
        if let Some(reason) = &refusal {
            if certified == Some(value) {
                return Err(ChainError::outvoted(height, reason));
            }
            tracing::error!(
                height,
                reason,
                "refused a block that the others have decided"
            );
        }
        let kept = KeptProposal {
            height,
            round,
            valid_round: None,
            proposer,
            value,
            bytes: bytes.to_vec(),
            valid: refusal.is_none(),
        };
        self.chain.keep(&kept)?;
        self.round.synced = true;
        Ok(SyncedValueOutcome::Verdict(proposed_value(&kept)))
    }

    /// Decided blocks for a peer, in order, until the first that is missing or the answer is full.
    pub(super) fn decided_values(
        &self,
        first: Height,
        last: Height,
    ) -> Result<Vec<RawDecidedValue<YilianContext>>, ChainError> {
        let (mut values, mut size) = (Vec::new(), 0usize);
        for height in first..=last.min(self.chain.tip()) {
            let Some((block, certificate)) = self.chain.decided(height)? else {
                break;
            };
            size = size.saturating_add(block.len());
            let full = size > self.response_bytes_max && !values.is_empty();
            if full || values.len() >= BLOCKS_PER_RESPONSE_MAX {
                break;
            }
            let certificate = certificate::to_engine(&certificate);
            values.push(RawDecidedValue::new(block.into(), certificate));
        }
        Ok(values)
    }
}
