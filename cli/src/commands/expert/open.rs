//! `yilian expert open`

use std::path::PathBuf;

use clap::Args;
use serde::Deserialize;
use serde_json::json;
use yilian_crypto::decode_lower_hex;
use yilian_seal::OpeningKey;

use super::{blinded_entry, info};
use crate::answer::Answer;
use crate::context::{Context, Outcome};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::keyfile;
use crate::messages::M;

/// Arguments of `expert open`.
#[derive(Debug, Args)]
pub(crate) struct ExpertOpen {
    /// 密封通知 | The sealed notice
    file: PathBuf,
    /// 抽取编号 | The draw
    #[arg(long)]
    draw: String,
    /// 抽中的名单项，64 位十六进制 | The entry that was drawn, 64 hexadecimal digits
    #[arg(long, value_name = "HEX")]
    entry: String,
    /// 通知人的密钥文件 | File of the notifier's key
    #[arg(long, value_name = "FILE")]
    opening_key: PathBuf,
    /// 链编号 | Chain id
    #[arg(long, value_name = "ID")]
    chain_id: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Notice {
    expert: String,
    nonce: String,
    contact: String,
}

impl ExpertOpen {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        let usage = |reason: &str| Failure::new(Exit::Usage, reason);
        let entry = decode_lower_hex::<32>(&self.entry)
            .ok_or_else(|| usage("--entry: expected 64 hexadecimal digits"))?;
        let shown = self.opening_key.display().to_string();
        let secret = keyfile::read(context.lang, &shown, &self.opening_key)?;
        let forged = || Failure::new(Exit::Forged, context.name(M::ExpertForged));
        let sealed = context.read_bytes(&self.file)?;
        let key = OpeningKey::derive(&secret.seed());
        let opened = key.open(&info(&self.chain_id, &self.draw), &entry, &sealed);
        let notice: Notice =
            serde_json::from_slice(&opened.map_err(|_| forged())?).map_err(|_| forged())?;
        // Before a name is shown: the notice is of the very entry that was drawn.
        let nonce = decode_lower_hex::<32>(&notice.nonce).ok_or_else(forged)?;
        if blinded_entry(&self.draw, &notice.expert, &nonce).as_bytes() != &entry {
            return Err(forged());
        }
        let data = json!({"draw_id": self.draw, "entry": self.entry, "expert": notice.expert,
            "nonce": notice.nonce, "contact": notice.contact});
        Ok(Answer::new("expert", data).fields([
            (context.name(M::ExpertNumber), notice.expert),
            (context.name(M::ExpertContact), notice.contact),
        ]))
    }
}
