//! Reading what the state says of releases, in a call and outside of one.

use serde::de::DeserializeOwned;
use yilian_abi::records;
use yilian_crypto::PublicKey;
use yilian_primitives::Height;
use yilian_release_records::{
    Ceremony, Fault, Group, PartialRecord, Phase, Release, ceremony_key, fault_range, group_key,
    message_range, partial_range, release_key, sealing_key, waiting_range,
};

use crate::overlay::BlockOverlay;
use crate::parent::{ParentState, StateError, StoredValue};
use crate::session::Session;

/// Most entries of one kind that are read: members give one thing each in a phase.
const ENTRIES_MAX: usize = 1_000;

/// Keys with their values, in key order.
pub type Entries = Vec<(Vec<u8>, Vec<u8>)>;

/// State that can be read: that of a call, which notes what it reads, or a committed one.
pub trait View {
    /// The value of a state key.
    fn get(&mut self, key: &[u8]) -> Result<Option<Vec<u8>>, StateError>;
    /// Entries of `[from, to)` in key order, at most `limit`.
    fn range(&mut self, from: &[u8], to: &[u8], limit: usize) -> Result<Entries, StateError>;
}

/// A committed state.
pub struct StateView<'s>(pub &'s dyn ParentState);

impl View for StateView<'_> {
    fn get(&mut self, key: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
        Ok(self.0.value(key)?.map(|stored| stored.value))
    }

    fn range(&mut self, from: &[u8], to: &[u8], limit: usize) -> Result<Entries, StateError> {
        Ok(values(self.0.scan(from, to, limit)?))
    }
}

/// The state within a block that is being built.
pub(crate) struct BlockView<'b>(pub(crate) &'b BlockOverlay);

impl View for BlockView<'_> {
    fn get(&mut self, key: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
        Ok(self.0.value(key)?.map(|stored| stored.value))
    }

    fn range(&mut self, from: &[u8], to: &[u8], limit: usize) -> Result<Entries, StateError> {
        Ok(values(self.0.scan(from, to, limit)?))
    }
}

/// Entries without who wrote them.
fn values(entries: impl IntoIterator<Item = (Vec<u8>, StoredValue)>) -> Entries {
    let plain = entries.into_iter().map(|(key, stored)| (key, stored.value));
    plain.collect()
}

impl View for Session {
    fn get(&mut self, key: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
        self.read(key)
    }

    fn range(&mut self, from: &[u8], to: &[u8], limit: usize) -> Result<Entries, StateError> {
        self.overlay.scan(&self.block, from, to, limit)
    }
}

fn one<T: DeserializeOwned>(view: &mut dyn View, key: &[u8]) -> Result<Option<T>, StateError> {
    match view.get(key)? {
        None => Ok(None),
        Some(bytes) => records::from_bytes(&bytes)
            .map(Some)
            .ok_or_else(|| StateError("a record of releases is malformed".to_owned())),
    }
}

fn all<T: DeserializeOwned>(
    view: &mut dyn View,
    (from, to): (Vec<u8>, Vec<u8>),
    limit: usize,
) -> Result<Vec<(Vec<u8>, T)>, StateError> {
    let parse = |(key, value): (Vec<u8>, Vec<u8>)| {
        let value = records::from_bytes(&value);
        value
            .map(|value| (key, value))
            .ok_or_else(|| StateError("a record of releases is malformed".to_owned()))
    };
    view.range(&from, &to, limit)?
        .into_iter()
        .map(parse)
        .collect()
}

impl dyn View + '_ {
    /// The group that holds the key.
    pub fn group(&mut self) -> Result<Option<Group>, StateError> {
        one(self, &group_key())
    }

    /// The ceremony that runs.
    pub fn ceremony(&mut self) -> Result<Option<Ceremony>, StateError> {
        one(self, &ceremony_key())
    }

    /// A release, waiting or done.
    pub fn release(&mut self, identity: &str) -> Result<Option<Release>, StateError> {
        one(self, &release_key(identity))
    }

    /// Releases that wait, the oldest first.
    pub fn waiting(&mut self, limit: usize) -> Result<Vec<Release>, StateError> {
        let found = all::<(Height, String)>(self, waiting_range(), limit)?;
        let mut releases = Vec::with_capacity(found.len());
        for (_, (_, identity)) in found {
            releases.extend(self.release(&identity)?);
        }
        Ok(releases)
    }

    /// How many releases wait, counted up to a limit.
    pub fn waiting_count(&mut self, limit: usize) -> Result<usize, StateError> {
        let (from, to) = waiting_range();
        Ok(self.range(&from, &to, limit)?.len())
    }

    /// What holders of a round's shares gave for a waiting release.
    pub fn partials(
        &mut self,
        identity: &str,
        round: u64,
    ) -> Result<Vec<PartialRecord>, StateError> {
        let found = all::<PartialRecord>(self, partial_range(identity), ENTRIES_MAX)?;
        let of_round = found.into_iter().map(|(_, partial)| partial);
        Ok(of_round.filter(|partial| partial.round == round).collect())
    }

    /// The key to which a member's shares are sealed.
    pub fn sealing_key(&mut self, member: &PublicKey) -> Result<Option<String>, StateError> {
        one(self, &sealing_key(member))
    }

    /// What members gave in a phase of a round, with who gave it.
    pub fn messages<T: DeserializeOwned>(
        &mut self,
        round: u64,
        phase: Phase,
    ) -> Result<Vec<(PublicKey, T)>, StateError> {
        let found = all(self, message_range(round, phase), ENTRIES_MAX)?;
        found
            .into_iter()
            .map(|(key, value)| Ok((sender_of(&key)?, value)))
            .collect()
    }

    /// What members did wrong, the latest rounds last.
    pub fn faults(&mut self) -> Result<Vec<Fault>, StateError> {
        let found = all(self, fault_range(), ENTRIES_MAX)?;
        Ok(found.into_iter().map(|(_, fault)| fault).collect())
    }
}

/// The member at the end of a key.
fn sender_of(key: &[u8]) -> Result<PublicKey, StateError> {
    let text = key.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    core::str::from_utf8(text)
        .ok()
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| StateError("a key of a ceremony is malformed".to_owned()))
}
