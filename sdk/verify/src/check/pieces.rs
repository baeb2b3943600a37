//! Receipt, transaction, rule calls and state of a record proof.

use yilian_abi::state_key;
use yilian_crypto::Digest;
use yilian_merkle::log;
use yilian_primitives::{Cause, Header, Receipt, TransactionPayload, json};

use crate::finding::{Finding, failed, missing, not_asked, proved};
use crate::proof::{Dsse, RecordProof};

impl RecordProof {
    pub(super) fn inclusion_step(&self, header: &Header, receipt: &Receipt) -> Finding {
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
                "执行凭据的高度在区块头之后",
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
            Err(error) => failed(
                format!("执行凭据不在该日志中（{error}）"),
                error.to_string(),
            ),
        }
    }

    pub(super) fn transaction_step(
        &self,
        header: &Header,
        receipt: &Receipt,
        payload: &mut Option<TransactionPayload>,
    ) -> Finding {
        let (id, dsse) = match (&receipt.cause, &self.transaction) {
            (Cause::Transaction(id), Some(dsse)) => (id, dsse),
            (cause, transaction) => return without_transaction(cause, transaction.is_some()),
        };
        let verified = match dsse.envelope().and_then(|envelope| envelope.verify()) {
            Ok(verified) => verified,
            Err(refusal) => {
                return failed(format!("交易签名不成立（{refusal}）"), refusal.to_string());
            }
        };
        if verified.id() != *id {
            return failed(
                format!("交易为 {}，执行凭据属于 {id}", verified.id()),
                format!(
                    "the transaction is {}, the receipt is of {id}",
                    verified.id()
                ),
            );
        }
        let signed = verified.payload();
        if let Some(field) = difference(signed, dsse, header, receipt) {
            return failed(
                format!("交易的 {field} 与执行凭据不同"),
                format!("the transaction's {field} is not the receipt's"),
            );
        }
        *payload = Some(signed.clone());
        proved(
            format!("{id}，由 {} 签名", signed.sender),
            format!("{id}, signed by {}", signed.sender),
        )
    }

    pub(super) fn rule_calls_step(&self, receipt: &Receipt) -> Finding {
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
                format!("执行凭据有 {recorded} 次规则调用，文件有 {given} 次"),
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
                    format!("第 {number} 次规则调用的 {field} 与执行凭据不同"),
                    format!("{field} of rule call {number} is not the receipt's"),
                );
            }
        }
        proved(
            format!("{recorded} 次规则调用与执行凭据一致"),
            format!("{recorded} rule calls are those of the receipt"),
        )
    }

    pub(super) fn state_step(&self, header: &Header) -> Finding {
        let claims = &self.state;
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
}

/// The receipt names no transaction, or the file has none.
fn without_transaction(cause: &Cause, given: bool) -> Finding {
    match (cause, given) {
        (Cause::Transaction(id), _) => missing(
            format!("文件中没有交易 {id}"),
            format!("transaction {id} is not in the file"),
        ),
        (Cause::Release(identity), false) => not_asked(
            format!("由链自身触发：释放 {identity}"),
            format!("called by the chain itself: release {identity}"),
        ),
        (Cause::Release(_), true) => failed(
            "执行凭据由链自身触发，不属于任何交易",
            "the receipt is of the chain's own call and belongs to no transaction",
        ),
    }
}

/// First field in which a transaction and its receipt differ.
fn difference(
    signed: &TransactionPayload,
    dsse: &Dsse,
    header: &Header,
    receipt: &Receipt,
) -> Option<&'static str> {
    let sender = signed.sender.to_string();
    let mut key_ids = dsse.signatures.iter().filter_map(|s| s.keyid.as_ref());
    let args = Digest::sha256(&json::canonical(&signed.args));
    let fields = [
        // A hint for key stores; another one than the sender's would mislead a reader of the file.
        ("keyid", key_ids.all(|key_id| *key_id == sender)),
        ("chain_id", signed.chain_id == header.chain_id),
        ("sender", sender == receipt.caller),
        ("contract", signed.contract == receipt.contract),
        ("method", signed.method == receipt.method),
        ("args", args == receipt.args),
    ];
    let differing = fields.into_iter().find(|(_, same)| !same);
    differing.map(|(field, _)| field)
}
