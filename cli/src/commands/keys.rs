//! `yilian keys`

use std::path::PathBuf;

use clap::Subcommand;
use serde_json::{Value, json};
use yilian_abi::records::KeyBinding;
use yilian_abi::state_key;
use yilian_crypto::PublicKey;
use yilian_primitives::Address;

use crate::answer::Answer;
use crate::context::{Context, Outcome};
use crate::keyfile;
use crate::messages::M;

/// Subcommands of `keys`.
#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// 生成新密钥（文件权限 600） | Make a key (file mode 600)
    New {
        /// 名称，存入本程序目录 | Name, in the program's folder
        #[arg(required_unless_present = "out")]
        name: Option<String>,
        /// 另存为此文件 | Write this file instead
        #[arg(long, short, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// 查看公钥，不显示私钥 | Show the public key, never the secret one
    Show {
        /// 文件或名称 | File or name
        name: String,
        /// 同时向节点查询登记单位 | Also ask the node to whom it is registered
        #[arg(long)]
        online: bool,
    },
    /// 列出本程序目录中的密钥 | List the keys of the program's folder
    List,
}

impl KeysCommand {
    pub(crate) fn run(self, context: &Context) -> Outcome<Answer> {
        match self {
            KeysCommand::New { name, out } => new(context, name.as_deref(), out),
            KeysCommand::Show { name, online } => show(context, &name, online),
            KeysCommand::List => list(context),
        }
    }
}

fn new(context: &Context, name: Option<&str>, out: Option<PathBuf>) -> Outcome<Answer> {
    let named = || {
        context
            .keys_dir()
            .join(format!("{}.key", name.unwrap_or("default")))
    };
    let path = out.unwrap_or_else(named);
    let key = keyfile::generate();
    keyfile::write(context.lang, &path, &key)?;
    let public = key.public_key();
    let data = json!({"public_key": public, "file": path});
    Ok(Answer::new("key", data)
        .text(context.name(M::KeyMade))
        .fields([
            (context.name(M::KeyPublic), public.to_string()),
            (context.name(M::KeyFile), path.display().to_string()),
        ]))
}

fn show(context: &Context, name: &str, online: bool) -> Outcome<Answer> {
    let path = context.key_path(name);
    let public = keyfile::read(context.lang, name, &path)?.public_key();
    let address = Address::of(&public);
    let mut data = json!({"public_key": public, "address": address, "file": path});
    let mut fields = vec![
        (context.name(M::KeyPublic), public.to_string()),
        (context.name(M::KeyAddress), address.to_string()),
        (context.name(M::KeyFile), path.display().to_string()),
    ];
    if online {
        let binding = binding(context, &public)?;
        let shown = binding.as_ref().map(|b| b.organisation.clone());
        fields.push((
            context.name(M::KeyBinding),
            shown.unwrap_or_else(|| context.name(M::None)),
        ));
        data["binding"] = json!(binding);
    }
    Ok(Answer::new("key", data).fields(fields))
}

/// To whom a key is bound, as the state of the chain says.
fn binding(context: &Context, key: &PublicKey) -> Outcome<Option<KeyBinding>> {
    let state = context
        .client()
        .state_proof(state_key::IDENTITY, &format!("key/{key}"));
    let value = state.map_err(|error| context.node_failure(error))?.value;
    Ok(value.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
}

fn list(context: &Context) -> Outcome<Answer> {
    let folder = context.keys_dir();
    let mut names: Vec<String> = std::fs::read_dir(&folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter_map(|name| name.strip_suffix(".key").map(str::to_owned))
        .collect();
    names.sort();
    let mut data = Vec::new();
    let mut rows = Vec::new();
    for name in names {
        // A damaged key is shown in its place, so that the others stay visible.
        let read = keyfile::read(context.lang, &name, &context.key_path(&name));
        let public = read.map(|key| key.public_key().to_string());
        data.push(json!({"name": name, "public_key": public.as_ref().ok()}));
        rows.push(vec![name, public.unwrap_or_else(|failure| failure.message)]);
    }
    let answer = Answer::new("keys", Value::Array(data));
    if rows.is_empty() {
        return Ok(answer.text(context.text(M::NoKeys, &[("path", &folder.display())])));
    }
    Ok(answer.table([context.name(M::KeyName), context.name(M::KeyPublic)], rows))
}
