//! Files that prove something: evidence bundles, what they are held against, and acknowledged submissions.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::LazyLock;

use yilian_acknowledgement::AcknowledgedSubmission;
use yilian_primitives::cbor::Cbor as _;
use yilian_primitives::json;
use yilian_verify::{Bundle, Codes, Trust};

/// The trust of the published bundles that pass, and what they prove: nothing else was ever signed.
struct Published {
    trust: Trust,
    anchors: BTreeSet<Vec<u8>>,
    records: BTreeSet<(u64, Vec<u8>)>,
}

impl Published {
    fn all() -> &'static Published {
        static ALL: LazyLock<Published> = LazyLock::new(Published::read);
        &ALL
    }

    fn read() -> Published {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors/evidence");
        let cases = std::fs::read(folder.join("cases.json")).expect("reads");
        let cases: Vec<serde_json::Value> = serde_json::from_slice(&cases).expect("JSON");
        let trust = Trust::parse(&cases[0]["trust"].to_string()).expect("trust");
        let (mut anchors, mut records) = (BTreeSet::new(), BTreeSet::new());
        for case in &cases {
            let file = case["file"].as_str().expect("a name");
            let bytes = std::fs::read(folder.join(file)).expect("reads");
            let report = Bundle::verify_bytes(&bytes, &trust, &Codes::default());
            anchors.extend(report.anchor.map(|header| header.encode()));
            let proven = report.records.iter();
            records.extend(proven.map(|record| (record.log_index, record.receipt.encode())));
        }
        assert!(!anchors.is_empty() && !records.is_empty());
        Published {
            trust,
            anchors,
            records,
        }
    }
}

/// An evidence bundle, verified with the trust of the published ones. What passes proves nothing that they do not.
pub fn bundle(bytes: &[u8]) -> bool {
    let bundle = Bundle::from_bytes(bytes);
    if let Ok(bundle) = &bundle {
        assert_eq!(bundle.to_bytes(), bytes, "a second encoding of one bundle");
    }
    let published = Published::all();
    let report = Bundle::verify_bytes(bytes, &published.trust, &Codes::default());
    if let Some(anchor) = report.anchor {
        assert!(published.anchors.contains(&anchor.encode()), "a new header");
    }
    for record in report.records {
        let known = (record.log_index, record.receipt.encode());
        assert!(published.records.contains(&known), "a new record");
    }
    bundle.is_ok()
}

/// A trust file of either form.
pub fn trust(bytes: &[u8]) -> bool {
    let Ok(Ok(trust)) = core::str::from_utf8(bytes).map(Trust::parse) else {
        return false;
    };
    let json = serde_json::to_string(&trust).expect("writes");
    let again = Trust::parse(&json).expect("reads what it wrote");
    assert_eq!(again.validators_hash, trust.validators_hash);
    assert_eq!(again.checkpoint, trust.checkpoint);
    assert_eq!(again.witnesses, trust.witnesses);
    true
}

/// An acknowledged submission, as a bidder keeps it.
pub fn acknowledged(bytes: &[u8]) -> bool {
    let Ok(file) = AcknowledgedSubmission::from_bytes(bytes) else {
        return false;
    };
    let value = json::parse_strict(bytes).expect("the file is strict JSON");
    assert_eq!(file.to_json(), value, "a second form of one file");
    let submission = file.submission();
    if let Some(first) = file.acknowledgements.first() {
        let _ = first.verify(&file.chain_id, &submission);
    }
    true
}
