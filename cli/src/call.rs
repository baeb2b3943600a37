//! Calls of contracts: arguments checked against the interface, signed, sent, waited for.

use std::time::Duration;

use clap::Args;
use serde_json::{Map, Value, json};
use yilian_abi::interface::ErrorText;
use yilian_abi::{Interface, Method};
use yilian_client::{
    Client, DEFAULT_FUEL, DEFAULT_VALID_FOR_MS, Submitted, TransactionBuilder, TransactionStatus,
    WAIT_MAX, Wait,
};
use yilian_crypto::SecretKey;
use yilian_primitives::{Envelope, TxId};

use crate::answer::Answer;
use crate::context::{Context, Outcome, now_ms};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::messages::M;
use crate::{keyfile, schema, show, tx_view};

/// Built-in contract, which has no interface section.
const SYSTEM: &str = "system";

/// How a transaction is sent.
#[derive(Clone, Debug, Args)]
pub(crate) struct SendOptions {
    /// 燃料上限 | Most fuel that the call may burn
    #[arg(long, default_value_t = DEFAULT_FUEL, value_name = "N")]
    fuel: u64,
    /// 交易有效期（秒） | How long the transaction stays valid, in seconds
    #[arg(long, default_value_t = DEFAULT_VALID_FOR_MS / 1_000, value_name = "SECONDS")]
    valid_for: u64,
    /// 不等待定案，节点收下即返回 | Do not wait for finality
    #[arg(long)]
    no_wait: bool,
    /// 等待定案的最长时间（秒） | Longest wait for finality, in seconds
    #[arg(long, default_value_t = 60, value_name = "SECONDS")]
    timeout: u64,
}

/// The interface of a deployed contract.
pub(crate) fn interface(context: &Context, client: &Client, contract: &str) -> Outcome<Interface> {
    let bytes = client
        .interface(contract)
        .map_err(|error| context.node_failure(error))?;
    Interface::parse(&bytes).map_err(|error| {
        let text = context.text(
            M::UnexpectedAnswer,
            &[("what", &contract), ("reason", &error)],
        );
        Failure::new(Exit::Failure, text)
    })
}

/// A method of an interface, or a failure that names those there are.
pub(crate) fn method<'i>(
    context: &Context,
    interface: &'i Interface,
    contract: &str,
    name: &str,
) -> Outcome<&'i Method> {
    interface.method(name).ok_or_else(|| {
        let names: Vec<_> = interface
            .methods
            .iter()
            .map(|method| method.name.as_str())
            .collect();
        let text = context.text(
            M::UnknownMethod,
            &[("contract", &contract), ("method", &name)],
        );
        let hint = context.text(M::UnknownMethodHint, &[("methods", &names.join(", "))]);
        Failure::new(Exit::NotFound, text).hint(hint)
    })
}

/// Refuses arguments that do not fit the method, naming every place.
pub(crate) fn check_args(
    context: &Context,
    contract: &str,
    method: &Method,
    args: &Value,
) -> Outcome<()> {
    let problems = schema::check(context.lang, &method.args, args);
    if problems.is_empty() {
        return Ok(());
    }
    let text = format!(
        "{}\n  {}",
        context.name(M::ArgsWrong),
        problems.join("\n  ")
    );
    let values: [(&str, &dyn core::fmt::Display); 2] =
        [("contract", &contract), ("method", &method.name)];
    Err(Failure::new(Exit::Usage, text).hint(context.text(M::ArgsWrongHint, &values)))
}

/// Calls a method with checked arguments: a view is asked, anything else is signed and sent.
pub(crate) fn call(
    context: &Context,
    (contract, name): (&str, &str),
    args: Map<String, Value>,
    options: &SendOptions,
) -> Outcome<Answer> {
    let client = context.client();
    let args = Value::Object(args);
    if contract != SYSTEM {
        let interface = interface(context, &client, contract)?;
        let method = method(context, &interface, contract, name)?;
        check_args(context, contract, method, &args)?;
        if method.view {
            return query(context, &client, (contract, name), &args);
        }
    }
    let call = Signed {
        contract,
        method: name,
        args,
        key: None,
    };
    let envelope = call.sign(context, &client, options)?;
    send(context, &client, &envelope, options)
}

/// Asks a view and shows what it gives.
pub(crate) fn query(
    context: &Context,
    client: &Client,
    (contract, method): (&str, &str),
    args: &Value,
) -> Outcome<Answer> {
    let asked = client
        .query(contract, method, args)
        .map_err(|error| context.node_failure(error))?;
    let data = json!({"contract": contract, "method": method, "height": asked.height,
        "result": asked.result});
    Ok(Answer::new("query", data)
        .fields([(context.name(M::Height), asked.height.to_string())])
        .text(context.name(M::ResultTitle))
        .text(show::value(&asked.result)))
}

/// A call to be signed: by a key of its own, or by the one that the command line names.
pub(crate) struct Signed<'c> {
    pub(crate) contract: &'c str,
    pub(crate) method: &'c str,
    pub(crate) args: Value,
    pub(crate) key: Option<&'c SecretKey>,
}

impl Signed<'_> {
    /// Signs it for the chain of a node.
    pub(crate) fn sign(
        self,
        context: &Context,
        client: &Client,
        options: &SendOptions,
    ) -> Outcome<Envelope> {
        let key = match self.key {
            Some(key) => key.clone(),
            None => context.key()?,
        };
        let status = client.status();
        let chain_id = status
            .map_err(|error| context.node_failure(error))?
            .chain_id;
        TransactionBuilder::new(chain_id, self.contract, self.method)
            .args(self.args)
            .fuel(options.fuel)
            .valid_for_ms(options.valid_for.saturating_mul(1_000))
            .sign(&key, now_ms(), keyfile::nonce())
            .map_err(|error| {
                let text = context.text(M::NotSigned, &[("reason", &error)]);
                Failure::new(Exit::Usage, text)
            })
    }

    /// Signs and sends it, and waits as the options say.
    pub(crate) fn send(self, context: &Context, options: &SendOptions) -> Outcome<Answer> {
        let client = context.client();
        let envelope = self.sign(context, &client, options)?;
        send(context, &client, &envelope, options)
    }
}

/// Sends a signed transaction, waits as the options say, and shows its outcome.
pub(crate) fn send(
    context: &Context,
    client: &Client,
    envelope: &Envelope,
    options: &SendOptions,
) -> Outcome<Answer> {
    let wait = if options.no_wait {
        Wait::Accepted
    } else {
        context.note(&context.name(M::Waiting));
        Wait::Final(options.timeout.saturating_mul(1_000).min(WAIT_MAX))
    };
    let submitted = client
        .submit(envelope, wait)
        .map_err(|error| context.node_failure(error))?;
    settle(context, client, submitted, options)
}

/// Waits for what was submitted as the options say, and shows its outcome.
pub(crate) fn settle(
    context: &Context,
    client: &Client,
    submitted: Submitted,
    options: &SendOptions,
) -> Outcome<Answer> {
    let id = match submitted {
        Submitted::Final(status) => {
            let errors = errors_of(context, client, &status);
            return Ok(tx_view::answer(context, &status, &errors));
        }
        Submitted::Accepted(id) => id,
    };
    if options.no_wait {
        return Ok(accepted(context, &id, Exit::Ok));
    }
    let rest = Duration::from_secs(options.timeout).saturating_sub(Duration::from_millis(WAIT_MAX));
    match client
        .wait_final(&id, rest)
        .map_err(|error| context.node_failure(error))?
    {
        Some(status) => {
            let errors = errors_of(context, client, &status);
            Ok(tx_view::answer(context, &status, &errors))
        }
        // The transaction may still be executed: the time is over, nothing is decided.
        None => Ok(accepted(context, &id, Exit::Network)),
    }
}

fn accepted(context: &Context, id: &TxId, exit: Exit) -> Answer {
    Answer::new("submitted", json!({"tx_id": id, "status": "accepted"}))
        .fields([
            (context.name(M::TxId), id.to_string()),
            (context.name(M::TxState), context.name(M::TxAccepted)),
        ])
        .text(context.text(M::TxAcceptedHint, &[("id", id)]))
        .exit(exit)
}

/// Texts of the refusals of a contract that refused; empty if it did not, or if they cannot be had.
pub(crate) fn errors_of(
    context: &Context,
    client: &Client,
    status: &TransactionStatus,
) -> Vec<ErrorText> {
    match &status.receipt {
        Some(receipt) if tx_view::exit_of(receipt) == Exit::Refused => {
            let interface = interface(context, client, &receipt.contract);
            interface
                .map(|interface| interface.errors)
                .unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

/// A transaction that is named on the command line.
pub(crate) fn transaction(
    context: &Context,
    client: &Client,
    text: &str,
) -> Outcome<TransactionStatus> {
    let id = parse_id(context, text)?;
    client
        .transaction(&id)
        .map_err(|error| context.node_failure(error))
}

/// Reads a transaction id.
pub(crate) fn parse_id(context: &Context, text: &str) -> Outcome<TxId> {
    text.parse()
        .map_err(|_| Failure::new(Exit::Usage, context.text(M::NotAHash, &[("text", &text)])))
}
