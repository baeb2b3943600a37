//! What was proven, step by step, in two languages.

use serde::Serialize;
use yilian_primitives::{Header, Receipt, TransactionPayload};

use crate::bundle::Claim;

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
    /// More than two thirds of the power of its set signed each certified header, and the log it names.
    Certificate,
    /// The sets are the trusted one, or follow from it.
    Validators,
    /// The log extends the one that is trusted already.
    Consistency,
    /// The witnesses that the reader demands cosigned.
    Witnesses,
    /// Records and headers stand in that log.
    Inclusion,
    /// The transactions are those of the receipts, and their senders signed them.
    Transaction,
    /// Texts of rule calls are those of the receipts.
    RuleCalls,
    /// The group released what ledgers were called back with, and the seeds follow.
    Releases,
    /// The values stand in the state of their headers.
    State,
    /// The rules give the same outputs again.
    Replay,
    /// The claims follow.
    Claims,
}

impl StepId {
    /// Every step in order.
    pub const ALL: [StepId; 13] = [
        StepId::Structure,
        StepId::Chain,
        StepId::Certificate,
        StepId::Validators,
        StepId::Consistency,
        StepId::Witnesses,
        StepId::Inclusion,
        StepId::Transaction,
        StepId::RuleCalls,
        StepId::Releases,
        StepId::State,
        StepId::Replay,
        StepId::Claims,
    ];

    /// Stable name in JSON and in scripts.
    pub const fn as_str(self) -> &'static str {
        match self {
            StepId::Structure => "structure",
            StepId::Chain => "chain",
            StepId::Certificate => "certificate",
            StepId::Validators => "validators",
            StepId::Consistency => "consistency",
            StepId::Witnesses => "witnesses",
            StepId::Inclusion => "inclusion",
            StepId::Transaction => "transaction",
            StepId::RuleCalls => "rule_calls",
            StepId::Releases => "releases",
            StepId::State => "state",
            StepId::Replay => "replay",
            StepId::Claims => "claims",
        }
    }

    /// What the step asks, in Chinese and English.
    pub const fn question(self) -> (&'static str, &'static str) {
        match self {
            StepId::Structure => ("文件结构与编码", "structure and encoding of the file"),
            StepId::Chain => ("所属链", "the chain it belongs to"),
            StepId::Certificate => (
                "提交证书：签名与多数",
                "the commit certificates: signatures and quorum",
            ),
            StepId::Validators => ("验证者集合", "the validator sets"),
            StepId::Consistency => ("日志延续性", "consistency of the log"),
            StepId::Witnesses => ("见证人副署", "cosignatures of witnesses"),
            StepId::Inclusion => ("记录在日志中", "inclusion in the log"),
            StepId::Transaction => ("交易与签名", "the transactions and their signatures"),
            StepId::RuleCalls => ("规则的输入与输出", "inputs and outputs of rules"),
            StepId::Releases => ("门限释放", "threshold releases"),
            StepId::State => ("状态证明", "proofs of state"),
            StepId::Replay => ("规则重新执行", "replay of the rules"),
            StepId::Claims => ("主张", "the claims"),
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

/// A record that is proven.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProvenRecord {
    /// Place of the record in the log.
    pub log_index: u64,
    /// The record.
    pub receipt: Receipt,
    /// What the sender signed; none for a call of the chain itself.
    pub transaction: Option<TransactionPayload>,
}

/// A claim with its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProvenClaim {
    /// The claim.
    pub claim: Claim,
    /// What follows from it, for people.
    pub finding: Text,
}

/// All steps and the conclusion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The conclusion.
    pub verdict: Verdict,
    /// Every step of [`StepId::ALL`], in that order.
    pub steps: Vec<Step>,
    /// What was proven; only of valid evidence, so that nobody shows what nobody checked.
    pub claims: Vec<ProvenClaim>,
    /// The records among it.
    pub records: Vec<ProvenRecord>,
    /// The header on which everything hangs; only of valid evidence.
    pub anchor: Option<Header>,
    /// What was not checked, whatever the verdict.
    pub unchecked: Vec<Text>,
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
