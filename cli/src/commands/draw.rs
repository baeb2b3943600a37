//! `yilian draw`: a draw run again from its record, by whoever wants to know.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Subcommand;
use serde::Serialize;
use serde_json::{Value, json};
use yilian_crypto::Digest;
use yilian_primitives::RuleCall;
use yilian_verify::replay::Rule;
use yilian_verify::{Bundle, Codes, StepId, StepOutcome};

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
    #[command(visible_alias = "verify")]
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
        let bundle = Bundle::from_bytes(&bytes).map_err(|reason| {
            let shown = file.display();
            let values: [(&str, &dyn core::fmt::Display); 2] =
                [("what", &shown), ("reason", &reason)];
            Failure::new(Exit::Forged, context.text(M::NotEvidence, &values))
        })?;
        let codes = codes.collect(context, &bundle)?;
        let mut called = bundle.rule_calls().map(|call| &call.code_hash);
        if let Some(hash) = called.find(|hash| codes.get(hash).is_none()) {
            let text = context.text(M::RuleMissing, &[("hash", hash)]);
            let failure = Failure::new(Exit::Undecided, text);
            return Err(failure.hint(context.name(M::RuleMissingHint)));
        }
        let texts = bundle.texts();
        let calls: Vec<Call> = bundle
            .rule_calls()
            .filter_map(|call| Call::of(&texts, &codes, call))
            .filter(|call| call.name == rule)
            .collect();
        if calls.is_empty() {
            let text = context.text(M::NoSuchCall, &[("name", &rule)]);
            return Err(Failure::new(Exit::NotFound, text));
        }
        let report = bundle.verify(&trust, &codes);
        let mut answer = verification::answer(context, &report);
        answer.data["calls"] = json!(calls);
        if report.outcome(StepId::Replay) == StepOutcome::Proved {
            for call in &calls {
                answer = shown(context, answer, call);
            }
        }
        Ok(verification::conclude(context, answer, &report))
    }
}

/// A call of a rule with its texts.
#[derive(Serialize)]
struct Call {
    /// Name that the code gives itself.
    name: String,
    method: String,
    code_hash: Digest,
    input: String,
    output: String,
}

impl Call {
    fn of(texts: &BTreeMap<Digest, &[u8]>, codes: &Codes, call: &RuleCall) -> Option<Self> {
        let text = |digest| {
            let bytes = texts.get(digest)?;
            Some(String::from_utf8_lossy(bytes).into_owned())
        };
        let rule = Rule::load(codes.get(&call.code_hash)?).ok()?;
        Some(Call {
            name: rule.interface().name.clone(),
            method: call.method.clone(),
            code_hash: call.code_hash,
            input: text(&call.input)?,
            output: text(&call.output)?,
        })
    }
}

/// What a call was given and what it gave.
fn shown(context: &Context, answer: Answer, call: &Call) -> Answer {
    let title = format!("{}.{}  {}", call.name, call.method, call.code_hash);
    let value = |text: &str| serde_json::from_str::<Value>(text).unwrap_or(Value::Null);
    let answer = answer
        .with(Block::Title(title))
        .text(context.name(M::ArgsTitle));
    let answer = record::add(context, answer, &value(&call.input));
    let answer = answer.text(context.name(M::ResultTitle));
    record::add(context, answer, &value(&call.output))
}
