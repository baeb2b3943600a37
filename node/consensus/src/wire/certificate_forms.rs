//! Forms of the certificates that keep consensus alive.

use malachite_core_consensus::LivenessMsg;
use malachite_core_types::{
    PolkaCertificate, PolkaSignature, Round, RoundCertificate, RoundCertificateType,
    RoundSignature, VoteType,
};
use serde::{Deserialize, Serialize};
use yilian_crypto::Signature;
use yilian_primitives::BlockRef;

use super::WireError;
use super::fields::{
    AddressForm, address, address_form, check_count, kind, round_form, value, value_form,
};
use super::vote_forms::VoteForm;
use crate::context::{BlockValue, Height, YilianContext};

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
