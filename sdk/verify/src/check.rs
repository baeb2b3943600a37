//! The steps of a record proof.

mod pieces;

use yilian_primitives::cbor::Cbor;
use yilian_primitives::{CommitCertificate, Header, Receipt, ValidatorSet};

use crate::certified::{chain, check_certificate, check_validators, log_root};
use crate::finding::{Finding, Protocol, failed, missing, proved};
use crate::proof::{PROOF_BYTES_MAX, PROOF_VERSION, RecordProof, VersionOnly};
use crate::{Codes, ProvenRecord, Report, StepId, Trust};

/// The pieces of a proof, decoded.
struct Parts {
    header: Header,
    certificate: CommitCertificate,
    validators: ValidatorSet,
    receipt: Receipt,
}

impl RecordProof {
    /// Verifies without code: rules are not run again.
    pub fn verify(&self, trust: &Trust) -> Report {
        self.verify_with(trust, &Codes::default())
    }

    /// Verifies, and runs again every rule whose code is given.
    pub fn verify_with(&self, trust: &Trust, codes: &Codes) -> Report {
        let mut protocol = Protocol::default();
        let parts = match self.decode() {
            Ok(parts) => parts,
            Err(finding) => return stop(protocol, finding),
        };
        let Parts {
            header,
            certificate,
            validators,
            receipt,
        } = &parts;
        protocol.step(StepId::Structure, || {
            proved(
                format!("版本 {PROOF_VERSION}，各部分编码唯一"),
                format!("version {PROOF_VERSION}; every piece has its one encoding"),
            )
        });
        protocol.step(StepId::Chain, || chain(trust, &self.chain_id, header));
        protocol.step(StepId::Validators, || {
            check_validators(trust, validators, header)
        });
        protocol.step(StepId::Certificate, || {
            check_certificate(validators, header, certificate)
        });
        protocol.step(StepId::LogRoot, || log_root(header, certificate));
        protocol.step(StepId::Inclusion, || self.inclusion_step(header, receipt));
        let mut payload = None;
        protocol.step(StepId::Transaction, || {
            self.transaction_step(header, receipt, &mut payload)
        });
        protocol.step(StepId::RuleCalls, || self.rule_calls_step(receipt));
        protocol.step(StepId::State, || self.state_step(header));
        protocol.step(StepId::Replay, || replay_step(self, trust, codes));
        protocol.conclude(Some(ProvenRecord {
            header: parts.header,
            log_index: self.inclusion.index,
            receipt: parts.receipt,
            transaction: payload,
        }))
    }

    /// Reads a file and verifies it. A file that cannot be read is forged at its structure, one of a later version
    /// cannot be decided.
    pub fn verify_json(bytes: &[u8], trust: &Trust, codes: &Codes) -> Report {
        let version = match bytes.len() {
            ..=PROOF_BYTES_MAX => serde_json::from_slice::<VersionOnly>(bytes).ok(),
            _ => None,
        };
        if let Some(VersionOnly { version }) = version
            && version != PROOF_VERSION
        {
            return stop(Protocol::default(), other_version(version));
        }
        match RecordProof::from_json(bytes) {
            Ok(proof) => proof.verify_with(trust, codes),
            Err(error) => {
                let zh = format!("不是记录证明文件（{error}）");
                let finding = failed(zh, format!("not the file of a record proof: {error}"));
                stop(Protocol::default(), finding)
            }
        }
    }

    fn decode(&self) -> Result<Parts, Finding> {
        if self.version != PROOF_VERSION {
            return Err(other_version(self.version));
        }
        let malformed = |error: &dyn core::fmt::Display| {
            failed(format!("编码不正确（{error}）"), error.to_string())
        };
        Ok(Parts {
            header: Header::decode(&self.header_cbor).map_err(|e| malformed(&e))?,
            certificate: CommitCertificate::decode(&self.certificate_cbor)
                .map_err(|e| malformed(&e))?,
            validators: ValidatorSet::new(self.validators.clone()).map_err(|e| malformed(&e))?,
            receipt: Receipt::decode(&self.leaf_cbor).map_err(|e| malformed(&e))?,
        })
    }
}

fn stop(mut protocol: Protocol, finding: Finding) -> Report {
    protocol.step(StepId::Structure, || finding);
    protocol.conclude(None)
}

fn other_version(version: u32) -> Finding {
    missing(
        format!("能读取版本 {version} 的程序（本程序读取版本 {PROOF_VERSION}）"),
        format!("a reader of version {version} (this one reads version {PROOF_VERSION})"),
    )
}

#[cfg(feature = "replay")]
fn replay_step(proof: &RecordProof, trust: &Trust, codes: &Codes) -> Finding {
    crate::replay::step(&proof.rule_calls, trust, codes)
}

#[cfg(not(feature = "replay"))]
fn replay_step(_: &RecordProof, _: &Trust, _: &Codes) -> Finding {
    crate::finding::not_asked(
        "本程序不含规则执行引擎",
        "this build has no engine to run rules with",
    )
}
