//! `yilian witness`

mod server;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::json;
use yilian_crypto::cosignature::Cosigner;
use yilian_crypto::signed_note::key_name_is_valid;

use crate::answer::Answer;
use crate::context::{Context, Outcome, unwritable};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::messages::M;
use crate::{seen, verification};
use server::{Log, Witness};

/// Subcommands of `witness`.
#[derive(Debug, Subcommand)]
pub(crate) enum WitnessCommand {
    /// 运行见证人（C2SP tlog-witness），直至停止信号；签名密钥由 --key 给出 | Run a witness (C2SP tlog-witness) until it is told to stop; --key names its key
    Run(RunArgs),
    /// 显示见证人的公钥，供节点与信任文件使用 | Show the witness's key, for nodes and trust files
    Key {
        /// 见证人名称，如 audit.gansu | Name of the witness, as audit.gansu
        #[arg(long)]
        name: String,
    },
}

/// Arguments of `witness run`.
#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// 见证人名称，如 audit.gansu | Name of the witness, as audit.gansu
    #[arg(long)]
    name: String,
    /// 监听地址 | Address to listen on
    #[arg(long, default_value = "127.0.0.1:27400", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// 状态目录：每条日志已副署的检查点 | Folder of what was cosigned, a file for each log
    #[arg(long, value_name = "DIR")]
    state: PathBuf,
    /// 信任根：链规范，每条日志一个 | Trust: a chain specification for each log
    #[arg(long = "trust", value_name = "chain.toml", required = true)]
    trust: Vec<PathBuf>,
}

impl WitnessCommand {
    pub(crate) fn run(self, context: &Context) -> Outcome<Answer> {
        match self {
            WitnessCommand::Run(args) => args.run(context),
            WitnessCommand::Key { name } => {
                let cosigner = cosigner(context, name)?;
                let data = json!({"name": cosigner.name, "public_key": cosigner.public_key,
                    "verifier_key": cosigner.to_string()});
                Ok(Answer::new("witness-key", data).fields([
                    (context.name(M::WitnessKey), cosigner.to_string()),
                    (
                        context.name(M::WitnessPublicKey),
                        cosigner.public_key.to_string(),
                    ),
                ]))
            }
        }
    }
}

fn cosigner(context: &Context, name: String) -> Outcome<Cosigner> {
    if !key_name_is_valid(&name) {
        let text = context.text(M::WitnessName, &[("name", &name)]);
        return Err(Failure::new(Exit::Usage, text));
    }
    let public_key = context.key()?.public_key();
    Ok(Cosigner { name, public_key })
}

impl RunArgs {
    fn run(self, context: &Context) -> Outcome<Answer> {
        let cosigner = cosigner(context, self.name)?;
        std::fs::create_dir_all(&self.state)
            .map_err(|error| unwritable(context.lang, &self.state, &error))?;
        let mut logs: Vec<Log> = Vec::new();
        for path in &self.trust {
            let trust = verification::trust(context, Some(path))?;
            // A chain id is of letters, digits and dashes, so it names a file.
            let file = self.state.join(format!("{}.json", trust.chain_id));
            let follower = seen::follower(context, &trust, &file)?;
            let origin = follower.origin();
            if logs.iter().any(|log| log.origin() == origin) {
                let text = context.text(M::WitnessTwice, &[("origin", &origin)]);
                return Err(Failure::new(Exit::Usage, text));
            }
            logs.push(Log::new(follower, trust, file));
        }
        let origins: Vec<String> = logs.iter().map(Log::origin).collect();
        let key = cosigner.to_string();
        let witness = Witness::new(context.clone(), cosigner.clone(), context.key()?, logs);
        server::serve(context, self.listen, witness, |address| {
            let values: [(&str, &dyn core::fmt::Display); 2] =
                [("name", &cosigner.name), ("address", &address)];
            context.note(&context.text(M::WitnessListening, &values));
            context.note(&format!("{}: {key}", context.name(M::WitnessKey)));
            context.note(&format!(
                "{}: {}",
                context.name(M::WitnessLogs),
                origins.join(", ")
            ));
        })?;
        let data = json!({"verifier_key": key, "logs": origins});
        Ok(Answer::new("witness", data).text(context.name(M::WitnessStopped)))
    }
}
