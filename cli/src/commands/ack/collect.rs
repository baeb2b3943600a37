//! `yilian ack collect`

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::super::admission::TokenFile;
use super::{AskOptions, read};
use crate::answer::Answer;
use crate::call::{SendOptions, Signed};
use crate::context::{Context, Outcome, unwritable};
use crate::exit::Exit;
use crate::messages::M;

/// Arguments of `ack collect`.
#[derive(Debug, Args)]
pub(crate) struct AckCollect {
    /// 回执文件（tender commit 时生成）；补充的回执写入其中 | File made by tender commit; what is collected is added to it
    file: PathBuf,
    /// 递交时所用的一次性密钥（如有） | The one-time key that it was submitted under, if any
    #[arg(long, value_name = "FILE")]
    token: Option<PathBuf>,
    #[command(flatten)]
    ask: AskOptions,
    #[command(flatten)]
    options: SendOptions,
}

impl AckCollect {
    /// The same submission is sent in a new transaction: it keeps what was acknowledged of it before.
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        let shown = self.file.display();
        let mut kept = read(context, &self.file)?;
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
        let validators = self.ask.validators(context);
        let (collected, needed) = self.ask.collect(context, &client, &validators, &envelope)?;
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
