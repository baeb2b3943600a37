//! The transactions of a pool in their order: one lane per sponsor, first in first out, and one before all of them for
//! what validators say of threshold releases. Who may use that one is judged before.
//!
//! No lock, no clock, no journal: [`crate::Pool`] adds them.

use std::collections::{BTreeMap, BTreeSet};

use yilian_abi::state_key::SYSTEM;
use yilian_primitives::{TimestampMs, TxId, VerifiedTransaction};
use yilian_release_records::method;

use crate::{PoolLimits, Sponsor};

/// A transaction on the shelf.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) transaction: VerifiedTransaction,
    pub(crate) sponsor: Sponsor,
    /// Place in the order of arrival.
    pub(crate) sequence: u64,
    /// Whether the journal has it.
    pub(crate) durable: bool,
    /// Whether it may be selected: not while its first journal write is under way.
    pub(crate) ready: bool,
    /// Journal writes under way.
    pub(crate) writers: usize,
}

/// Everything a pool holds.
#[derive(Debug, Default)]
pub(crate) struct Shelf {
    entries: BTreeMap<TxId, Entry>,
    lanes: BTreeMap<Sponsor, Lane>,
    /// The lane that is served first.
    first: BTreeMap<u64, TxId>,
    deadlines: BTreeSet<(TimestampMs, TxId)>,
    bytes: usize,
    next_sequence: u64,
    /// Sponsor whose lane was served first the last time.
    first_served: Option<Sponsor>,
}

/// What waits of one sponsor.
#[derive(Debug, Default)]
struct Lane {
    ids: BTreeMap<u64, TxId>,
    bytes: usize,
}

impl Shelf {
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(crate) fn sponsors(&self) -> usize {
        self.lanes.len()
    }

    pub(crate) fn get(&self, id: &TxId) -> Option<&Entry> {
        self.entries.get(id)
    }

    pub(crate) fn get_mut(&mut self, id: &TxId) -> Option<&mut Entry> {
        self.entries.get_mut(id)
    }

    /// Why there is no room for a transaction, in words for its sender.
    pub(crate) fn no_room(
        &self,
        tx: &VerifiedTransaction,
        sponsor: &Sponsor,
        limits: &PoolLimits,
    ) -> Option<String> {
        if goes_first(tx) {
            // A full pool does not hold back releases: theirs is a room of its own.
            let waiting = self.first.len();
            return (waiting >= limits.first_lane)
                .then(|| format!("{waiting} parts of releases wait: their lane is full"));
        }
        if self.len().saturating_sub(self.first.len()) >= limits.transactions {
            return Some(format!(
                "{} transactions wait: the pool is full",
                self.len()
            ));
        }
        if self.bytes.saturating_add(tx.size_bytes()) > limits.bytes {
            let (held, limit) = (self.bytes, limits.bytes);
            return Some(format!("{held} of {limit} bytes of the pool are in use"));
        }
        let lane = self.lanes.get(sponsor);
        let (waiting, held) = lane.map_or((0, 0), |lane| (lane.ids.len(), lane.bytes));
        if waiting >= limits.per_sponsor {
            return Some(format!(
                "{waiting} transactions of {sponsor} wait: its share is used up"
            ));
        }
        let limit = limits.bytes_per_sponsor;
        (held.saturating_add(tx.size_bytes()) > limit).then(|| {
            format!("{held} bytes of {sponsor} wait, and its share is {limit}: too few are left")
        })
    }

    /// Puts a transaction at the end of its sponsor's lane. The caller has looked that it is not there.
    pub(crate) fn put(&mut self, tx: VerifiedTransaction, sponsor: Sponsor) {
        let (id, sequence) = (tx.id(), self.next_sequence);
        self.next_sequence = sequence.saturating_add(1);
        self.bytes = self.bytes.saturating_add(tx.size_bytes());
        self.deadlines.insert((tx.payload().valid_until_ms, id));
        let lane = match goes_first(&tx) {
            true => &mut self.first,
            false => {
                let lane = self.lanes.entry(sponsor.clone()).or_default();
                lane.bytes = lane.bytes.saturating_add(tx.size_bytes());
                &mut lane.ids
            }
        };
        lane.insert(sequence, id);
        let entry = Entry {
            transaction: tx,
            sponsor,
            sequence,
            durable: false,
            ready: false,
            writers: 0,
        };
        self.entries.insert(id, entry);
    }

    pub(crate) fn take(&mut self, id: &TxId) -> Option<Entry> {
        let entry = self.entries.remove(id)?;
        let payload = entry.transaction.payload();
        self.bytes = self.bytes.saturating_sub(entry.transaction.size_bytes());
        self.deadlines.remove(&(payload.valid_until_ms, *id));
        self.first.remove(&entry.sequence);
        if let Some(lane) = self.lanes.get_mut(&entry.sponsor)
            && lane.ids.remove(&entry.sequence).is_some()
        {
            lane.bytes = lane.bytes.saturating_sub(entry.transaction.size_bytes());
            if lane.ids.is_empty() {
                self.lanes.remove(&entry.sponsor);
            }
        }
        Some(entry)
    }

    pub(crate) fn first_lane(&self) -> Vec<VerifiedTransaction> {
        let entries = self.first.values().filter_map(|id| self.entries.get(id));
        entries.map(|entry| entry.transaction.clone()).collect()
    }

    /// Ids whose last moment of validity lies before `now_ms`.
    pub(crate) fn expired(&self, now_ms: TimestampMs) -> Vec<TxId> {
        let past = self
            .deadlines
            .iter()
            .take_while(|(until, _)| *until < now_ms);
        past.map(|(_, id)| *id).collect()
    }

    /// Everything that is ready, in order of arrival.
    pub(crate) fn in_order(&self) -> Vec<&Entry> {
        let mut entries: Vec<_> = self.entries.values().filter(|entry| entry.ready).collect();
        entries.sort_by_key(|entry| entry.sequence);
        entries
    }

    /// Takes the first lane, and then turns among sponsors, one transaction each, beginning after the one who was first
    /// the last time.
    ///
    /// A lane keeps its order: if its next transaction does not fit, the lane waits for the next block.
    pub(crate) fn select(
        &mut self,
        bytes_max: usize,
        count_max: usize,
        now_ms: TimestampMs,
    ) -> Vec<VerifiedTransaction> {
        let mut lanes = self.lanes_in_turn(now_ms);
        let first_served = lanes.first().map(|(sponsor, _)| (*sponsor).clone());
        let (mut chosen, mut room) = (Vec::new(), bytes_max);
        let first = self.first.values().filter_map(|id| self.entries.get(id));
        for entry in first.filter(|entry| is_valid(entry, now_ms)) {
            let size = entry.transaction.size_bytes();
            if size <= room && chosen.len() < count_max {
                room = room.saturating_sub(size);
                chosen.push(entry.transaction.clone());
            }
        }
        while !lanes.is_empty() && chosen.len() < count_max {
            lanes.retain_mut(|(_, lane)| {
                let fits = |entry: &&Entry| entry.transaction.size_bytes() <= room;
                if chosen.len() >= count_max {
                    return false;
                }
                let Some(entry) = lane.next().filter(fits) else {
                    return false;
                };
                room = room.saturating_sub(entry.transaction.size_bytes());
                chosen.push(entry.transaction.clone());
                true
            });
        }
        drop(lanes);
        self.first_served = first_served;
        chosen
    }

    /// The lanes with their valid entries, the one after [`Shelf::first_served`] first.
    fn lanes_in_turn(&self, now_ms: TimestampMs) -> Vec<(&Sponsor, impl Iterator<Item = &Entry>)> {
        let valid = move |entry: &&Entry| is_valid(entry, now_ms);
        let first = self.first_served.as_ref();
        let after = |sponsor: &Sponsor| first.is_some_and(|first| sponsor > first);
        let (mut turns, early): (Vec<_>, Vec<_>) =
            self.lanes.iter().partition(|(sponsor, _)| after(sponsor));
        turns.extend(early);
        turns
            .into_iter()
            .map(|(sponsor, lane)| {
                let entries = lane.ids.values().filter_map(|id| self.entries.get(id));
                (sponsor, entries.filter(valid))
            })
            .collect()
    }
}

fn is_valid(entry: &Entry, now_ms: TimestampMs) -> bool {
    entry.ready && entry.transaction.payload().valid_until_ms >= now_ms
}

/// What validators say of releases: everybody waits for it, and it is little.
fn goes_first(tx: &VerifiedTransaction) -> bool {
    let payload = tx.payload();
    payload.contract == SYSTEM && method::OF_VALIDATORS.contains(&payload.method.as_str())
}
