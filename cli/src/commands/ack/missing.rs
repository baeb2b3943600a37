//! `yilian ack missing`

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};
use yilian_primitives::{Height, TimestampMs};
use yilian_verify::{Bundle, Claim, Report};

use super::centres::Centres;
use crate::answer::{Answer, Block, Step};
use crate::context::{Context, Outcome};
use crate::exit::Exit;
use crate::messages::M;
use crate::show;
use crate::verification::{self, CodeSources};

/// Arguments of `ack missing`.
#[derive(Debug, Args)]
pub(crate) struct AckMissing {
    /// 回执文件 | File of acknowledgements
    file: PathBuf,
    /// 证明截止时链上没有该承诺的证据（evidence export --not-submitted） | Evidence that the chain did not hold it (evidence export --not-submitted)
    #[arg(long, value_name = "FILE")]
    evidence: PathBuf,
    /// 信任根：从可靠渠道取得的链规范 | Trust: the chain's specification from a source you trust
    #[arg(long, value_name = "chain.toml")]
    trust: Option<PathBuf>,
}

impl AckMissing {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        let centres = Centres::trusted(context, self.trust.as_deref())?;
        let file = super::read(context, &self.file)?;
        let mut steps = Vec::new();
        let (standing, sound) = centres.judge(context, &file, &mut steps);
        let trust = verification::trust(context, self.trust.as_deref())?;
        let bytes = context.read_bytes(&self.evidence)?;
        let codes = CodeSources::default();
        let (bundle, report) = verification::verify(context, &bytes, &trust, &codes)?;
        steps.push(Step {
            holds: Some(report.is_valid()),
            what: context.name(M::AckEvidence),
            detail: self.evidence.display().to_string(),
        });
        let absent = absent(bundle.as_ref(), &report, &file.args);
        steps.push(Step {
            holds: report.is_valid().then_some(absent.is_some()),
            what: context.name(M::AckAbsent),
            detail: absent.map_or_else(String::new, show::time),
        });
        // Who said so after the time of which absence is proven has broken no word yet.
        let before = |time: &TimestampMs| absent.is_some_and(|until| *time < until);
        let said = standing.holding.iter().filter(|(_, time)| before(time));
        let mut broken: Vec<_> = said.map(|(key, _)| centres.name(key)).collect();
        broken.sort();
        let exit = match (sound, absent) {
            (false, _) => Exit::Forged,
            (true, Some(_)) if !broken.is_empty() => Exit::Ok,
            _ if !report.is_valid() => verification::exit_of(&report),
            _ => Exit::Undecided,
        };
        let mut answer = Answer::new(
            "acknowledged-and-missing",
            json!({"submission": file.submission(), "absent_at_ms": absent, "validators": broken,
                "needed": standing.needed}),
        )
        .with(Block::Steps(steps))
        .exit(exit);
        if exit == Exit::Ok {
            answer = answer.text(context.text(M::AckBroken, &[("names", &broken.join("、"))]));
        }
        Ok(answer)
    }
}

/// The time after which the evidence shows that the commitment of these arguments was not on the chain.
fn absent(bundle: Option<&Bundle>, report: &Report, args: &Value) -> Option<TimestampMs> {
    let own = args.get("commitment")?.as_str()?;
    let mut proven = report.claims.iter().map(|one| &one.claim);
    let height = proven.find_map(|claim| match claim {
        Claim::NotSubmitted {
            height, commitment, ..
        } if commitment.to_string() == own => Some(*height),
        _ => None,
    })?;
    time_of(bundle?, report, height)
}

fn time_of(bundle: &Bundle, report: &Report, height: Height) -> Option<TimestampMs> {
    let anchor = report.anchor.as_ref()?;
    if anchor.height == height {
        return Some(anchor.time_ms);
    }
    let mut headers = bundle.headers.iter().map(|one| &one.header);
    let header = headers.find(|header| header.height == height)?;
    Some(header.time_ms)
}
