//! `yilian draw`: a draw run again from its record, by whoever wants to know.

use std::path::PathBuf;

use clap::Subcommand;
use serde_json::{Value, json};
use yilian_crypto::Digest;
use yilian_verify::{RecordProof, RuleCallText, StepId, StepOutcome};

use crate::answer::{Answer, Block};
use crate::context::{Context, Outcome};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::messages::M;
use crate::record;
use crate::verification::{self, CodeSources};

/// Rule that draws.
const RULE: &str = "expert-draw";

/// Subcommands of `draw`.
#[derive(Debug, Subcommand)]
pub(crate) enum DrawCommand {
    /// 离线重演抽取：用记录中的种子与名单再执行一遍规则 | Run a draw again offline, from the seed and list of its record
    Replay {
        /// 证据文件 | The evidence file
        file: PathBuf,
        /// 规则名 | Name of the rule
        #[arg(long, default_value = RULE)]
        rule: String,
        /// 信任根：链规范 | Trust: the chain's specification
        #[arg(long, value_name = "chain.toml")]
        trust: Option<PathBuf>,
        #[command(flatten)]
        codes: CodeSources,
    },
}

impl DrawCommand {
    pub(crate) fn run(self, context: &Context) -> Outcome<Answer> {
        let DrawCommand::Replay {
            file,
            rule,
            trust,
            codes,
        } = self;
        let trust = verification::trust(context, trust.as_deref())?;
        let bytes = context.read_bytes(&file)?;
        let proof = RecordProof::from_json(&bytes).map_err(|reason| {
            let shown = file.display();
            let values: [(&str, &dyn core::fmt::Display); 2] =
                [("what", &shown), ("reason", &reason)];
            Failure::new(Exit::Forged, context.text(M::NotJson, &values))
        })?;
        let calls: Vec<&RuleCallText> = proof
            .rule_calls
            .iter()
            .filter(|call| call.name == rule)
            .collect();
        if calls.is_empty() {
            let text = context.text(M::NoSuchCall, &[("name", &rule)]);
            return Err(Failure::new(Exit::NotFound, text));
        }
        let wanted: Vec<Digest> = calls.iter().map(|call| call.code_hash).collect();
        let codes = codes.collect(context, &wanted)?;
        if let Some(hash) = wanted.iter().find(|hash| codes.get(hash).is_none()) {
            let text = context.text(M::RuleMissing, &[("hash", hash)]);
            let failure = Failure::new(Exit::Undecided, text);
            return Err(failure.hint(context.name(M::RuleMissingHint)));
        }
        let report = proof.verify_with(&trust, &codes);
        let mut answer = verification::answer(context, &report);
        answer.data["calls"] = json!(calls);
        if report.outcome(StepId::Replay) == StepOutcome::Proved {
            for call in calls {
                answer = shown(context, answer, call);
            }
        }
        Ok(verification::conclude(context, answer, &report))
    }
}

/// What a call was given and what it gave.
fn shown(context: &Context, answer: Answer, call: &RuleCallText) -> Answer {
    let title = format!("{}.{}  {}", call.name, call.method, call.code_hash);
    let value = |text: &str| serde_json::from_str::<Value>(text).unwrap_or(Value::Null);
    let answer = answer
        .with(Block::Title(title))
        .text(context.name(M::ArgsTitle));
    let answer = record::add(context, answer, &value(&call.input));
    let answer = answer.text(context.name(M::ResultTitle));
    record::add(context, answer, &value(&call.output))
}
