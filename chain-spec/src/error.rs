//! What is wrong with a specification, and where.

use core::fmt;

/// A specification was refused. The message is for the person who edits the file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct SpecError {
    /// Line of the file, from 1; 0 when the specification did not come from a file.
    pub line: usize,
    /// Path of the field, as `centre[2].key`; empty when the file is no TOML at all.
    pub field: String,
    /// What belongs there.
    pub expected: String,
    /// What stands there.
    pub got: String,
}

impl SpecError {
    /// A problem of a field, without a line.
    pub(crate) fn new(
        field: impl Into<String>,
        expected: impl Into<String>,
        got: impl fmt::Display,
    ) -> Self {
        SpecError {
            line: 0,
            field: field.into(),
            expected: expected.into(),
            got: got.to_string().chars().take(160).collect(),
        }
    }
}

impl fmt::Display for SpecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("chain specification")?;
        if self.line > 0 {
            write!(f, ", line {}", self.line)?;
        }
        if !self.field.is_empty() {
            write!(f, ", field {}", self.field)?;
        }
        write!(f, ": expected {}, got {}", self.expected, self.got)
    }
}
