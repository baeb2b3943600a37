//! Reads and writes JSON without one floating-point instruction.
//!
//! A contract's code may hold no float, so the usual JSON crates are out of reach. This one is small and strict:
//! integers only and at most 2^53 - 1 in magnitude, no duplicate keys, at most 32 levels, nothing after the value.
//! It writes the canonical form of RFC 8785, so equal values are equal bytes. Types are read and written directly,
//! without a tree between; [`Value`] is there for what has no type of its own.
//!
//! It does not check Unicode normalisation: the node does that before a contract sees its arguments.

mod error;
#[doc(hidden)]
pub mod fields;
mod reader;
mod types;
mod value;
mod writer;

pub use error::JsonError;
pub use reader::{Entries, Reader};
pub use types::Empty;
pub use value::Value;
pub use writer::{ObjectWriter, Writer};

use crate::schema::Schema;

/// Largest magnitude of an integer: 2^53 - 1, beyond which Java and JavaScript readers lose digits.
pub const INTEGER_MAX: i64 = (1 << 53) - 1;
/// Deepest nesting of lists and objects.
pub const DEPTH_MAX: u32 = 32;

/// A type with a JSON form. Derive it with `#[derive(Json)]`.
pub trait Json: Sized {
    /// The form, for the contract's published interface.
    const SCHEMA: &'static Schema;
    /// Whether a field of this type may be left out.
    const OPTIONAL: bool = false;

    /// Writes the canonical form.
    fn write(&self, out: &mut Writer);

    /// Reads one value. Fields that the type does not have are refused.
    fn read(input: &mut Reader<'_>) -> Result<Self, JsonError>;

    /// The value of a field that was left out; `None` if it must not be.
    fn absent() -> Option<Self> {
        None
    }

    /// Whether a field with this value is left out.
    fn is_absent(&self) -> bool {
        false
    }
}

/// The canonical JSON bytes of a value.
pub fn to_vec<T: Json>(value: &T) -> Vec<u8> {
    let mut out = Writer::new();
    value.write(&mut out);
    out.into_bytes()
}

/// The canonical JSON text of a value.
pub fn to_string<T: Json>(value: &T) -> String {
    let mut out = Writer::new();
    value.write(&mut out);
    out.into_text()
}

/// Reads a value and nothing after it.
pub fn from_slice<T: Json>(bytes: &[u8]) -> Result<T, JsonError> {
    let mut input = Reader::new(bytes)?;
    let value = T::read(&mut input)?;
    input.finish()?;
    Ok(value)
}

/// The value as a tree.
pub fn to_value<T: Json>(value: &T) -> Value {
    let bytes = to_vec(value);
    match from_slice(&bytes) {
        Ok(tree) => tree,
        // What a writer wrote always reads again, except a hand-made tree deeper than DEPTH_MAX.
        Err(error) => panic!("a value does not read back: {error}"),
    }
}

/// A typed value of a tree.
pub fn from_value<T: Json>(value: &Value) -> Result<T, JsonError> {
    from_slice(&to_vec(value))
}
