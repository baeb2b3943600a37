//! What the interface tells of threshold releases.

use serde_json::{Value, json};
use yilian_api::backend::ReleaseStatus;
use yilian_chain_records::membership::Membership;
use yilian_chain_spec::ChainSpec;
use yilian_crypto::PublicKey;
use yilian_executor::StateError;
use yilian_executor::membership::membership;
use yilian_executor::release::{StateView, View, call_back_args};
use yilian_release_records::{Ceremony, Phase, Release};

use crate::state::Shared;

/// Most waiting releases that are counted and listed.
const WAITING_MAX: usize = 1_000;

impl Shared {
    /// How releases stand, in numbers.
    pub(crate) fn release_status(&self) -> Result<ReleaseStatus, StateError> {
        let state = self.state()?;
        let mut view = StateView(state.as_ref());
        let view: &mut dyn View = &mut view;
        let group = view.group()?;
        let count = |list: &[PublicKey]| list.len() as u64;
        Ok(ReleaseStatus {
            threshold: group.as_ref().map_or(0, |group| u64::from(group.threshold)),
            holders: group.as_ref().map_or(0, |group| count(&group.holders)),
            revealed: group.as_ref().map_or(0, |group| count(&group.revealed)),
            group_key: group.map(|group| group.key),
            ceremony: view.ceremony()?.is_some(),
            waiting: view.waiting_count(WAITING_MAX)? as u64,
        })
    }

    /// What the ledger was told that asked for a release; none for the chain's own calls.
    pub(crate) fn released_args(&self, identity: &str) -> Result<Option<Vec<u8>>, StateError> {
        let state = self.state()?;
        let mut view = StateView(state.as_ref());
        let view: &mut dyn View = &mut view;
        Ok(view.release(identity)?.as_ref().and_then(call_back_args))
    }

    /// The group, the ceremony that runs, what waits and for whom, and who did something wrong.
    pub(crate) fn releases(&self) -> Result<Value, StateError> {
        let state = self.state()?;
        let mut view = StateView(state.as_ref());
        let view: &mut dyn View = &mut view;
        let names = Names {
            membership: membership(view)?,
            spec: self.executor.spec(),
        };
        let group = view.group()?;
        let ceremony = match view.ceremony()? {
            Some(ceremony) => Some(names.ceremony(view, &ceremony)?),
            None => None,
        };
        let round = group.as_ref().map_or(0, |group| group.round);
        let holders = group.as_ref().map_or(&[][..], |group| &group.holders);
        let mut waiting = Vec::new();
        for release in view.waiting(WAITING_MAX)? {
            let given = view.partials(&release.identity, round)?;
            let given: Vec<u32> = given.iter().map(|partial| partial.index).collect();
            waiting.push(names.waits(&release, holders, &given));
        }
        let faults: Vec<Value> = view
            .faults()?
            .iter()
            .map(|fault| {
                json!({"centre": names.centre(&fault.member), "member": fault.member,
                    "round": fault.round, "phase": fault.phase, "what": fault.what})
            })
            .collect();
        Ok(json!({
            "height": state.header().height,
            "group": group.map(|group| json!({
                "round": group.round, "since": group.since, "key": group.key, "threshold": group.threshold,
                "holders": names.centres(&group.holders), "revealed": names.centres(&group.revealed),
            })),
            "ceremony": ceremony,
            "waiting": waiting,
            "faults": faults,
        }))
    }
}

/// Centres by key: those of now, and those of genesis.
struct Names<'s> {
    membership: Membership,
    spec: &'s ChainSpec,
}

impl Names<'_> {
    fn ceremony(&self, view: &mut dyn View, ceremony: &Ceremony) -> Result<Value, StateError> {
        let wanted = match ceremony.phase {
            Phase::Announce | Phase::Acknowledge => &ceremony.members,
            Phase::Deal | Phase::Log => &ceremony.dealers,
        };
        let mut missing = Vec::new();
        let given = view.messages::<Value>(ceremony.round, ceremony.phase)?;
        for member in wanted {
            let done = match ceremony.phase {
                Phase::Announce => view.sealing_key(member)?.is_some(),
                _ => given.iter().any(|(sender, _)| sender == member),
            };
            if !done {
                missing.push(self.centre(member));
            }
        }
        Ok(json!({
            "round": ceremony.round, "phase": ceremony.phase, "ends_at": ceremony.ends_at,
            "reshare": ceremony.reshare, "missing": missing,
        }))
    }

    fn waits(&self, release: &Release, holders: &[PublicKey], given: &[u32]) -> Value {
        let (mut done, mut missing) = (Vec::new(), Vec::new());
        for (index, holder) in (0..).zip(holders) {
            match given.contains(&index) {
                true => done.push(self.centre(holder)),
                false => missing.push(self.centre(holder)),
            }
        }
        json!({
            "identity": release.identity, "contract": release.contract,
            "requested_at": release.requested_at, "given": done, "missing": missing,
        })
    }

    fn centres(&self, keys: &[PublicKey]) -> Vec<String> {
        keys.iter().map(|key| self.centre(key)).collect()
    }

    /// Name of the centre with a key, or the key.
    fn centre(&self, key: &PublicKey) -> String {
        let mut centres = self.membership.connected().chain(&self.spec.centres);
        let found = centres.find(|centre| centre.key == *key);
        found.map_or_else(|| key.to_string(), |centre| centre.name.clone())
    }
}
