//! Write what a bundle proves as a page for people.
//!
//! The 存证证明 that a court's clerk reads: the facts of the records, what each step of the verification found, what was not
//! checked, and a QR code that names the file. Made of a report of valid evidence only, as HTML that prints on one A4 page
//! and as PDF/A with the bundle attached, so that one file serves people and machines.
//!
//! It says 核验一致 of what was verified and nothing of what is true: no evidence shows that. No clock and no file is touched
//! here but a font's, which the caller names or which is found among the system's.

mod content;
mod font;
mod html;
mod layout;
mod names;
mod pdf;

use thiserror::Error;
use yilian_crypto::Digest;
use yilian_primitives::TimestampMs;
use yilian_verify::{Bundle, Report};

pub use font::{Font, FontError};

/// What the certificate is made with, beside the evidence.
#[derive(Clone, Debug)]
pub struct Options {
    /// When it is issued, in ms since 1970.
    pub issued_ms: TimestampMs,
    /// Who issues it; shown as it is given.
    pub issuer: Option<String>,
    /// Address of a page that verifies evidence; the QR code leads there and names the file.
    pub url: Option<String>,
    /// How a time is written, as `2026-11-24 10:07:23.512 +08:00`.
    pub show_time: fn(TimestampMs) -> String,
}

/// A certificate cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CertificateError {
    /// The evidence is forged, or nothing is decided. There is nothing to certify.
    #[error("只有核验一致的证据才能出具证明 / a certificate is made of valid evidence only")]
    NotValid,
    /// The code would be too long: the address is.
    #[error("二维码地址过长 / the address for the QR code is too long")]
    Url,
    /// The PDF could not be written with this font.
    #[error("PDF 无法写出：{0} / the PDF cannot be written")]
    Pdf(String),
}

/// A page that says what evidence proves.
#[derive(Clone, Debug)]
pub struct Certificate {
    content: content::Content,
    issued: String,
    file: Vec<u8>,
}

impl Certificate {
    /// A certificate of evidence that was verified. `file` is the bundle's bytes.
    pub fn new(
        report: &Report,
        bundle: &Bundle,
        file: &[u8],
        options: &Options,
    ) -> Result<Self, CertificateError> {
        let (true, Some(anchor)) = (report.is_valid(), &report.anchor) else {
            return Err(CertificateError::NotValid);
        };
        let digest = Digest::sha256(file);
        let hex = digest.to_hex();
        let payload = match &options.url {
            Some(url) => format!("{url}#sha256-{hex}"),
            None => format!("YLEV:1:{}:{}:sha256:{hex}", anchor.chain_id, anchor.height),
        };
        let code = qrcode::QrCode::with_error_correction_level(&payload, qrcode::EcLevel::M);
        let code = code.map_err(|_| CertificateError::Url)?;
        Ok(Certificate {
            content: content::of(report, bundle, anchor, &digest, &code, options),
            issued: (options.show_time)(options.issued_ms),
            file: file.to_vec(),
        })
    }

    /// One page of HTML that needs nothing else: no script, no picture, no font of its own.
    pub fn html(&self) -> String {
        html::write(&self.content)
    }

    /// One page of PDF/A-3 with the bundle attached. Equal evidence, time and font give equal bytes.
    pub fn pdf(&self, font: &Font) -> Result<Vec<u8>, CertificateError> {
        pdf::write(&self.content, &self.issued, &self.file, font)
    }
}
