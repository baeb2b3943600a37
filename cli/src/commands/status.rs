//! `yilian status`

use clap::Args;
use serde_json::{Value, json};
use yilian_client::ReleaseStatus;

use crate::answer::Answer;
use crate::context::{Context, Outcome};
use crate::messages::M;
use crate::show;

/// Arguments of `status`.
#[derive(Debug, Args)]
pub(crate) struct StatusArgs {}

impl StatusArgs {
    pub(crate) fn run(self, context: &Context) -> Outcome<Answer> {
        let client = context.client();
        let status = client
            .status()
            .map_err(|error| context.node_failure(error))?;
        let data = json!({"node": client.url(), "status": status});
        let pool: [(&str, &dyn core::fmt::Display); 2] = [
            ("count", &status.pool.transactions),
            ("bytes", &status.pool.bytes),
        ];
        let name = |message| context.name(message);
        let mut answer = Answer::new("status", data).fields([
            (
                name(M::NodeName),
                format!("{} {}", status.name, client.url()),
            ),
            (name(M::Chain), status.chain_id.clone()),
            (name(M::Height), status.height.to_string()),
            (name(M::Time), show::time(status.time_ms)),
            (name(M::Syncing), context.yes_no(status.syncing)),
            (name(M::Validators), status.validators.to_string()),
            (name(M::Peers), status.peers.to_string()),
            (name(M::Pool), context.text(M::PoolValue, &pool)),
            (name(M::HeaderHash), status.header_hash.to_string()),
            (name(M::LogSize), status.log_size.to_string()),
            (name(M::LogRoot), status.log_root.to_string()),
            (name(M::StateRoot), status.state_root.to_string()),
            (name(M::Release), releases(context, &status.releases)),
            (name(M::Version), status.version.clone()),
        ]);
        if status.bodies_from > 0 {
            let from = status.bodies_from;
            answer = answer.text(context.text(M::BodiesFrom, &[("height", &from)]));
        }
        if status.restored {
            answer = answer.text(name(M::RestoredNode));
        }
        if !status.production {
            answer = answer.text(name(M::NotForProduction));
        }
        answer.data["production"] = Value::Bool(status.production);
        Ok(answer)
    }
}

/// How releases stand, in one line.
pub(super) fn releases(context: &Context, status: &ReleaseStatus) -> String {
    let values: [(&str, &dyn core::fmt::Display); 4] = [
        ("threshold", &status.threshold),
        ("holders", &status.holders),
        ("revealed", &status.revealed),
        ("waiting", &status.waiting),
    ];
    match (&status.group_key, status.ceremony) {
        (None, _) => context.name(M::ReleaseNoKey),
        (Some(_), false) => context.text(M::ReleaseReady, &values),
        (Some(_), true) => context.text(M::ReleaseResharing, &values),
    }
}
