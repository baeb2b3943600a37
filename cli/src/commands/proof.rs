//! `yilian proof`

use std::path::PathBuf;

use clap::Subcommand;
use serde_json::json;
use yilian_crypto::Digest;
use yilian_verify::RecordProof;

use crate::answer::Answer;
use crate::call;
use crate::context::{Context, Outcome};
use crate::exit::Exit;
use crate::messages::M;
use crate::verification;

/// Subcommands of `proof`.
#[derive(Debug, Subcommand)]
pub(crate) enum ProofCommand {
    /// 导出一条记录的证据文件，可离线验证 | Export a record's evidence file, to be verified offline
    Export {
        /// 交易编号 sha256:…，或日志序号（如抽取结果） | A transaction sha256:…, or a log index (as of a draw)
        record: String,
        /// 写入文件 | Write this file
        #[arg(long, short, value_name = "FILE")]
        out: PathBuf,
        /// 信任根：导出时先行验证 | Trust, to verify it at once
        #[arg(long, value_name = "chain.toml")]
        trust: Option<PathBuf>,
    },
}

impl ProofCommand {
    pub(crate) fn run(self, context: &Context) -> Outcome<Answer> {
        let ProofCommand::Export { record, out, trust } = self;
        let proof = fetch(context, &record)?;
        let json = format!("{}\n", proof.to_json());
        context.write_new(&out, json.as_bytes())?;
        let shown = out.display();
        let digest = Digest::sha256(json.as_bytes());
        let data = json!({"record": record, "file": out, "digest": digest});
        let answer = Answer::new("proof", data)
            .text(context.text(M::Written, &[("path", &shown)]))
            .fields([(context.name(M::Digest), digest.to_string())]);
        if context.trust_path(trust.as_deref()).is_none() {
            return Ok(answer.text(context.name(M::CertificateUnjudged)));
        }
        let report = proof.verify(&verification::trust(context, trust.as_deref())?);
        let verified = verification::answer(context, &report);
        let concluded = verification::conclude(context, verified, &report);
        let mut answer = answer.exit(concluded.exit);
        answer.data["verdict"] = json!(concluded.exit.name());
        // A good proof is told in its last line; a bad one with every step.
        let from = if concluded.exit == Exit::Ok {
            concluded.blocks.len().saturating_sub(1)
        } else {
            0
        };
        answer
            .blocks
            .extend(concluded.blocks.into_iter().skip(from));
        Ok(answer)
    }
}

/// The proof of a transaction's record, or of the record at a place of the log.
pub(crate) fn fetch(context: &Context, record: &str) -> Outcome<RecordProof> {
    let client = context.client();
    let proof = match record.parse::<u64>() {
        Ok(index) => client.record_proof_at(index),
        Err(_) => client.record_proof(&call::parse_id(context, record)?),
    };
    proof.map_err(|error| context.node_failure(error))
}
