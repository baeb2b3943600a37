//! `yilian evidence export`

use std::path::PathBuf;

use clap::Args;
use serde_json::json;
use yilian_crypto::Digest;
use yilian_verify::{Codes, Question};

use super::question;
use crate::answer::Answer;
use crate::context::{Context, Outcome};
use crate::exit::Exit;
use crate::messages::M;
use crate::verification;

/// Arguments of `evidence export`.
#[derive(Debug, Args)]
#[group(id = "what", required = true, multiple = true, args = ["records", "tender", "state"])]
pub(crate) struct ExportArgs {
    /// 交易编号 sha256:…，或日志序号（如抽取结果） | Transactions sha256:…, or log indexes (as of a draw)
    records: Vec<String>,
    /// 此标段的全部记录 | All records of this section
    #[arg(long, value_name = "ID")]
    tender: Option<String>,
    /// 只证明：截止时链上没有此密封承诺（须与 --tender 同用） | Only that no bid was sealed under this commitment by the deadline
    #[arg(long, value_name = "DIGEST", requires = "tender")]
    not_submitted: Vec<Digest>,
    /// 另证明：所揭示的投标恰为这些，没有其他 | Also that exactly these bids were revealed, and no others
    #[arg(long, requires = "tender", conflicts_with = "not_submitted")]
    complete: bool,
    /// 合约状态 合约/键 的当前值或不存在 | The value of a contract's key now, or its absence: contract/key
    #[arg(long, value_name = "CONTRACT/KEY")]
    state: Vec<String>,
    /// 不带规则代码（验证者须另有代码才能重新执行） | Without the code of the rules, which is needed to run them again
    #[arg(long)]
    without_code: bool,
    /// 另证明：日志延续自此大小的日志 | Also that the log extends the one of this size
    #[arg(long, value_name = "SIZE")]
    extends: Vec<u64>,
    /// 以见证人最近副署的检查点为锚；信任文件要求见证人时自动如此 | Hang it on the last checkpoint that witnesses cosigned; so by itself if the trust file demands witnesses
    #[arg(long)]
    cosigned: bool,
    /// 写入文件 | Write this file
    #[arg(long, short, value_name = "FILE")]
    out: PathBuf,
    /// 信任根：导出时先行验证 | Trust, to verify it at once
    #[arg(long, value_name = "chain.toml")]
    trust: Option<PathBuf>,
}

impl ExportArgs {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        let trust = context
            .trust_path(self.trust.as_deref())
            .map(|path| verification::trust(context, Some(&path)))
            .transpose()?;
        let mut question = self.question(context)?;
        question.cosigned |= trust
            .as_ref()
            .is_some_and(|trust| trust.witnesses.is_some());
        let bundle = context
            .client()
            .evidence(&question)
            .map_err(|error| context.node_failure(error))?;
        let bytes = bundle.to_bytes();
        context.write_new(&self.out, &bytes)?;
        let (shown, digest) = (self.out.display(), Digest::sha256(&bytes));
        let data = json!({
            "file": self.out, "digest": digest, "bytes": bytes.len(),
            "claims": bundle.claims.len(), "records": bundle.records.len(),
        });
        let answer = Answer::new("evidence-file", data)
            .text(context.text(M::Written, &[("path", &shown)]))
            .fields([
                (context.name(M::Digest), digest.to_string()),
                (context.name(M::Bytes), bytes.len().to_string()),
                (context.name(M::Records), bundle.records.len().to_string()),
            ]);
        let Some(trust) = trust else {
            return Ok(answer.text(context.name(M::CertificateUnjudged)));
        };
        let report = bundle.verify(&trust, &Codes::default());
        let verified = verification::answer(context, &report);
        let concluded = verification::conclude(context, verified, &report);
        let mut answer = answer.exit(concluded.exit);
        answer.data["verdict"] = json!(concluded.exit.name());
        // Good evidence is told in its last line; bad evidence with every step.
        let from = match concluded.exit {
            Exit::Ok => concluded.blocks.len().saturating_sub(1),
            _ => 0,
        };
        answer
            .blocks
            .extend(concluded.blocks.into_iter().skip(from));
        Ok(answer)
    }

    fn question(&self, context: &Context) -> Outcome<Question> {
        let mut claims = Vec::new();
        for record in &self.records {
            claims.push(question::record(context, record)?);
        }
        for name in &self.state {
            claims.push(question::state(context, name)?);
        }
        if let Some(tender) = &self.tender {
            for commitment in &self.not_submitted {
                claims.push(question::not_submitted(context, tender, *commitment)?);
            }
            if self.not_submitted.is_empty() {
                claims.extend(question::whole(context, tender, self.complete)?);
            }
        }
        Ok(Question {
            claims,
            codes: !self.without_code,
            cosigned: self.cosigned,
            consistent_with: self.extends.clone(),
        })
    }
}
