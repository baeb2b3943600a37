//! What was proven, step by step, in two languages.

use serde::Serialize;
use yilian_primitives::{Header, Receipt, TransactionPayload};

/// One text in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Text {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Text {
    /// A text in both languages.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Text {
            zh: zh.into(),
            en: en.into(),
        }
    }
}

/// The steps, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StepId {
    /// The file is complete and every piece has its one encoding.
    Structure,
    /// It is about the trusted chain.
    Chain,
    /// The validators are those that are trusted.
    Validators,
    /// More than two thirds of their power signed the header.
    Certificate,
    /// What they signed is the log that the header names.
    LogRoot,
    /// The receipt stands in that log.
    Inclusion,
    /// The transaction is the one of the receipt, and its sender signed it.
    Transaction,
    /// Inputs and outputs of rules are those of the receipt.
    RuleCalls,
    /// The values stand in the state of the header.
    State,
    /// The rules give the same outputs again.
    Replay,
}

impl StepId {
    /// Every step in order.
    pub const ALL: [StepId; 10] = [
        StepId::Structure,
        StepId::Chain,
        StepId::Validators,
        StepId::Certificate,
        StepId::LogRoot,
        StepId::Inclusion,
        StepId::Transaction,
        StepId::RuleCalls,
        StepId::State,
        StepId::Replay,
    ];

    /// Stable name in JSON and in scripts.
    pub const fn as_str(self) -> &'static str {
        match self {
            StepId::Structure => "structure",
            StepId::Chain => "chain",
            StepId::Validators => "validators",
            StepId::Certificate => "certificate",
            StepId::LogRoot => "log_root",
            StepId::Inclusion => "inclusion",
            StepId::Transaction => "transaction",
            StepId::RuleCalls => "rule_calls",
            StepId::State => "state",
            StepId::Replay => "replay",
        }
    }

    /// What the step asks, in Chinese and English.
    pub const fn question(self) -> (&'static str, &'static str) {
        match self {
            StepId::Structure => ("文件结构与编码", "structure and encoding of the file"),
            StepId::Chain => ("所属链", "the chain it belongs to"),
            StepId::Validators => ("验证者集合", "the validator set"),
            StepId::Certificate => ("提交证书", "the commit certificate"),
            StepId::LogRoot => ("日志根", "the root of the log"),
            StepId::Inclusion => ("回执在日志中", "inclusion of the receipt in the log"),
            StepId::Transaction => ("交易与签名", "the transaction and its signature"),
            StepId::RuleCalls => ("规则的输入与输出", "inputs and outputs of rules"),
            StepId::State => ("状态证明", "proofs of state"),
            StepId::Replay => ("规则重新执行", "replay of the rules"),
        }
    }
}

impl core::fmt::Display for StepId {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StepOutcome {
    /// Shown.
    Proved,
    /// Contradicted.
    Failed,
    /// Not looked at, or nothing there to look at.
    Unchecked,
}

/// One step of a verification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Which step.
    pub id: StepId,
    /// What it asks, in Chinese.
    pub zh: &'static str,
    /// What it asks, in English.
    pub en: &'static str,
    /// How it ended.
    pub outcome: StepOutcome,
    /// What was found.
    pub detail: Text,
}

/// The conclusion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Verdict {
    /// Every step that the file calls for was proven.
    Valid,
    /// Something contradicts.
    Forged {
        /// The first step that failed.
        step: StepId,
        /// Why.
        reason: Text,
    },
    /// Something needed is not there.
    Undecided {
        /// What is missing.
        missing: Text,
    },
}

/// What a valid proof shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProvenRecord {
    /// The certified header.
    pub header: Header,
    /// Place of the record in the log.
    pub log_index: u64,
    /// The record.
    pub receipt: Receipt,
    /// What the sender signed; none for a call of the chain itself.
    pub transaction: Option<TransactionPayload>,
}

/// All steps and the conclusion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The conclusion.
    pub verdict: Verdict,
    /// Every step of [`StepId::ALL`], in that order.
    pub steps: Vec<Step>,
    /// What was proven; only of a valid proof, so that nobody shows what nobody checked.
    pub record: Option<ProvenRecord>,
}

impl Report {
    /// Whether everything that the file calls for was proven.
    pub fn is_valid(&self) -> bool {
        self.verdict == Verdict::Valid
    }

    /// Outcome of a step.
    pub fn outcome(&self, id: StepId) -> StepOutcome {
        let step = self.steps.iter().find(|step| step.id == id);
        step.map_or(StepOutcome::Unchecked, |step| step.outcome)
    }
}

/// What one step found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// Shown.
    Proved(Text),
    /// Contradicted: the proof is forged.
    Failed(Text),
    /// Something is missing without which nobody can decide.
    Missing(Text),
    /// There was nothing to check, and nothing is claimed.
    NotAsked(Text),
}

/// Shorthand for the ends of a step.
pub(crate) fn proved(zh: impl Into<String>, en: impl Into<String>) -> Finding {
    Finding::Proved(Text::new(zh, en))
}

pub(crate) fn failed(zh: impl Into<String>, en: impl Into<String>) -> Finding {
    Finding::Failed(Text::new(zh, en))
}

pub(crate) fn missing(zh: impl Into<String>, en: impl Into<String>) -> Finding {
    Finding::Missing(Text::new(zh, en))
}

pub(crate) fn not_asked(zh: impl Into<String>, en: impl Into<String>) -> Finding {
    Finding::NotAsked(Text::new(zh, en))
}

/// Collects findings and concludes.
#[derive(Default)]
pub(crate) struct Protocol {
    steps: Vec<Step>,
    forged: Option<(StepId, Text)>,
    missing: Option<Text>,
    stopped: bool,
}

impl Protocol {
    /// Takes a step, unless an earlier one failed.
    pub(crate) fn step(&mut self, id: StepId, look: impl FnOnce() -> Finding) {
        let finding = if self.stopped {
            not_asked("前面的步骤未通过", "an earlier step did not pass")
        } else {
            look()
        };
        let (outcome, detail) = match finding {
            Finding::Proved(text) => (StepOutcome::Proved, text),
            Finding::NotAsked(text) => (StepOutcome::Unchecked, text),
            Finding::Missing(text) => {
                self.missing.get_or_insert_with(|| text.clone());
                (StepOutcome::Unchecked, text)
            }
            Finding::Failed(text) => {
                self.forged = Some((id, text.clone()));
                self.stopped = true;
                (StepOutcome::Failed, text)
            }
        };
        let (zh, en) = id.question();
        self.steps.push(Step {
            id,
            zh,
            en,
            outcome,
            detail,
        });
    }

    /// Takes no further step: nothing is left that could be looked at.
    pub(crate) fn stop(&mut self) {
        self.stopped = true;
    }

    /// The report. Steps that were never taken are listed as unchecked.
    pub(crate) fn conclude(mut self, record: Option<ProvenRecord>) -> Report {
        self.stop();
        for id in StepId::ALL.into_iter().skip(self.steps.len()) {
            self.step(id, || not_asked("", ""));
        }
        let verdict = match (self.forged, self.missing) {
            (Some((step, reason)), _) => Verdict::Forged { step, reason },
            (None, Some(missing)) => Verdict::Undecided { missing },
            (None, None) => Verdict::Valid,
        };
        let record = record.filter(|_| verdict == Verdict::Valid);
        Report {
            verdict,
            steps: self.steps,
            record,
        }
    }
}
