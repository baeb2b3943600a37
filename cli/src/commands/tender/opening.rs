//! After the deadline: list what is held, reveal, open, check.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::sealed_bid::SealedBid;
use super::{both, call};
use crate::answer::Answer;
use crate::call::SendOptions;
use crate::context::{Context, Outcome};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::hashing::DigestOrFile;
use crate::messages::M;

/// Most bids named in one call, as the ledger has it.
const HOLD_MAX: usize = 1_000;

/// Arguments of `tender hold`.
#[derive(Debug, Args)]
pub(crate) struct Hold {
    /// 统一交易标识码 | Unified identifier of the section
    tender: String,
    /// 持有的投标的凭据文件，可多次给出 | Secret file of a bid that is held; may be repeated
    #[arg(long = "bid", value_name = "FILE")]
    bids: Vec<PathBuf>,
    /// 全部密封承诺的 JSON 数组文件 | A JSON file with an array of all commitments
    #[arg(long, value_name = "FILE", conflicts_with = "bids")]
    file: Option<PathBuf>,
    #[command(flatten)]
    options: SendOptions,
}

impl Hold {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        let commitments: Vec<Value> = match &self.file {
            Some(path) => match context.read_json(path)? {
                Value::Array(all) => all,
                other => vec![other],
            },
            None => {
                let read = |path: &PathBuf| Ok(json!(SealedBid::read(context, path)?.commitment));
                self.bids.iter().map(read).collect::<Outcome<_>>()?
            }
        };
        let held = commitments.len();
        let page = |some: &[Value]| {
            let fields = json!({"tender": self.tender, "held": held, "commitments": some});
            call(context, "hold", fields, &self.options)
        };
        let mut answer = page(commitments.get(..HOLD_MAX).unwrap_or(&commitments))?;
        for some in commitments.chunks(HOLD_MAX).skip(1) {
            if answer.exit != Exit::Ok {
                break;
            }
            answer = page(some)?;
        }
        Ok(answer)
    }
}

/// How a bid file could be opened; whose step failed follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Decryption {
    /// 已解密 | Decrypted
    Opened,
    /// 投标人未提供密钥 | The bidder gave no key
    NoKey,
    /// 密钥不能解密 | Its key does not open the file
    WrongKey,
    /// 解密后内容不符合要求 | It opens, and its content is not what was asked for
    Malformed,
    /// 平台文件缺失 | The platform cannot produce the file
    FileMissing,
    /// 平台故障 | The platform failed
    PlatformFailure,
}

impl Decryption {
    const fn name(self) -> &'static str {
        match self {
            Decryption::Opened => "opened",
            Decryption::NoKey => "no_key",
            Decryption::WrongKey => "wrong_key",
            Decryption::Malformed => "malformed",
            Decryption::FileMissing => "file_missing",
            Decryption::PlatformFailure => "platform_failure",
        }
    }
}

/// Arguments of `tender reveal`.
#[derive(Debug, Args)]
pub(crate) struct Reveal {
    /// 统一交易标识码 | Unified identifier of the section
    tender: String,
    /// 投标凭据文件（commit 时生成），可多次给出 | A bid's secret file, made by commit; may be repeated
    #[arg(long = "bid", value_name = "FILE", required_unless_present = "file")]
    bids: Vec<PathBuf>,
    /// 这些投标的解密结果 | How these bids could be opened
    #[arg(long, value_enum, default_value_t = Decryption::Opened)]
    decryption: Decryption,
    /// 全部投标的 JSON 数组文件 | A JSON file with an array of all bids
    #[arg(long, value_name = "FILE", conflicts_with = "bids")]
    file: Option<PathBuf>,
    #[command(flatten)]
    options: SendOptions,
}

impl Reveal {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        let bids = match &self.file {
            Some(path) => context.read_json(path)?,
            None => {
                let read = |path: &PathBuf| {
                    let bid = SealedBid::read(context, path)?;
                    Ok(
                        json!({"bidder": bid.bidder, "digest": bid.digest, "salt": bid.salt,
                        "decryption": self.decryption.name()}),
                    )
                };
                Value::Array(self.bids.iter().map(read).collect::<Outcome<_>>()?)
            }
        };
        call(
            context,
            "reveal",
            json!({"tender": self.tender, "bids": bids}),
            &self.options,
        )
    }
}

/// Arguments of `tender open`.
#[derive(Debug, Args)]
pub(crate) struct Open {
    /// 统一交易标识码 | Unified identifier of the section
    tender: String,
    /// 持有份数与开启份数不等时的说明 | What explains a difference between held and opened
    #[arg(long, value_name = "TEXT")]
    difference: Option<String>,
    /// 说明的英文 | The explanation in English
    #[arg(long, value_name = "TEXT", requires = "difference")]
    difference_en: Option<String>,
    #[command(flatten)]
    options: SendOptions,
}

impl Open {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        let difference = self
            .difference
            .as_deref()
            .map(|zh| both(zh, self.difference_en.as_deref()));
        let fields = json!({"tender": self.tender, "difference": difference});
        call(context, "open", fields, &self.options)
    }
}

/// When bid files are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Stage {
    /// 开标后 | After opening
    Opened,
    /// 评标后 | After evaluation
    Evaluated,
    /// 归档时 | In the archive
    Archived,
}

impl Stage {
    const fn name(self) -> &'static str {
        match self {
            Stage::Opened => "opened",
            Stage::Evaluated => "evaluated",
            Stage::Archived => "archived",
        }
    }
}

/// Arguments of `tender consistency`.
#[derive(Debug, Args)]
pub(crate) struct Consistency {
    /// 统一交易标识码 | Unified identifier of the section
    tender: String,
    /// 阶段 | Stage
    #[arg(long, value_enum)]
    stage: Stage,
    /// 投标人代码=投标文件或其摘要，可多次给出 | CODE=FILE or CODE=DIGEST of a bidder; may be repeated
    #[arg(
        long = "entry",
        value_name = "USCC=FILE|DIGEST",
        required_unless_present = "file"
    )]
    entries: Vec<String>,
    /// 全部条目的 JSON 数组文件 | A JSON file with an array of all entries
    #[arg(long, value_name = "FILE", conflicts_with = "entries")]
    file: Option<PathBuf>,
    /// 重新开始本阶段的理由 | Reason to begin this stage anew
    #[arg(long, value_name = "TEXT")]
    restart: Option<String>,
    #[command(flatten)]
    options: SendOptions,
}

impl Consistency {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        let entries = match &self.file {
            Some(path) => context.read_json(path)?,
            None => {
                let read = |text: &String| entry(context, text);
                Value::Array(self.entries.iter().map(read).collect::<Outcome<_>>()?)
            }
        };
        let fields = json!({
            "tender": self.tender, "stage": self.stage.name(), "entries": entries,
            "restart": self.restart.as_deref().map(|zh| both(zh, None)),
        });
        call(context, "check_consistency", fields, &self.options)
    }
}

fn entry(context: &Context, text: &str) -> Outcome<Value> {
    let wrong = || Failure::new(Exit::Usage, context.text(M::ArgForm, &[("text", &text)]));
    let (bidder, file) = text.split_once('=').ok_or_else(wrong)?;
    let Ok(file) = file.parse::<DigestOrFile>();
    Ok(json!({"bidder": bidder, "digest": file.resolve(context)?}))
}
