//! A header that more than two thirds of the trusted validators decided.

use thiserror::Error;
use yilian_primitives::cbor::Cbor;
use yilian_primitives::{CommitCertificate, Header, ValidatorSet};

use crate::Trust;
use crate::check::{chain_of, check_certificate};
use crate::finding::{Finding, failed, proved};
use crate::report::{StepId, Text};

/// A header whose certificate was verified. There is no other way to make one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertifiedHeader(Header);

/// A header is not certified.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{step}: {}", reason.en)]
pub struct NotCertified {
    /// The step that failed.
    pub step: StepId,
    /// Why.
    pub reason: Text,
}

impl CertifiedHeader {
    /// Verifies the CBOR of a header and of its certificate with the validators that decided it.
    pub fn verify(
        trust: &Trust,
        validators: &ValidatorSet,
        header: &[u8],
        certificate: &[u8],
    ) -> Result<Self, NotCertified> {
        let malformed = |error: yilian_primitives::cbor::CborError| NotCertified {
            step: StepId::Structure,
            reason: Text::new(format!("编码不正确（{error}）"), error.to_string()),
        };
        let header = Header::decode(header).map_err(malformed)?;
        let certificate = CommitCertificate::decode(certificate).map_err(malformed)?;
        let steps = [
            (StepId::Chain, chain_of(trust, &trust.chain_id, &header)),
            (
                StepId::Validators,
                check_validators(trust, validators, &header),
            ),
            (
                StepId::Certificate,
                check_certificate(validators, &header, &certificate),
            ),
        ];
        for (step, finding) in steps {
            if let Finding::Failed(reason) | Finding::Missing(reason) = finding {
                return Err(NotCertified { step, reason });
            }
        }
        Ok(CertifiedHeader(header))
    }

    /// The header.
    pub fn header(&self) -> &Header {
        &self.0
    }

    /// The header, taken out.
    pub fn into_header(self) -> Header {
        self.0
    }
}

/// The validators are the header's, and the trusted ones.
fn check_validators(trust: &Trust, set: &ValidatorSet, header: &Header) -> Finding {
    let (got, expected) = (set.hash(), trust.validators_hash);
    if got != header.validators_hash {
        return failed(
            format!(
                "给出的验证者集合为 {got}，区块头为 {}",
                header.validators_hash
            ),
            format!(
                "the given validators have hash {got}, the header has {}",
                header.validators_hash
            ),
        );
    }
    if got != expected {
        return failed(
            format!("信任的验证者集合为 {expected}，此处由 {got} 决定"),
            format!("expected the trusted validators {expected}, this was decided by {got}"),
        );
    }
    proved(
        format!("{} 个验证者", set.len()),
        format!("{} validators", set.len()),
    )
}
