//! `yilian log receipt`

use std::path::PathBuf;

use clap::Args;
use serde_json::json;
use yilian_cose_receipt::public_key_pem;

use crate::answer::Answer;
use crate::context::{Context, Outcome, unwritable};
use crate::messages::M;
use crate::verification;

/// Arguments of `log receipt`.
#[derive(Debug, Args)]
pub(crate) struct ReceiptArgs {
    /// 日志序号 | Place in the log
    index: u64,
    /// 写入此目录：receipt.cose、leaf.cbor 与各验证者的公钥 | Folder to write: receipt.cose, leaf.cbor, and the key of each validator
    #[arg(long, short, value_name = "DIR")]
    out: PathBuf,
    /// 信任根：公钥取自其中，而非节点 | Trust: keys are taken from it, not from the node
    #[arg(long, value_name = "chain.toml")]
    trust: Option<PathBuf>,
}

impl ReceiptArgs {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        let trust = verification::trust(context, self.trust.as_deref())?;
        let client = context.client();
        let failed = |error| context.node_failure(error);
        let receipt = client.cose_receipt(self.index).map_err(failed)?;
        let leaf = client.log_leaf(self.index).map_err(failed)?;
        let keys = self.out.join("keys");
        std::fs::create_dir_all(&keys).map_err(|error| unwritable(context.lang, &keys, &error))?;
        context.write_new(&self.out.join("receipt.cose"), &receipt)?;
        context.write_new(&self.out.join("leaf.cbor"), &leaf)?;
        let mut names = Vec::new();
        for validator in trust.validators().iter().flat_map(|set| set.iter()) {
            let pem = public_key_pem(&validator.public_key);
            context.write_new(
                &keys.join(format!("{}.pem", validator.name)),
                pem.as_bytes(),
            )?;
            names.push(validator.name.clone());
        }
        let shown = self.out.display();
        let data =
            json!({"folder": self.out, "index": self.index, "bytes": receipt.len(), "keys": names});
        Ok(Answer::new("cose-receipt", data)
            .text(context.text(M::Written, &[("path", &shown)]))
            .text(context.name(M::ReceiptOneWord)))
    }
}
