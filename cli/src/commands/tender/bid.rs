//! A bid on its way: commit, acknowledge, withdraw.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};
use yilian_client::{Client, Collected, Submitted};

use super::super::ack::{self, AskOptions};
use super::super::admission::TokenFile;
use super::sealed_bid::SealedBid;
use super::{LEDGER, call as call_ledger, object};
use crate::answer::Answer;
use crate::call::{self, SendOptions, Signed};
use crate::context::{Context, Outcome};
use crate::exit::Exit;
use crate::failure::Failure;
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
    /// 用此一次性密钥递交（admission prepare 生成），不透露单位 | Submit under this one-time key, made by admission prepare, naming no organisation
    #[arg(long, value_name = "FILE", conflicts_with = "late")]
    token: Option<PathBuf>,
    #[command(flatten)]
    ask: AskOptions,
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
        let token = self
            .token
            .as_ref()
            .map(|path| TokenFile::read(context, path));
        let token = token.transpose()?;
        let mut bid = SealedBid::seal(&self.tender, &self.bidder, digest);
        if let Some((_, key)) = &token {
            // The bid is its sender's: one key sends it, and alone may end it.
            bid.adopt(key);
        }
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
            "tender": self.late.then_some(&self.tender),
            "admission": token.as_ref().map(|(file, _)| &file.admission),
        });
        let key = token.as_ref().map(|(_, key)| key);
        // Before it is sent: a bid on the chain whose salt is lost can never be opened.
        bid.write(context, &self.out)?;
        let call = Signed {
            contract: LEDGER,
            method: "commit",
            args: Value::Object(object(fields)),
            key,
        };
        let validators = self.ask.validators(context);
        let answer = match self.late || validators.is_empty() {
            true => call.send(context, &self.options)?,
            false => self.acknowledged(context, &validators, call)?,
        };
        let shown = self.out.display();
        Ok(match answer.exit {
            Exit::Ok => answer.text(context.text(M::BidKept, &[("path", &shown)])),
            _ => answer,
        })
    }

    /// Hands it to several validators at once and keeps their words beside the bid's secret.
    fn acknowledged(
        &self,
        context: &Context,
        validators: &[Client],
        call: Signed<'_>,
    ) -> Outcome<Answer> {
        let client = context.client();
        let envelope = call.sign(context, &client, &self.options)?;
        let (collected, needed) = self.ask.collect(context, &client, validators, &envelope)?;
        let path = acknowledgement_path(&self.out);
        let text = format!("{:#}\n", collected.submission.to_json());
        context.write_new(&path, text.as_bytes())?;
        let got = collected.submission.acknowledgements.len();
        if got < needed {
            return Err(too_few(context, &collected, needed));
        }
        let shown = path.display();
        let values: [(&str, &dyn core::fmt::Display); 3] =
            [("got", &got), ("needed", &needed), ("path", &shown)];
        context.note(&context.text(M::AckCollected, &values));
        let submitted = Submitted::Accepted(collected.tx_id);
        call::settle(context, &client, submitted, &self.options)
    }
}

/// Where the acknowledgements of a bid stand: beside its secret.
fn acknowledgement_path(secret: &Path) -> PathBuf {
    let mut name = secret.as_os_str().to_owned();
    name.push(".ack");
    name.into()
}

fn too_few(context: &Context, collected: &Collected, needed: usize) -> Failure {
    let reasons: Vec<_> = collected
        .failures
        .iter()
        .map(|(url, error)| format!("{url}: {error}"))
        .collect();
    let got = collected.submission.acknowledgements.len();
    let reasons = reasons.join("; ");
    let values: [(&str, &dyn core::fmt::Display); 3] =
        [("got", &got), ("needed", &needed), ("reasons", &reasons)];
    Failure::new(Exit::Network, context.text(M::AckTooFew, &values))
        .hint(context.name(M::AckTooFewHint))
}

fn chain_id(context: &Context) -> Outcome<String> {
    let status = context
        .client()
        .status()
        .map_err(|error| context.node_failure(error))?;
    Ok(status.chain_id)
}

/// Arguments of `tender acknowledge`.
#[derive(Debug, Args)]
pub(crate) struct Acknowledge {
    /// 回执文件（commit 时生成），可多次给出 | Files of acknowledgements, made by commit; may be repeated
    #[arg(long = "ack", value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    options: SendOptions,
}

impl Acknowledge {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        let read = |path: &PathBuf| {
            let file = ack::read(context, path)?;
            Ok(json!({
                "commitment": file.args.get("commitment"),
                "withdrawal": file.method == "withdraw",
                "acknowledgements": file.acknowledgements,
            }))
        };
        let submissions: Vec<_> = self.files.iter().map(read).collect::<Outcome<_>>()?;
        let fields = json!({"submissions": submissions});
        call_ledger(context, "acknowledge", fields, &self.options)
    }
}

/// Arguments of `tender withdraw`.
#[derive(Debug, Args)]
pub(crate) struct Withdraw {
    /// 投标凭据文件 | The bid's secret file
    #[arg(long, value_name = "FILE")]
    bid: PathBuf,
    #[command(flatten)]
    options: SendOptions,
}

impl Withdraw {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        let bid = SealedBid::read(context, &self.bid)?;
        let fields = json!({
            "commitment": bid.commitment,
            "signature": bid.release(&chain_id(context)?, None),
        });
        call_ledger(context, "withdraw", fields, &self.options)
    }
}
