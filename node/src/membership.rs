//! What the interface tells of validators.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use yilian_abi::records;
use yilian_chain_records::membership::{
    BlockEntry, Membership, Proposal, block_key, proposal_range,
};
use yilian_executor::StateError;
use yilian_executor::membership::membership;
use yilian_executor::release::{StateView, View};

use crate::state::Shared;

/// Most proposals that are listed; the first ones come first.
const PROPOSALS_MAX: usize = 1_000;

impl Shared {
    /// Who decides, and who is on the way in or out.
    pub(crate) fn membership(&self) -> Result<Membership, StateError> {
        let state = self.state()?;
        membership(&mut StateView(state.as_ref()))
    }

    /// Centres, candidates, former ones that still hold shares, and proposals.
    pub(crate) fn validators(&self) -> Result<Value, StateError> {
        let state = self.state()?;
        let mut view = StateView(state.as_ref());
        let membership = membership(&mut view)?;
        let (from, to) = proposal_range();
        let stored = view.range(&from, &to, PROPOSALS_MAX)?;
        let proposals = stored.iter();
        let proposals = proposals.filter_map(|(_, value)| records::from_bytes::<Proposal>(value));
        let entry = view.get(&block_key())?;
        let entry = entry.and_then(|bytes| records::from_bytes::<BlockEntry>(&bytes));
        Ok(json!({
            "height": state.header().height,
            "centres": membership.centres,
            "candidates": membership.candidates,
            "former": membership.former,
            "unseen": unseen(&membership, &entry.unwrap_or_default()),
            "proposals": proposals.collect::<Vec<_>>(),
        }))
    }
}

/// Centres that had no part in the last block, by name, with the height at which each was seen last.
fn unseen<'m>(membership: &'m Membership, entry: &BlockEntry) -> BTreeMap<&'m str, u64> {
    let centres = membership.centres.iter();
    let named = centres.filter_map(|centre| {
        let since = entry.missing_since(&centre.validator().address(), 0)?;
        Some((centre.name.as_str(), since))
    });
    named.collect()
}
