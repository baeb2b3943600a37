//! Verification as people and scripts see it: steps, verdict, exit code.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;
use yilian_verify::{Bundle, Codes, ProvenRecord, Report, StepOutcome, Trust, Verdict};

use crate::answer::{Answer, Block, Step};
use crate::context::{Context, Outcome, unreadable};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::messages::M;
use crate::{show, tx_view};

/// Where the code of rules is taken from, to run them again.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct CodeSources {
    /// 规则代码文件，可多次给出 | A rule's wasm file; may be repeated
    #[arg(long = "code", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// 规则代码所在目录 | Folder of wasm files of rules
    #[arg(long, value_name = "DIR")]
    contracts: Option<PathBuf>,
    /// 从节点取规则代码（按摘要核对） | Take the code from the node (checked by its hash)
    #[arg(long)]
    online: bool,
}

impl CodeSources {
    /// Collects programs: those of the evidence, of files, and of the node where it is asked. A program is found by its
    /// hash, so it does not matter who gave it.
    pub(crate) fn collect(&self, context: &Context, evidence: &Bundle) -> Outcome<Codes> {
        let mut codes = evidence.codes_and(&Codes::default());
        let mut files = self.files.clone();
        if let Some(folder) = &self.contracts {
            let entries = std::fs::read_dir(folder)
                .map_err(|error| unreadable(context.lang, folder, &error))?;
            let paths = entries.flatten().map(|entry| entry.path());
            files.extend(paths.filter(|path| path.extension().is_some_and(|end| end == "wasm")));
        }
        for path in files {
            codes.add(context.read_bytes(&path)?);
        }
        if self.online {
            let client = context.client();
            for call in evidence.rule_calls() {
                if codes.get(&call.code_hash).is_none() {
                    let code = client.code(&call.code_hash);
                    codes.add(code.map_err(|error| context.node_failure(error))?);
                }
            }
        }
        Ok(codes)
    }
}

/// Verifies a file, running rules whose code is at hand. The bundle is there if the file could be read.
pub(crate) fn verify(
    context: &Context,
    bytes: &[u8],
    trust: &Trust,
    codes: &CodeSources,
) -> Outcome<(Option<Bundle>, Report)> {
    Ok(match Bundle::from_bytes(bytes) {
        Ok(bundle) => {
            let report = bundle.verify(trust, &codes.collect(context, &bundle)?);
            (Some(bundle), report)
        }
        Err(_) => (None, Bundle::verify_bytes(bytes, trust, &Codes::default())),
    })
}

/// The trust anchor: the file that is named, or that of the program's folder. Without one nothing can be decided.
pub(crate) fn trust(context: &Context, named: Option<&Path>) -> Outcome<Trust> {
    let Some(path) = context.trust_path(named) else {
        return Err(Failure::new(Exit::Undecided, context.name(M::TrustMissing))
            .hint(context.name(M::TrustMissingHint)));
    };
    let undecided = |reason: String| {
        Failure::new(Exit::Undecided, reason).hint(context.name(M::TrustMissingHint))
    };
    let text = context
        .read_text(&path)
        .map_err(|failure| undecided(failure.message))?;
    Trust::parse(&text).map_err(|error| undecided(format!("{}: {error}", path.display())))
}

/// Steps and, of a valid proof, what was recorded.
pub(crate) fn answer(context: &Context, report: &Report) -> Answer {
    let steps = report.steps.iter().map(|step| Step {
        holds: match step.outcome {
            StepOutcome::Proved => Some(true),
            StepOutcome::Failed => Some(false),
            StepOutcome::Unchecked => None,
        },
        what: context.lang.pick(step.zh, step.en).to_owned(),
        detail: context
            .lang
            .pick(&step.detail.zh, &step.detail.en)
            .to_owned(),
    });
    let steps = Block::Steps(steps.collect());
    Answer::new("verification", json!(report))
        .with(steps)
        .exit(exit_of(report))
}

/// The end that a verdict means.
pub(crate) const fn exit_of(report: &Report) -> Exit {
    match &report.verdict {
        Verdict::Valid => Exit::Ok,
        Verdict::Forged { .. } => Exit::Forged,
        Verdict::Undecided { .. } => Exit::Undecided,
    }
}

fn recorded(context: &Context, answer: Answer, record: &ProvenRecord) -> Answer {
    let receipt = &record.receipt;
    let sender = format!("{} {}", receipt.organisation, show::short(&receipt.caller));
    answer
        .with(Block::Title(context.name(M::RecordTitle)))
        .fields([
            (
                context.name(M::TxCall),
                format!("{}.{}", receipt.contract, receipt.method),
            ),
            (
                context.name(M::TxOutcome),
                tx_view::outcome(context, receipt),
            ),
            (context.name(M::TxSender), sender),
            (context.name(M::Time), show::time(receipt.time_ms)),
            (context.name(M::Height), receipt.height.to_string()),
            (context.name(M::LogIndex), record.log_index.to_string()),
        ])
}

/// Records that are shown with all their facts; of more, the claims alone are listed.
const RECORDS_SHOWN: usize = 3;

/// Adds what was proven and what was not checked, and the verdict as the last line.
pub(crate) fn conclude(context: &Context, mut answer: Answer, report: &Report) -> Answer {
    if answer.exit == Exit::Ok {
        for record in report.records.iter().take(RECORDS_SHOWN) {
            answer = recorded(context, answer, record);
        }
        answer = answer.with(Block::Title(context.name(M::ClaimsTitle)));
        for claim in &report.claims {
            answer = answer.text(context.lang.pick(&claim.finding.zh, &claim.finding.en));
        }
    }
    answer = answer.with(Block::Title(context.name(M::UncheckedTitle)));
    for text in &report.unchecked {
        answer = answer.text(context.lang.pick(&text.zh, &text.en));
    }
    let reason = match &report.verdict {
        Verdict::Forged { reason: text, .. } | Verdict::Undecided { missing: text } => {
            context.lang.pick(&text.zh, &text.en)
        }
        Verdict::Valid => "",
    };
    let (verdict, standard) = match answer.exit {
        Exit::Ok => (M::VerdictHolds, M::VerdictHoldsWhat),
        Exit::Undecided => (M::VerdictUndecided, M::VerdictUndecidedWhat),
        _ => (M::VerdictForged, M::VerdictForgedWhat),
    };
    let what = match reason {
        "" => context.name(standard),
        reason => format!("{} {reason}", context.name(standard)),
    };
    answer.data["exit"] = json!(answer.exit.name());
    answer.with(Block::Title(context.text(verdict, &[("what", &what)])))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Lang;

    /// What is said last of a published bundle that proves a whole section, with so many records.
    fn last_line(lang: Lang, records: usize) -> String {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/evidence");
        let cases = std::fs::read(folder.join("cases.json")).expect("the vectors are there");
        let cases: Vec<serde_json::Value> = serde_json::from_slice(&cases).expect("JSON");
        let case = cases
            .iter()
            .find(|case| case["name"] == "all that was revealed")
            .expect("the case");
        let bytes = std::fs::read(folder.join(case["file"].as_str().expect("a file")));
        let trust = Trust::parse(&case["trust"].to_string()).expect("a trust file");
        let codes = Codes::default();
        let mut report = Bundle::verify_bytes(&bytes.expect("reads"), &trust, &codes);
        assert!(report.is_valid());
        report.records = vec![report.records[0].clone(); records];
        let context = Context::new(lang, (false, true), Some(folder), None, None).expect("one");
        let answer = conclude(&context, answer(&context, &report), &report);
        answer.to_text().lines().last().expect("a line").to_owned()
    }

    #[test]
    fn the_last_line_speaks_of_what_is_claimed_and_not_of_one_record() {
        for records in [1, 40] {
            let (zh, en) = (last_line(Lang::Zh, records), last_line(Lang::En, records));
            assert!(zh.starts_with("通过") && zh.contains("以上主张"), "{zh}");
            assert!(
                en.starts_with("passed") && en.contains("claimed above"),
                "{en}"
            );
            assert!(!zh.contains("记录") && !en.contains("record"), "{zh} {en}");
        }
    }
}
