//! `yilian verify`

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};
use yilian_primitives::TxId;
use yilian_verify::Report;

use super::evidence::ask;
use crate::answer::{Answer, Block, Step};
use crate::context::{Context, Outcome};
use crate::exit::Exit;
use crate::messages::M;
use crate::verification::{self, CodeSources};
use crate::{call, hashing};

/// Arguments of `verify`.
#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// 证据文件；或在线取得：交易编号 sha256:…、存证编号 | The evidence file; or online: a transaction sha256:…, an evidence number
    evidence: String,
    /// 信任根：从可靠渠道取得的链规范，或其 JSON 摘要 | Trust: the chain's specification from a source you trust, or its JSON digest
    #[arg(long, value_name = "chain.toml")]
    trust: Option<PathBuf>,
    /// 核对此文件就是所存证的文件 | Check that this is the file that was evidenced
    #[arg(long, value_name = "FILE")]
    document: Option<PathBuf>,
    #[command(flatten)]
    codes: CodeSources,
}

impl VerifyArgs {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        let trust = verification::trust(context, self.trust.as_deref())?;
        let bytes = self.bytes(context)?;
        let (_, report) = verification::verify(context, &bytes, &trust, &self.codes)?;
        let mut answer = verification::answer(context, &report);
        if let Some(path) = &self.document {
            answer = document(context, answer, &report, path)?;
        }
        Ok(verification::conclude(context, answer, &report))
    }

    /// The evidence, from a file or from a node.
    fn bytes(&self, context: &Context) -> Outcome<Vec<u8>> {
        let path = Path::new(&self.evidence);
        if path.is_file() {
            return context.read_bytes(path);
        }
        let id = match self.evidence.parse::<TxId>() {
            Ok(id) => id,
            Err(_) => self.of_number(context)?,
        };
        let proof = context
            .client()
            .evidence_of(&id)
            .map_err(|e| context.node_failure(e))?;
        Ok(proof.to_bytes())
    }

    /// The transaction that deposited a record. A path that is mistyped is no evidence number.
    fn of_number(&self, context: &Context) -> Outcome<TxId> {
        let missing = || context.not_found(&self.evidence);
        if self.evidence.contains(['/', '\\', '.']) {
            return Err(missing());
        }
        let record = ask(context, "get", json!({"number": self.evidence}))?;
        let id = record
            .get("tx_id")
            .and_then(Value::as_str)
            .ok_or_else(missing)?;
        call::parse_id(context, id)
    }
}

/// Whether the signed arguments of a record hold the digest of a file.
fn document(
    context: &Context,
    mut answer: Answer,
    report: &Report,
    path: &Path,
) -> Outcome<Answer> {
    let got = hashing::file(context, path)?;
    let signed = report
        .records
        .iter()
        .filter_map(|one| one.transaction.as_ref());
    let places: Vec<String> = signed
        .flat_map(|signed| places_of(&signed.args, &got.to_string()))
        .collect();
    let places = report.is_valid().then_some(places);
    let holds = places.as_ref().map(|places| !places.is_empty());
    let detail = match &places {
        Some(places) if !places.is_empty() => format!("{} = {got}", places.join(", ")),
        _ => got.to_string(),
    };
    let what = if holds == Some(false) {
        M::StepFileDiffers
    } else {
        M::StepFile
    };
    let step = Step {
        holds,
        what: context.name(what),
        detail,
    };
    answer.data["document"] = json!({"file": path, "digest": got, "step": step.to_json()});
    if holds == Some(false) && answer.exit == Exit::Ok {
        answer.exit = Exit::Forged;
    }
    Ok(answer.with(Block::Steps(vec![step])))
}

/// Paths of a text within a value.
fn places_of(value: &Value, text: &str) -> Vec<String> {
    fn walk(value: &Value, path: &str, text: &str, found: &mut Vec<String>) {
        match value {
            Value::String(one) if one == text => found.push(path.to_owned()),
            Value::Array(items) => {
                for (place, item) in items.iter().enumerate() {
                    walk(item, &format!("{path}[{place}]"), text, found);
                }
            }
            Value::Object(map) => {
                for (key, item) in map {
                    let dot = if path.is_empty() { "" } else { "." };
                    walk(item, &format!("{path}{dot}{key}"), text, found);
                }
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    walk(value, "", text, &mut found);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_found_wherever_it_stands() {
        let args = json!({"digests": {"sha256": "x"}, "items": [{"a": "y"}, {"a": "x"}]});
        assert_eq!(places_of(&args, "x"), ["digests.sha256", "items[1].a"]);
        assert!(places_of(&args, "z").is_empty());
    }
}
