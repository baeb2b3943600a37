//! `yilian bid give-key`

use std::path::PathBuf;

use clap::Args;
use serde_json::json;
use yilian_bid_file::keys_identity;
use yilian_release::GroupKey;
use yilian_threshold::LockedKey;
use zeroize::Zeroizing;

use super::key_file::KeyFile;
use crate::answer::Answer;
use crate::call::{self, SendOptions};
use crate::commands::tender::{LEDGER, SealedBid, object};
use crate::context::{Context, Outcome};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::keyfile;

/// Arguments of `bid give-key`.
#[derive(Debug, Args)]
pub(crate) struct BidGiveKey {
    /// 投标凭据文件（tender commit 时生成） | The bid's secret file, made by tender commit
    #[arg(long, value_name = "FILE")]
    bid: PathBuf,
    /// 内层密钥文件（bid seal 时生成） | File of the inner key, made by bid seal
    #[arg(long, value_name = "FILE")]
    inner: PathBuf,
    #[command(flatten)]
    options: SendOptions,
}

impl BidGiveKey {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        let bid = SealedBid::read(context, &self.bid)?;
        let (file, inner) = KeyFile::read(context, &self.inner)?;
        let usage = |reason: String| Failure::new(Exit::Usage, reason);
        if file.tender != bid.tender {
            let (one, other) = (&file.tender, &bid.tender);
            return Err(usage(format!("--inner: {one}, --bid: {other}")));
        }
        let group: GroupKey = file
            .group_key
            .parse()
            .map_err(|error: yilian_release::ReleaseError| usage(error.to_string()))?;
        let identity = keys_identity(&bid.tender);
        let randomness = Zeroizing::new(keyfile::random());
        let locked = LockedKey::lock(&file.chain_id, &group, &identity, &inner, &randomness)
            .map_err(|error| usage(error.to_string()))?
            .to_string();
        let fields = json!({
            "tender": bid.tender, "commitment": bid.commitment, "locked_key": locked,
            "signature": bid.give_key(&file.chain_id, &locked),
        });
        call::call(context, (LEDGER, "give_key"), object(fields), &self.options)
    }
}
