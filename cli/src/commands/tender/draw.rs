//! Experts: the blinded list, the draw, who follows whom.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::{LEDGER, Reason, call, object};
use crate::answer::{Answer, Block};
use crate::call::SendOptions;
use crate::context::{Context, Outcome};
use crate::exit::Exit;
use crate::messages::M;
use crate::record;

/// Pause between two questions for the outcome of a draw.
const POLL: Duration = Duration::from_millis(500);

/// Arguments of `tender pool`.
#[derive(Debug, Args)]
pub(crate) struct Pool {
    /// 统一交易标识码 | Unified identifier of the section
    tender: String,
    /// 名单的 JSON 文件：groups、recusals、seats 等 | JSON file of the list: groups, recusals, seats and so on
    #[arg(long, value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    options: SendOptions,
}

impl Pool {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        let mut fields = context.read_json(&self.file)?;
        if let Some(map) = fields.as_object_mut() {
            map.insert("tender".to_owned(), json!(self.tender));
        }
        call(context, "commit_pool", fields, &self.options)
    }
}

/// Arguments of `tender draw`.
#[derive(Debug, Args)]
pub(crate) struct Draw {
    /// 统一交易标识码 | Unified identifier of the section
    tender: String,
    /// 等待抽取结果的最长时间（秒），0 为不等 | Longest wait for the outcome, in seconds; 0: do not wait
    #[arg(long, default_value_t = 60, value_name = "SECONDS")]
    wait: u64,
    #[command(flatten)]
    options: SendOptions,
}

impl Draw {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        let answer = call(
            context,
            "draw",
            json!({"tender": self.tender}),
            &self.options,
        )?;
        if answer.exit != Exit::Ok || self.wait == 0 {
            return Ok(answer);
        }
        self.outcome(context, answer)
    }

    /// The chain itself answers a draw, some blocks after it was asked for.
    fn outcome(&self, context: &Context, mut answer: Answer) -> Outcome<Answer> {
        let client = context.client();
        let args = Value::Object(object(json!({"tender": self.tender})));
        let started = Instant::now();
        context.note(&context.name(M::DrawWaiting));
        while started.elapsed() < Duration::from_secs(self.wait) {
            let asked = client.query(LEDGER, "draw_record", &args);
            let record = asked.map_err(|error| context.node_failure(error))?.result;
            if is_drawn(&record) {
                answer.data["draw_record"] = record.clone();
                let answer = answer.with(Block::Title(context.name(M::DrawDone)));
                return Ok(record::add(context, answer, &record));
            }
            std::thread::sleep(POLL);
        }
        let text = context.text(M::DrawNotYet, &[("tender", &self.tender)]);
        Ok(answer.text(text).exit(Exit::Undecided))
    }
}

/// Whether the chain has delivered the seed and the rule has drawn.
fn is_drawn(record: &Value) -> bool {
    record.get("status").and_then(Value::as_str) == Some("drawn")
}

/// Why an expert does not come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DeclineKind {
    /// 本人谢绝 | Declined
    Declined,
    /// 联系不上 | Gave no answer
    NoAnswer,
    /// 应当回避 | Must stand aside
    Recused,
}

impl DeclineKind {
    const fn name(self) -> &'static str {
        match self {
            DeclineKind::Declined => "declined",
            DeclineKind::NoAnswer => "no_answer",
            DeclineKind::Recused => "recused",
        }
    }
}

/// Arguments of `tender decline`.
#[derive(Debug, Args)]
pub(crate) struct Decline {
    /// 统一交易标识码 | Unified identifier of the section
    tender: String,
    /// 抽取结果中的序号 | Number in the outcome of the draw
    #[arg(long, value_name = "N")]
    index: u64,
    /// 情形 | What happened
    #[arg(long, value_enum, default_value_t = DeclineKind::Declined)]
    kind: DeclineKind,
    #[command(flatten)]
    reason: Reason,
    #[command(flatten)]
    options: SendOptions,
}

impl Decline {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        let fields = json!({"tender": self.tender, "index": self.index, "kind": self.kind.name(),
            "reason": self.reason.json()});
        call(context, "decline", fields, &self.options)
    }
}

/// Arguments of `tender void-draw`.
#[derive(Debug, Args)]
pub(crate) struct VoidDraw {
    /// 统一交易标识码 | Unified identifier of the section
    tender: String,
    #[command(flatten)]
    reason: Reason,
    #[command(flatten)]
    options: SendOptions,
}

impl VoidDraw {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        let fields = json!({"tender": self.tender, "reason": self.reason.json()});
        call(context, "void_draw", fields, &self.options)
    }
}
