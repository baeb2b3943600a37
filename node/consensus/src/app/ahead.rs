//! Learning from what others say that this node is behind.
//!
//! A node that is behind begins its next height without a pause. So one liar who speaks of heights that nobody has reached
//! must not be believed: it would have all others make empty blocks as fast as they can.

use malachite_core_consensus::SignedConsensusMsg;

use super::{App, Held};
use crate::context::YilianContext;
use crate::port::{Chain, ChainError};
use crate::sign_bytes;

impl<C: Chain> App<C> {
    /// A peer's vote or proposal went by while the next height waits to begin. Those of more than a third, one of whom is
    /// honest, show that the others are further.
    pub(super) fn heard(
        &mut self,
        message: &SignedConsensusMsg<YilianContext>,
    ) -> Result<(), ChainError> {
        let (height, address, signature) = match message {
            SignedConsensusMsg::Vote(vote) => (
                vote.message.height.0,
                vote.message.address.0,
                &vote.signature,
            ),
            SignedConsensusMsg::Proposal(proposal) => {
                let said = &proposal.message;
                (said.height.0, said.address.0, &proposal.signature)
            }
        };
        self.others_began(height);
        let Some(Held {
            next, ahead, signs, ..
        }) = &mut self.held
        else {
            return Ok(());
        };
        if height <= *next || ahead.contains(&address) {
            return Ok(());
        }
        let set = self.chain.validators(*next)?;
        let bytes = match message {
            SignedConsensusMsg::Vote(vote) => sign_bytes::vote(&self.chain_id, &vote.message),
            SignedConsensusMsg::Proposal(one) => sign_bytes::proposal(&self.chain_id, &one.message),
        };
        let Some((validator, bytes)) = set.get(&address).zip(bytes) else {
            return Ok(());
        };
        if validator.public_key.verify(&bytes, signature).is_ok() {
            ahead.insert(address);
            let powers = ahead.iter().filter_map(|one| set.get(one));
            let power: u64 = powers.map(|one| one.power).sum();
            signs.behind |= power.saturating_mul(3) > set.total_power();
        }
        Ok(())
    }
}
