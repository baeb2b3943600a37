//! `yilian evidence get` and `yilian evidence list`

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use super::LEDGER;
use super::put::coded;
use crate::answer::Answer;
use crate::commands::tender::object;
use crate::context::{Context, Outcome};
use crate::hashing;
use crate::messages::M;
use crate::record;

/// Arguments of `evidence get`.
#[derive(Debug, Args)]
pub(crate) struct GetArgs {
    /// 存证编号 | Evidence number
    number: String,
    /// 显示全部版本 | Show all its versions
    #[arg(long)]
    versions: bool,
}

impl GetArgs {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        let method = if self.versions { "versions" } else { "get" };
        let result = ask(context, method, json!({"number": self.number}))?;
        if result.is_null() {
            return Err(context.not_found(&self.number));
        }
        Ok(record::add(
            context,
            Answer::new("evidence", result.clone()),
            &flat(&result),
        ))
    }
}

/// A record with what was deposited beside what the chain added.
fn flat(record: &Value) -> Value {
    let mut flat = record.clone();
    if let Some(map) = flat.as_object_mut()
        && let Some(Value::Object(evidence)) = map.remove("evidence")
    {
        map.extend(evidence);
    }
    flat
}

/// Asks a view of the ledger.
pub(crate) fn ask(context: &Context, method: &str, fields: Value) -> Outcome<Value> {
    let args = Value::Object(object(fields));
    Ok(context.query(LEDGER, method, &args)?.result)
}

/// Arguments of `evidence list`.
#[derive(Debug, Args)]
#[group(id = "filter", required = true, multiple = false, args = ["tender", "project", "kind", "digest_prefix", "file"])]
pub(crate) struct ListArgs {
    /// 此标段的存证 | Records of this section
    #[arg(long, value_name = "ID")]
    tender: Option<String>,
    /// 此项目的存证 | Records of this project
    #[arg(long, value_name = "ID")]
    project: Option<String>,
    /// 此种类的存证：代码表=代码 | Records of this kind: list=code
    #[arg(long, value_name = "LIST=CODE", value_parser = coded)]
    kind: Option<(String, String)>,
    /// 摘要以此开头的存证（至少四位） | Records whose digest begins so (four digits at least)
    #[arg(long, value_name = "HEX")]
    digest_prefix: Option<String>,
    /// 此文件的存证 | Records of this file
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// 从此处起（上一页的 next） | Where to go on: the next of the page before
    #[arg(long, value_name = "NEXT")]
    after: Option<String>,
    /// 条数，至多 100 | How many, at most 100
    #[arg(long, default_value_t = 50)]
    limit: u32,
}

impl ListArgs {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        let page = match &self.file {
            Some(path) => {
                let digest = hashing::file(context, path)?;
                let fields = json!({"digest": digest, "after": self.after, "limit": self.limit});
                ask(context, "find_by_digest", fields)?
            }
            None => {
                let kind = self
                    .kind
                    .as_ref()
                    .map(|(list, code)| json!({"list": list, "code": code}));
                let fields = json!({
                    "tender": self.tender, "project": self.project, "kind": kind,
                    "digest_prefix": self.digest_prefix, "after": self.after, "limit": self.limit,
                });
                ask(context, "list", fields)?
            }
        };
        let records = page.get("records").cloned().unwrap_or(Value::Null);
        let mut answer = record::add(
            context,
            Answer::new("evidence-list", page.clone()),
            &records,
        );
        if let Some(next) = page.get("next").and_then(Value::as_str) {
            answer = answer.text(context.text(M::NextPage, &[("next", &next)]));
        }
        Ok(answer)
    }
}
