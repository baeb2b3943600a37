//! What becomes of a proposal's parts on their way out.

use std::time::Duration;

use bytes::Bytes;
use malachite_app_channel::NetworkMsg;
use malachite_engine::util::streaming::{StreamContent, StreamId, StreamMessage};
use rand::{Rng as _, RngCore as _};
use tokio::sync::mpsc;
use yilian_crypto::SecretKey;

use super::Attack;
use crate::context::YilianContext;
use crate::part::{CHUNK_BYTES, Part, Proposed, STREAM_MESSAGES_MAX, stream_height, stream_id};

/// Bytes of a part that is to be many.
const SMALL: usize = 64;
/// Streams that are begun and never ended.
const STREAMS: u64 = 48;
/// Whole proposals for the next height that are nobody's.
const STRAYS: u64 = 12;

type Message = StreamMessage<Part>;

/// Who mangles them, and with what.
pub(super) struct Mangler {
    pub(super) attack: Attack,
    pub(super) chain_id: String,
    pub(super) key: SecretKey,
    /// How long the others wait for a proposal.
    pub(super) propose: Duration,
    pub(super) block_bytes_max: usize,
    /// How many proposals it made.
    pub(super) turn: usize,
    /// Parts of the proposal that is on its way.
    pub(super) whole: Vec<Message>,
}

impl Mangler {
    /// A way to the network on which proposals are mangled.
    pub(super) fn before(
        mut self,
        network: mpsc::Sender<NetworkMsg<YilianContext>>,
    ) -> mpsc::Sender<NetworkMsg<YilianContext>> {
        let (way, mut proposed) = mpsc::channel(1);
        tokio::spawn(async move {
            while let Some(NetworkMsg::PublishProposalPart(part)) = proposed.recv().await {
                for message in self.take(part).await {
                    let message = NetworkMsg::PublishProposalPart(message);
                    if network.send(message).await.is_err() {
                        return;
                    }
                }
            }
        });
        way
    }

    /// Collects a proposal; gives what is sent in its place.
    async fn take(&mut self, part: Message) -> Vec<Message> {
        let last = matches!(part.content, StreamContent::Data(Part::Fin(_)));
        self.whole.push(part);
        if !last {
            return Vec::new();
        }
        let whole = std::mem::take(&mut self.whole);
        self.turn += 1;
        match self.attack {
            Attack::Silence => Vec::new(),
            Attack::WithheldParts => self.without_some(whole),
            Attack::TwoBodies => self.two_bodies(whole),
            Attack::OversizedParts => self.oversized(whole),
            Attack::Amnesia => {
                // About when the others stop to wait for it, so that some do and some do not.
                let share = rand::thread_rng().gen_range(70..105);
                tokio::time::sleep(self.propose * share / 100).await;
                whole
            }
            _ => whole,
        }
    }

    fn without_some(&self, whole: Vec<Message>) -> Vec<Message> {
        let lost = |message: &Message| {
            let part = message.content.as_data();
            match self.turn % 4 {
                0 => true,
                1 => matches!(part, Some(Part::Init(_))),
                2 => matches!(part, Some(Part::Data(_))),
                _ => matches!(part, Some(Part::Fin(_))),
            }
        };
        whole.into_iter().filter(|one| !lost(one)).collect()
    }

    /// Signs bytes that are not the block under the value of the block, and sends them first.
    fn two_bodies(&self, whole: Vec<Message>) -> Vec<Message> {
        let parts = whole
            .iter()
            .filter_map(|one| one.content.as_data().cloned());
        let Some(proposed) = Proposed::from_parts(parts) else {
            return whole;
        };
        let mut other = proposed.block.to_vec();
        if self.turn.is_multiple_of(2) {
            other.truncate(other.len() / 2);
        } else if let Some(last) = other.last_mut() {
            *last ^= 1;
        }
        let value = proposed.fin.value;
        let forged = Proposed::sign(
            &self.chain_id,
            &self.key,
            proposed.init,
            value,
            other.into(),
        );
        let mut messages = forged.to_stream(rand::thread_rng().next_u64());
        messages.extend(whole);
        messages
    }

    /// Sends what is too much in one way, and its proposal after it or not at all.
    fn oversized(&self, whole: Vec<Message>) -> Vec<Message> {
        let Some(height) = whole.first().and_then(|one| stream_height(&one.stream_id)) else {
            return whole;
        };
        let id = |nonce| stream_id(height, 0, nonce);
        let mut messages = match self.turn % 7 {
            // More parts than a stream may have, from the highest index down.
            0 => data(id(1), (0..STREAM_MESSAGES_MAX + 64).rev(), SMALL),
            // More bytes than a block may have.
            1 => data(
                id(2),
                0..(self.block_bytes_max / CHUNK_BYTES) as u64 + 2,
                CHUNK_BYTES,
            ),
            // More streams than a publisher may have.
            2 => (0..STREAMS)
                .flat_map(|nonce| data(id(nonce), 0..1, CHUNK_BYTES / 4))
                .collect(),
            // Indices that nobody counts to, and streams without a height.
            3 => {
                let indices = [u64::MAX, u64::MAX - 1, STREAM_MESSAGES_MAX, 1 << 40];
                let mut messages = data(id(3), indices, SMALL);
                let nameless = StreamId::new(Bytes::from_static(b"no height"));
                messages.extend(data(nameless, 0..4, SMALL));
                messages.extend(data(StreamId::new(Bytes::new()), 0..4, SMALL));
                messages
            }
            // Heights that are far away.
            4 => [0, 1, height.saturating_add(2), u64::MAX]
                .into_iter()
                .flat_map(|far| data(stream_id(far, 0, 4), 0..4, CHUNK_BYTES / 4))
                .collect(),
            // The same index twice, two first parts, parts after the last.
            5 => doubled(&whole, id(5)),
            // Whole proposals for the next height, signed by one whose turn it is not.
            _ => self.strays(&whole),
        };
        if self.turn.is_multiple_of(2) {
            messages.extend(whole);
        }
        messages
    }

    fn strays(&self, whole: &[Message]) -> Vec<Message> {
        let parts = whole
            .iter()
            .filter_map(|one| one.content.as_data().cloned());
        let Some(mut proposed) = Proposed::from_parts(parts) else {
            return Vec::new();
        };
        proposed.init.height = proposed.init.height.saturating_add(1);
        let stray = |nonce| proposed.to_stream(nonce);
        (0..STRAYS).flat_map(stray).collect()
    }
}

fn data(id: StreamId, indices: impl IntoIterator<Item = u64>, bytes: usize) -> Vec<Message> {
    let part = |index| {
        let mut noise = vec![0; bytes];
        rand::thread_rng().fill_bytes(&mut noise);
        let content = StreamContent::Data(Part::Data(noise.into()));
        StreamMessage::new(id.clone(), index, content)
    };
    indices.into_iter().map(part).collect()
}

fn doubled(whole: &[Message], id: StreamId) -> Vec<Message> {
    let mut messages = Vec::new();
    for (index, part) in (0u64..).zip(whole.iter().rev().chain(whole)) {
        let content = part.content.clone();
        for index in [index, index / 2] {
            messages.push(StreamMessage::new(id.clone(), index, content.clone()));
        }
    }
    messages
}
