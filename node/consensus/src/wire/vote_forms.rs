//! Forms of votes and proposals.

use malachite_core_consensus::SignedConsensusMsg;
use malachite_core_types::{Round, SignedMessage, SignedProposal, SignedVote, VoteType};
use serde::{Deserialize, Serialize};
use yilian_crypto::Signature;
use yilian_primitives::BlockRef;

use super::WireError;
use super::fields::{
    AddressForm, address, address_form, earlier, kind, round_form, value, value_form,
};
use crate::context::{BlockValue, Height, Proposal, Vote, YilianContext};

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
            SignedConsensusMsg::Proposal(proposal) => ConsensusForm::Proposal(proposal.try_into()?),
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
