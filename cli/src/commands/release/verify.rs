//! `yilian release verify`

use clap::Args;
use serde_json::json;
use yilian_release::{GroupKey, ReleaseSignature, seed};

use crate::answer::{Answer, Block, Step};
use crate::context::{Context, Outcome};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::messages::M;

/// Arguments of `release verify`.
#[derive(Debug, Args)]
pub(crate) struct ReleaseVerifyArgs {
    /// 释放的标识，如 draw:E6200000001:1 | The identity, as draw:E6200000001:1
    identity: String,
    /// 门限签名，96 位十六进制 | The signature, 96 hexadecimal digits
    #[arg(long, value_name = "HEX")]
    signature: String,
    /// 群公钥，192 位十六进制 | Key of the group, 192 hexadecimal digits
    #[arg(long, value_name = "HEX")]
    group_key: String,
    /// 链编号 | Chain id
    #[arg(long, value_name = "ID")]
    chain_id: String,
    /// 监督部门的贡献值（如有），64 位十六进制 | The supervising department's contribution, if any, 64 hexadecimal digits
    #[arg(long, value_name = "HEX", default_value = "")]
    contribution: String,
    /// 记录中的种子，与签名所得比较 | The seed of a record, to compare
    #[arg(long, value_name = "HEX")]
    seed: Option<String>,
}

impl ReleaseVerifyArgs {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        let usage =
            |error: yilian_release::ReleaseError| Failure::new(Exit::Usage, error.to_string());
        let key: GroupKey = self.group_key.parse().map_err(usage)?;
        let signature: ReleaseSignature = self.signature.parse().map_err(usage)?;
        let holds = key
            .verify(&self.chain_id, &self.identity, &signature)
            .is_ok();
        let contribution = hex::decode(&self.contribution).map_err(|error| {
            let reason = format!("--contribution: expected hexadecimal digits: {error}");
            Failure::new(Exit::Usage, reason)
        })?;
        let found = seed(&self.chain_id, &self.identity, &signature, &contribution).to_hex();
        let same = self.seed.as_ref().map(|given| *given == found);
        let steps = vec![
            Step {
                holds: Some(holds),
                what: context.name(M::StepRelease),
                detail: self.identity.clone(),
            },
            Step {
                holds: same,
                what: context.name(M::StepSeed),
                detail: found.clone(),
            },
        ];
        let exit = match holds && same != Some(false) {
            true => Exit::Ok,
            false => Exit::Forged,
        };
        let data = json!({
            "identity": self.identity, "chain_id": self.chain_id, "signature_holds": holds,
            "seed": found, "seed_is_the_given_one": same,
        });
        Ok(Answer::new("release_verification", data)
            .with(Block::Steps(steps))
            .exit(exit))
    }
}
