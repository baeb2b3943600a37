//! Records, transactions, texts of rule calls and values, each against what the anchor commits to.

use std::collections::BTreeMap;

use yilian_abi::state_key;
use yilian_crypto::Digest;
use yilian_merkle::log::{self, InclusionProof, ProofError};
use yilian_primitives::cbor::Cbor as _;
use yilian_primitives::{
    Cause, Envelope, Header, HeaderLeaf, Receipt, TransactionPayload, TxId, VerifiedTransaction,
    json,
};

use crate::bundle::{Bundle, LoggedRecord};
use crate::finding::{Finding, failed, missing, not_asked, proved};
use crate::report::ProvenRecord;

/// Records and older headers are leaves of the anchor's log.
pub(super) fn inclusion(bundle: &Bundle) -> Finding {
    let Some(anchor) = bundle.anchor().map(|anchor| &anchor.header) else {
        return missing("锚定区块头", "an anchor");
    };
    for one in &bundle.headers {
        let (height, leaf) = (one.header.height, HeaderLeaf(one.header.clone()).encode());
        if let Err(error) = leads(anchor, one.header.log_size, &one.path, &leaf) {
            return failed(
                format!("高度 {height} 的区块头不在该日志中（{error}）"),
                format!("the header of height {height} is not in the log: {error}"),
            );
        }
    }
    for one in &bundle.records {
        let (place, height) = (one.log_index, one.receipt.height);
        if height > anchor.height {
            return failed(
                format!("日志第 {place} 条的高度 {height} 在锚定区块头之后"),
                format!("record {place} is of height {height}, after the anchor"),
            );
        }
        if let Err(error) = leads(anchor, place, &one.path, &one.receipt.encode()) {
            return failed(
                format!("执行凭据不在日志第 {place} 条（{error}）"),
                format!("the receipt is not record {place} of the log: {error}"),
            );
        }
    }
    let (records, headers, size) = (bundle.records.len(), bundle.headers.len(), anchor.log_size);
    if records + headers == 0 {
        return not_asked(
            "没有需在日志中查找的内容",
            "nothing is to be found in the log",
        );
    }
    proved(
        format!("{records} 条记录和 {headers} 个区块头在共 {size} 条的日志中"),
        format!("{records} records and {headers} headers are in the log of {size}"),
    )
}

fn leads(anchor: &Header, index: u64, path: &[Digest], leaf: &[u8]) -> Result<(), ProofError> {
    let proof = InclusionProof {
        index,
        size: anchor.log_size,
        hashes: path.to_vec(),
    };
    proof.verify(&log::leaf_hash(leaf), &anchor.log_root)
}

/// Every transaction is its receipt's and was signed by its sender.
pub(super) fn transactions(bundle: &Bundle, found: &mut Vec<ProvenRecord>) -> Finding {
    let envelopes = bundle.transactions.iter();
    let envelopes: BTreeMap<TxId, &Envelope> = envelopes.map(|one| (one.id(), one)).collect();
    let mut lacking = None;
    for record in &bundle.records {
        match transaction(bundle, &envelopes, record) {
            Ok(transaction) => found.push(ProvenRecord {
                log_index: record.log_index,
                receipt: record.receipt.clone(),
                transaction,
            }),
            Err(finding @ Finding::Missing(_)) => lacking = Some(finding),
            Err(finding) => return finding,
        }
    }
    let count = bundle.transactions.len();
    match lacking {
        Some(finding) => finding,
        None if count == 0 => not_asked(
            "没有交易：由链自身触发，或没有记录",
            "no transaction: calls of the chain itself, or no record",
        ),
        None => proved(
            format!("{count} 笔交易由其发送方签名，与执行凭据一致"),
            format!(
                "{count} transactions are signed by their senders and are those of the receipts"
            ),
        ),
    }
}

fn transaction(
    bundle: &Bundle,
    envelopes: &BTreeMap<TxId, &Envelope>,
    record: &LoggedRecord,
) -> Result<Option<TransactionPayload>, Finding> {
    let Cause::Transaction(id) = &record.receipt.cause else {
        return Ok(None);
    };
    let Some(envelope) = envelopes.get(id) else {
        return Err(missing(format!("交易 {id}"), format!("transaction {id}")));
    };
    let verified = (*envelope).clone().verify().map_err(|refusal| {
        failed(
            format!("交易 {id} 的签名不成立（{refusal}）"),
            format!("transaction {id}: {refusal}"),
        )
    })?;
    match difference(&verified, &bundle.chain_id, &record.receipt) {
        None => Ok(Some(verified.payload().clone())),
        Some(field) => Err(differs(*id, field)),
    }
}

fn differs(id: TxId, field: &str) -> Finding {
    failed(
        format!("交易 {id} 的 {field} 与执行凭据不同"),
        format!("{field} of transaction {id} is not the receipt's"),
    )
}

/// First field in which a transaction and its receipt differ.
fn difference(
    verified: &VerifiedTransaction,
    chain_id: &str,
    receipt: &Receipt,
) -> Option<&'static str> {
    let signed = verified.payload();
    let args = Digest::sha256(&json::canonical(&signed.args));
    let fields = [
        ("chain_id", signed.chain_id == chain_id),
        ("sender", signed.sender.to_string() == receipt.caller),
        ("contract", signed.contract == receipt.contract),
        ("method", signed.method == receipt.method),
        ("args", args == receipt.args),
    ];
    let differing = fields.into_iter().find(|(_, same)| !same);
    differing.map(|(field, _)| field)
}

/// Inputs and outputs of rules are found by the digests in the receipts, so all there is to ask is whether they are there.
pub(super) fn rule_calls(bundle: &Bundle) -> Finding {
    let texts = bundle.texts();
    let (mut count, mut lacking) = (0usize, 0usize);
    for call in bundle.rule_calls() {
        let there = texts.contains_key(&call.input) && texts.contains_key(&call.output);
        count += 1;
        lacking += usize::from(!there);
    }
    match (count, lacking) {
        (0, _) => not_asked("没有调用规则", "no rule was called"),
        (_, 0) => proved(
            format!("{count} 次规则调用的输入与输出即执行凭据所载"),
            format!("inputs and outputs of {count} rule calls are those of the receipts"),
        ),
        _ => missing(
            format!("{lacking} 次规则调用的输入或输出"),
            format!("inputs or outputs of {lacking} rule calls"),
        ),
    }
}

/// Every value, or its absence, is proven under the state root of its header.
pub(super) fn states(bundle: &Bundle) -> Finding {
    for entry in &bundle.states {
        let name = format!("{}/{}", entry.contract, entry.key);
        let Some(header) = bundle.header_at(entry.height) else {
            let height = entry.height;
            return missing(
                format!("高度 {height} 的区块头"),
                format!("the header of height {height}"),
            );
        };
        let key = state_key::of(&entry.contract, entry.key.as_bytes());
        if state_key::is_index(&key) {
            return failed(
                format!("{name} 属于索引，不在状态树中，无从证明"),
                format!("{name} belongs to an index: the state tree does not hold it"),
            );
        }
        let value = entry.value.as_deref();
        if let Err(error) = entry.proof.verify(&header.state_root, &key, value) {
            return failed(
                format!("{name} 的状态证明不成立（{error}）"),
                format!("state {name}: {error}"),
            );
        }
    }
    let absent = bundle
        .states
        .iter()
        .filter(|one| one.value.is_none())
        .count();
    let present = bundle.states.len() - absent;
    if present + absent == 0 {
        return not_asked("没有关于状态的主张", "nothing is claimed about the state");
    }
    proved(
        format!("{present} 项存在，{absent} 项不存在"),
        format!("{present} present, {absent} absent"),
    )
}
