//! Says where JSON does not fit and what would.

use core::fmt;

/// JSON that does not fit the type it is read into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonError {
    path: String,
    expected: String,
    got: String,
}

impl JsonError {
    /// An error at the current place: what belongs there and what was found.
    pub fn new(expected: &str, got: &str) -> Self {
        JsonError {
            path: String::new(),
            expected: expected.to_owned(),
            got: got.to_owned(),
        }
    }

    /// The same error, one object further out.
    pub fn in_field(mut self, name: &str) -> Self {
        self.prepend(name);
        self
    }

    /// The same error, one list further out.
    pub fn in_item(mut self, index: usize) -> Self {
        self.prepend(&format!("[{index}]"));
        self
    }

    fn prepend(&mut self, step: &str) {
        let joint = match self.path.as_bytes().first() {
            None | Some(b'[') => "",
            Some(_) => ".",
        };
        self.path = [step, joint, &self.path].concat();
    }

    /// Where, as `judge.times[3]`; empty for the whole value.
    pub fn path(&self) -> &str {
        &self.path
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            f.write_str(&self.path)?;
            f.write_str(": ")?;
        }
        f.write_str("expected ")?;
        f.write_str(&self.expected)?;
        f.write_str(", got ")?;
        f.write_str(&self.got)
    }
}

impl std::error::Error for JsonError {}
