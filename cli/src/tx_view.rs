//! A transaction as people read it.

use serde_json::{Value, json};
use yilian_client::TransactionStatus;
use yilian_primitives::{Outcome as Ended, Receipt};

use crate::answer::Answer;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::refusal_exit;
use crate::messages::M;
use crate::show;

/// The end of the program that a receipt means.
pub(crate) fn exit_of(receipt: &Receipt) -> Exit {
    match &receipt.outcome {
        Ended::Ok => Exit::Ok,
        Ended::Refused { code, .. } => refusal_exit(*code),
        Ended::Trapped { .. } => Exit::Failure,
    }
}

/// An outcome in a sentence.
pub(crate) fn outcome(context: &Context, receipt: &Receipt, refusal: Option<&Value>) -> String {
    match &receipt.outcome {
        Ended::Ok => context.name(M::OutcomeOk),
        Ended::Refused { code, name, message } => {
            let message = refusal_text(context, refusal).unwrap_or_else(|| message.clone());
            let values: [(&str, &dyn core::fmt::Display); 3] =
                [("code", code), ("name", name), ("message", &message)];
            context.text(M::OutcomeRefused, &values)
        }
        Ended::Trapped { reason } => context.text(M::OutcomeTrapped, &[("reason", reason)]),
    }
}

/// The refusal in the reader's language, with law and detail.
pub(crate) fn refusal_text(context: &Context, refusal: Option<&Value>) -> Option<String> {
    let field = |name| refusal?.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let (zh, en) = (field("zh").unwrap_or_default(), field("en").unwrap_or_default());
    let mut text = context.lang.pick_filled(zh, en).to_owned();
    if text.is_empty() {
        return None;
    }
    if let Some(detail) = field("detail") {
        text.push_str(context.lang.pick("：", ": "));
        text.push_str(detail);
    }
    if let Some(law) = field("law") {
        text.push_str(&format!(" [{law}]"));
    }
    Some(text)
}

/// A transaction with its outcome.
pub(crate) fn answer(context: &Context, status: &TransactionStatus) -> Answer {
    let data = serde_json::to_value(status).unwrap_or(Value::Null);
    let mut fields = vec![(context.name(M::TxId), status.tx_id.to_string())];
    let payload = |name| status.payload.get(name).and_then(Value::as_str).unwrap_or_default();
    let Some(receipt) = &status.receipt else {
        fields.push((context.name(M::TxState), context.name(M::TxPending)));
        let call = format!("{}.{}", payload("contract"), payload("method"));
        fields.push((context.name(M::TxCall), call));
        return Answer::new("transaction", data).fields(fields);
    };
    fields.push((context.name(M::TxState), context.name(M::TxFinal)));
    fields.extend(receipt_fields(context, receipt, status.refusal.as_ref()));
    if let Some(index) = status.log_index {
        fields.push((context.name(M::LogIndex), index.to_string()));
    }
    let mut answer = Answer::new("transaction", data).fields(fields).exit(exit_of(receipt));
    if !status.result.is_null() {
        let text = show::value(&status.result);
        answer = answer.text(context.name(M::ResultTitle)).text(text);
    }
    if answer.exit == Exit::Refused {
        answer = answer.text(context.text(M::RefusedIsEvidence, &[("id", &status.tx_id)]));
    }
    answer
}

/// As [`answer`], with arguments, events and rule calls.
pub(crate) fn full(context: &Context, status: &TransactionStatus) -> Answer {
    let mut answer = answer(context, status);
    if let Some(args) = status.payload.get("args") {
        answer = answer.text(context.name(M::ArgsTitle)).text(show::value(args));
    }
    if !status.rule_calls.is_empty() {
        answer = answer.text(context.name(M::RuleCallsTitle));
        for call in &status.rule_calls {
            let title = format!("{}.{}  {}", call.name, call.method, call.code_hash);
            answer = answer.text(title).text(format!("{} → {}", call.input, call.output));
        }
    }
    if !status.events.is_empty() {
        answer = answer.text(context.name(M::EventsTitle));
        for event in &status.events {
            answer = answer.text(format!("{}.{}  {}", event.contract, event.name, event.data));
        }
    }
    // Showing a refused transaction is no refusal.
    answer.exit(Exit::Ok)
}

fn receipt_fields(
    context: &Context,
    receipt: &Receipt,
    refusal: Option<&Value>,
) -> Vec<(String, String)> {
    let caller = if receipt.organisation.is_empty() {
        receipt.caller.clone()
    } else {
        format!("{}  {}", receipt.organisation, show::short(&receipt.caller))
    };
    vec![
        (context.name(M::TxOutcome), outcome(context, receipt, refusal)),
        (context.name(M::TxCall), format!("{}.{}", receipt.contract, receipt.method)),
        (context.name(M::TxSender), caller),
        (context.name(M::Height), receipt.height.to_string()),
        (context.name(M::Time), show::time(receipt.time_ms)),
        (context.name(M::Fuel), receipt.fuel_used.to_string()),
    ]
}

/// A receipt as one line of a table.
pub(crate) fn row(context: &Context, receipt: &Receipt) -> Vec<String> {
    vec![
        receipt.index.to_string(),
        format!("{}.{}", receipt.contract, receipt.method),
        outcome(context, receipt, None),
        receipt.organisation.clone(),
        receipt.transaction().map(|id| id.to_string()).unwrap_or_else(|| json!(receipt.cause).to_string()),
    ]
}
