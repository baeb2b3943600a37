//! How transactions and events look in JSON.

use serde::Serialize;
use serde_json::Value;
use yilian_crypto::Digest;
use yilian_primitives::cbor::Cbor;
use yilian_primitives::{Event, Height, Outcome, Receipt, RuleCallTrace, TransactionPayload, TxId};

use crate::backend::{EventRecord, Execution, TransactionRecord};
use crate::base64::Base64;

/// JSON that a contract or a sender wrote. It was checked when it came in; `null` stands for none.
fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap_or(Value::Null)
}

#[derive(Serialize)]
pub(crate) struct EventView {
    contract: String,
    name: String,
    data: Value,
}

impl From<Event> for EventView {
    fn from(event: Event) -> Self {
        EventView {
            contract: event.contract,
            name: event.name,
            data: json(&event.data),
        }
    }
}

/// A message of the event stream.
#[derive(Serialize)]
pub(crate) struct StreamedEvent {
    height: Height,
    index: u32,
    event: u32,
    tx_id: Option<TxId>,
    #[serde(flatten)]
    emitted: EventView,
}

impl StreamedEvent {
    pub(crate) fn new(height: Height, record: EventRecord) -> Self {
        StreamedEvent {
            height,
            index: record.index,
            event: record.event,
            tx_id: record.tx_id,
            emitted: record.emitted.into(),
        }
    }

    /// Its id: from here a client goes on after a break.
    pub(crate) fn id(&self) -> String {
        format!("{}.{}.{}", self.height, self.index, self.event)
    }

    pub(crate) fn place(&self) -> (Height, u32, u32) {
        (self.height, self.index, self.event)
    }

    pub(crate) fn is_of(&self, contract: &str) -> bool {
        self.emitted.contract == contract
    }
}

#[derive(Serialize)]
struct RuleCallView {
    name: String,
    code_hash: Digest,
    method: String,
    input: Value,
    output: Value,
}

impl From<RuleCallTrace> for RuleCallView {
    fn from(call: RuleCallTrace) -> Self {
        RuleCallView {
            name: call.name,
            code_hash: call.code_hash,
            method: call.method,
            input: json(&call.input),
            output: json(&call.output),
        }
    }
}

#[derive(Serialize)]
struct RefusalView {
    code: u32,
    name: String,
    message: String,
}

/// `TransactionStatus` of the description.
#[derive(Serialize)]
pub(crate) struct TransactionView {
    tx_id: TxId,
    status: &'static str,
    height: Option<Height>,
    index: Option<u32>,
    log_index: Option<u64>,
    envelope: Value,
    payload: TransactionPayload,
    receipt: Option<Receipt>,
    receipt_cbor: Option<Base64>,
    result: Option<Value>,
    refusal: Option<RefusalView>,
    events: Vec<EventView>,
    rule_calls: Vec<RuleCallView>,
}

impl From<TransactionRecord> for TransactionView {
    fn from(record: TransactionRecord) -> Self {
        let (transaction, payload) = (&record.transaction, record.transaction.payload());
        let envelope = transaction.envelope().to_dsse_json(&payload.sender);
        let waiting = TransactionView {
            tx_id: transaction.id(),
            status: "pending",
            height: None,
            index: None,
            log_index: None,
            envelope: json(envelope.as_bytes()),
            payload: payload.clone(),
            receipt: None,
            receipt_cbor: None,
            result: None,
            refusal: None,
            events: Vec::new(),
            rule_calls: Vec::new(),
        };
        match record.execution {
            Some(execution) => waiting.executed(execution),
            None => waiting,
        }
    }
}

impl TransactionView {
    fn executed(self, execution: Execution) -> Self {
        let Execution {
            log_index,
            receipt,
            trace,
        } = execution;
        let refusal = match &receipt.outcome {
            Outcome::Refused {
                code,
                name,
                message,
            } => Some(RefusalView {
                code: *code,
                name: name.clone(),
                message: message.clone(),
            }),
            Outcome::Ok | Outcome::Trapped { .. } => None,
        };
        TransactionView {
            status: "final",
            height: Some(receipt.height),
            index: Some(receipt.index),
            log_index: Some(log_index),
            result: (receipt.outcome == Outcome::Ok).then(|| json(&trace.result)),
            refusal,
            events: trace.events.into_iter().map(Into::into).collect(),
            rule_calls: trace.rule_calls.into_iter().map(Into::into).collect(),
            receipt_cbor: Some(Base64(receipt.encode())),
            receipt: Some(receipt),
            ..self
        }
    }
}
