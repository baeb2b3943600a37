//! What single steps find, and how findings add up to a report.

use yilian_primitives::Header;

use crate::check::Found;
use crate::report::{Report, Step, StepId, StepOutcome, Text, Verdict};

/// What one step found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Finding {
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

    /// Whether something was missing in a step that was taken.
    pub(crate) const fn is_undecided(&self) -> bool {
        self.missing.is_some()
    }

    /// Takes no further step: nothing is left that could be looked at.
    pub(crate) fn stop(&mut self) {
        self.stopped = true;
    }

    /// The report. Steps that were never taken are listed as unchecked.
    pub(crate) fn conclude(mut self, found: Found, anchor: Option<&Header>) -> Report {
        self.stop();
        for id in StepId::ALL.into_iter().skip(self.steps.len()) {
            self.step(id, || not_asked("", ""));
        }
        let verdict = match (self.forged, self.missing) {
            (Some((step, reason)), _) => Verdict::Forged { step, reason },
            (None, Some(missing)) => Verdict::Undecided { missing },
            (None, None) => Verdict::Valid,
        };
        let valid = verdict == Verdict::Valid;
        let found = if valid { found } else { Found::default() };
        Report {
            verdict,
            unchecked: unchecked(&self.steps),
            steps: self.steps,
            claims: found.claims,
            records: found.records,
            anchor: anchor.filter(|_| valid).cloned(),
        }
    }
}

/// Steps that found nothing to look at, and what no evidence of this kind can show.
fn unchecked(steps: &[Step]) -> Vec<Text> {
    let skipped = steps
        .iter()
        .filter(|step| step.outcome == StepOutcome::Unchecked && !step.detail.en.is_empty());
    let skipped = skipped.map(|step| {
        Text::new(
            format!("{}：{}", step.zh, step.detail.zh),
            format!("{}: {}", step.en, step.detail.en),
        )
    });
    let always = [
        Text::new(
            "上链之前的内容是否真实",
            "whether what was recorded is true: only that it was recorded so",
        ),
        Text::new(
            "账本合约本身未重新执行：状态由超过三分之二的验证者执行并签名",
            "ledger contracts are not run again: more than two thirds of the validators ran them and signed the state",
        ),
    ];
    skipped.chain(always).collect()
}
