//! `yilian evidence certificate`

use std::path::PathBuf;

use clap::Args;
use serde_json::json;
use yilian_evidence_certificate::{Certificate, CertificateError, Font, FontError, Options};

use crate::answer::Answer;
use crate::context::{Context, Outcome, now_ms};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::messages::M;
use crate::show;
use crate::verification::{self, CodeSources};

/// Arguments of `evidence certificate`.
#[derive(Debug, Args)]
#[group(id = "form", required = true, multiple = true, args = ["html", "pdf"])]
pub(crate) struct CertificateArgs {
    /// 证据文件 | The evidence file
    file: PathBuf,
    /// 写入网页（可打印为一页） | Write HTML, which prints on one page
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// 写入 PDF/A，内附证据文件 | Write PDF/A with the evidence attached
    #[arg(long, value_name = "FILE")]
    pdf: Option<PathBuf>,
    /// 出具单位 | Who issues it
    #[arg(long, value_name = "NAME")]
    issuer: Option<String>,
    /// 核验网页的地址，写入二维码 | Address of a page that verifies, for the QR code
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// PDF 用的中文字体文件（默认取系统字体） | Font with Chinese characters for the PDF; the system's by default
    #[arg(long, value_name = "FILE")]
    font: Option<PathBuf>,
    /// 信任根：链规范或其 JSON 摘要 | Trust: the chain's specification or its JSON digest
    #[arg(long, value_name = "chain.toml")]
    trust: Option<PathBuf>,
    #[command(flatten)]
    codes: CodeSources,
}

impl CertificateArgs {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        let trust = verification::trust(context, self.trust.as_deref())?;
        let bytes = context.read_bytes(&self.file)?;
        let (bundle, report) = verification::verify(context, &bytes, &trust, &self.codes)?;
        let (true, Some(bundle)) = (report.is_valid(), bundle) else {
            let answer = verification::answer(context, &report);
            return Ok(verification::conclude(context, answer, &report));
        };
        let options = Options {
            issued_ms: now_ms(),
            issuer: self.issuer,
            url: self.url,
            show_time: show::time,
        };
        let certificate = Certificate::new(&report, &bundle, &bytes, &options).map_err(refused)?;
        let mut written = Vec::new();
        if let Some(path) = self.html {
            context.write_new(&path, certificate.html().as_bytes())?;
            written.push(path);
        }
        if let Some(path) = self.pdf {
            let font = match &self.font {
                Some(path) => Font::read(path),
                None => Font::of_system(),
            };
            let font =
                font.map_err(|error: FontError| Failure::new(Exit::Failure, error.to_string()))?;
            context.write_new(&path, &certificate.pdf(&font).map_err(refused)?)?;
            written.push(path);
        }
        let mut answer = Answer::new("evidence-certificate", json!({"files": written}));
        for path in &written {
            answer = answer.text(context.text(M::Written, &[("path", &path.display())]));
        }
        Ok(answer)
    }
}

fn refused(error: CertificateError) -> Failure {
    Failure::new(Exit::Failure, error.to_string())
}
