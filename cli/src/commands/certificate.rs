//! `yilian certificate`

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};
use serde_json::json;
use yilian_client::{CertifiedHeader, Client};

use crate::answer::{Answer, Block};
use crate::context::{Context, Outcome};
use crate::exit::Exit;
use crate::messages::M;

/// Subcommands of `certificate`.
#[derive(Debug, Subcommand)]
pub(crate) enum CertificateCommand {
    /// 导出某高度的提交证书，并核对签名 | Export the certificate of a height, and check its signatures
    Export {
        /// 高度 | Height
        #[arg(long)]
        height: u64,
        /// 形式：json，或通用工具可验的签名便笺 note | Form: json, or a signed note for standard tools
        #[arg(long, value_enum, default_value_t = Format::Json)]
        format: Format,
        /// 写入文件 | Write this file
        #[arg(long, short, value_name = "FILE")]
        out: Option<PathBuf>,
        /// 可信的链规范，用来核对签名 | Trusted specification to check the signatures with
        #[arg(long, value_name = "chain.toml")]
        trust: Option<PathBuf>,
    },
}

/// Form of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// 对象 | JSON object
    Json,
    /// 签名便笺 | C2SP signed note
    Note,
}

impl CertificateCommand {
    pub(crate) fn run(self, context: &Context) -> Outcome<Answer> {
        let CertificateCommand::Export {
            height,
            format,
            out,
            trust,
        } = self;
        let client = context.client();
        let certified = client
            .header(height)
            .map_err(|error| context.node_failure(error))?;
        if certified.certificate.is_none() {
            return Ok(Answer::new(
                "certificate",
                json!({"height": height, "certificate": null}),
            )
            .text(context.name(M::GenesisHasNone))
            .exit(Exit::NotFound));
        }
        let text = text(context, &client, height, format)?;
        let spec = context.trusted_spec(trust.as_deref())?;
        let (verdict, exit) = judge(context, &certified, spec.as_ref());
        let data = json!({"height": height, "certificate": certified.certificate,
            "header_hash": certified.header.hash(), "verdict": exit.name()});
        let answer = Answer::new("certificate", data).exit(exit);
        match out {
            Some(path) => {
                context.write_new(&path, text.as_bytes())?;
                let shown = path.display();
                Ok(answer
                    .text(context.text(M::Written, &[("path", &shown)]))
                    .text(verdict))
            }
            None => {
                context.note(&verdict);
                Ok(answer.with(Block::Raw(text)))
            }
        }
    }
}

fn text(context: &Context, client: &Client, height: u64, format: Format) -> Outcome<String> {
    let text = match format {
        Format::Note => client.certificate_note(height),
        Format::Json => client
            .certificate(height)
            .map(|value| format!("{value:#}\n")),
    };
    text.map_err(|error| context.node_failure(error))
}

fn judge(
    context: &Context,
    certified: &CertifiedHeader,
    spec: Option<&yilian_chain_spec::ChainSpec>,
) -> (String, Exit) {
    let Some(spec) = spec else {
        return (context.name(M::CertificateUnjudged), Exit::Ok);
    };
    let set = spec.validators();
    match certified.verify(&spec.chain_id, &set) {
        Ok(power) => {
            let total = set.total_power();
            let values: [(&str, &dyn core::fmt::Display); 2] =
                [("power", &power), ("total", &total)];
            (context.text(M::CertificateHolds, &values), Exit::Ok)
        }
        Err(error) => (
            context.text(M::CertificateFails, &[("reason", &error)]),
            Exit::Forged,
        ),
    }
}
