//! A bid on its way: commit, withdraw.

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use super::call;
use super::sealed_bid::SealedBid;
use crate::answer::Answer;
use crate::call::SendOptions;
use crate::context::{Context, Outcome};
use crate::exit::Exit;
use crate::hashing::DigestOrFile;
use crate::messages::M;

/// Arguments of `tender commit`.
#[derive(Debug, Args)]
pub(crate) struct Commit {
    /// 统一交易标识码（只写入本地凭据，不上链） | Unified identifier of the section (kept here, not sent)
    tender: String,
    /// 投标人的统一社会信用代码（只写入本地凭据） | Code of the bidder (kept here, not sent)
    #[arg(long, value_name = "USCC")]
    bidder: String,
    /// 加密后的投标文件，或其摘要 | The encrypted bid file, or its digest
    #[arg(long, value_name = "FILE|DIGEST")]
    file: DigestOrFile,
    /// 投标凭据存为此文件；开标时要用，请妥善保管 | Write the bid's secret here; the opening needs it
    #[arg(long, short, value_name = "FILE")]
    out: PathBuf,
    /// 节点签收回执的 JSON 数组文件 | JSON file with an array of acknowledgements
    #[arg(long, value_name = "FILE")]
    acknowledgements: Option<PathBuf>,
    /// 代替此凭据所指的投标 | Replaces the bid of this secret file
    #[arg(long, value_name = "FILE")]
    replaces: Option<PathBuf>,
    /// 公开标段，以便对逾期投标作出认定（仅限截止之后） | Names the section, for a ruling on a late bid (after the deadline only)
    #[arg(long)]
    late: bool,
    #[command(flatten)]
    options: SendOptions,
}

impl Commit {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        let digest = self.file.resolve(context)?;
        let bid = SealedBid::seal(&self.tender, &self.bidder, digest);
        let replaces = match &self.replaces {
            Some(path) => {
                let old = SealedBid::read(context, path)?;
                let signature = old.release(&chain_id(context)?, Some(&bid.commitment));
                json!({"commitment": old.commitment, "signature": signature})
            }
            None => Value::Null,
        };
        let fields = json!({
            "commitment": bid.commitment, "lock": bid.lock(), "replaces": replaces,
            "acknowledgements": acknowledgements(context, self.acknowledgements.as_ref())?,
            "tender": self.late.then_some(&self.tender),
        });
        // Before it is sent: a bid on the chain whose salt is lost can never be opened.
        bid.write(context, &self.out)?;
        let answer = call(context, "commit", fields, &self.options)?;
        let shown = self.out.display();
        Ok(match answer.exit {
            Exit::Ok => answer.text(context.text(M::BidKept, &[("path", &shown)])),
            _ => answer,
        })
    }
}

fn chain_id(context: &Context) -> Outcome<String> {
    let status = context
        .client()
        .status()
        .map_err(|error| context.node_failure(error))?;
    Ok(status.chain_id)
}

fn acknowledgements(context: &Context, path: Option<&PathBuf>) -> Outcome<Value> {
    path.map_or_else(|| Ok(json!([])), |path| context.read_json(path))
}

/// Arguments of `tender withdraw`.
#[derive(Debug, Args)]
pub(crate) struct Withdraw {
    /// 投标凭据文件 | The bid's secret file
    #[arg(long, value_name = "FILE")]
    bid: PathBuf,
    /// 节点签收回执的 JSON 数组文件 | JSON file with an array of acknowledgements
    #[arg(long, value_name = "FILE")]
    acknowledgements: Option<PathBuf>,
    #[command(flatten)]
    options: SendOptions,
}

impl Withdraw {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        let bid = SealedBid::read(context, &self.bid)?;
        let fields = json!({
            "commitment": bid.commitment,
            "signature": bid.release(&chain_id(context)?, None),
            "acknowledgements": acknowledgements(context, self.acknowledgements.as_ref())?,
        });
        call(context, "withdraw", fields, &self.options)
    }
}
