//! Forms of parts, of judged proposals in the log, and of the proof of a validator's peer.

use malachite_core_consensus::ProposedValue;
use malachite_core_types::{Round, ValidatorProof, Validity};
use malachite_engine::util::streaming::{StreamContent, StreamId, StreamMessage};
use serde::{Deserialize, Serialize};
use yilian_crypto::Signature;
use yilian_primitives::BlockRef;

use super::WireError;
use super::fields::{AddressForm, address, address_form, earlier, round_form};
use crate::context::{BlockValue, Height, YilianContext};
use crate::part::Part;

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
