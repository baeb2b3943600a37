//! Collects the parts of proposals, within bounds that no peer can pass.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use malachite_engine::util::streaming::{StreamId, StreamMessage};
use malachite_peer::PeerId;
use yilian_primitives::Height;

use crate::part::{self, Part, Proposed, STREAM_MESSAGES_MAX};

/// Most unfinished streams of one publisher; the oldest gives way.
const STREAMS_PER_PUBLISHER_MAX: usize = 4;
/// Unfinished streams are dropped after this time.
const STREAM_AGE_MAX: Duration = Duration::from_secs(60);
/// How many heights above the one being decided are collected. A node further behind catches up by sync.
const HEIGHTS_AHEAD: Height = 1;

type Key = (PeerId, StreamId);

/// Unfinished streams.
#[derive(Debug)]
pub(crate) struct Streams {
    /// Who may publish: the other validators. A message may name any key as its publisher, so the number must be bounded.
    publishers: BTreeSet<PeerId>,
    /// Most bytes of block in one stream.
    block_bytes_max: usize,
    open: BTreeMap<Key, Stream>,
}

#[derive(Debug)]
struct Stream {
    height: Height,
    since: Instant,
    bytes: usize,
    parts: BTreeMap<u64, Part>,
    /// Sequence number of the last part, once it came.
    last: Option<u64>,
}

impl Streams {
    pub(crate) fn new(publishers: BTreeSet<PeerId>, block_bytes_max: usize) -> Self {
        Streams {
            publishers,
            block_bytes_max,
            open: BTreeMap::new(),
        }
    }

    /// Changes who may publish; what others began is forgotten.
    pub(crate) fn set_publishers(&mut self, publishers: BTreeSet<PeerId>) {
        self.open.retain(|(one, _), _| publishers.contains(one));
        self.publishers = publishers;
    }

    /// Takes a part; gives the proposal that it completes. `next` is the height being decided.
    pub(crate) fn insert(
        &mut self,
        publisher: PeerId,
        message: StreamMessage<Part>,
        next: Height,
        now: Instant,
    ) -> Option<Proposed> {
        self.drop_old(next, now);
        let height = part::stream_height(&message.stream_id)?;
        let in_reach = (next..=next.saturating_add(HEIGHTS_AHEAD)).contains(&height);
        if !in_reach || !self.publishers.contains(&publisher) {
            return None;
        }
        let (sequence, part) = (message.sequence, message.content.into_data()?);
        let key = (publisher, message.stream_id);
        if !self.open.contains_key(&key) {
            self.make_room(publisher);
        }
        let stream = self.open.entry(key.clone()).or_insert(Stream {
            height,
            since: now,
            bytes: 0,
            parts: BTreeMap::new(),
            last: None,
        });
        match stream.take(sequence, part, self.block_bytes_max) {
            Progress::Waiting => None,
            Progress::Broken => {
                self.open.remove(&key);
                None
            }
            Progress::Complete => {
                let parts = self.open.remove(&key)?.parts;
                let proposed = Proposed::from_parts(parts.into_values())?;
                (proposed.init.height == height).then_some(proposed)
            }
        }
    }

    /// Whether anything for this height has come, finished or not.
    pub(crate) fn has_height(&self, height: Height) -> bool {
        self.open.values().any(|stream| stream.height == height)
    }

    fn drop_old(&mut self, next: Height, now: Instant) {
        self.open.retain(|_, stream| {
            let age = now.saturating_duration_since(stream.since);
            stream.height >= next && age < STREAM_AGE_MAX
        });
    }

    fn make_room(&mut self, publisher: PeerId) {
        let own = |key: &&Key| key.0 == publisher;
        if self.open.keys().filter(own).count() < STREAMS_PER_PUBLISHER_MAX {
            return;
        }
        let streams = self.open.iter().filter(|(key, _)| key.0 == publisher);
        let oldest = streams.min_by_key(|(_, stream)| stream.since);
        if let Some(key) = oldest.map(|(key, _)| key.clone()) {
            self.open.remove(&key);
        }
    }
}

enum Progress {
    Waiting,
    Broken,
    Complete,
}

impl Stream {
    fn take(&mut self, sequence: u64, part: Part, block_bytes_max: usize) -> Progress {
        if sequence >= STREAM_MESSAGES_MAX || self.last.is_some_and(|last| sequence > last) {
            return Progress::Broken;
        }
        if self.parts.contains_key(&sequence) {
            return Progress::Waiting;
        }
        match &part {
            Part::Data(bytes) => self.bytes = self.bytes.saturating_add(bytes.len()),
            Part::Fin(_) if self.last.is_some() => return Progress::Broken,
            Part::Fin(_) => self.last = Some(sequence),
            Part::Init(_) => {}
        }
        if self.bytes > block_bytes_max {
            return Progress::Broken;
        }
        self.parts.insert(sequence, part);
        // Sequence numbers are distinct and at most `last`, so that many parts are all of them.
        match self.last {
            Some(last) if self.parts.len() as u64 == last + 1 => Progress::Complete,
            _ => Progress::Waiting,
        }
    }
}

#[cfg(test)]
mod tests;
