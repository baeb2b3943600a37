//! `yilian expert new-key`

use std::path::PathBuf;

use clap::Args;
use serde_json::json;
use yilian_crypto::SecretKey;
use yilian_seal::OpeningKey;

use crate::answer::Answer;
use crate::context::{Context, Outcome};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::keyfile;
use crate::messages::M;

/// Arguments of `expert new-key`.
#[derive(Debug, Args)]
pub(crate) struct NewKey {
    /// 密钥存为此文件 | Write the key here
    #[arg(long, short, value_name = "FILE")]
    out: PathBuf,
}

impl NewKey {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        let secret = SecretKey::from_seed(keyfile::random());
        let public = OpeningKey::derive(&secret.seed()).sealing_key();
        let public = public.map_err(|error| Failure::new(Exit::Failure, error.to_string()))?;
        keyfile::write(context.lang, &self.out, &secret)?;
        let shown = self.out.display();
        Ok(
            Answer::new("sealing_key", json!({"sealing_key": public.to_string()}))
                .fields([(context.name(M::ExpertSealingKey), public.to_string())])
                .text(context.text(M::Written, &[("path", &shown)])),
        )
    }
}
