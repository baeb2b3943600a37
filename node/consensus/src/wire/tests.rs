use std::sync::LazyLock;

use super::*;
use crate::context::{Address, BlockValue, Height, Proposal, Vote};
use crate::part::{PartInit, Proposed};
use crate::testing::{block_ref, keys};
use malachite_core_types::{
    ExtendedCommitCertificate, ExtendedCommitSignature, NilOrVal, PolkaSignature, Round,
    RoundCertificate, RoundCertificateType, RoundSignature, SignedMessage, Validity, VoteType,
};
use malachite_engine::util::streaming::{StreamContent, StreamId};
use malachite_sync::{RawDecidedValue, ValueRequest, ValueResponse};
use proptest::prelude::*;
use yilian_crypto::Signature;

fn signature(seed: u8) -> Signature {
    keys(1)[0].sign(&[seed])
}

fn address(seed: u8) -> Address {
    Address(yilian_primitives::Address::from_bytes([seed; 20]))
}

fn value(seed: u8) -> BlockValue {
    BlockValue(block_ref(seed))
}

fn vote(
    kind: VoteType,
    value: NilOrVal<BlockValue>,
) -> malachite_core_types::SignedVote<YilianContext> {
    let vote = Vote {
        kind,
        height: Height(u64::MAX),
        round: Round::new(u32::MAX),
        value,
        address: address(3),
    };
    SignedMessage::new(vote, signature(1))
}

fn proposal(pol_round: Round) -> SignedConsensusMsg<YilianContext> {
    let proposal = Proposal {
        height: Height(9),
        round: Round::new(2),
        value: value(1),
        pol_round,
        address: address(4),
    };
    SignedConsensusMsg::Proposal(SignedMessage::new(proposal, signature(2)))
}

fn polka() -> PolkaCertificate<YilianContext> {
    PolkaCertificate {
        height: Height(1),
        round: Round::new(0),
        value_id: value(2),
        polka_signatures: vec![PolkaSignature::new(address(1), signature(1)); 3],
    }
}

fn round_certificate(cert_type: RoundCertificateType, count: usize) -> LivenessMsg<YilianContext> {
    let signature = RoundSignature::new(VoteType::Prevote, NilOrVal::Nil, address(1), signature(1));
    LivenessMsg::SkipRoundCertificate(RoundCertificate {
        height: Height(1),
        round: Round::new(7),
        cert_type,
        round_signatures: vec![signature; count],
    })
}

fn response(blocks: &[usize]) -> Response<YilianContext> {
    let values = blocks.iter().map(|length| {
        let certificate = ExtendedCommitCertificate {
            height: Height(5),
            round: Round::new(0),
            value_id: value(1),
            commit_signatures: vec![
                ExtendedCommitSignature::new(address(1), signature(1), None);
                length % 7
            ],
        };
        RawDecidedValue::new(Bytes::from(vec![1; *length]), certificate)
    });
    Response::ValueResponse(ValueResponse::new(Height(5), values.collect()))
}

fn proposed_value(valid_round: Round, validity: Validity) -> ProposedValue<YilianContext> {
    ProposedValue {
        height: Height(4),
        round: Round::new(3),
        valid_round,
        proposer: address(1),
        value: value(3),
        validity,
    }
}

fn comes_back<T>(message: &T)
where
    Wire: Codec<T, Error = WireError>,
    T: PartialEq + std::fmt::Debug,
{
    let bytes = Wire.encode(message).expect("encodes");
    assert_eq!(Wire.decode(bytes.clone()).as_ref(), Ok(message));
    let mut longer = bytes.to_vec();
    longer.push(0);
    assert!(Codec::<T>::decode(&Wire, longer.into()).is_err());
    let mut newer = bytes.to_vec();
    newer[0] = VERSION + 1;
    let refused = Codec::<T>::decode(&Wire, newer.into());
    assert_eq!(refused, Err(WireError::Version { got: VERSION + 1 }));
}

#[test]
fn votes_and_proposals_come_back() {
    for kind in [VoteType::Prevote, VoteType::Precommit] {
        for value in [NilOrVal::Nil, NilOrVal::Val(value(1))] {
            comes_back(&SignedConsensusMsg::Vote(vote(kind, value)));
        }
    }
    comes_back(&proposal(Round::Nil));
    comes_back(&proposal(Round::new(1)));
}

#[test]
fn certificates_come_back() {
    comes_back(&polka());
    comes_back(&LivenessMsg::PolkaCertificate(polka()));
    comes_back(&LivenessMsg::Vote(vote(VoteType::Prevote, NilOrVal::Nil)));
    comes_back(&round_certificate(RoundCertificateType::Skip, 128));
    comes_back(&round_certificate(RoundCertificateType::Precommit, 1));
}

#[test]
fn parts_come_back() {
    let init = PartInit::new(4, 1, Some(0), address(1).0);
    let block = Bytes::from(vec![9; CHUNK_BYTES + 5]);
    let proposed = Proposed::sign("chain", &keys(1)[0], init, block_ref(1), block);
    for message in proposed.to_stream(7) {
        comes_back(&message);
        comes_back(message.content.as_data().expect("a part"));
    }
    let id = StreamId::new(Bytes::from_static(b"other"));
    comes_back(&StreamMessage::new(id, 3, StreamContent::<Part>::Fin));
}

#[test]
fn what_the_log_holds_comes_back() {
    comes_back(&ValidatorProof::<YilianContext>::new(
        vec![1; 33],
        vec![2; 38],
        signature(1),
    ));
    for validity in [Validity::Valid, Validity::Invalid] {
        let proposed = proposed_value(Round::new(1), validity);
        let bytes = Wire.encode(&proposed).expect("encodes");
        let read: ProposedValue<YilianContext> = Wire.decode(bytes).expect("decodes");
        assert_eq!(read.value, proposed.value);
        assert_eq!((read.valid_round, read.validity), (Round::new(1), validity));
    }
}

#[test]
fn sync_messages_come_back_and_their_length_is_known() {
    comes_back(&Status::<YilianContext> {
        peer_id: crate::identity::peer_id(&keys(1)[0].public_key()),
        tip_height: Height(7),
        history_min_height: Height(1),
    });
    let range = Height(3)..=Height(u64::MAX);
    comes_back(&Request::<YilianContext>::ValueRequest(ValueRequest::new(
        range,
    )));
    for blocks in [&[][..], &[0], &[1, 20, 300], &[CHUNK_BYTES, 4]] {
        let response = response(blocks);
        comes_back(&response);
        let length = Wire.encode(&response).expect("encodes").len();
        assert_eq!(Wire.encoded_len(&response), Ok(length));
    }
}

#[test]
fn a_message_without_a_round_has_no_bytes() {
    let mut nowhere = vote(VoteType::Prevote, NilOrVal::Nil);
    nowhere.message.round = Round::Nil;
    assert!(Wire.encode(&SignedConsensusMsg::Vote(nowhere)).is_err());
}

#[test]
fn more_signatures_than_validators_are_refused() {
    let many = round_certificate(RoundCertificateType::Skip, 129);
    let bytes = Wire.encode(&many).expect("encodes");
    let refused = Codec::<LivenessMsg<YilianContext>>::decode(&Wire, bytes);
    assert!(matches!(refused, Err(WireError::Field { .. })));
}

/// Decodes bytes as every message there is: nothing panics, and what is read is written again as the same bytes.
fn decode_as_anything(bytes: &Bytes) {
    fn one<T>(bytes: &Bytes)
    where
        Wire: Codec<T, Error = WireError>,
    {
        if let Ok(message) = Codec::<T>::decode(&Wire, bytes.clone()) {
            assert_eq!(Wire.encode(&message).as_ref(), Ok(bytes));
        }
    }
    one::<SignedConsensusMsg<YilianContext>>(bytes);
    one::<LivenessMsg<YilianContext>>(bytes);
    one::<PolkaCertificate<YilianContext>>(bytes);
    one::<ProposedValue<YilianContext>>(bytes);
    one::<ValidatorProof<YilianContext>>(bytes);
    one::<StreamMessage<Part>>(bytes);
    one::<Part>(bytes);
    one::<Status<YilianContext>>(bytes);
    one::<Request<YilianContext>>(bytes);
    one::<Response<YilianContext>>(bytes);
}

/// A message of each kind.
static SAMPLES: LazyLock<Vec<Bytes>> = LazyLock::new(samples);

fn samples() -> Vec<Bytes> {
    let init = PartInit::new(4, 1, Some(0), address(1).0);
    let block = Bytes::from_static(b"a block");
    let proposed = Proposed::sign("chain", &keys(1)[0], init, block_ref(1), block);
    let status = Status::<YilianContext> {
        peer_id: crate::identity::peer_id(&keys(1)[0].public_key()),
        tip_height: Height(7),
        history_min_height: Height(1),
    };
    let request = Request::<YilianContext>::ValueRequest(ValueRequest::new(Height(3)..=Height(9)));
    let proof = ValidatorProof::<YilianContext>::new(vec![1; 33], vec![2; 38], signature(1));
    let precommit = vote(VoteType::Precommit, NilOrVal::Val(value(1)));
    let stream = proposed.to_stream(7);
    let parts = stream.iter().map(|message| Wire.encode(message));
    let samples = [
        Wire.encode(&proposal(Round::new(1))),
        Wire.encode(&SignedConsensusMsg::Vote(precommit)),
        Wire.encode(&round_certificate(RoundCertificateType::Skip, 3)),
        Wire.encode(&polka()),
        Wire.encode(&proposed_value(Round::new(1), Validity::Valid)),
        Wire.encode(&status),
        Wire.encode(&request),
        Wire.encode(&proof),
        Wire.encode(&response(&[1, 20])),
    ];
    let all = samples.into_iter().chain(parts);
    all.map(|sample| sample.expect("encodes")).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn random_bytes_have_one_meaning_or_none(bytes: Vec<u8>) {
        decode_as_anything(&bytes.clone().into());
        let versioned: Vec<u8> = std::iter::once(VERSION).chain(bytes).collect();
        decode_as_anything(&versioned.into());
    }

    #[test]
    fn damaged_messages_have_one_meaning_or_none(
        place: prop::sample::Index,
        byte: u8,
        cut: prop::sample::Index,
    ) {
        for sample in SAMPLES.iter() {
            let mut damaged = sample.to_vec();
            let index = place.index(damaged.len());
            damaged[index] = byte;
            decode_as_anything(&damaged.clone().into());
            damaged.truncate(cut.index(damaged.len()));
            decode_as_anything(&damaged.into());
        }
    }
}
