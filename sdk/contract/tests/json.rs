//! The JSON forms: strict in, canonical out, equal to what the node reads and writes.

use proptest::prelude::*;
use yilian_contract::prelude::*;
use yilian_contract::{hex, json};

#[derive(Json, Clone, Debug, PartialEq)]
struct Judge {
    deadline_ms: u64,
    note: Option<String>,
    times: Vec<u64>,
    by: BTreeMap<String, u64>,
    r#type: Boundary,
}

#[derive(Json, Clone, Copy, Debug, PartialEq)]
enum Boundary {
    Before,
    NotAfter,
}

#[derive(Json, Clone, Debug, PartialEq)]
enum Step {
    Open { at_ms: u64, by: Option<String> },
    Moved(Vec<Boundary>),
    Closed,
}

#[derive(Json, Clone, Debug, PartialEq)]
struct Wrapped(Option<Digest32>);

#[derive(Json, Clone, Debug, PartialEq)]
struct Holder<T> {
    inner: T,
    wrapped: Wrapped,
}

fn judge() -> Judge {
    Judge {
        deadline_ms: 1_700_000_000_000,
        note: None,
        times: vec![3, 1, 2],
        by: [("乙".to_owned(), 2), ("甲\"".to_owned(), 1)].into(),
        r#type: Boundary::NotAfter,
    }
}

#[test]
fn structs_and_enums_have_the_documented_forms() {
    assert_eq!(
        json::to_string(&judge()),
        r#"{"by":{"乙":2,"甲\"":1},"deadline_ms":1700000000000,"times":[3,1,2],"type":"not_after"}"#
    );
    let open = Step::Open { at_ms: 1, by: None };
    assert_eq!(json::to_string(&open), r#"{"open":{"at_ms":1}}"#);
    assert_eq!(json::to_string(&Step::Closed), r#""closed""#);
    let moved = Step::Moved(vec![Boundary::Before, Boundary::NotAfter]);
    assert_eq!(
        json::to_string(&moved),
        r#"{"moved":["before","not_after"]}"#
    );
    for step in [moved, open, Step::Closed] {
        assert_eq!(json::from_slice(&json::to_vec(&step)), Ok(step));
    }
    let holder = Holder {
        inner: Boundary::Before,
        wrapped: Wrapped(None),
    };
    assert_eq!(json::to_string(&holder), r#"{"inner":"before"}"#);
    assert_eq!(
        json::from_slice(br#" { "inner" : "before", "wrapped" : null } "#),
        Ok(holder)
    );
}

fn error_of<T: Json>(text: &str) -> String {
    match json::from_slice::<T>(text.as_bytes()) {
        Ok(_) => panic!("{text} was taken"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn an_error_names_the_field_and_what_belongs_there() {
    let cases = [
        (
            r#"{"by":{},"times":[],"type":"before"}"#,
            "deadline_ms: expected this field, got none",
        ),
        (
            r#"{"by":{"a":-1}}"#,
            "by.a: expected an integer from 0 to 2^53 - 1, got another integer",
        ),
        (
            r#"{"times":[1,true]}"#,
            "times[1]: expected an integer from 0 to 2^53 - 1, got a truth value",
        ),
        (
            r#"{"type":"after"}"#,
            "type: expected one of before, not_after, got another text",
        ),
        (
            r#"{"surprise":1}"#,
            "surprise: expected only the fields by, deadline_ms, note, times, type, got another one",
        ),
        (r#"{"note":null,"note":"x"}"#, ""),
        (
            r#"{"note":"a","note":"x"}"#,
            "note: expected each key once, got a second value",
        ),
        (
            r#"{"by":{"a":1,"a":2}}"#,
            "by.a: expected each key once, got a second value",
        ),
        ("[]", "expected an object, got a list"),
    ];
    for (text, expected) in cases {
        let error = error_of::<Judge>(text);
        assert!(error.contains(expected), "{text}: {error}");
    }
    let step = error_of::<Step>(r#"{"open":{"at_ms":"1"}}"#);
    assert_eq!(
        step,
        "open.at_ms: expected an integer from 0 to 2^53 - 1, got a text"
    );
    assert!(error_of::<Step>(r#"{"open":{"at_ms":1},"closed":1}"#).contains("one choice"));
    assert!(error_of::<Step>("{}").contains("one of open, moved, closed"));
}

#[test]
fn what_has_two_meanings_is_refused() {
    for text in [
        "1.0",
        "1e3",
        "01",
        "-0",
        "-",
        "+1",
        "9007199254740992",
        "-9007199254740992",
        "1 2",
        "",
        "nul",
        "tru",
        "\"",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\ud800\"",
        "\"\\ud800\\u0041\"",
        "\"\t\"",
        "[1,]",
        "[,1]",
        "[1 2]",
        "{\"a\":1,}",
        "{\"a\"}",
        "{a:1}",
        "{\"a\":1,\"a\":1}",
        "[",
        "{",
        "\u{feff}1",
    ] {
        assert!(
            json::from_slice::<Value>(text.as_bytes()).is_err(),
            "{text}"
        );
    }
    assert!(json::from_slice::<Value>(b"\"\xff\"").is_err());
    let deep = |levels| ["[".repeat(levels), "]".repeat(levels)].concat();
    assert!(json::from_slice::<Value>(deep(32).as_bytes()).is_ok());
    assert!(error_of::<Value>(&deep(33)).contains("32 levels"));
    assert!(json::from_slice::<Value>("[".repeat(1_000_000).as_bytes()).is_err());
}

#[test]
#[should_panic(expected = "beyond 2^53")]
fn an_integer_that_readers_would_round_is_not_written() {
    let _ = json::to_vec(&u64::MAX);
}

/// RFC 8785 section 3.2.3: keys are sorted by UTF-16 code units, which puts U+1F600 before U+FB33.
#[test]
fn the_key_order_of_rfc_8785_is_kept() {
    let keys = [
        "\u{20ac}",
        "\r",
        "\u{fb33}",
        "1",
        "\u{1f600}",
        "\u{80}",
        "\u{f6}",
    ];
    let map: BTreeMap<String, u8> = keys.iter().map(|key| ((*key).to_owned(), 0)).collect();
    assert_eq!(
        json::to_string(&map),
        "{\"\\r\":0,\"1\":0,\"\u{80}\":0,\"\u{f6}\":0,\"\u{20ac}\":0,\"\u{1f600}\":0,\"\u{fb33}\":0}"
    );
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-json::INTEGER_MAX..=json::INTEGER_MAX).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::List),
            prop::collection::btree_map(any::<String>(), inner, 0..6).prop_map(Value::Object),
        ]
    })
}

proptest! {
    #[test]
    fn values_round_trip_and_are_written_as_the_node_writes_them(value in values()) {
        let bytes = json::to_vec(&value);
        prop_assert_eq!(&json::from_slice::<Value>(&bytes).expect("reads back"), &value);
        // The node also asks for NFC, which a made-up text need not have.
        let node: serde_json::Value = serde_json::from_slice(&bytes).expect("JSON");
        prop_assert_eq!(yilian_primitives::json::canonical(&node), bytes);
    }

    #[test]
    fn what_the_node_takes_is_taken_and_what_it_refuses_is_refused(text in "[\\[\\]{}:,\"\\\\0-9eE.+\\-a-f nultrs\u{e4}]{0,24}") {
        let own = json::from_slice::<Value>(text.as_bytes()).is_ok();
        let node = yilian_primitives::json::parse_strict(text.as_bytes()).is_ok();
        prop_assert_eq!(own, node, "{}", text);
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes: Vec<u8>) {
        let _ = json::from_slice::<Value>(&bytes);
        let _ = json::from_slice::<Judge>(&bytes);
        let _ = json::from_slice::<Step>(&bytes);
    }

    #[test]
    fn digests_round_trip(bytes: [u8; 32]) {
        let digest = Digest32(bytes);
        prop_assert_eq!(json::from_slice(&json::to_vec(&digest)), Ok(digest));
        prop_assert_eq!(hex(&bytes).len(), 64);
    }
}
