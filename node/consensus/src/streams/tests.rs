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
    Proposed::sign(
        "chain",
        key,
        init,
        block_ref(1),
        Bytes::from(vec![1; length]),
    )
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
    assert!(
        streams
            .open
            .values()
            .all(|stream| stream.bytes <= streams.block_bytes_max)
    );
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
