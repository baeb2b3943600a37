//! What derived readers share.

use super::{Json, JsonError};

/// The value of a field after the whole object was read.
pub fn present<T: Json>(name: &str, slot: Option<T>) -> Result<T, JsonError> {
    match slot.or_else(T::absent) {
        Some(value) => Ok(value),
        None => Err(JsonError::new("this field", "none").in_field(name)),
    }
}

/// The error of a key that the type does not have. `known` lists those it has.
pub fn unknown(key: &str, known: &str) -> JsonError {
    let expected = if known.is_empty() {
        "no fields".to_owned()
    } else {
        ["only the fields ", known].concat()
    };
    JsonError::new(&expected, "another one").in_field(key)
}
