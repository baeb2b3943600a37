//! Forms of what nodes ask and answer to catch up.

use bytes::Bytes;
use malachite_core_types::{ExtendedCommitCertificate, ExtendedCommitSignature, Round};
use malachite_peer::PeerId;
use malachite_sync::{RawDecidedValue, Request, Response, Status, ValueRequest, ValueResponse};
use serde::{Deserialize, Serialize};
use yilian_crypto::Signature;
use yilian_primitives::BlockRef;

use super::WireError;
use super::fields::{AddressForm, address, address_form, check_count, round_form};
use crate::context::{BlockValue, Height, YilianContext};

#[derive(Serialize, Deserialize)]
pub(super) struct StatusForm {
    peer_id: Vec<u8>,
    tip: u64,
    earliest: u64,
}

impl TryFrom<&Status<YilianContext>> for StatusForm {
    type Error = WireError;

    fn try_from(status: &Status<YilianContext>) -> Result<Self, WireError> {
        Ok(StatusForm {
            peer_id: status.peer_id.to_bytes(),
            tip: status.tip_height.0,
            earliest: status.history_min_height.0,
        })
    }
}

impl TryFrom<StatusForm> for Status<YilianContext> {
    type Error = WireError;

    fn try_from(form: StatusForm) -> Result<Self, WireError> {
        let peer_id = PeerId::from_bytes(&form.peer_id);
        Ok(Status {
            peer_id: peer_id.map_err(|_| WireError::Field {
                what: "status",
                expected: "a peer id",
            })?,
            tip_height: Height(form.tip),
            history_min_height: Height(form.earliest),
        })
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct RequestForm {
    first: u64,
    last: u64,
}

impl TryFrom<&Request<YilianContext>> for RequestForm {
    type Error = WireError;

    fn try_from(request: &Request<YilianContext>) -> Result<Self, WireError> {
        let Request::ValueRequest(request) = request;
        Ok(RequestForm {
            first: request.range.start().0,
            last: request.range.end().0,
        })
    }
}

impl TryFrom<RequestForm> for Request<YilianContext> {
    type Error = WireError;

    fn try_from(form: RequestForm) -> Result<Self, WireError> {
        let range = Height(form.first)..=Height(form.last);
        Ok(Request::ValueRequest(ValueRequest::new(range)))
    }
}

#[derive(Serialize, Deserialize)]
struct CertificateForm {
    height: u64,
    round: u32,
    value: BlockRef,
    signatures: Vec<(AddressForm, Signature)>,
}

#[derive(Serialize, Deserialize)]
struct DecidedForm {
    block: Bytes,
    certificate: CertificateForm,
}

#[derive(Serialize, Deserialize)]
pub(super) struct ResponseForm {
    first: u64,
    decided: Vec<DecidedForm>,
}

impl TryFrom<&RawDecidedValue<YilianContext>> for DecidedForm {
    type Error = WireError;

    fn try_from(decided: &RawDecidedValue<YilianContext>) -> Result<Self, WireError> {
        let certificate = &decided.certificate;
        let signatures = certificate.commit_signatures.iter();
        Ok(DecidedForm {
            block: decided.value_bytes.clone(),
            certificate: CertificateForm {
                height: certificate.height.0,
                round: round_form(certificate.round)?,
                value: certificate.value_id.0,
                signatures: signatures
                    .map(|s| (address_form(&s.address), s.signature))
                    .collect(),
            },
        })
    }
}

impl TryFrom<DecidedForm> for RawDecidedValue<YilianContext> {
    type Error = WireError;

    fn try_from(form: DecidedForm) -> Result<Self, WireError> {
        let certificate = form.certificate;
        check_count("commit certificate", certificate.signatures.len())?;
        let signatures = certificate.signatures.into_iter();
        let signatures = signatures.map(|(voter, signature)| {
            ExtendedCommitSignature::new(address(voter), signature, None)
        });
        let certificate = ExtendedCommitCertificate {
            height: Height(certificate.height),
            round: Round::new(certificate.round),
            value_id: BlockValue(certificate.value),
            commit_signatures: signatures.collect(),
        };
        Ok(RawDecidedValue::new(form.block, certificate))
    }
}

impl TryFrom<&Response<YilianContext>> for ResponseForm {
    type Error = WireError;

    fn try_from(response: &Response<YilianContext>) -> Result<Self, WireError> {
        let Response::ValueResponse(response) = response;
        let decided = response.values.iter().map(DecidedForm::try_from);
        Ok(ResponseForm {
            first: response.start_height.0,
            decided: decided.collect::<Result<_, _>>()?,
        })
    }
}

impl TryFrom<ResponseForm> for Response<YilianContext> {
    type Error = WireError;

    fn try_from(form: ResponseForm) -> Result<Self, WireError> {
        let values = form.decided.into_iter().map(RawDecidedValue::try_from);
        let values = values.collect::<Result<_, _>>()?;
        let response = ValueResponse::new(Height(form.first), values);
        Ok(Response::ValueResponse(response))
    }
}

/// Length of the encoded [`ResponseForm`], in bytes, without writing megabytes to count them. A test holds it to the truth.
pub(super) fn response_length(response: &Response<YilianContext>) -> usize {
    /// Length of a list or a byte string.
    const LENGTH: usize = 8;
    /// Two tagged digests and the log size.
    const VALUE: usize = 33 + 8 + 33;
    const CERTIFICATE: usize = 8 + 4 + VALUE + LENGTH;
    const SIGNATURE: usize = yilian_primitives::Address::LENGTH + LENGTH + 65;

    let Response::ValueResponse(response) = response;
    let decided = response.values.iter().map(|decided| {
        let signatures = decided.certificate.commit_signatures.len();
        LENGTH + decided.value_bytes.len() + CERTIFICATE + signatures * SIGNATURE
    });
    8 + LENGTH + decided.sum::<usize>()
}
