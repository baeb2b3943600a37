//! `yilian admission publish`

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::answer::Answer;
use crate::call::{self, SendOptions};
use crate::commands::tender::{LEDGER, object};
use crate::context::{Context, Outcome, now_ms};

/// Milliseconds of a day.
const DAY_MS: u64 = 86_400_000;
/// What bidders call under a one-time key.
const METHODS: [&str; 3] = ["commit", "withdraw", "give_key"];

/// Arguments of `admission publish`.
#[derive(Debug, Args)]
pub(crate) struct Publish {
    /// 批次文件（prepare 时生成的 batch.json） | The batch, as prepare wrote it to batch.json
    batch: PathBuf,
    /// 有效天数 | Days for which the keys may be used
    #[arg(long, value_name = "DAYS", default_value_t = 30)]
    days: u64,
    #[command(flatten)]
    options: SendOptions,
}

impl Publish {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        let batch = context.read_json(&self.batch)?;
        let fields = json!({
            "batch": batch.get("batch"), "keys": batch.get("keys"),
            "contract": LEDGER, "methods": METHODS,
            "valid_until_ms": now_ms().saturating_add(self.days.saturating_mul(DAY_MS)),
        });
        call::call(
            context,
            ("identity", "admit_keys"),
            object(fields),
            &self.options,
        )
    }
}
