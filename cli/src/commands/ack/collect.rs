//! `yilian ack collect`

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use serde_json::json;
use yilian_acknowledgement::AcknowledgedSubmission;
use yilian_client::Client;

use super::super::admission::TokenFile;
use crate::answer::Answer;
use crate::call::{SendOptions, Signed};
use crate::context::{Context, Outcome, unwritable};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::messages::M;

/// Arguments of `ack collect`.
#[derive(Debug, Args)]
pub(crate) struct AckCollect {
    /// 回执文件（tender commit 时生成）；补充的回执写入其中 | File made by tender commit; what is collected is added to it
    file: PathBuf,
    /// 递交时所用的一次性密钥（如有） | The one-time key that it was submitted under, if any
    #[arg(long, value_name = "FILE")]
    token: Option<PathBuf>,
    /// 向这些验证节点取回执（网址，可多次给出）；不给出时用本目录设置中的 | Validators to ask (URL, may be repeated); those of the settings if left out
    #[arg(long, value_name = "URL")]
    ask: Vec<String>,
    /// 取回执的最长时间（秒） | Longest time to collect acknowledgements, in seconds
    #[arg(long, default_value_t = 30, value_name = "SECONDS")]
    ask_for: u64,
    #[command(flatten)]
    options: SendOptions,
}

impl AckCollect {
    /// The same submission is sent in a new transaction: it keeps what was acknowledged of it before.
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        let shown = self.file.display();
        let read = AcknowledgedSubmission::from_bytes(&context.read_bytes(&self.file)?);
        let mut kept = read.map_err(|error| {
            let values: [(&str, &dyn core::fmt::Display); 2] =
                [("what", &shown), ("reason", &error)];
            Failure::new(Exit::Usage, context.text(M::NotJson, &values))
        })?;
        let token = self
            .token
            .as_ref()
            .map(|path| TokenFile::read(context, path));
        let token = token.transpose()?;
        let call = Signed {
            contract: &kept.contract,
            method: &kept.method,
            args: kept.args.clone(),
            key: token.as_ref().map(|(_, key)| key),
        };
        let client = context.client();
        let envelope = call.sign(context, &client, &self.options)?;
        let network = client.network().map_err(|e| context.node_failure(e))?;
        let keys: Vec<_> = network
            .validators
            .iter()
            .map(|one| one.public_key)
            .collect();
        let needed = keys.len().saturating_sub(1) / 3 + 1;
        let nodes = context.validators(&self.ask);
        let time = Duration::from_secs(self.ask_for);
        let collected = Client::collect_acknowledgements(&nodes, &envelope, &keys, needed, time)
            .map_err(|error| context.node_failure(error))?;
        for one in collected.submission.acknowledgements {
            if !kept.acknowledgements.contains(&one) {
                kept.acknowledgements.push(one);
            }
        }
        let text = format!("{:#}\n", kept.to_json());
        std::fs::write(&self.file, text)
            .map_err(|error| unwritable(context.lang, &self.file, &error))?;
        let got = kept.acknowledgements.len();
        let values: [(&str, &dyn core::fmt::Display); 3] =
            [("got", &got), ("needed", &needed), ("path", &shown)];
        let data = json!({"acknowledgements": kept.acknowledgements, "needed": needed});
        let exit = if got >= needed {
            Exit::Ok
        } else {
            Exit::Network
        };
        Ok(Answer::new("acknowledgements_collected", data)
            .text(context.text(M::AckCollected, &values))
            .exit(exit))
    }
}
