//! Forms of votes, proposals, certificates and parts.

use malachite_core_consensus::{LivenessMsg, ProposedValue, SignedConsensusMsg};
use malachite_core_types::{
    NilOrVal, PolkaCertificate, PolkaSignature, Round, RoundCertificate, RoundCertificateType,
    RoundSignature, SignedMessage, SignedProposal, SignedVote, Validity, ValidatorProof, VoteType,
};
use malachite_engine::util::streaming::{StreamContent, StreamId, StreamMessage};
use serde::{Deserialize, Serialize};
use yilian_crypto::Signature;
use yilian_primitives::BlockRef;
use yilian_primitives::limits::VALIDATORS_MAX;

use super::WireError;
use crate::context::{Address, BlockValue, Height, Proposal, Vote, YilianContext};
use crate::part::Part;

pub(super) type AddressForm = [u8; yilian_primitives::Address::LENGTH];

pub(super) fn address(form: AddressForm) -> Address {
    Address(yilian_primitives::Address::from_bytes(form))
}

pub(super) fn address_form(address: &Address) -> AddressForm {
    *address.0.as_bytes()
}

/// Rounds on the wire are numbers; only "no earlier round" may be absent, and has an `Option` for it.
pub(super) fn round_form(round: Round) -> Result<u32, WireError> {
    round.as_u32().ok_or(WireError::Field {
        what: "round",
        expected: "a number, not none",
    })
}

fn earlier(round: Option<u32>) -> Round {
    round.map_or(Round::Nil, Round::new)
}

pub(super) fn check_count(what: &'static str, count: usize) -> Result<(), WireError> {
    if count <= VALIDATORS_MAX {
        return Ok(());
    }
    let expected = "at most as many signatures as a set has validators";
    Err(WireError::Field { what, expected })
}

fn value_form(value: &NilOrVal<BlockValue>) -> Option<BlockRef> {
    match value {
        NilOrVal::Nil => None,
        NilOrVal::Val(value) => Some(value.0),
    }
}

fn value(form: Option<BlockRef>) -> NilOrVal<BlockValue> {
    form.map_or(NilOrVal::Nil, |value| NilOrVal::Val(BlockValue(value)))
}

fn kind(precommit: bool) -> VoteType {
    match precommit {
        true => VoteType::Precommit,
        false => VoteType::Prevote,
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct VoteForm {
    precommit: bool,
    height: u64,
    round: u32,
    value: Option<BlockRef>,
    address: AddressForm,
    signature: Signature,
}

impl TryFrom<&SignedVote<YilianContext>> for VoteForm {
    type Error = WireError;

    fn try_from(signed: &SignedVote<YilianContext>) -> Result<Self, WireError> {
        let vote = &signed.message;
        Ok(VoteForm {
            precommit: vote.kind == VoteType::Precommit,
            height: vote.height.0,
            round: round_form(vote.round)?,
            value: value_form(&vote.value),
            address: address_form(&vote.address),
            signature: signed.signature,
        })
    }
}

impl From<VoteForm> for SignedVote<YilianContext> {
    fn from(form: VoteForm) -> Self {
        let vote = Vote {
            kind: kind(form.precommit),
            height: Height(form.height),
            round: Round::new(form.round),
            value: value(form.value),
            address: address(form.address),
        };
        SignedMessage::new(vote, form.signature)
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct ProposalForm {
    height: u64,
    round: u32,
    value: BlockRef,
    valid_round: Option<u32>,
    address: AddressForm,
    signature: Signature,
}

impl TryFrom<&SignedProposal<YilianContext>> for ProposalForm {
    type Error = WireError;

    fn try_from(signed: &SignedProposal<YilianContext>) -> Result<Self, WireError> {
        let proposal = &signed.message;
        Ok(ProposalForm {
            height: proposal.height.0,
            round: round_form(proposal.round)?,
            value: proposal.value.0,
            valid_round: proposal.pol_round.as_u32(),
            address: address_form(&proposal.address),
            signature: signed.signature,
        })
    }
}

impl From<ProposalForm> for SignedProposal<YilianContext> {
    fn from(form: ProposalForm) -> Self {
        let proposal = Proposal {
            height: Height(form.height),
            round: Round::new(form.round),
            value: BlockValue(form.value),
            pol_round: earlier(form.valid_round),
            address: address(form.address),
        };
        SignedMessage::new(proposal, form.signature)
    }
}

#[derive(Serialize, Deserialize)]
pub(super) enum ConsensusForm {
    Vote(VoteForm),
    Proposal(ProposalForm),
}

impl TryFrom<&SignedConsensusMsg<YilianContext>> for ConsensusForm {
    type Error = WireError;

    fn try_from(message: &SignedConsensusMsg<YilianContext>) -> Result<Self, WireError> {
        Ok(match message {
            SignedConsensusMsg::Vote(vote) => ConsensusForm::Vote(vote.try_into()?),
            SignedConsensusMsg::Proposal(proposal) => {
                ConsensusForm::Proposal(proposal.try_into()?)
            }
        })
    }
}

impl TryFrom<ConsensusForm> for SignedConsensusMsg<YilianContext> {
    type Error = WireError;

    fn try_from(form: ConsensusForm) -> Result<Self, WireError> {
        Ok(match form {
            ConsensusForm::Vote(vote) => SignedConsensusMsg::Vote(vote.into()),
            ConsensusForm::Proposal(proposal) => SignedConsensusMsg::Proposal(proposal.into()),
        })
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct PolkaForm {
    height: u64,
    round: u32,
    value: BlockRef,
    signatures: Vec<(AddressForm, Signature)>,
}

impl TryFrom<&PolkaCertificate<YilianContext>> for PolkaForm {
    type Error = WireError;

    fn try_from(certificate: &PolkaCertificate<YilianContext>) -> Result<Self, WireError> {
        let signatures = certificate.polka_signatures.iter();
        Ok(PolkaForm {
            height: certificate.height.0,
            round: round_form(certificate.round)?,
            value: certificate.value_id.0,
            signatures: signatures
                .map(|s| (address_form(&s.address), s.signature))
                .collect(),
        })
    }
}

impl TryFrom<PolkaForm> for PolkaCertificate<YilianContext> {
    type Error = WireError;

    fn try_from(form: PolkaForm) -> Result<Self, WireError> {
        check_count("certificate of prevotes", form.signatures.len())?;
        let signatures = form.signatures.into_iter();
        Ok(PolkaCertificate {
            height: Height(form.height),
            round: Round::new(form.round),
            value_id: BlockValue(form.value),
            polka_signatures: signatures
                .map(|(voter, signature)| PolkaSignature::new(address(voter), signature))
                .collect(),
        })
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct RoundForm {
    height: u64,
    round: u32,
    skip: bool,
    signatures: Vec<(bool, Option<BlockRef>, AddressForm, Signature)>,
}

impl TryFrom<&RoundCertificate<YilianContext>> for RoundForm {
    type Error = WireError;

    fn try_from(certificate: &RoundCertificate<YilianContext>) -> Result<Self, WireError> {
        let signatures = certificate.round_signatures.iter().map(|s| {
            (
                s.vote_type == VoteType::Precommit,
                value_form(&s.value_id),
                address_form(&s.address),
                s.signature,
            )
        });
        Ok(RoundForm {
            height: certificate.height.0,
            round: round_form(certificate.round)?,
            skip: certificate.cert_type == RoundCertificateType::Skip,
            signatures: signatures.collect(),
        })
    }
}

impl TryFrom<RoundForm> for RoundCertificate<YilianContext> {
    type Error = WireError;

    fn try_from(form: RoundForm) -> Result<Self, WireError> {
        check_count("certificate of a round", form.signatures.len())?;
        let signatures = form.signatures.into_iter();
        let signatures = signatures.map(|(precommit, voted, voter, signature)| {
            RoundSignature::new(kind(precommit), value(voted), address(voter), signature)
        });
        Ok(RoundCertificate {
            height: Height(form.height),
            round: Round::new(form.round),
            cert_type: match form.skip {
                true => RoundCertificateType::Skip,
                false => RoundCertificateType::Precommit,
            },
            round_signatures: signatures.collect(),
        })
    }
}

#[derive(Serialize, Deserialize)]
pub(super) enum LivenessForm {
    Vote(VoteForm),
    Polka(PolkaForm),
    Round(RoundForm),
}

impl TryFrom<&LivenessMsg<YilianContext>> for LivenessForm {
    type Error = WireError;

    fn try_from(message: &LivenessMsg<YilianContext>) -> Result<Self, WireError> {
        Ok(match message {
            LivenessMsg::Vote(vote) => LivenessForm::Vote(vote.try_into()?),
            LivenessMsg::PolkaCertificate(polka) => LivenessForm::Polka(polka.try_into()?),
            LivenessMsg::SkipRoundCertificate(round) => LivenessForm::Round(round.try_into()?),
        })
    }
}

impl TryFrom<LivenessForm> for LivenessMsg<YilianContext> {
    type Error = WireError;

    fn try_from(form: LivenessForm) -> Result<Self, WireError> {
        Ok(match form {
            LivenessForm::Vote(vote) => LivenessMsg::Vote(vote.into()),
            LivenessForm::Polka(polka) => LivenessMsg::PolkaCertificate(polka.try_into()?),
            LivenessForm::Round(round) => LivenessMsg::SkipRoundCertificate(round.try_into()?),
        })
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct ProposedValueForm {
    height: u64,
    round: u32,
    valid_round: Option<u32>,
    proposer: AddressForm,
    value: BlockRef,
    valid: bool,
}

impl TryFrom<&ProposedValue<YilianContext>> for ProposedValueForm {
    type Error = WireError;

    fn try_from(proposed: &ProposedValue<YilianContext>) -> Result<Self, WireError> {
        Ok(ProposedValueForm {
            height: proposed.height.0,
            round: round_form(proposed.round)?,
            valid_round: proposed.valid_round.as_u32(),
            proposer: address_form(&proposed.proposer),
            value: proposed.value.0,
            valid: proposed.validity.is_valid(),
        })
    }
}

impl TryFrom<ProposedValueForm> for ProposedValue<YilianContext> {
    type Error = WireError;

    fn try_from(form: ProposedValueForm) -> Result<Self, WireError> {
        Ok(ProposedValue {
            height: Height(form.height),
            round: Round::new(form.round),
            valid_round: earlier(form.valid_round),
            proposer: address(form.proposer),
            value: BlockValue(form.value),
            validity: Validity::from_bool(form.valid),
        })
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct ProofForm {
    public_key: Vec<u8>,
    peer_id: Vec<u8>,
    signature: Signature,
}

impl TryFrom<&ValidatorProof<YilianContext>> for ProofForm {
    type Error = WireError;

    fn try_from(proof: &ValidatorProof<YilianContext>) -> Result<Self, WireError> {
        Ok(ProofForm {
            public_key: proof.public_key.clone(),
            peer_id: proof.peer_id.clone(),
            signature: proof.signature,
        })
    }
}

impl TryFrom<ProofForm> for ValidatorProof<YilianContext> {
    type Error = WireError;

    fn try_from(form: ProofForm) -> Result<Self, WireError> {
        Ok(ValidatorProof::new(
            form.public_key,
            form.peer_id,
            form.signature,
        ))
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct StreamForm {
    stream: Vec<u8>,
    sequence: u64,
    /// Absent in the engine's own end mark, which we do not send: the last part says the same.
    part: Option<Part>,
}

impl TryFrom<&StreamMessage<Part>> for StreamForm {
    type Error = WireError;

    fn try_from(message: &StreamMessage<Part>) -> Result<Self, WireError> {
        Ok(StreamForm {
            stream: message.stream_id.to_bytes().to_vec(),
            sequence: message.sequence,
            part: message.content.as_data().cloned(),
        })
    }
}

impl TryFrom<StreamForm> for StreamMessage<Part> {
    type Error = WireError;

    fn try_from(form: StreamForm) -> Result<Self, WireError> {
        let id = StreamId::new(form.stream.into());
        let content = form.part.map_or(StreamContent::Fin, StreamContent::Data);
        Ok(StreamMessage::new(id, form.sequence, content))
    }
}
