//! JSON of any form, as a tree.

use std::collections::BTreeMap;

use super::{Json, JsonError, Reader, Writer};
use crate::schema::Schema;

/// A JSON value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// An integer, at most 2^53 - 1 in magnitude.
    Int(i64),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Value>),
    /// An object.
    Object(BTreeMap<String, Value>),
}

impl Value {
    /// The value of a key, if this is an object that has it.
    pub fn get(&self, key: &str) -> Option<&Value> {
        match self {
            Value::Object(entries) => entries.get(key),
            _ => None,
        }
    }

    /// The text, if this is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The integer, if this is one.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Value::Int(int) => Some(*int),
            _ => None,
        }
    }
}

impl Json for Value {
    const SCHEMA: &'static Schema = &Schema::Any;

    fn write(&self, out: &mut Writer) {
        match self {
            Value::Null => out.null(),
            Value::Bool(value) => out.bool(*value),
            Value::Int(value) => out.int(*value),
            Value::Text(text) => out.text(text),
            Value::List(items) => out.list(items),
            Value::Object(entries) => entries.write(out),
        }
    }

    fn read(input: &mut Reader<'_>) -> Result<Self, JsonError> {
        match input.kind() {
            b'{' => BTreeMap::read(input).map(Value::Object),
            b'[' => Vec::read(input).map(Value::List),
            b'"' => String::read(input).map(Value::Text),
            b't' | b'f' => input.bool().map(Value::Bool),
            b'-' | b'0'..=b'9' => i64::read(input).map(Value::Int),
            _ if input.take_null() => Ok(Value::Null),
            _ => Err(input.mismatch("a JSON value")),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Value::Text(text)
    }
}

impl From<i64> for Value {
    fn from(int: i64) -> Self {
        Value::Int(int)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Value::Bool(value)
    }
}
