//! Arguments against the JSON Schema of a contract's interface, before anything is signed.

use serde_json::{Map, Value};

use crate::lang::Lang;
use crate::messages::M;

/// Most problems that are listed at once.
const PROBLEMS_MAX: usize = 20;

/// Everything that is wrong with a value, one line each. Empty: it fits.
pub(crate) fn check(lang: Lang, schema: &Value, value: &Value) -> Vec<String> {
    let mut checker = Checker {
        lang,
        problems: Vec::new(),
    };
    checker.value("", schema, value);
    checker.problems
}

/// Reads `name=value` texts as the schema types them: integers, booleans, lists and objects are JSON, texts are as they
/// stand. `Err` is a line for the user.
pub(crate) fn read_pairs(
    lang: Lang,
    schema: &Value,
    pairs: &[String],
) -> Result<Map<String, Value>, String> {
    let mut args = Map::new();
    for pair in pairs {
        let (name, text) = pair
            .split_once('=')
            .ok_or_else(|| lang.text(M::ArgForm, &[("text", pair)]))?;
        let value = typed(
            schema.pointer("/properties").and_then(|p| p.get(name)),
            text,
        );
        if args.insert(name.to_owned(), value).is_some() {
            return Err(lang.text(M::ArgTwice, &[("name", &name)]));
        }
    }
    Ok(args)
}

/// A text stays a text where the schema allows one; anything else is read as JSON if it is JSON.
fn typed(schema: Option<&Value>, text: &str) -> Value {
    let types = schema.map(types_of).unwrap_or_default();
    let parsed = serde_json::from_str::<Value>(text).ok();
    match parsed {
        Some(Value::Null) if types.contains(&"null") => Value::Null,
        Some(value) if !types.contains(&"string") => value,
        _ => Value::String(text.to_owned()),
    }
}

fn types_of(schema: &Value) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(one)) => vec![one.as_str()],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

struct Checker {
    lang: Lang,
    problems: Vec<String>,
}

impl Checker {
    fn problem(&mut self, message: M, values: &[(&str, &dyn core::fmt::Display)]) {
        if self.problems.len() < PROBLEMS_MAX {
            self.problems.push(self.lang.text(message, values));
        }
    }

    fn value(&mut self, path: &str, schema: &Value, value: &Value) {
        if let Some(choices) = schema.get("oneOf").and_then(Value::as_array) {
            return self.one_of(path, choices, value);
        }
        let types = types_of(schema);
        if !types.is_empty() && !types.iter().any(|name| has_type(value, name)) {
            let (expected, got) = (self.expected(schema), shown(value));
            let path = shown_path(path);
            let places: [(&str, &dyn core::fmt::Display); 3] =
                [("path", &path), ("expected", &expected), ("got", &got)];
            return self.problem(M::ArgType, &places);
        }
        if let Some(choices) = schema.get("enum").and_then(Value::as_array)
            && !choices.contains(value)
        {
            let list: Vec<_> = choices.iter().map(shown).collect();
            let (path, list, got) = (shown_path(path), list.join(", "), shown(value));
            let places: [(&str, &dyn core::fmt::Display); 3] =
                [("path", &path), ("expected", &list), ("got", &got)];
            return self.problem(M::ArgEnum, &places);
        }
        match value {
            Value::Object(map) => self.object(path, schema, map),
            Value::Array(items) => {
                if let Some(schema) = schema.get("items") {
                    for (place, item) in items.iter().enumerate() {
                        self.value(&format!("{path}[{place}]"), schema, item);
                    }
                }
            }
            _ => {}
        }
    }

    fn one_of(&mut self, path: &str, choices: &[Value], value: &Value) {
        let fits = choices
            .iter()
            .any(|choice| check(self.lang, choice, value).is_empty());
        if fits {
            return;
        }
        let names: Vec<_> = choices.iter().map(|choice| self.expected(choice)).collect();
        let expected = names.join(&self.lang.text(M::Or, &[]));
        let (path, got) = (shown_path(path), shown(value));
        let places: [(&str, &dyn core::fmt::Display); 3] =
            [("path", &path), ("expected", &expected), ("got", &got)];
        self.problem(M::ArgType, &places);
    }

    fn object(&mut self, path: &str, schema: &Value, map: &Map<String, Value>) {
        let empty = Map::new();
        let properties = schema
            .get("properties")
            .and_then(Value::as_object)
            .unwrap_or(&empty);
        let required = schema.get("required").and_then(Value::as_array);
        for name in required.into_iter().flatten().filter_map(Value::as_str) {
            if !map.contains_key(name) {
                let none = Value::Null;
                let expected = self.expected(properties.get(name).unwrap_or(&none));
                let path = join(path, name);
                self.problem(M::ArgMissing, &[("path", &path), ("expected", &expected)]);
            }
        }
        for (name, value) in map {
            let path = join(path, name);
            match (properties.get(name), schema.get("additionalProperties")) {
                (Some(schema), _) => self.value(&path, schema, value),
                (None, Some(Value::Bool(false))) => {
                    let known: Vec<_> = properties.keys().map(String::as_str).collect();
                    let known = known.join(", ");
                    self.problem(M::ArgUnknown, &[("path", &path), ("known", &known)]);
                }
                (None, Some(schema @ Value::Object(_))) => self.value(&path, schema, value),
                (None, _) => {}
            }
        }
    }

    /// What belongs there: the description if there is one, else the type.
    fn expected(&self, schema: &Value) -> String {
        let types: Vec<_> = types_of(schema)
            .into_iter()
            .map(|name| self.lang.text(type_name(name), &[]))
            .collect();
        let types = types.join(&self.lang.text(M::Or, &[]));
        let description = schema.get("description").and_then(Value::as_str);
        match (
            types.as_str(),
            description.map(|text| self.lang.split(text)),
        ) {
            ("", None | Some("")) => self.lang.text(M::TypeOther, &[]),
            ("", Some(text)) => text.to_owned(),
            (types, None | Some("")) => types.to_owned(),
            (types, Some(text)) => format!("{types}: {text}"),
        }
    }
}

fn type_name(name: &str) -> M {
    match name {
        "integer" | "number" => M::TypeInteger,
        "string" => M::TypeText,
        "boolean" => M::TypeBoolean,
        "array" => M::TypeList,
        "object" => M::TypeObject,
        "null" => M::TypeNull,
        _ => M::TypeOther,
    }
}

fn has_type(value: &Value, name: &str) -> bool {
    match name {
        "integer" | "number" => value.is_i64() || value.is_u64(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "null" => value.is_null(),
        _ => true,
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

fn shown_path(path: &str) -> String {
    let root = if path.is_empty() { "args" } else { path };
    root.to_owned()
}

fn shown(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn schema() -> Value {
        json!({"type": "object", "required": ["id", "deadline_ms"], "additionalProperties": false,
        "properties": {
            "id": {"type": "string", "description": "标段编号 | number of the section"},
            "deadline_ms": {"type": "integer"},
            "note": {"type": ["string", "null"]},
            "kind": {"enum": ["works", "goods"]},
            "times": {"type": "array", "items": {"type": "integer"}},
            "step": {"oneOf": [{"enum": ["closed"]}, {"type": "object", "required": ["at"],
                "properties": {"at": {"type": "integer"}}}]},
        }})
    }

    #[test]
    fn what_fits_has_no_problems() {
        let args = json!({"id": "A1", "deadline_ms": 5, "note": null, "kind": "goods",
            "times": [1, 2], "step": {"at": 3}});
        assert_eq!(check(Lang::Zh, &schema(), &args), Vec::<String>::new());
    }

    #[test]
    fn each_problem_names_its_place_and_what_belongs_there() {
        let args = json!({"deadline_ms": "soon", "kind": "toys", "times": [1, "x"], "lot": 1,
            "step": 9});
        let problems = check(Lang::En, &schema(), &args);
        let expected = [
            "id: missing (a text: number of the section)",
            "deadline_ms: expected an integer, got \"soon\"",
            "kind: expected one of \"works\", \"goods\", got \"toys\"",
            "lot: no such field; there are: ",
            "step: expected another form or an object, got 9",
            "times[1]: expected an integer, got \"x\"",
        ];
        assert_eq!(problems.len(), expected.len(), "{problems:?}");
        for (problem, expected) in problems.iter().zip(expected) {
            assert!(problem.starts_with(expected), "{problem} / {expected}");
        }
    }

    #[test]
    fn pairs_are_read_as_the_schema_types_them() {
        let pairs = ["id=0042", "deadline_ms=42", "note=null", "times=[1,2]"].map(str::to_owned);
        let args = read_pairs(Lang::Zh, &schema(), &pairs).expect("pairs");
        let read = Value::Object(args);
        assert_eq!(
            read,
            json!({"id": "0042", "deadline_ms": 42, "note": null, "times": [1, 2]})
        );
        assert!(read_pairs(Lang::Zh, &schema(), &["id".to_owned()]).is_err());
        assert!(read_pairs(Lang::Zh, &schema(), &["id=1", "id=2"].map(str::to_owned)).is_err());
    }
}
