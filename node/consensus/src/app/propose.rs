//! Beginning a round, proposing, and streaming what was proposed.

use std::time::{Duration, Instant};

use bytes::Bytes;
use malachite_app_channel::{NetworkMsg, NetworkRequest, Reply};
use malachite_core_consensus::ProposedValue;
use malachite_core_types::{HeightParams, Round};
use malachite_engine::host::LocallyProposedValue;
use yilian_crash_point::{Point, pass};
use yilian_primitives::{BlockRef, Height};

use super::{App, answer, proposed_value};
use crate::context::{self, BlockValue, YilianContext};
use crate::part::{PartInit, Proposed};
use crate::port::{Chain, ChainError, KeptProposal};

/// How long a starting node waits for its peers: a proposal that nobody hears costs a whole timeout.
const PEERS_WAIT: Duration = Duration::from_secs(3);
/// Pause after the peers are connected, in which they exchange what they listen to.
const SUBSCRIPTIONS_WAIT: Duration = Duration::from_millis(300);
const PEERS_POLL: Duration = Duration::from_millis(50);

impl<C: Chain> App<C> {
    /// The engine is up: begin after the last durable block.
    pub(super) fn consensus_ready(
        &mut self,
        reply: Reply<(context::Height, HeightParams<YilianContext>)>,
    ) -> Result<(), ChainError> {
        let height = self.next_height();
        let params = self.params(height)?;
        self.wait_for_peers();
        tracing::info!(height, "consensus begins");
        answer(reply, (context::Height(height), params));
        Ok(())
    }

    fn wait_for_peers(&self) {
        let peers = self.roster.borrow().len();
        if peers == 0 {
            return;
        }
        let deadline = Instant::now() + PEERS_WAIT;
        self.runtime.block_on(async {
            while Instant::now() < deadline {
                let state = NetworkRequest::dump_state(&self.network_requests).await;
                if matches!(state, Ok(Some(state)) if state.peers.len() >= peers) {
                    return tokio::time::sleep(SUBSCRIPTIONS_WAIT).await;
                }
                tokio::time::sleep(PEERS_POLL).await;
            }
            tracing::info!("not all peers are connected yet; consensus begins without them");
        });
    }

    /// A round began: gives the proposals that are known for it.
    pub(super) fn started_round(
        &mut self,
        height: Height,
        round: Round,
    ) -> Result<Vec<ProposedValue<YilianContext>>, ChainError> {
        let Some(round) = round.as_u32() else {
            return Ok(Vec::new());
        };
        let pending = std::mem::take(&mut self.round.pending);
        if self.round.height != height {
            // A failure is not asked for here.
            let _ = pass(Point::LogBegins);
            self.round = super::RoundState::default();
        }
        self.round.height = height;
        self.round.round = round;
        self.status.send_modify(|status| {
            status.height = height;
            status.round = round;
        });
        if height != self.next_height() {
            return Ok(Vec::new());
        }
        for proposed in pending.into_values() {
            if proposed.init.height == height {
                self.judge(proposed)?;
            }
        }
        let kept = self.chain.kept(height, round)?;
        Ok(kept.iter().map(proposed_value).collect())
    }

    /// This node proposes. The same block again if it did so before in this round: two would be double signing.
    pub(super) fn get_value(
        &mut self,
        height: Height,
        round: Round,
        reply: Reply<LocallyProposedValue<YilianContext>>,
    ) -> Result<(), ChainError> {
        let expected = self.next_height();
        let (Some(round), true) = (round.as_u32(), height == expected) else {
            // Without an answer the round times out and another validator proposes.
            tracing::warn!(height, expected, "asked to propose for another height");
            return Ok(());
        };
        let kept = match self.own_kept(height, round)? {
            Some(kept) => kept,
            None => self.build(height, round)?,
        };
        #[cfg(feature = "byzantine")]
        self.propose_twice(height, round)?;
        let value = BlockValue(kept.value);
        let height = context::Height(height);
        answer(
            reply,
            LocallyProposedValue::new(height, Round::new(round), value),
        );
        let init = PartInit::new(kept.height, round, None, self.address);
        self.publish_own(init, kept.value, kept.bytes.into());
        Ok(())
    }

    fn own_kept(&self, height: Height, round: u32) -> Result<Option<KeptProposal>, ChainError> {
        let kept = self.chain.kept(height, round)?.into_iter();
        let mut own = kept.filter(|kept| kept.proposer == self.address && kept.valid);
        Ok(own.find(|kept| kept.valid_round.is_none()))
    }

    /// Builds a block on the tip, and keeps it as this node's proposal.
    pub(crate) fn build(&mut self, height: Height, round: u32) -> Result<KeptProposal, ChainError> {
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
        self.chain.keep(&kept)?;
        Ok(kept)
    }

    /// Streams a value again: as its proposer under a new signature, or another's proposal under the one it came with.
    pub(super) fn restream(&mut self, init: PartInit, value: BlockRef) -> Result<(), ChainError> {
        let (height, round) = (init.height, init.round);
        let Some(kept) = self.chain.kept_value(height, &value)? else {
            tracing::warn!(height, round, "cannot stream a block again: it is not here");
            return Ok(());
        };
        let block = Bytes::from(kept.bytes);
        if init.proposer() == self.address {
            self.publish_own(init, value, block);
        } else if let Some((init, fin)) = self.round.signed.get(&(round, value)).cloned() {
            self.publish(Proposed { init, fin, block });
        } else {
            // After a restart the proposer's signature is gone. Others have it, and the next proposer signs anew.
            tracing::debug!(
                height,
                round,
                "cannot stream a block again: its signature is not here"
            );
        }
        Ok(())
    }

    /// Signs a proposal of this node, and sends it.
    pub(crate) fn publish_own(&mut self, init: PartInit, value: BlockRef, block: Bytes) {
        let proposed = Proposed::sign(&self.chain_id, &self.key, init, value, block);
        self.publish(proposed);
    }

    /// Sends a proposal to all peers, without waiting for the network.
    pub(crate) fn publish(&mut self, proposed: Proposed) {
        self.nonce = self.nonce.wrapping_add(1);
        let messages = proposed.to_stream(self.nonce);
        let network = self.network.clone();
        self.runtime.spawn(async move {
            for message in messages {
                let publish = NetworkMsg::PublishProposalPart(message);
                if network.send(publish).await.is_err() {
                    return;
                }
            }
        });
    }
}
