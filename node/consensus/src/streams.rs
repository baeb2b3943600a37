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
mod tests {
    use super::*;
    use crate::part::{CHUNK_BYTES, PartInit};
    use crate::testing::{block_ref, keys};
    use bytes::Bytes;
    use malachite_engine::util::streaming::StreamContent;
    use proptest::prelude::*;
    use yilian_primitives::Address;

    fn peer(seed: u8) -> PeerId {
        crate::identity::peer_id(&keys(seed)[usize::from(seed) - 1].public_key())
    }

    fn streams() -> Streams {
        Streams::new([peer(1), peer(2)].into(), 8 << 20)
    }

    fn proposed(height: Height, length: usize) -> Proposed {
        let key = &keys(1)[0];
        let init = PartInit::new(height, 0, None, Address::of(&key.public_key()));
        Proposed::sign("chain", key, init, block_ref(1), Bytes::from(vec![1; length]))
    }

    fn feed(
        streams: &mut Streams,
        publisher: PeerId,
        messages: Vec<StreamMessage<Part>>,
        next: Height,
        now: Instant,
    ) -> Vec<Proposed> {
        let insert = |message| streams.insert(publisher, message, next, now);
        messages.into_iter().filter_map(insert).collect()
    }

    #[test]
    fn strangers_far_heights_and_past_heights_are_not_collected() {
        let (mut streams, now) = (streams(), Instant::now());
        let stream = |height| proposed(height, 10).to_stream(0);
        assert!(feed(&mut streams, peer(3), stream(5), 5, now).is_empty());
        assert!(feed(&mut streams, peer(1), stream(7), 5, now).is_empty());
        assert!(feed(&mut streams, peer(1), stream(4), 5, now).is_empty());
        assert!(streams.open.is_empty());
        assert_eq!(feed(&mut streams, peer(1), stream(5), 5, now).len(), 1);
        assert_eq!(feed(&mut streams, peer(1), stream(6), 5, now).len(), 1);
    }

    #[test]
    fn two_publishers_may_use_one_stream_id() {
        let (mut streams, now) = (streams(), Instant::now());
        let messages = proposed(5, 10).to_stream(0);
        let (first, rest) = messages.split_first().expect("parts");
        assert!(streams.insert(peer(1), first.clone(), 5, now).is_none());
        assert!(feed(&mut streams, peer(2), rest.to_vec(), 5, now).is_empty());
        assert_eq!(feed(&mut streams, peer(1), rest.to_vec(), 5, now).len(), 1);
    }

    #[test]
    fn a_publisher_keeps_four_streams_and_the_oldest_gives_way() {
        let (mut streams, start) = (streams(), Instant::now());
        for nonce in 0..10 {
            let first = proposed(5, 10).to_stream(nonce).swap_remove(0);
            let now = start + Duration::from_millis(nonce);
            assert!(streams.insert(peer(1), first, 5, now).is_none());
        }
        assert_eq!(streams.open.len(), STREAMS_PER_PUBLISHER_MAX);
        let rest = proposed(5, 10).to_stream(9).split_off(1);
        assert_eq!(feed(&mut streams, peer(1), rest, 5, start).len(), 1);
    }

    #[test]
    fn old_streams_and_streams_of_decided_heights_are_dropped() {
        let (mut streams, now) = (streams(), Instant::now());
        let first = proposed(5, 10).to_stream(0).swap_remove(0);
        streams.insert(peer(1), first.clone(), 5, now);
        assert!(streams.has_height(5));
        streams.drop_old(6, now);
        assert!(!streams.has_height(5));
        streams.insert(peer(1), first, 5, now);
        streams.drop_old(5, now + STREAM_AGE_MAX);
        assert!(streams.open.is_empty());
    }

    #[test]
    fn streams_that_are_too_long_or_too_large_are_dropped() {
        let (mut streams, now) = (streams(), Instant::now());
        let mut message = proposed(5, 10).to_stream(0).swap_remove(1);
        for sequence in [STREAM_MESSAGES_MAX, u64::MAX] {
            message.sequence = sequence;
            assert!(streams.insert(peer(1), message.clone(), 5, now).is_none());
            assert!(streams.open.is_empty());
        }
        streams.block_bytes_max = 3 * CHUNK_BYTES;
        let large = proposed(5, 3 * CHUNK_BYTES + 1).to_stream(1);
        assert!(feed(&mut streams, peer(1), large, 5, now).is_empty());
        assert!(streams.open.values().all(|stream| stream.bytes <= streams.block_bytes_max));
        let fits = proposed(5, 3 * CHUNK_BYTES).to_stream(2);
        assert_eq!(feed(&mut streams, peer(1), fits, 5, now).len(), 1);
    }

    proptest! {
        #[test]
        fn parts_may_come_in_any_order_and_twice(
            order in Just((0usize..5).chain(0..5).collect::<Vec<_>>()).prop_shuffle(),
        ) {
            let (mut streams, now) = (streams(), Instant::now());
            let whole = proposed(5, 3 * CHUNK_BYTES);
            let messages = whole.to_stream(0);
            let mut seen = BTreeSet::new();
            let mut got = Vec::new();
            for index in order {
                if got.is_empty() {
                    got.extend(streams.insert(peer(1), messages[index].clone(), 5, now));
                    seen.insert(index);
                }
            }
            prop_assert_eq!(got, vec![whole]);
            prop_assert_eq!(seen.len(), 5);
        }

        #[test]
        fn whatever_comes_never_panics(sequences: Vec<(u64, u8)>) {
            let (mut streams, now) = (streams(), Instant::now());
            let messages = proposed(5, 10).to_stream(0);
            for (sequence, kind) in sequences {
                let mut message = messages[usize::from(kind) % messages.len()].clone();
                message.sequence = sequence % 6;
                if kind == 255 {
                    message.content = StreamContent::Fin;
                }
                let _ = streams.insert(peer(1), message, 5, now);
            }
            prop_assert!(streams.open.len() <= 1);
        }
    }
}
