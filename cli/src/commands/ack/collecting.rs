//! Acknowledgements had from validators, and read back from their file.

use std::path::Path;
use std::time::Duration;

use clap::Args;
use yilian_acknowledgement::{AcknowledgedSubmission, needed};
use yilian_client::{Client, Collected};
use yilian_primitives::Envelope;

use crate::context::{Context, Outcome};

/// Whom to ask for acknowledgements, and for how long.
#[derive(Debug, Args)]
pub(in crate::commands) struct AskOptions {
    /// 向这些验证节点取回执（网址，可多次给出）；不给出时用本目录设置中的 | Validators to have acknowledgements from (URL, may be repeated); those of the settings if left out
    #[arg(long, value_name = "URL")]
    ask: Vec<String>,
    /// 取回执的最长时间（秒） | Longest time to collect acknowledgements, in seconds
    #[arg(long, default_value_t = 30, value_name = "SECONDS")]
    ask_for: u64,
}

impl AskOptions {
    /// The validators to ask.
    pub(in crate::commands) fn validators(&self, context: &Context) -> Vec<Client> {
        context.validators(&self.ask)
    }

    /// Hands a transaction to several validators at once. Gives what they say, and how many acknowledgements are needed by
    /// the validators that the node at `client` knows.
    pub(in crate::commands) fn collect(
        &self,
        context: &Context,
        client: &Client,
        validators: &[Client],
        envelope: &Envelope,
    ) -> Outcome<(Collected, usize)> {
        let network = client.network().map_err(|e| context.node_failure(e))?;
        let known = network.validators.iter();
        let keys: Vec<_> = known.map(|one| one.public_key).collect();
        let needed = needed(keys.len());
        let time = Duration::from_secs(self.ask_for);
        Client::collect_acknowledgements(validators, envelope, &keys, needed, time)
            .map(|collected| (collected, needed))
            .map_err(|error| context.node_failure(error))
    }
}

/// Reads a file of acknowledgements.
pub(in crate::commands) fn read(context: &Context, path: &Path) -> Outcome<AcknowledgedSubmission> {
    AcknowledgedSubmission::from_bytes(&context.read_bytes(path)?)
        .map_err(|error| context.not_json(&path.display(), &error))
}
