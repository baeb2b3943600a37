//! Orders that stop the clocks of a section, and their end.

use clap::Args;
use serde_json::json;

use super::{Reason, call};
use crate::answer::Answer;
use crate::call::SendOptions;
use crate::context::{Context, Outcome};
use crate::hashing::DigestOrFile;

/// Arguments of `tender suspend`.
#[derive(Debug, Args)]
pub(crate) struct Suspend {
    /// 统一交易标识码 | Unified identifier of the section
    tender: String,
    /// 暂停决定书：文件，或其摘要 | The order: a file, or its digest
    #[arg(long, value_name = "FILE|DIGEST")]
    order: DigestOrFile,
    #[command(flatten)]
    reason: Reason,
    #[command(flatten)]
    options: SendOptions,
}

impl Suspend {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        let fields = json!({
            "tender": self.tender, "order": self.order.resolve(context)?,
            "reason": self.reason.json(),
        });
        call(context, "suspend", fields, &self.options)
    }
}

/// Arguments of `tender resume`.
#[derive(Debug, Args)]
pub(crate) struct Resume {
    /// 统一交易标识码 | Unified identifier of the section
    tender: String,
    #[command(flatten)]
    reason: Reason,
    #[command(flatten)]
    options: SendOptions,
}

impl Resume {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        let fields = json!({"tender": self.tender, "reason": self.reason.json()});
        call(context, "resume", fields, &self.options)
    }
}
