//! `yilian tx`

use std::path::PathBuf;

use clap::Subcommand;
use yilian_primitives::Envelope;

use crate::answer::Answer;
use crate::call::{self, SendOptions};
use crate::context::{Context, Outcome};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::tx_view;

/// Subcommands of `tx`.
#[derive(Debug, Subcommand)]
pub(crate) enum TxCommand {
    /// 发送已签名的信封（DSSE JSON），- 为标准输入 | Send a signed envelope (DSSE JSON); - is the standard input
    Submit {
        /// 信封文件 | The envelope
        file: PathBuf,
        #[command(flatten)]
        options: SendOptions,
    },
    /// 显示交易及其结果 | Show a transaction and its outcome
    Show {
        /// 交易编号 sha256:… | Its id, sha256:…
        id: String,
    },
}

impl TxCommand {
    pub(crate) fn run(self, context: &Context) -> Outcome<Answer> {
        match self {
            TxCommand::Show { id } => {
                let client = context.client();
                let status = call::transaction(context, &client, &id)?;
                let errors = call::errors_of(context, &client, &status);
                Ok(tx_view::full(context, &status, &errors))
            }
            TxCommand::Submit { file, options } => {
                let bytes = context.read_json(&file)?.to_string();
                let envelope = Envelope::from_dsse_json(bytes.as_bytes())
                    .map_err(|refusal| Failure::new(Exit::Usage, refusal.to_string()))?;
                // What is malformed or badly signed is refused here, before it travels.
                let verified = envelope
                    .verify()
                    .map_err(|refusal| Failure::new(Exit::Usage, refusal.to_string()))?;
                call::send(context, &context.client(), verified.envelope(), &options)
            }
        }
    }
}
