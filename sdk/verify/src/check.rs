//! The steps of a record proof.

use yilian_abi::state_key;
use yilian_crypto::Digest;
use yilian_merkle::log;
use yilian_primitives::cbor::Cbor;
use yilian_primitives::{
    Cause, CommitCertificate, Header, Receipt, TransactionPayload, ValidatorSet, json,
};

use crate::certified::{chain, check_certificate, check_validators, log_root};
use crate::proof::{PROOF_VERSION, RecordProof, StateClaim, VersionOnly};
use crate::report::{Protocol, failed, missing, not_asked, proved};
use crate::{Codes, Finding, ProvenRecord, Report, StepId, Trust};

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
        protocol.step(StepId::State, || state_step(&self.state, header));
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
        let version = serde_json::from_slice::<VersionOnly>(bytes);
        if let Ok(VersionOnly { version }) = version
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

    fn inclusion_step(&self, header: &Header, receipt: &Receipt) -> Finding {
        if self.inclusion.size != header.log_size {
            return failed(
                "包含证明针对另一个大小的日志",
                format!(
                    "the inclusion proof is for a log of {} records, the header has {}",
                    self.inclusion.size, header.log_size
                ),
            );
        }
        if receipt.height > header.height {
            return failed(
                "回执的高度在区块头之后",
                format!(
                    "the receipt is of height {}, after the header's {}",
                    receipt.height, header.height
                ),
            );
        }
        let leaf = log::leaf_hash(&self.leaf_cbor);
        match self.inclusion.verify(&leaf, &header.log_root) {
            Ok(()) => proved(
                format!(
                    "日志第 {} 条（共 {} 条）",
                    self.inclusion.index, header.log_size
                ),
                format!(
                    "record {} of a log of {}",
                    self.inclusion.index, header.log_size
                ),
            ),
            Err(error) => failed(format!("回执不在该日志中（{error}）"), error.to_string()),
        }
    }

    fn transaction_step(
        &self,
        header: &Header,
        receipt: &Receipt,
        payload: &mut Option<TransactionPayload>,
    ) -> Finding {
        let (id, dsse) = match (&receipt.cause, &self.transaction) {
            (Cause::Transaction(id), Some(dsse)) => (id, dsse),
            (Cause::Transaction(id), None) => {
                return missing(
                    format!("文件中没有交易 {id}"),
                    format!("transaction {id} is not in the file"),
                );
            }
            (Cause::Release(identity), None) => {
                return not_asked(
                    format!("由链自身触发：释放 {identity}"),
                    format!("called by the chain itself: release {identity}"),
                );
            }
            (Cause::Release(_), Some(_)) => {
                return failed(
                    "回执由链自身触发，不属于任何交易",
                    "the receipt is of the chain's own call and belongs to no transaction",
                );
            }
        };
        let verified = match dsse.envelope().and_then(|envelope| envelope.verify()) {
            Ok(verified) => verified,
            Err(refusal) => {
                return failed(format!("交易签名不成立（{refusal}）"), refusal.to_string());
            }
        };
        if verified.id() != *id {
            return failed(
                format!("交易为 {}，回执属于 {id}", verified.id()),
                format!(
                    "the transaction is {}, the receipt is of {id}",
                    verified.id()
                ),
            );
        }
        let signed = verified.payload();
        let sender = signed.sender.to_string();
        let key_ids = dsse.signatures.iter().filter_map(|s| s.keyid.as_ref());
        if let Some(other) = key_ids.into_iter().find(|key_id| **key_id != sender) {
            return failed(
                "信封的 keyid 不是发送者的密钥",
                format!("the envelope's keyid {other:?} is not the sender's key {sender}"),
            );
        }
        let differences = [
            ("chain_id", signed.chain_id == header.chain_id),
            ("sender", sender == receipt.caller),
            ("contract", signed.contract == receipt.contract),
            ("method", signed.method == receipt.method),
            (
                "args",
                Digest::sha256(&json::canonical(&signed.args)) == receipt.args,
            ),
        ];
        if let Some((field, _)) = differences.iter().find(|(_, same)| !same) {
            return failed(
                format!("交易的 {field} 与回执不同"),
                format!("the transaction's {field} is not the receipt's"),
            );
        }
        *payload = Some(signed.clone());
        proved(
            format!("{id}，由 {sender} 签名"),
            format!("{id}, signed by {sender}"),
        )
    }

    fn rule_calls_step(&self, receipt: &Receipt) -> Finding {
        let (given, recorded) = (self.rule_calls.len(), receipt.rule_calls.len());
        if recorded == 0 && given == 0 {
            return not_asked("没有调用规则", "no rule was called");
        }
        if given == 0 {
            return missing(
                format!("文件中没有 {recorded} 次规则调用的输入与输出"),
                format!("inputs and outputs of {recorded} rule calls are not in the file"),
            );
        }
        if given != recorded {
            return failed(
                format!("回执有 {recorded} 次规则调用，文件有 {given} 次"),
                format!("the receipt has {recorded} rule calls, the file has {given}"),
            );
        }
        for (place, (call, record)) in self.rule_calls.iter().zip(&receipt.rule_calls).enumerate() {
            let same = [
                ("code_hash", call.code_hash == record.code_hash),
                ("method", call.method == record.method),
                (
                    "input",
                    Digest::sha256(call.input.as_bytes()) == record.input,
                ),
                (
                    "output",
                    Digest::sha256(call.output.as_bytes()) == record.output,
                ),
            ];
            if let Some((field, _)) = same.iter().find(|(_, same)| !same) {
                let number = place + 1;
                return failed(
                    format!("第 {number} 次规则调用的 {field} 与回执不同"),
                    format!("{field} of rule call {number} is not the receipt's"),
                );
            }
        }
        proved(
            format!("{recorded} 次规则调用与回执一致"),
            format!("{recorded} rule calls are those of the receipt"),
        )
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

fn state_step(claims: &[StateClaim], header: &Header) -> Finding {
    for claim in claims {
        let key = state_key::of(&claim.contract, claim.key.as_bytes());
        let value = claim.value_b64.as_deref();
        if let Err(error) = claim.proof.verify(&header.state_root, &key, value) {
            let name = format!("{}/{}", claim.contract, claim.key);
            return failed(
                format!("{name} 的状态证明不成立（{error}）"),
                format!("state {name}: {error}"),
            );
        }
    }
    let absent = claims.iter().filter(|c| c.value_b64.is_none()).count();
    let present = claims.len() - absent;
    if claims.is_empty() {
        return not_asked(
            "文件没有状态主张",
            "the file claims nothing about the state",
        );
    }
    proved(
        format!(
            "高度 {} 的状态：{present} 项存在，{absent} 项不存在",
            header.height
        ),
        format!(
            "state at height {}: {present} present, {absent} absent",
            header.height
        ),
    )
}

#[cfg(feature = "replay")]
fn replay_step(proof: &RecordProof, trust: &Trust, codes: &Codes) -> Finding {
    crate::replay::step(&proof.rule_calls, trust, codes)
}

#[cfg(not(feature = "replay"))]
fn replay_step(_: &RecordProof, _: &Trust, _: &Codes) -> Finding {
    not_asked(
        "本程序不含规则执行引擎",
        "this build has no engine to run rules with",
    )
}
