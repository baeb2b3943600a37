//! `yilian expert seal`

use std::path::PathBuf;

use clap::Args;
use serde_json::json;
use yilian_crypto::{Digest, decode_lower_hex};
use yilian_seal::SealingKey;

use super::{blinded_entry, info};
use crate::answer::Answer;
use crate::context::{Context, Outcome};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::messages::M;

/// Arguments of `expert seal`.
#[derive(Debug, Args)]
pub(crate) struct ExpertSeal {
    /// 抽取编号，如 draw:…:1 | The draw, as draw:…:1
    draw: String,
    /// 专家编号 | The expert's number in the pool
    #[arg(long)]
    expert: String,
    /// 名单项的随机数，64 位十六进制 | Nonce of the entry, 64 hexadecimal digits
    #[arg(long, value_name = "HEX")]
    nonce: String,
    /// 联系方式等，仅通知人可见 | How to reach the expert; the notifier alone sees it
    #[arg(long, default_value = "")]
    contact: String,
    /// 通知人的密封公钥，64 位十六进制 | The notifier's sealing key, 64 hexadecimal digits
    #[arg(long, value_name = "HEX")]
    to: String,
    /// 链编号 | Chain id
    #[arg(long, value_name = "ID")]
    chain_id: String,
    /// 密封通知存为 | Write the sealed notice here
    #[arg(long, short, value_name = "FILE")]
    out: PathBuf,
}

impl ExpertSeal {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        let usage = |reason: String| Failure::new(Exit::Usage, reason);
        let nonce = decode_lower_hex::<32>(&self.nonce)
            .ok_or_else(|| usage("--nonce: expected 64 hexadecimal digits".to_owned()))?;
        let to: SealingKey = self
            .to
            .parse()
            .map_err(|error: yilian_seal::SealError| usage(error.to_string()))?;
        let entry = blinded_entry(&self.draw, &self.expert, &nonce);
        let notice = json!({"expert": self.expert, "nonce": self.nonce, "contact": self.contact});
        let info = info(&self.chain_id, &self.draw);
        let sealed = to
            .seal(&info, entry.as_bytes(), notice.to_string().as_bytes())
            .map_err(|error| usage(error.to_string()))?;
        context.write_new(&self.out, &sealed)?;
        let digest = Digest::sha256(&sealed);
        let data = json!({"draw_id": self.draw, "entry": entry.to_hex(), "sealed": digest});
        let shown = self.out.display();
        Ok(Answer::new("expert_sealed", data)
            .fields([
                (context.name(M::ExpertEntry), entry.to_hex()),
                (context.name(M::ExpertSealed), digest.to_string()),
            ])
            .text(context.text(M::Written, &[("path", &shown)])))
    }
}
