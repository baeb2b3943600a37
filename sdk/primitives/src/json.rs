//! Strict JSON for arguments and results: an auditor reads them with `cat` in 2040.
//!
//! Integers only, below 2^53 in magnitude (larger ones travel as strings); no floats; no duplicate keys; strings in
//! Unicode NFC; bounded depth. Where a value is written again before hashing it is canonical (RFC 8785).

use core::fmt;

use serde::Serialize;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor,
};
use serde_json::{Map, Value};
use thiserror::Error;
use unicode_normalization::is_nfc;

use crate::limits::{JSON_DEPTH_MAX, JSON_INTEGER_MAX};

/// Bytes are not strict JSON.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{reason}")]
pub struct JsonError {
    /// What is wrong and where.
    pub reason: String,
}

/// Parses strict JSON and nothing after it.
pub fn parse_strict(bytes: &[u8]) -> Result<Value, JsonError> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = Strict { depth: 0 }
        .deserialize(&mut deserializer)
        .map_err(reason)?;
    deserializer.end().map_err(reason)?;
    Ok(value)
}

/// Reads a value of a type whose fields all stand in its text, from strict JSON in the one form in which it is written.
///
/// serde also takes a list of a structure's values for the structure; other readers of our files do not.
///
/// # Errors
/// If it is no strict JSON, not of the type, or in another form.
pub fn read<T: Serialize + DeserializeOwned>(bytes: &[u8]) -> Result<T, JsonError> {
    let value = parse_strict(bytes)?;
    let read = T::deserialize(&value).map_err(reason)?;
    if serde_json::to_value(&read).map_err(reason)? == value {
        return Ok(read);
    }
    Err(JsonError {
        reason: "expected an object for each structure, got a list of its values".to_owned(),
    })
}

fn reason(error: serde_json::Error) -> JsonError {
    JsonError {
        reason: error.to_string(),
    }
}

/// Writes a value canonically (RFC 8785): no spaces, keys in order of their UTF-16 code units.
///
/// Only values from [`parse_strict`] have a canonical form; a float is written as serde_json writes it.
pub fn canonical(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_canonical(value, &mut bytes);
    bytes
}

fn write_canonical(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<_> = map.iter().collect();
            // Of ASCII both orders are the same, and nearly every key is.
            entries.sort_by(|(a, _), (b, _)| match a.is_ascii() && b.is_ascii() {
                true => a.cmp(b),
                false => a.encode_utf16().cmp(b.encode_utf16()),
            });
            write_list(out, b'{', b'}', entries, |(key, item), out| {
                write_text(key, out);
                out.push(b':');
                write_canonical(item, out);
            });
        }
        Value::Array(items) => write_list(out, b'[', b']', items, write_canonical),
        Value::String(text) => write_text(text, out),
        Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Number(number) => out.extend_from_slice(number.to_string().as_bytes()),
    }
}

fn write_list<T>(
    out: &mut Vec<u8>,
    open: u8,
    close: u8,
    items: impl IntoIterator<Item = T>,
    write: impl Fn(T, &mut Vec<u8>),
) {
    out.push(open);
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write(item, out);
    }
    out.push(close);
}

/// serde_json escapes exactly what RFC 8785 section 3.2.2.2 escapes, in lower-case hex. Most texts need none of it.
fn write_text(text: &str, out: &mut Vec<u8>) {
    let plain = |byte: u8| byte >= 0x20 && byte != b'"' && byte != b'\\';
    if text.bytes().all(plain) {
        out.push(b'"');
        out.extend_from_slice(text.as_bytes());
        out.push(b'"');
    } else {
        out.extend_from_slice(Value::from(text).to_string().as_bytes());
    }
}

/// Reads one value at a depth.
#[derive(Clone, Copy)]
struct Strict {
    depth: usize,
}

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        if self.depth > JSON_DEPTH_MAX {
            return Err(D::Error::custom(format!(
                "nesting deeper than {JSON_DEPTH_MAX}"
            )));
        }
        deserializer.deserialize_any(self)
    }
}

impl Strict {
    fn deeper(self) -> Self {
        Strict {
            depth: self.depth.saturating_add(1),
        }
    }
}

fn nfc<E: serde::de::Error>(text: String) -> Result<String, E> {
    if is_nfc(&text) {
        Ok(text)
    } else {
        Err(E::custom("string is not in Unicode NFC"))
    }
}

fn too_large<E: serde::de::Error>(value: impl fmt::Display) -> E {
    E::custom(format!(
        "integer {value}: beyond 2^53 - 1; write it as a string"
    ))
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON with integers only")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Value, E> {
        if value > JSON_INTEGER_MAX {
            Err(too_large(value))
        } else {
            Ok(value.into())
        }
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Value, E> {
        if value.unsigned_abs() > JSON_INTEGER_MAX {
            Err(too_large(value))
        } else {
            Ok(value.into())
        }
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Err(E::custom(format!(
            "number {value}: expected an integer below 2^53, without a fraction"
        )))
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Value, E> {
        nfc(value.to_owned()).map(Value::String)
    }

    fn visit_string<E: serde::de::Error>(self, value: String) -> Result<Value, E> {
        nfc(value).map(Value::String)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self.deeper())? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            let key = nfc(key)?;
            let value = entries.next_value_seed(self.deeper())?;
            if map.contains_key(&key) {
                return Err(A::Error::custom(format!(
                    "key {key:?} stands twice in an object"
                )));
            }
            map.insert(key, value);
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_has_two_meanings_is_refused() {
        let cases = [
            (r#"{"a":1,"a":2}"#, "stands twice"),
            (r#"{"a":{"b":1,"b":1}}"#, "stands twice"),
            (r#"{"a":1.0}"#, "expected an integer"),
            (r#"[1e3]"#, "expected an integer"),
            ("9007199254740992", "beyond 2^53"),
            ("-9007199254740992", "beyond 2^53"),
            ("\"e\u{301}\"", "NFC"),
            ("1 2", "trailing"),
            ("{", "EOF"),
        ];
        for (text, expected) in cases {
            let error = parse_strict(text.as_bytes()).expect_err(text);
            assert!(error.reason.contains(expected), "{text}: {error}");
        }
        let deep = format!("{}1{}", "[".repeat(40), "]".repeat(40));
        assert!(
            parse_strict(deep.as_bytes())
                .expect_err("deep")
                .reason
                .contains("nesting")
        );
        let abyss = "[".repeat(1_000_000);
        assert!(parse_strict(abyss.as_bytes()).is_err());
    }

    #[test]
    fn a_structure_is_an_object_and_no_list() {
        #[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        struct Pair {
            a: u64,
            b: String,
        }
        let pair = || Pair {
            a: 1,
            b: "x".to_owned(),
        };
        assert_eq!(read(br#" {"b":"x", "a":1}"#), Ok(pair()));
        assert_eq!(read(br#"[{"a":1,"b":"x"}]"#), Ok(vec![pair()]));
        for text in [r#"[1,"x"]"#, r#"{"a":1}"#, r#"{"a":1,"b":"x","c":2}"#] {
            assert!(read::<Pair>(text.as_bytes()).is_err(), "{text}");
        }
        assert!(read::<Vec<Pair>>(br#"[[1,"x"]]"#).is_err());
    }

    /// RFC 8785 section 3.2.3: keys are sorted by UTF-16 code units.
    #[test]
    fn the_key_order_of_rfc_8785_is_kept() {
        let text = "{\"\u{20ac}\":\"Euro Sign\",\"\\r\":\"Carriage Return\",\
            \"\u{fb33}\":\"Hebrew Letter Dalet With Dagesh\",\"1\":\"One\",\
            \"\u{1f600}\":\"Emoji: Grinning Face\",\"\u{80}\":\"Control\",\
            \"\u{f6}\":\"Latin Small Letter O With Diaeresis\"}";
        // U+FB33 is not in NFC, so this one goes through plain serde_json.
        let value: Value = serde_json::from_str(text).expect("json");
        let canonical = String::from_utf8(canonical(&value)).expect("utf-8");
        let order = [
            "\\r",
            "\"1\"",
            "\u{80}",
            "\u{f6}",
            "\u{20ac}",
            "\u{1f600}",
            "\u{fb33}",
        ];
        let positions: Vec<_> = order
            .iter()
            .map(|key| canonical.find(key).expect("key"))
            .collect();
        assert!(positions.is_sorted(), "{canonical}");
    }

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            (-(JSON_INTEGER_MAX as i64)..=JSON_INTEGER_MAX as i64).prop_map(Value::from),
            "[a-z\u{4e00}-\u{4e2f}\"\\\\\n]{0,8}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::btree_map("[a-z]{1,4}", inner, 0..6)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn canonical_text_parses_to_the_same_value(value in values()) {
            let bytes = canonical(&value);
            let again = parse_strict(&bytes).expect("canonical text is strict");
            prop_assert_eq!(&again, &value);
            prop_assert_eq!(canonical(&again), bytes);
        }
    }
}
