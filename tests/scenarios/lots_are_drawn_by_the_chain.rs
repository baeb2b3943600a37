//! A coefficient and groups of a remote evaluation are drawn from public lists, at their time, by nobody but the chain;
//! anybody runs the draws again. Who was drawn as an expert reaches the notifier alone, and is opened after the award.

use serde_json::{Value, json};

use yilian_tests::harness::{Network, Section, now_ms, refusal_name, sent_ok, text, wait_for};

fn lots(kind: &str, take: usize, slots: &[&str]) -> Value {
    let entries: Vec<String> = (0..25).map(|number| format!("{number:03}")).collect();
    json!({
        "name": format!("lots-{kind}"), "kind": kind,
        "purpose": {"zh": "抽签", "en": "lots"}, "at_ms": now_ms() + 10_000,
        "lots": {"entries": entries, "take": take, "slots": slots},
    })
}

#[test]
fn lots_are_drawn_by_the_chain() {
    let network = Network::started();
    let group = network.wait_for_group(0).group.expect("a group");
    let centre = network.sender(0, "centre-lanzhou");
    let groups = ["一组", "二组", "三组", "四组", "五组"];
    for (kind, take, slots) in [("coefficient", 1, &["K1"][..]), ("group", 25, &groups)] {
        let args = lots(kind, take, slots);
        let announced = centre.call("lottery", "announce", args.clone());
        let id = sent_ok(&announced)["lottery_id"]
            .as_str()
            .expect("an id")
            .to_owned();
        let again = centre.call("lottery", "announce", args.clone());
        assert_eq!(refusal_name(&again), "InForce");
        let asked = json!({"name": args["name"]});
        let record = wait_for("the draw", || {
            let record = network
                .client(0)
                .query("lottery", "get", &asked)
                .ok()?
                .result;
            (record["status"] == "drawn").then_some(record)
        });
        assert!(network.release_verifies(&id, &record, &group.key));
        let input = json!({"lottery_id": id, "seed": record["seed"],
            "entries_digest": record["entries_digest"], "lots": args["lots"]});
        let repeated = network.client(1).query("lottery-order", "draw", &input);
        let repeated = repeated.expect("the rule runs").result;
        assert_eq!(repeated["drawn"], record["drawn"]);
    }
    a_name_reaches_the_notifier_alone(&network);
}

fn a_name_reaches_the_notifier_alone(network: &Network) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str| folder.path().join(name).display().to_string();
    let run = |arguments: &[&str]| {
        let output = network.cli(0, arguments);
        let code = output.status.code();
        let answer = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
        (code, answer, text(&output))
    };
    let key = |name: &str| {
        let (code, made, said) = run(&["expert", "new-key", "--out", &file(name)]);
        assert_eq!(code, Some(0), "{said}");
        made["data"]["sealing_key"]
            .as_str()
            .expect("a key")
            .to_owned()
    };
    let (notifier, _other) = (key("notifier.key"), key("other.key"));
    let section = Section::published(network, 300);
    let draw = format!("draw:{}:1", section.id());
    let (nonce, notice) = ("5a".repeat(32), file("notice"));
    let terms = ["--chain-id", "yilian-local"];
    let seal = [
        "expert", "seal", &draw, "--expert", "甘-0042", "--nonce", &nonce,
    ];
    let to = ["--contact", "139", "--to", &notifier, "--out", &notice];
    let (code, sealed, said) = run(&[&seal[..], &to, &terms].concat());
    assert_eq!(code, Some(0), "{said}");
    let entry = sealed["data"]["entry"]
        .as_str()
        .expect("an entry")
        .to_owned();
    let content = std::fs::read(&notice).expect("written");
    assert!(!content.windows(4).any(|part| part == b"0042"));
    let open = |key: &str, entry: &str, draw: &str| {
        let key = file(key);
        let arguments = ["expert", "open", &notice, "--draw", draw, "--entry", entry];
        run(&[&arguments[..], &["--opening-key", &key], &terms].concat())
    };
    let (code, opened, said) = open("notifier.key", &entry, &draw);
    assert_eq!(
        (code, &opened["data"]["expert"]),
        (Some(0), &json!("甘-0042")),
        "{said}"
    );
    assert_eq!(open("other.key", &entry, &draw).0, Some(4));
    assert_eq!(open("notifier.key", &"00".repeat(32), &draw).0, Some(4));
    assert_eq!(open("notifier.key", &entry, "draw:another:1").0, Some(4));
}
