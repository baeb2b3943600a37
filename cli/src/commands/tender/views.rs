//! What anybody may ask of a section.

use clap::Args;
use serde_json::{Value, json};
use yilian_crypto::Digest;

use super::{LEDGER, object};
use crate::answer::Answer;
use crate::context::{Context, Outcome};
use crate::record;

/// Asks a view and shows its record.
pub(super) fn ask(context: &Context, method: &str, fields: Value) -> Outcome<Answer> {
    let args = Value::Object(object(fields));
    let asked = context.query(LEDGER, method, &args)?;
    if asked.result.is_null() {
        let what = args
            .as_object()
            .and_then(|map| map.values().next())
            .map(crate::show::value);
        return Err(context.not_found(&what.unwrap_or_default()));
    }
    let data = json!({"contract": LEDGER, "method": method, "height": asked.height,
        "result": asked.result});
    Ok(record::add(
        context,
        Answer::new("query", data),
        &asked.result,
    ))
}

/// Arguments of `tender show`.
#[derive(Debug, Args)]
pub(crate) struct Section {
    /// 统一交易标识码 | Unified identifier of the section
    tender: String,
}

impl Section {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        ask(context, "get", json!({"tender": self.tender}))
    }
}

/// Arguments of `tender timeline`.
#[derive(Debug, Args)]
pub(crate) struct Timeline {
    /// 统一交易标识码 | Unified identifier of the section
    tender: String,
    /// 从此序号之后 | After the step of this number
    #[arg(long, value_name = "N")]
    after: Option<u32>,
    /// 条数，至多 100 | How many, at most 100
    #[arg(long, default_value_t = 100)]
    limit: u32,
}

impl Timeline {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        let fields = json!({"tender": self.tender, "after": self.after, "limit": self.limit});
        ask(context, "timeline", fields)
    }
}

/// Arguments of `tender draw-record`.
#[derive(Debug, Args)]
pub(crate) struct DrawRecord {
    /// 统一交易标识码 | Unified identifier of the section
    tender: String,
    /// 第几次抽取，默认最近一次 | Which draw, by default the last
    #[arg(long, value_name = "N")]
    number: Option<u32>,
}

impl DrawRecord {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        ask(
            context,
            "draw_record",
            json!({"tender": self.tender, "number": self.number}),
        )
    }
}

/// Arguments of `tender list`.
#[derive(Debug, Args)]
pub(crate) struct List {
    /// 从此标段之后 | After this section
    #[arg(long, value_name = "ID")]
    after: Option<String>,
    /// 条数 | How many
    #[arg(long, default_value_t = 50)]
    limit: u64,
}

impl List {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        ask(
            context,
            "list",
            json!({"after": self.after, "limit": self.limit}),
        )
    }
}

/// Arguments of `tender bids`.
#[derive(Debug, Args)]
pub(crate) struct Bids {
    /// 统一交易标识码 | Unified identifier of the section
    tender: String,
    /// 从此投标人之后 | After this bidder
    #[arg(long, value_name = "USCC")]
    after: Option<String>,
    /// 条数 | How many
    #[arg(long, default_value_t = 50)]
    limit: u64,
}

impl Bids {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        let fields = json!({"tender": self.tender, "after": self.after, "limit": self.limit});
        ask(context, "bids", fields)
    }
}

/// Arguments of `tender sealed`.
#[derive(Debug, Args)]
pub(crate) struct Sealed {
    /// 投标承诺 sha256:… | The commitment, sha256:…
    commitment: Digest,
}

impl Sealed {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        ask(context, "sealed", json!({"commitment": self.commitment}))
    }
}

/// Arguments of `tender profile`.
#[derive(Debug, Args)]
pub(crate) struct Profile {
    /// 配置名 | Name of the profile
    #[arg(default_value = "statutory")]
    name: String,
}

impl Profile {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        ask(context, "profile", json!({"name": self.name}))
    }
}
