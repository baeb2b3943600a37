//! `yilian release ceremony finish`

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;
use yilian_ceremony::{ABSENT, Held, JudgementError, Transcript};
use yilian_chain_spec::{CeremonyFile, ChainSpec};
use yilian_crypto::Digest;

use super::files::write_once;
use super::parts::pairs;
use super::place::{Place, PlaceArgs};
use super::show::{centre_name, held_json, troubles, what_happened, with_held};
use crate::answer::Answer;
use crate::context::{Context, Outcome};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::messages::M;

/// Name of the transcript, beside the chain specification.
const TRANSCRIPT: &str = "ceremony.json";

/// Arguments of `release ceremony finish`.
#[derive(Debug, Args)]
pub(crate) struct CeremonyFinish {
    #[command(flatten)]
    place: PlaceArgs,
    /// 允许有中心缺席或作假，但不少于门限 | Accept that centres were absent or false, down to the threshold
    #[arg(long)]
    allow_absent: bool,
    /// 另存写明本次仪式的链规范 | Write the chain specification that names this ceremony here
    #[arg(long, value_name = "FILE")]
    spec_out: Option<PathBuf>,
}

impl CeremonyFinish {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        let place = self.place.open(context)?;
        let transcript = Transcript::of(
            place.setting(),
            place.announcements(context)?,
            place.deals(context)?,
            place.acknowledgements(context)?,
            place.logs(context)?,
        );
        let held = judged(context, &place.spec, &transcript)?;
        if !held.is_complete() && !self.allow_absent {
            return Err(incomplete(context, &place, &held));
        }
        let index = own_share(context, &place, &transcript, &held)?;
        let path = place.dir.join(TRANSCRIPT);
        write_once(context, &path, &transcript.to_bytes(), M::CeremonyOtherHint)?;
        let digest = transcript.digest();
        let spec = named(&place.spec, digest);
        if let Some(out) = &self.spec_out {
            write_once(
                context,
                out,
                spec.to_toml().as_bytes(),
                M::CeremonyOtherHint,
            )?;
        }
        let mut data = held_json(&place.spec, &held, &digest);
        data["file"] = json!(path);
        data["own_share"] = json!(index);
        data["spec_digest"] = json!(spec.digest());
        let answer = Answer::new("ceremony_finish", data);
        let answer = with_held(context, answer, &place.spec, (&held, &digest))
            .text(context.text(M::CeremonyOwnShare, &[("index", &index)]))
            .text(context.text(M::Written, &[("path", &path.display())]));
        Ok(match &self.spec_out {
            Some(out) => written_spec(context, answer, out, &spec),
            None => answer.text(context.text(
                M::CeremonyTable,
                &[("file", &TRANSCRIPT), ("digest", &digest)],
            )),
        })
    }
}

/// The specification with this ceremony in it.
fn named(spec: &ChainSpec, digest: Digest) -> ChainSpec {
    let ceremony = CeremonyFile {
        file: TRANSCRIPT.to_owned(),
        digest,
    };
    ChainSpec {
        ceremony: Some(ceremony),
        ..spec.clone()
    }
}

fn written_spec(context: &Context, answer: Answer, path: &Path, spec: &ChainSpec) -> Answer {
    answer
        .text(context.text(M::Written, &[("path", &path.display())]))
        .fields([(context.name(M::ChainDigest), spec.digest().to_string())])
}

/// What a transcript gives for a chain.
pub(super) fn judged(
    context: &Context,
    spec: &ChainSpec,
    transcript: &Transcript,
) -> Outcome<Held> {
    let held = transcript.judge(&spec.chain_id, &spec.validators());
    held.map_err(|error| {
        let exit = match &error {
            JudgementError::Failed(_) => Exit::Undecided,
            _ => Exit::Forged,
        };
        let text = match (&error, error.member()) {
            (JudgementError::Failed(failure), _) => {
                let faults = failure
                    .faults
                    .iter()
                    .map(|(dealer, what)| (dealer, what.as_str()));
                let absent = failure.absent.iter().map(|dealer| (dealer, ABSENT));
                let line = |(dealer, what)| {
                    let (centre, what) = (centre_name(spec, dealer), what_happened(context, what));
                    format!("{centre}: {what}")
                };
                let lines: Vec<_> = faults.chain(absent).map(line).collect();
                format!("{error}\n{}", lines.join("\n"))
            }
            (_, Some(member)) => format!("{}: {error}", centre_name(spec, &member)),
            (_, None) => error.to_string(),
        };
        Failure::new(exit, context.text(M::CeremonyNoGroup, &[("reason", &text)]))
    })
}

/// Not everybody did its part: who did not, and with what to go on.
fn incomplete(context: &Context, place: &Place, held: &Held) -> Failure {
    let lines = troubles(context, &place.spec, held);
    let exit = match held.faults.iter().all(|fault| fault.what == ABSENT) {
        true => Exit::Undecided,
        false => Exit::Forged,
    };
    let text = context.text(M::CeremonyIncomplete, &[("faults", &lines.join("\n"))]);
    Failure::new(exit, text).hint(context.name(M::CeremonyMissingHint))
}

/// Makes this centre's share, as its node will, and gives its index.
pub(super) fn own_share(
    context: &Context,
    place: &Place,
    transcript: &Transcript,
    held: &Held,
) -> Outcome<u32> {
    let (deals, logs) = (pairs(&transcript.deals), pairs(&held.logs));
    let share = place
        .holder()
        .share(&place.parameters, transcript.round, &deals, &logs);
    match share {
        Ok(share) => Ok(share.index()),
        Err(error) => {
            let text = context.text(M::CeremonyNoShare, &[("reason", &error)]);
            Err(Failure::new(Exit::Failure, text))
        }
    }
}
