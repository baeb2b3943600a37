//! A header that more than two thirds of the trusted validators decided.

use thiserror::Error;
use yilian_primitives::cbor::Cbor;
use yilian_primitives::{CommitCertificate, Header, ValidatorSet};

use crate::Trust;
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
            (StepId::Chain, chain(trust, &trust.chain_id, &header)),
            (
                StepId::Validators,
                check_validators(trust, validators, &header),
            ),
            (
                StepId::Certificate,
                check_certificate(validators, &header, &certificate),
            ),
            (StepId::LogRoot, log_root(&header, &certificate)),
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

/// The file, the header and the trust anchor speak of one chain.
pub(crate) fn chain(trust: &Trust, claimed: &str, header: &Header) -> Finding {
    let expected = &trust.chain_id;
    for got in [claimed, &header.chain_id] {
        if got != expected {
            return failed(
                format!("信任文件所指的链是 {expected:?}，此处为 {got:?}"),
                format!("the trust file is for chain {expected:?}, this is of {got:?}"),
            );
        }
    }
    match trust.chain_spec {
        Some(expected) if header.chain_spec != expected => failed(
            format!("链规范摘要应为 {expected}，区块头为 {}", header.chain_spec),
            format!(
                "expected chain specification {expected}, the header has {}",
                header.chain_spec
            ),
        ),
        Some(digest) => proved(
            format!("链 {expected}，链规范 {digest}"),
            format!("chain {expected} with specification {digest}"),
        ),
        None => proved(
            format!("链 {expected}（信任文件未给出链规范）"),
            format!("chain {expected} (the trust file names no specification)"),
        ),
    }
}

/// The validators are the header's, and the trusted ones.
pub(crate) fn check_validators(trust: &Trust, set: &ValidatorSet, header: &Header) -> Finding {
    let (got, expected) = (set.hash(), trust.validators_hash);
    if got != header.validators_hash {
        return failed(
            format!(
                "文件中的验证者集合为 {got}，区块头为 {}",
                header.validators_hash
            ),
            format!(
                "the validators in the file have hash {got}, the header has {}",
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
    let names: Vec<_> = set.iter().map(|v| v.name.as_str()).collect();
    proved(
        format!("{} 个验证者：{}", set.len(), names.join("、")),
        format!("{} validators: {}", set.len(), names.join(", ")),
    )
}

/// A quorum signed this header.
pub(crate) fn check_certificate(
    set: &ValidatorSet,
    header: &Header,
    certificate: &CommitCertificate,
) -> Finding {
    let hash = header.hash();
    if certificate.block.header_hash != hash || certificate.height != header.height {
        let (signed, height) = (certificate.block.header_hash, certificate.height);
        return failed(
            format!("证书签的是高度 {height} 的 {signed}，不是此区块头 {hash}"),
            format!(
                "the certificate is for {signed} at height {height}, not for this header {hash}"
            ),
        );
    }
    match certificate.verify(&header.chain_id, set) {
        Ok(power) => proved(
            format!(
                "高度 {}，{} 个签名，权重 {power}/{}，超过三分之二",
                header.height,
                certificate.signatures.len(),
                set.total_power()
            ),
            format!(
                "height {}: {} signatures with power {power} of {}, more than two thirds",
                header.height,
                certificate.signatures.len(),
                set.total_power()
            ),
        ),
        Err(error) => failed(format!("签名或多数不成立（{error}）"), error.to_string()),
    }
}

/// The checkpoint that was signed is the log of the header.
pub(crate) fn log_root(header: &Header, certificate: &CommitCertificate) -> Finding {
    let signed = certificate.block;
    if (signed.log_size, signed.log_root) != (header.log_size, header.log_root) {
        return failed(
            "证书所签的日志与区块头的日志不同",
            "the log that was signed is not the log of the header",
        );
    }
    proved(
        format!("{} 条记录，根 {}", signed.log_size, signed.log_root),
        format!("{} records with root {}", signed.log_size, signed.log_root),
    )
}
