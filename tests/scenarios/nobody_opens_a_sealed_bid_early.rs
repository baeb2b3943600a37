//! A bid file with two layers: before the opening neither centres nor platform read it; the bidder who gives no key is at
//! fault, and holds nobody else up (电子招标投标办法 第三十条、第三十一条).

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use yilian_crypto::Digest;

use yilian_tests::harness::{BIDDERS, Network, Section, text, wait_for};

/// Bytes of a bid: several chunks and a bit.
const BYTES: usize = 300_000;
/// How long bidders may give keys.
const WINDOW_MS: u64 = 20_000;

struct Files {
    plain: PathBuf,
    sealed: PathBuf,
    inner: PathBuf,
    secret: PathBuf,
}

fn files(folder: &Path, bidder: &str) -> Files {
    let name = |end: &str| folder.join(format!("{bidder}.{end}"));
    let content: Vec<u8> = bidder.bytes().cycle().take(BYTES).collect();
    fs::write(name("bid"), content).expect("written");
    Files {
        plain: name("bid"),
        sealed: name("sealed"),
        inner: name("inner"),
        secret: name("secret"),
    }
}

fn path(path: &Path) -> &str {
    path.to_str().expect("a path of this test")
}

/// Runs the program as an organisation; it must succeed.
fn done(network: &Network, who: &str, arguments: &[&str]) -> Value {
    let key = ["--key", who];
    let output = network.cli(0, &[&key[..], arguments].concat());
    assert!(output.status.success(), "{arguments:?}: {}", text(&output));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn code(network: &Network, arguments: &[&str]) -> Option<i32> {
    network.cli(0, arguments).status.code()
}

#[test]
fn nobody_opens_a_sealed_bid_early() {
    let network = Network::started();
    network.wait_for_group(0);
    let folder = tempfile::tempdir().expect("a folder");
    let section = Section::published_with(&network, 25, json!({"decryption_ms": WINDOW_MS}));
    let bids: Vec<Files> = BIDDERS[..4]
        .iter()
        .map(|bidder| files(folder.path(), bidder))
        .collect();
    for (bid, bidder) in bids.iter().zip(BIDDERS) {
        let seal = ["bid", "seal", path(&bid.plain), "--tender", section.id()];
        let kept = ["--out", path(&bid.sealed), "--inner", path(&bid.inner)];
        done(&network, "trading-system", &[&seal[..], &kept].concat());
        let commit = ["tender", "commit", section.id(), "--bidder", bidder];
        let kept = ["--file", path(&bid.sealed), "--out", path(&bid.secret)];
        done(&network, "trading-system", &[&commit[..], &kept].concat());
    }
    let commitment = |bid: &Files| {
        let secret = fs::read_to_string(&bid.secret).expect("a secret");
        let secret: Value = serde_json::from_str(&secret).expect("JSON");
        secret["commitment"].as_str().expect("a digest").to_owned()
    };
    let out = folder.path().join("opened");
    let open = |bid: &Files| {
        let commitment = commitment(bid);
        let arguments = ["bid", "open", path(&bid.sealed), "--out", path(&out)];
        code(
            &network,
            &[&arguments[..], &["--commitment", &commitment]].concat(),
        )
    };
    // Before the deadline nobody has a key: not even the bidder opens its own.
    assert_eq!(open(&bids[0]), Some(3));
    let own = ["bid", "open", path(&bids[0].sealed), "--out", path(&out)];
    let own = [&own[..], &["--inner", path(&bids[0].inner)]].concat();
    assert_eq!(code(&network, &own), Some(3));
    wait_for("the close", || {
        let view = section.view("get", json!({"tender": section.id()}));
        (view["record"]["status"] == "closed").then_some(())
    });
    let mut hold = vec!["tender", "hold", section.id()];
    for bid in &bids {
        hold.extend(["--bid", path(&bid.secret)]);
    }
    done(&network, "trading-system", &hold);
    let window = |field: &str| {
        let view = section.view("get", json!({"tender": section.id()}));
        let value = view["record"]["opening"]["window"][field].clone();
        (!value.is_null()).then_some(value)
    };
    wait_for("the window", || window("until_ms"));
    // The outer layer is open now, and the bidder alone can read its bid; nobody else can.
    assert_eq!(code(&network, &own), Some(0));
    assert_eq!(
        fs::read(&out).expect("opened"),
        fs::read(&bids[0].plain).expect("there")
    );
    assert_eq!(open(&bids[0]), Some(3));
    // The second gives a key of another bid, the fourth gives none.
    for (bid, inner) in [(0, 0), (1, 0), (2, 2)] {
        let (secret, inner) = (path(&bids[bid].secret), path(&bids[inner].inner));
        let arguments = ["bid", "give-key", "--bid", secret, "--inner", inner];
        done(&network, "trading-system", &arguments);
    }
    // Keys that were given are locked until all of them open.
    assert_eq!(open(&bids[0]), Some(3));
    wait_for("the keys", || window("keys_from"));
    assert_eq!(
        bids.iter().map(open).collect::<Vec<_>>(),
        [Some(0), Some(4), Some(0), Some(3)]
    );
    assert_eq!(
        fs::read(&out).expect("opened"),
        fs::read(&bids[2].plain).expect("there")
    );
    let mut changed = fs::read(&bids[2].sealed).expect("there");
    let last = changed.len() - 1;
    changed[last] ^= 1;
    fs::write(&bids[2].sealed, &changed).expect("written");
    assert_eq!(open(&bids[2]), Some(4));
    changed[last] ^= 1;
    fs::write(&bids[2].sealed, &changed).expect("written");
    // What is said of the opening must agree with the record: who gave a key did not give none.
    let reveal = |bid: &Files, decryption: &str| {
        let arguments = ["--key", "trading-system", "tender", "reveal", section.id()];
        let what = ["--bid", path(&bid.secret), "--decryption", decryption];
        code(&network, &[&arguments[..], &what].concat())
    };
    assert_eq!(reveal(&bids[0], "no-key"), Some(6));
    assert_eq!(reveal(&bids[3], "opened"), Some(6));
    let said = ["opened", "wrong-key", "opened", "no-key"];
    for (bid, decryption) in bids.iter().zip(said) {
        assert_eq!(reveal(bid, decryption), Some(0));
    }
    let opened = section.open();
    assert_eq!(
        (opened["opened"].as_u64(), opened["must_fail"].as_bool()),
        (Some(2), Some(true))
    );
    let digest = Digest::sha256(&fs::read(&bids[0].sealed).expect("there")).to_string();
    let again = [&own[..], &["--digest", &digest]].concat();
    assert_eq!(code(&network, &again), Some(0));
}
