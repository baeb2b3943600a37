//! Check evidence in a browser.
//!
//! The verifier of `yilian-verify` with its second engine, as a WebAssembly module that imports nothing. JavaScript
//! reserves room, writes the bundle and the trust file there, calls `verify`, and reads the report: the JSON that
//! `yilian verify --json` carries. `verify.mjs` beside this crate does that, in a browser and in node.js.

use std::cell::RefCell;

use serde::Serialize;
use yilian_verify::bundle::BUNDLE_BYTES_MAX;
use yilian_verify::{Bundle, Codes, Report, Trust};

/// Longest trust file in bytes: a specification with 128 centres is far below it.
pub const TRUST_BYTES_MAX: usize = 1 << 20;

/// What a verification says, as JSON.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// The verdict with every step.
    Report(Box<Report>),
    /// The trust file could not be read, so nothing was verified.
    TrustError(String),
}

/// Verifies a bundle against a trust file of either form.
pub fn answer(bundle: &[u8], trust: &[u8]) -> Answer {
    let parsed = core::str::from_utf8(trust)
        .map_err(|error| format!("trust file: {error}"))
        .and_then(|text| Trust::parse(text).map_err(|error| error.to_string()));
    match parsed {
        Ok(trust) => {
            let report = Bundle::verify_bytes(bundle, &trust, &Codes::default());
            Answer::Report(Box::new(report))
        }
        Err(reason) => Answer::TrustError(reason),
    }
}

thread_local! {
    static BUNDLE: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static TRUST: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static REPORT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Makes room and gives its address; 0 if that is more than a file may have.
fn reserve(room: &RefCell<Vec<u8>>, length: usize, longest: usize) -> *const u8 {
    if length > longest {
        return core::ptr::null();
    }
    let mut room = room.borrow_mut();
    room.clear();
    room.resize(length, 0);
    room.as_ptr()
}

/// Room for a bundle of so many bytes.
#[allow(unsafe_code, reason = "an export needs its name")]
#[unsafe(no_mangle)]
pub extern "C" fn bundle(length: usize) -> *const u8 {
    BUNDLE.with(|room| reserve(room, length, BUNDLE_BYTES_MAX))
}

/// Room for a trust file of so many bytes.
#[allow(unsafe_code, reason = "an export needs its name")]
#[unsafe(no_mangle)]
pub extern "C" fn trust(length: usize) -> *const u8 {
    TRUST.with(|room| reserve(room, length, TRUST_BYTES_MAX))
}

/// Verifies what was written; gives the length of the answer.
#[allow(unsafe_code, reason = "an export needs its name")]
#[unsafe(no_mangle)]
pub extern "C" fn verify() -> usize {
    let answer = BUNDLE.with_borrow(|bundle| TRUST.with_borrow(|trust| answer(bundle, trust)));
    // A report has texts and numbers alone.
    let json = serde_json::to_vec(&answer).unwrap_or_default();
    REPORT.with_borrow_mut(|room| {
        *room = json;
        room.len()
    })
}

/// Address of the answer.
#[allow(unsafe_code, reason = "an export needs its name")]
#[unsafe(no_mangle)]
pub extern "C" fn report() -> *const u8 {
    REPORT.with_borrow(|room| room.as_ptr())
}
