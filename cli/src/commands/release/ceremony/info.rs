//! `yilian release ceremony info`

use std::path::PathBuf;

use clap::Args;
use serde_json::json;
use yilian_ceremony::Setting;
use yilian_chain_spec::Centre;
use yilian_crypto::PublicKey;
use yilian_release::threshold;

use crate::answer::Answer;
use crate::context::{Context, Outcome};
use crate::messages::M;

/// Arguments of `release ceremony info`.
#[derive(Debug, Args)]
pub(crate) struct CeremonyInfo {
    /// 链规范草案 | Draft of the chain specification
    #[arg(long, value_name = "chain.toml")]
    spec: PathBuf,
}

impl CeremonyInfo {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        let spec = context.read_spec(&self.spec)?;
        let setting = Setting::of(&spec.chain_id, &spec.validators());
        let centre = |key: &PublicKey| spec.centre_with_key(key);
        let centres: Vec<&Centre> = setting.members.iter().filter_map(centre).collect();
        let needed = threshold(u32::try_from(centres.len()).unwrap_or(u32::MAX));
        let members = centres
            .iter()
            .map(|c| json!({"name": c.name, "key": c.key}));
        let data = json!({
            "chain_id": setting.chain_id, "round": setting.round, "threshold": needed,
            "members": members.collect::<Vec<_>>(), "setting": setting.digest(),
        });
        let row = |centre: &&Centre| {
            let title = context.lang.pick(&centre.zh, &centre.en);
            vec![
                centre.name.clone(),
                title.to_owned(),
                centre.key.to_string(),
            ]
        };
        let head = [M::Name, M::MethodTitle, M::KeyPublic];
        Ok(Answer::new("ceremony_info", data)
            .fields([
                (context.name(M::Chain), setting.chain_id.clone()),
                (context.name(M::CeremonyRound), setting.round.to_string()),
                (
                    context.name(M::GroupThreshold),
                    format!("{needed} / {}", centres.len()),
                ),
                (
                    context.name(M::CeremonySetting),
                    setting.digest().to_string(),
                ),
            ])
            .table(
                head.map(|name| context.name(name)),
                centres.iter().map(row).collect(),
            )
            .text(context.name(M::CeremonyCompare)))
    }
}
