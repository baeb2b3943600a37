//! `yilian release ceremony verify`

use std::path::PathBuf;

use clap::Args;
use serde_json::json;
use yilian_ceremony::{Held, TRANSCRIPT_BYTES_MAX, Transcript};
use yilian_chain_spec::ChainSpec;
use yilian_crypto::Digest;

use super::files::read_bounded;
use super::finish::judged;
use super::show::{held_json, with_held};
use crate::answer::{Answer, Block, Step};
use crate::context::{Context, Outcome};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::messages::M;

/// Arguments of `release ceremony verify`.
#[derive(Debug, Args)]
pub(crate) struct CeremonyVerify {
    /// 仪式记录；默认为链规范所指的文件 | The transcript; by default the file that the specification names
    file: Option<PathBuf>,
    /// 链规范，或其草案 | The chain specification, or its draft
    #[arg(long, value_name = "chain.toml")]
    spec: PathBuf,
}

impl CeremonyVerify {
    /// Does over what every node does at genesis. Secrets are not needed.
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        let spec = context.read_spec(&self.spec)?;
        let path = self.path(context, &spec)?;
        let bytes = read_bounded(context, &path, TRANSCRIPT_BYTES_MAX)?;
        let digest = Digest::sha256(&bytes);
        let same = spec.ceremony.as_ref().map(|named| named.digest == digest);
        let judged = Transcript::from_bytes(&bytes)
            .map_err(|error| Failure::new(Exit::Forged, error.to_string()))
            .and_then(|transcript| judged(context, &spec, &transcript));
        let exit = match (&judged, same) {
            (_, Some(false)) => Exit::Forged,
            (Err(failure), _) => failure.exit,
            (Ok(_), _) => Exit::Ok,
        };
        let steps = vec![
            Step {
                holds: same,
                what: context.name(M::StepCeremonyDigest),
                detail: digest.to_string(),
            },
            Step {
                holds: Some(judged.is_ok()),
                what: context.name(M::StepCeremony),
                detail: judged
                    .as_ref()
                    .err()
                    .map_or_else(String::new, |e| e.message.clone()),
            },
        ];
        Ok(answer(context, &spec, &judged, (&digest, steps)).exit(exit))
    }

    fn path(&self, context: &Context, spec: &ChainSpec) -> Outcome<PathBuf> {
        match (&self.file, &spec.ceremony) {
            (Some(file), _) => Ok(file.clone()),
            (None, Some(named)) => Ok(self.spec.with_file_name(&named.file)),
            (None, None) => Err(Failure::new(Exit::Usage, context.name(M::CeremonyNoFile))),
        }
    }
}

fn answer(
    context: &Context,
    spec: &ChainSpec,
    judged: &Outcome<Held>,
    (digest, steps): (&Digest, Vec<Step>),
) -> Answer {
    let shown: Vec<_> = steps.iter().map(Step::to_json).collect();
    let mut data = match judged {
        Ok(held) => held_json(spec, held, digest),
        Err(_) => json!({"digest": digest}),
    };
    data["steps"] = json!(shown);
    let answer = Answer::new("ceremony_verification", data).with(Block::Steps(steps));
    match judged {
        Ok(held) => with_held(context, answer, spec, (held, digest)),
        Err(_) => answer,
    }
}
