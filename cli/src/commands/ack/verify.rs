//! `yilian ack verify`

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};
use yilian_acknowledgement::{AcknowledgedSubmission, Standing, forks};

use super::centres::Centres;
use crate::answer::{Answer, Block, Step};
use crate::context::{Context, Outcome};
use crate::exit::Exit;
use crate::messages::M;
use crate::show;

/// Arguments of `ack verify`.
#[derive(Debug, Args)]
pub(crate) struct AckVerifyArgs {
    /// 回执文件（tender commit 时生成）；给出多个时还核对各中心的回执链有无分叉 | Files made by tender commit; of several, each validator's chain is checked for forks too
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// 信任根：从可靠渠道取得的链规范 | Trust: the chain's specification from a source you trust
    #[arg(long, value_name = "chain.toml")]
    trust: Option<PathBuf>,
    /// 截止时间，Unix 毫秒；给出时判定是否按时 | A deadline in Unix ms, to be held against
    #[arg(long, value_name = "MS")]
    deadline: Option<u64>,
}

impl AckVerifyArgs {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        let centres = Centres::trusted(context, self.trust.as_deref())?;
        let read = |path: &PathBuf| super::read(context, path);
        let files: Vec<_> = self.files.iter().map(read).collect::<Outcome<_>>()?;
        let (mut exit, mut steps, mut data) = (Exit::Ok, Vec::new(), Vec::new());
        for file in &files {
            let (found, shown) = self.one(context, &centres, file, &mut steps);
            exit = worst(exit, found);
            data.push(shown);
        }
        let forked = forks(&files);
        if files.len() > 1 || !forked.is_empty() {
            let named: Vec<_> = forked
                .iter()
                .map(|one| centres.name(&one.validator))
                .collect();
            steps.push(Step {
                holds: Some(forked.is_empty()),
                what: context.name(M::AckChains),
                detail: named.join(", "),
            });
        }
        if !forked.is_empty() {
            exit = Exit::Forged;
        }
        let forked: Vec<_> = forked.iter().map(|one| one.validator).collect();
        let data = json!({"submissions": data, "forked": forked});
        Ok(Answer::new("acknowledgements", data)
            .with(Block::Steps(steps))
            .exit(exit))
    }

    fn one(
        &self,
        context: &Context,
        centres: &Centres,
        file: &AcknowledgedSubmission,
        steps: &mut Vec<Step>,
    ) -> (Exit, Value) {
        let (standing, sound) = centres.judge(context, file, steps);
        let values: [(&str, &dyn core::fmt::Display); 2] = [
            ("got", &standing.holding.len()),
            ("needed", &standing.needed),
        ];
        steps.push(Step {
            holds: standing.received_ms.map(|_| true),
            what: context.text(M::AckReceived, &values),
            detail: standing.received_ms.map_or_else(String::new, show::time),
        });
        let in_time = self.in_time(&standing);
        if let (Some(deadline), Some(in_time)) = (self.deadline, in_time) {
            steps.push(Step {
                holds: Some(in_time),
                what: context.name(M::AckInTime),
                detail: show::time(deadline),
            });
        }
        let exit = match (sound, standing.received_ms, in_time) {
            (false, ..) => Exit::Forged,
            (true, None, _) => Exit::Undecided,
            (true, Some(_), Some(false)) => Exit::Refused,
            _ => Exit::Ok,
        };
        let data = json!({
            "submission": file.submission(), "contract": file.contract, "method": file.method,
            "received_ms": standing.received_ms, "needed": standing.needed,
            "validators": standing.holding.iter().map(|(key, _)| key).collect::<Vec<_>>(),
            "forged": standing.forged, "strangers": standing.strangers, "in_time": in_time,
        });
        (exit, data)
    }

    fn in_time(&self, standing: &Standing) -> Option<bool> {
        let received = standing.received_ms?;
        self.deadline.map(|deadline| received < deadline)
    }
}

/// What is forged weighs more than what is late, and that more than what is undecided.
fn worst(one: Exit, other: Exit) -> Exit {
    let weight = |exit: Exit| match exit {
        Exit::Ok => 0,
        Exit::Undecided => 1,
        Exit::Refused => 2,
        _ => 3,
    };
    if weight(other) > weight(one) {
        other
    } else {
        one
    }
}
