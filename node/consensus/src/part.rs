//! A block in pieces: how a proposal travels.

use bytes::Bytes;
use malachite_core_types::ProposalPart;
use malachite_engine::util::streaming::{StreamContent, StreamId, StreamMessage};
use serde::{Deserialize, Serialize};
use yilian_crypto::{PublicKey, SecretKey, Signature};
use yilian_primitives::{Address, BlockRef, Height};

use crate::context::YilianContext;
use crate::sign_bytes;

/// Bytes of the block in one part.
pub(crate) const CHUNK_BYTES: usize = 128 * 1024;
/// Most messages in one stream, first and last included: room for 15 MiB.
pub(crate) const STREAM_MESSAGES_MAX: u64 = 128;
/// Length of a stream id: height (8), round (4), nonce (8).
const STREAM_ID_BYTES: usize = 20;

/// One piece of a proposed block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Part {
    /// What is proposed, and by whom.
    Init(PartInit),
    /// The next bytes of the block.
    Data(Bytes),
    /// What they add up to, signed by the proposer.
    Fin(PartFin),
}

/// The first part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PartInit {
    pub(crate) height: Height,
    pub(crate) round: u32,
    /// Round in which more than two thirds prevoted the value, when it is proposed again.
    pub(crate) valid_round: Option<u32>,
    proposer: [u8; Address::LENGTH],
}

impl PartInit {
    pub(crate) fn new(
        height: Height,
        round: u32,
        valid_round: Option<u32>,
        proposer: Address,
    ) -> Self {
        PartInit {
            height,
            round,
            valid_round,
            proposer: *proposer.as_bytes(),
        }
    }

    /// Proposer of the round, whose signature the last part carries.
    pub(crate) fn proposer(&self) -> Address {
        Address::from_bytes(self.proposer)
    }
}

/// The last part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PartFin {
    pub(crate) value: BlockRef,
    /// Over [`sign_bytes::parts`].
    pub(crate) signature: Signature,
}

impl ProposalPart<YilianContext> for Part {
    fn is_first(&self) -> bool {
        matches!(self, Part::Init(_))
    }

    fn is_last(&self) -> bool {
        matches!(self, Part::Fin(_))
    }
}

/// A whole proposal, as it is sent and as it is put together again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Proposed {
    pub(crate) init: PartInit,
    pub(crate) fin: PartFin,
    /// The encoded block.
    pub(crate) block: Bytes,
}

impl Proposed {
    /// Signs a block as the proposer of a round.
    pub(crate) fn sign(
        chain_id: &str,
        key: &SecretKey,
        init: PartInit,
        value: BlockRef,
        block: Bytes,
    ) -> Self {
        let signature = key.sign(&sign_bytes::parts(chain_id, &init, &value, &block));
        let fin = PartFin { value, signature };
        Proposed { init, fin, block }
    }

    /// Whether the proposer signed it.
    pub(crate) fn is_signed_by(&self, chain_id: &str, key: &PublicKey) -> bool {
        let bytes = sign_bytes::parts(chain_id, &self.init, &self.fin.value, &self.block);
        key.verify(&bytes, &self.fin.signature).is_ok()
    }

    /// The messages of one stream. The nonce must be new for each stream of this node.
    pub(crate) fn to_stream(&self, nonce: u64) -> Vec<StreamMessage<Part>> {
        let id = stream_id(self.init.height, self.init.round, nonce);
        let data = self.block.chunks(CHUNK_BYTES);
        let data = data.map(|chunk| Part::Data(self.block.slice_ref(chunk)));
        std::iter::once(Part::Init(self.init.clone()))
            .chain(data)
            .chain(std::iter::once(Part::Fin(self.fin.clone())))
            .zip(0u64..)
            .map(|(part, sequence)| {
                StreamMessage::new(id.clone(), sequence, StreamContent::Data(part))
            })
            .collect()
    }

    /// Puts parts together again, given in order. `None` unless they are one first, some data and one last part.
    pub(crate) fn from_parts(parts: impl IntoIterator<Item = Part>) -> Option<Self> {
        let mut parts = parts.into_iter();
        let Some(Part::Init(init)) = parts.next() else {
            return None;
        };
        let mut block = Vec::new();
        loop {
            match parts.next()? {
                Part::Data(bytes) => block.extend_from_slice(&bytes),
                Part::Fin(fin) if parts.next().is_none() => {
                    let block = Bytes::from(block);
                    return Some(Proposed { init, fin, block });
                }
                Part::Fin(_) | Part::Init(_) => return None,
            }
        }
    }
}

/// Name of a stream; the nonce is new for each stream of a node.
pub(crate) fn stream_id(height: Height, round: u32, nonce: u64) -> StreamId {
    let mut id = Vec::with_capacity(STREAM_ID_BYTES);
    id.extend_from_slice(&height.to_be_bytes());
    id.extend_from_slice(&round.to_be_bytes());
    id.extend_from_slice(&nonce.to_be_bytes());
    StreamId::new(id.into())
}

/// The height a stream says it is for. `None` if the id is not one of ours.
pub(crate) fn stream_height(id: &StreamId) -> Option<Height> {
    let bytes = id.to_bytes();
    if bytes.len() != STREAM_ID_BYTES {
        return None;
    }
    let (height, _) = bytes.split_first_chunk::<8>()?;
    Some(Height::from_be_bytes(*height))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{block_ref, keys};
    use proptest::prelude::*;

    fn proposed(length: usize) -> Proposed {
        let key = &keys(1)[0];
        let init = PartInit::new(4, 1, Some(0), Address::of(&key.public_key()));
        let block = Bytes::from(vec![7; length]);
        Proposed::sign("chain", key, init, block_ref(1), block)
    }

    fn parts(stream: Vec<StreamMessage<Part>>) -> Vec<Part> {
        let parts = stream.into_iter();
        parts.filter_map(|m| m.content.into_data()).collect()
    }

    #[test]
    fn blocks_of_any_length_come_back_whole() {
        for length in [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 8 << 20] {
            let stream = proposed(length).to_stream(5);
            assert!((stream.len() as u64) <= STREAM_MESSAGES_MAX);
            assert!(
                stream
                    .iter()
                    .all(|m| stream_height(&m.stream_id) == Some(4))
            );
            assert_eq!(Proposed::from_parts(parts(stream)), Some(proposed(length)));
        }
    }

    #[test]
    fn the_signature_binds_every_field_of_the_first_part_and_the_value() {
        let key = keys(1)[0].public_key();
        assert!(proposed(9).is_signed_by("chain", &key));
        assert!(!proposed(9).is_signed_by("other", &key));
        let changes: [fn(&mut Proposed); 5] = [
            |p| p.init.height += 1,
            |p| p.init.round += 1,
            |p| p.init.valid_round = None,
            |p| p.init.proposer[0] ^= 1,
            |p| p.fin.value.log_size += 1,
        ];
        for change in changes {
            let mut forged = proposed(9);
            change(&mut forged);
            assert!(!forged.is_signed_by("chain", &key));
        }
    }

    proptest! {
        #[test]
        fn parts_in_any_other_order_are_refused(order in Just((0usize..4).collect::<Vec<_>>()).prop_shuffle()) {
            let parts = parts(proposed(2 * CHUNK_BYTES).to_stream(0));
            let shuffled = order.iter().map(|index| parts[*index].clone());
            let whole = order[0] == 0 && order[3] == 3;
            prop_assert_eq!(Proposed::from_parts(shuffled).is_some(), whole);
        }
    }
}
