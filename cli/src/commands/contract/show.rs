//! `yilian contract show` and `yilian contract list`

use std::path::Path;

use clap::Args;
use serde_json::{Value, json};
use yilian_abi::interface::ErrorText;
use yilian_abi::{Interface, Method};

use super::check::{kind_name, read_program};
use crate::answer::{Answer, Block};
use crate::call;
use crate::context::{Context, Outcome};
use crate::messages::M;
use crate::show;

/// Arguments of `contract show`.
#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// 已部署的合约名，或 wasm 文件 | Name of a deployed contract, or a wasm file
    contract: String,
    /// 只显示此方法，含参数格式 | Show this method only, with the form of its arguments
    #[arg(long)]
    method: Option<String>,
}

impl ShowArgs {
    pub(crate) fn run(self, context: &Context) -> Outcome<Answer> {
        let path = Path::new(&self.contract);
        let (interface, fields) = if path.is_file() {
            let program = read_program(context, path)?;
            (
                program.interface,
                vec![(context.name(M::CodeHash), program.hash.to_string())],
            )
        } else {
            deployed(context, &self.contract)?
        };
        match &self.method {
            Some(name) => {
                let method = call::method(context, &interface, &self.contract, name)?;
                Ok(one(context, method))
            }
            None => Ok(all(context, &interface, fields)),
        }
    }
}

type Fields = Vec<(String, String)>;

fn deployed(context: &Context, name: &str) -> Outcome<(Interface, Fields)> {
    let client = context.client();
    let contract = client
        .contract(name)
        .map_err(|error| context.node_failure(error))?;
    let fields = vec![
        (context.name(M::CodeHash), contract.code_hash.to_string()),
        (context.name(M::SinceHeight), contract.height.to_string()),
    ];
    Ok((call::interface(context, &client, name)?, fields))
}

fn all(context: &Context, interface: &Interface, more: Fields) -> Answer {
    let title = context
        .lang
        .pick_filled(&interface.title.zh, &interface.title.en);
    let mut fields = vec![
        (
            context.name(M::ContractName),
            format!("{} {title}", interface.name),
        ),
        (context.name(M::Kind), kind_name(context, interface.kind)),
        (context.name(M::Version), interface.version.clone()),
    ];
    fields.extend(more);
    let methods = interface
        .methods
        .iter()
        .map(|method| method_row(context, method))
        .collect();
    let head = [M::Methods, M::Kind, M::MethodTitle, M::MethodArgs];
    let answer = Answer::new("contract", json!(interface))
        .fields(fields)
        .table(head.map(|message| context.name(message)), methods);
    if interface.errors.is_empty() {
        return answer;
    }
    let row = |error: &ErrorText| {
        let text = context.lang.pick_filled(&error.zh, &error.en).to_owned();
        vec![
            error.code.to_string(),
            error.name.clone(),
            text,
            error.law.clone(),
        ]
    };
    let rows = interface.errors.iter().map(row).collect();
    let head = [M::Errors, M::Name, M::MethodTitle, M::Law];
    answer
        .with(Block::Title(context.name(M::Errors)))
        .table(head.map(|message| context.name(message)), rows)
}

fn method_row(context: &Context, method: &Method) -> Vec<String> {
    let kind = context.name(if method.view {
        M::MethodView
    } else {
        M::MethodCall
    });
    let title = context.lang.pick_filled(&method.title.zh, &method.title.en);
    vec![
        method.name.clone(),
        kind,
        title.to_owned(),
        argument_names(&method.args),
    ]
}

/// Names of the arguments; a question mark stands behind those that may be left out.
fn argument_names(schema: &Value) -> String {
    let required = schema["required"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let Some(properties) = schema["properties"].as_object() else {
        return String::new();
    };
    let name = |name: &String| match required.iter().any(|one| one == name) {
        true => name.clone(),
        false => format!("{name}?"),
    };
    properties.keys().map(name).collect::<Vec<_>>().join(", ")
}

fn one(context: &Context, method: &Method) -> Answer {
    let title = context.lang.pick_filled(&method.title.zh, &method.title.en);
    Answer::new("contract-method", json!(method))
        .fields([(context.name(M::Methods), format!("{} {title}", method.name))])
        .text(context.name(M::ArgsTitle))
        .text(show::value(&method.args))
        .text(context.name(M::ResultTitle))
        .text(show::value(&method.result))
}

/// `yilian contract list`
pub(crate) fn list(context: &Context) -> Outcome<Answer> {
    let contracts = context
        .client()
        .contracts()
        .map_err(|error| context.node_failure(error))?;
    let kind = |kind: &str| {
        context.name(if kind == "rule" {
            M::KindRule
        } else {
            M::KindLedger
        })
    };
    let row = |c: &yilian_client::Contract| {
        let hash = c.code_hash.to_string();
        vec![
            c.name.clone(),
            kind(&c.kind),
            c.version.clone(),
            c.height.to_string(),
            hash,
        ]
    };
    let rows = contracts.iter().map(row).collect();
    let head = [
        M::ContractName,
        M::Kind,
        M::Version,
        M::SinceHeight,
        M::CodeHash,
    ];
    Ok(Answer::new("contracts", json!(contracts)).table(head.map(|m| context.name(m)), rows))
}
