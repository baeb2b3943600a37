//! `yilian contract deploy`

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::Args;
use serde_json::{Map, json};
use yilian_abi::state_key;

use super::check::read_program;
use crate::answer::Answer;
use crate::call::{self, SendOptions};
use crate::context::{Context, Outcome};
use crate::messages::M;

/// Arguments of `contract deploy`.
#[derive(Debug, Args)]
pub(crate) struct DeployArgs {
    /// wasm 文件 | The wasm file
    file: PathBuf,
    /// 部署的名称，默认用接口中的名称 | Name to deploy it under, by default that of its interface
    #[arg(long)]
    name: Option<String>,
    #[command(flatten)]
    options: SendOptions,
}

impl DeployArgs {
    pub(crate) fn run(self, context: &Context) -> Outcome<Answer> {
        let program = read_program(context, &self.file)?;
        let name = self.name.unwrap_or_else(|| program.interface.name.clone());
        let kind = program.kind_name(context);
        let values: [(&str, &dyn core::fmt::Display); 3] =
            [("name", &name), ("kind", &kind), ("hash", &program.hash)];
        context.note(&context.text(M::Deploying, &values));
        let mut args = Map::new();
        args.insert("name".to_owned(), json!(name));
        args.insert("kind".to_owned(), json!(program.interface.kind));
        args.insert("wasm".to_owned(), json!(STANDARD.encode(&program.bytes)));
        call::call(context, (state_key::SYSTEM, "deploy"), args, &self.options)
    }
}
