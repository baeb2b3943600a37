//! A transaction as people read it.

use serde_json::{Value, json};
use yilian_abi::interface::ErrorText;
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
pub(crate) fn outcome(context: &Context, receipt: &Receipt) -> String {
    match &receipt.outcome {
        Ended::Ok => context.name(M::OutcomeOk),
        Ended::Refused {
            code,
            name,
            message,
        } => {
            let values: [(&str, &dyn core::fmt::Display); 3] =
                [("code", code), ("name", name), ("message", message)];
            context.text(M::OutcomeRefused, &values)
        }
        Ended::Trapped { reason } => context.text(M::OutcomeTrapped, &[("reason", reason)]),
    }
}

/// The texts of a refusal: those of the interface stand before what the chain recorded, where they say more.
pub(crate) fn translated(context: &Context, receipt: &Receipt, errors: &[ErrorText]) -> String {
    let said = outcome(context, receipt);
    let Ended::Refused { code, message, .. } = &receipt.outcome else {
        return said;
    };
    let Some(error) = errors.iter().find(|error| error.code == *code) else {
        return said;
    };
    let text = context.lang.pick_filled(&error.zh, &error.en);
    let mut more = Vec::new();
    for part in [text, error.law.as_str()] {
        if !part.is_empty() && !message.contains(part) {
            more.push(part);
        }
    }
    if more.is_empty() {
        said
    } else {
        format!("{said} [{}]", more.join("; "))
    }
}

/// A transaction with its outcome. `errors` are the refusals that the contract publishes, if they are at hand.
pub(crate) fn answer(
    context: &Context,
    status: &TransactionStatus,
    errors: &[ErrorText],
) -> Answer {
    let data = serde_json::to_value(status).unwrap_or(Value::Null);
    let mut fields = vec![(context.name(M::TxId), status.tx_id.to_string())];
    let payload = |name| {
        status
            .payload
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let Some(receipt) = &status.receipt else {
        fields.push((context.name(M::TxState), context.name(M::TxPending)));
        let call = format!("{}.{}", payload("contract"), payload("method"));
        fields.push((context.name(M::TxCall), call));
        return Answer::new("transaction", data).fields(fields);
    };
    fields.push((context.name(M::TxState), context.name(M::TxFinal)));
    fields.extend(receipt_fields(context, receipt, errors));
    if let Some(index) = status.log_index {
        fields.push((context.name(M::LogIndex), index.to_string()));
    }
    let mut answer = Answer::new("transaction", data)
        .fields(fields)
        .exit(exit_of(receipt));
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
pub(crate) fn full(context: &Context, status: &TransactionStatus, errors: &[ErrorText]) -> Answer {
    let mut answer = answer(context, status, errors);
    if let Some(args) = status.payload.get("args") {
        answer = answer
            .text(context.name(M::ArgsTitle))
            .text(show::value(args));
    }
    if !status.rule_calls.is_empty() {
        answer = answer.text(context.name(M::RuleCallsTitle));
        for call in &status.rule_calls {
            let title = format!("{}.{}  {}", call.name, call.method, call.code_hash);
            answer = answer
                .text(title)
                .text(format!("{} → {}", call.input, call.output));
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
    errors: &[ErrorText],
) -> Vec<(String, String)> {
    let caller = if receipt.organisation.is_empty() {
        receipt.caller.clone()
    } else {
        format!("{}  {}", receipt.organisation, show::short(&receipt.caller))
    };
    vec![
        (
            context.name(M::TxOutcome),
            translated(context, receipt, errors),
        ),
        (
            context.name(M::TxCall),
            format!("{}.{}", receipt.contract, receipt.method),
        ),
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
        outcome(context, receipt),
        receipt.organisation.clone(),
        receipt
            .transaction()
            .map(|id| id.to_string())
            .unwrap_or_else(|| json!(receipt.cause).to_string()),
    ]
}
