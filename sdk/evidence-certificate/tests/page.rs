//! What the page says, and that it is one page.

use yilian_crypto::Digest;
use yilian_evidence_certificate::{Certificate, CertificateError, Font, Options};
use yilian_verify::{Bundle, Codes, Report, Trust};

fn case(name: &str) -> (Vec<u8>, Trust) {
    let folder =
        std::path::PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").expect("set by cargo"))
            .join("../../tests/vectors/evidence");
    let cases = std::fs::read(folder.join("cases.json")).expect("the vectors are there");
    let cases: Vec<serde_json::Value> = serde_json::from_slice(&cases).expect("JSON");
    let found = cases
        .iter()
        .find(|case| case["name"] == name)
        .expect("the case");
    let bundle = std::fs::read(folder.join(found["file"].as_str().expect("a file")));
    let trust = Trust::parse(&found["trust"].to_string()).expect("a trust file");
    (bundle.expect("the bundle"), trust)
}

fn show_time(ms: u64) -> String {
    assert!(ms > 0);
    "2026-01-01 08:00:00.000 +08:00".to_owned()
}

fn options() -> Options {
    Options {
        issued_ms: 1_767_225_600_000,
        issuer: Some("甘肃省<公证处> & \"审计\"".to_owned()),
        url: None,
        show_time,
    }
}

fn report(bytes: &[u8], trust: &Trust) -> (Bundle, Report) {
    let bundle = Bundle::from_bytes(bytes).expect("a bundle");
    let report = bundle.verify(trust, &Codes::default());
    (bundle, report)
}

fn certificate(name: &str) -> (Certificate, Vec<u8>, Report) {
    let (bytes, trust) = case(name);
    let (bundle, report) = report(&bytes, &trust);
    let certificate = Certificate::new(&report, &bundle, &bytes, &options()).expect("valid");
    (certificate, bytes, report)
}

#[test]
fn evidence_that_is_not_valid_has_no_certificate() {
    for name in ["a quorum minus one", "a trail that was cut short"] {
        let (bytes, trust) = case(name);
        let (bundle, report) = report(&bytes, &trust);
        let refused = Certificate::new(&report, &bundle, &bytes, &options());
        assert_eq!(refused.err(), Some(CertificateError::NotValid), "{name}");
    }
}

#[test]
fn the_page_names_facts_steps_and_what_was_not_checked() {
    let (certificate, bytes, report) = certificate("a record and two states");
    let html = certificate.html();
    let digest = Digest::sha256(&bytes).to_hex();
    let receipt = &report.records[0].receipt;
    for said in [
        "存证证明",
        "核验一致",
        &digest,
        &receipt.organisation,
        "日志序号 412",
        "区块高度 30",
        "2026-01-01 08:00:00",
        "yilian verify",
        "第十六条",
    ] {
        assert!(html.contains(said), "{said}");
    }
    for text in report.unchecked.iter().map(|text| &text.zh) {
        assert!(html.contains(text.as_str()), "{text}");
    }
    for step in &report.steps {
        assert!(html.contains(step.zh), "{}", step.zh);
    }
    // What was given stands there as text, never as markup.
    assert!(html.contains("甘肃省&lt;公证处&gt; &amp; &quot;审计&quot;"));
    assert!(!html.contains("<script") && !html.contains("http"));
}

#[test]
fn the_pdf_is_one_page_with_the_bundle_attached_and_the_same_every_time() {
    let font = Font::of_system().expect("scripts/setup installs a font");
    for name in [
        "a record and two states",
        "a bid that was not submitted",
        "all that was revealed",
    ] {
        let (certificate, bytes, _) = certificate(name);
        let pdf = certificate.pdf(&font).expect("written");
        assert_eq!(certificate.pdf(&font).as_ref(), Ok(&pdf), "{name}");
        let document = lopdf::Document::load_mem(&pdf).expect("a PDF");
        assert_eq!(document.get_pages().len(), 1, "{name}");
        let attached = document.objects.values().any(|object| {
            let stream = object.as_stream();
            stream.is_ok_and(|stream| stream.content == bytes)
        });
        assert!(attached, "{name}: the bundle is attached as it is");
    }
}

#[test]
fn the_code_leads_to_the_file() {
    let (certificate, bytes, _) = certificate("a record and two states");
    let html = certificate.html();
    let path = html
        .split("<path d=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next());
    let size = html
        .split("viewBox=\"0 0 ")
        .nth(1)
        .and_then(|rest| rest.split(' ').next());
    let size: usize = size.expect("a code").parse().expect("a number");
    let mut dark = vec![vec![false; size]; size];
    for module in path.expect("modules").split('M').skip(1) {
        let mut numbers = module.split(['h', ' ']);
        let mut next = || {
            numbers
                .next()
                .and_then(|n| n.parse::<usize>().ok())
                .expect("a place")
        };
        let (x, y) = (next(), next());
        dark[y][x] = true;
    }
    const MODULE: usize = 4;
    let mut image =
        rqrr::PreparedImage::prepare_from_greyscale(size * MODULE, size * MODULE, |x, y| {
            if dark[y / MODULE][x / MODULE] { 0 } else { 255 }
        });
    let grids = image.detect_grids();
    let (_, text) = grids.first().expect("a code").decode().expect("reads");
    let digest = Digest::sha256(&bytes).to_hex();
    assert_eq!(text, format!("YLEV:1:yilian-local:31:sha256:{digest}"));
}

#[test]
fn characters_that_a_font_lacks_are_no_trouble_and_no_font_is_told() {
    let (bytes, trust) = case("a record and two states");
    let (bundle, report) = report(&bytes, &trust);
    let mut odd = options();
    odd.issuer = Some("\u{10ffff}\u{1f600}\n\u{0}出具".to_owned());
    let certificate = Certificate::new(&report, &bundle, &bytes, &odd).expect("valid");
    let font = Font::of_system().expect("scripts/setup installs a font");
    assert!(certificate.pdf(&font).is_ok());
    assert!(Font::of_bytes(b"no font".to_vec()).is_none());
    assert!(Font::read(std::path::Path::new("/nowhere.ttf")).is_err());
}
