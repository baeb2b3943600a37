//! A data directory that an earlier release left, killed in the middle: this release opens it, answers from it as that one
//! did, and makes blocks. The folders `tests/vectors/data-format-*` are kept as they are for ever; a new format gets one of its
//! own.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use serde_json::Value;
use yilian_acknowledgement::AcknowledgedSubmission;
use yilian_crypto::Digest;
use yilian_primitives::TxId;
use yilian_tests::harness::{
    Node, Sender, accepted_start, copy_folder, deposit_args, free_base_port, one_at_a_time,
    operator, read_key, sent_ok, text,
};

#[test]
fn data_of_an_earlier_release_is_opened() {
    let _turn = one_at_a_time();
    for (kept, knows_its_place) in [("data-format-1", false), ("data-format-2", true)] {
        opened(&vectors().join(kept), knows_its_place);
    }
}

fn opened(kept: &Path, knows_its_place: bool) {
    let folder = tempfile::tempdir().expect("folder");
    let config = laid_out(kept, folder.path());
    accepted_start(&config);
    let expected = fs::read(kept.join("expected.json")).expect("reads");
    let expected: Value = serde_json::from_slice(&expected).expect("JSON");
    let height = expected["height"].as_u64().expect("a height");
    // Since format 2 a database knows where it lay: a copy signs only when an operator says so.
    let from = (height + 1).to_string();
    let said = operator("sign-from", &config, &["--height".as_ref(), from.as_ref()]);
    assert_eq!(said.status.success(), knows_its_place, "{}", text(&said));
    let mut node = Node::new(folder.path(), "lanzhou");
    node.start();
    node.wait_for_height(height + 1);
    assert!(
        !node.status().expect("answers").restored,
        "nothing was lost"
    );
    let header = node.client().header(height).expect("there").header;
    let digest = |name: &str| expected[name].as_str().map(str::parse::<Digest>);
    let same = |name: &str, digest_now| assert_eq!(digest(name), Some(Ok(digest_now)), "{name}");
    same("header_hash", header.hash());
    same("state_root", header.state_root);
    same("log_root", header.log_root);
    for id in expected["transactions"].as_array().expect("a list") {
        let id: TxId = id.as_str().expect("an id").parse().expect("an id");
        assert!(node.client().transaction(&id).expect("known").is_final());
    }
    let key = read_key(&kept.join("trading-system.key"));
    let sender = Sender::new(node.client(), "yilian-local", key);
    let file = expected["acknowledged"].to_string();
    let word = AcknowledgedSubmission::from_bytes(file.as_bytes()).expect("a file");
    let envelope = sender.envelope(&word.contract, &word.method, word.args.clone());
    let again = sender.client.acknowledge(&envelope);
    assert_eq!(again.expect("said again"), word.acknowledgements[0]);
    sent_ok(&sender.call("evidence", "deposit", deposit_args(100)));
}

fn vectors() -> PathBuf {
    let tests = std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo runs the tests");
    Path::new(&tests).join("vectors")
}

/// A copy with the modes and ports that it needs here; gives its configuration.
fn laid_out(kept: &Path, folder: &Path) -> PathBuf {
    let place = folder.join("nodes/lanzhou");
    copy_folder(kept, &place);
    for key in ["validator.key", "data/release.key"] {
        let mode = fs::Permissions::from_mode(0o600);
        fs::set_permissions(place.join(key), mode).expect("mode");
    }
    let config = place.join("node.toml");
    let base = free_base_port();
    let text = fs::read_to_string(&config).expect("reads");
    let text = text
        .replace("{p2p}", &base.to_string())
        .replace("{mempool}", &(base + 100).to_string())
        .replace("{api}", &(base + 200).to_string());
    fs::write(&config, text).expect("writes");
    config
}
