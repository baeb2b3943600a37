//! The JSON Schema of a type, as a constant tree.
//!
//! A tree and not text, so that the schemas of nested types can be put together at compile time.

/// The JSON Schema (the subset that contracts publish) of a type.
#[derive(Debug)]
pub enum Schema {
    /// Any JSON value.
    Any,
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean,
    /// An integer, at most 2^53 - 1 in magnitude.
    Integer,
    /// A text.
    Text,
    /// A text of a described form.
    Described {
        /// What the text says.
        description: &'static str,
    },
    /// The inner type, or `null`.
    Nullable(&'static Schema),
    /// A list of the inner type.
    List(&'static Schema),
    /// An object with free keys and values of the inner type.
    Map(&'static Schema),
    /// An object with these fields and no others.
    Object {
        /// The type's documentation.
        description: &'static str,
        /// The fields, in order of their names' UTF-16 code units.
        fields: &'static [Field],
    },
    /// A choice.
    Choice {
        /// The type's documentation.
        description: &'static str,
        /// Alternatives that are a bare text.
        texts: &'static [&'static str],
        /// Alternatives that are an object with one field.
        objects: &'static [Field],
    },
}

/// A field of an object.
#[derive(Debug)]
pub struct Field {
    /// The name as written in JSON.
    pub name: &'static str,
    /// The field's documentation.
    pub description: &'static str,
    /// Whether it must be there.
    pub required: bool,
    /// The schema of its value.
    pub schema: &'static Schema,
}
