//! What single steps find, and how findings add up to a report.

use crate::report::{ProvenRecord, Report, Step, StepId, StepOutcome, Text, Verdict};

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
