//! Reads strict JSON from front to back, keeping nothing.

mod text;

use std::borrow::Cow;

use super::{DEPTH_MAX, INTEGER_MAX, Json, JsonError};

/// A place in a JSON text.
pub struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: u32,
}

/// How far a list or object has been read. Made by [`Reader::enter_list`] and [`Reader::enter_object`].
pub struct Entries {
    count: usize,
}

impl Entries {
    /// Entries begun so far.
    pub fn count(&self) -> usize {
        self.count
    }
}

impl<'a> Reader<'a> {
    /// Starts at the first byte, which must be UTF-8 like all others.
    pub fn new(bytes: &'a [u8]) -> Result<Self, JsonError> {
        let text =
            core::str::from_utf8(bytes).map_err(|_| JsonError::new("UTF-8 text", "other bytes"))?;
        Ok(Reader {
            text,
            at: 0,
            depth: 0,
        })
    }

    /// Ends: nothing but white space may follow.
    pub fn finish(mut self) -> Result<(), JsonError> {
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.mismatch("the end")),
        }
    }

    /// The next byte that is not white space, which stays unread.
    fn peek(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = bytes.get(self.at) {
            self.at += 1;
        }
        bytes.get(self.at).copied()
    }

    /// An error at this place. `expected` continues the words "expected …".
    pub fn mismatch(&mut self, expected: &str) -> JsonError {
        let got = match self.peek() {
            None => "the end of the text",
            Some(b'{') => "an object",
            Some(b'[') => "a list",
            Some(b'"') => "a text",
            Some(b'-' | b'0'..=b'9') => "a number",
            Some(b't' | b'f') => "a truth value",
            Some(b'n') => "null",
            Some(_) => "something that is not JSON",
        };
        JsonError::new(expected, got)
    }

    /// Takes the word if it stands here.
    fn word(&mut self, word: &str) -> bool {
        let _ = self.peek();
        let here = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let found = here.starts_with(word.as_bytes());
        if found {
            self.at += word.len();
        }
        found
    }

    /// Whether `null` stands here; if so it is taken.
    pub fn take_null(&mut self) -> bool {
        self.word("null")
    }

    /// Whether a text stands here. Nothing is taken.
    pub fn is_text(&mut self) -> bool {
        self.peek() == Some(b'"')
    }

    /// The first byte of what stands here, or zero at the end. Nothing is taken.
    pub(super) fn kind(&mut self) -> u8 {
        self.peek().unwrap_or(0)
    }

    /// Reads `true` or `false`.
    pub fn bool(&mut self) -> Result<bool, JsonError> {
        if self.word("true") {
            Ok(true)
        } else if self.word("false") {
            Ok(false)
        } else {
            Err(self.mismatch("true or false"))
        }
    }

    /// Reads an integer. `expected` names the range in an error.
    pub fn int(&mut self, expected: &str) -> Result<i64, JsonError> {
        let negative = match self.peek() {
            Some(b'-') => true,
            Some(b'0'..=b'9') => false,
            _ => return Err(self.mismatch(expected)),
        };
        let start = self.at + usize::from(negative);
        let (magnitude, end) = self.magnitude(start, expected)?;
        let shown = &self.text[self.at..end];
        // A leading zero, "-0" and a bare "-" would be second spellings, or none, of a number.
        let zero_first = self.text.as_bytes().get(start) == Some(&b'0');
        if end == start || (zero_first && (end - start > 1 || negative)) {
            return Err(JsonError::new(expected, shown));
        }
        if let Some(b'.' | b'e' | b'E') = self.text.as_bytes().get(end) {
            return Err(JsonError::new(
                expected,
                "a number with a fraction or exponent",
            ));
        }
        self.at = end;
        Ok(if negative { -magnitude } else { magnitude })
    }

    /// Reads the digits from a place on; gives their value and the place behind them.
    fn magnitude(&self, start: usize, expected: &str) -> Result<(i64, usize), JsonError> {
        let bytes = self.text.as_bytes();
        let mut magnitude = 0;
        let mut end = start;
        while let Some(digit @ b'0'..=b'9') = bytes.get(end) {
            magnitude = magnitude * 10 + i64::from(digit - b'0');
            if magnitude > INTEGER_MAX {
                return Err(JsonError::new(
                    expected,
                    "an integer beyond 2^53 - 1, which belongs in a text",
                ));
            }
            end += 1;
        }
        Ok((magnitude, end))
    }

    fn enter(&mut self, open: u8, expected: &str) -> Result<Entries, JsonError> {
        if self.peek() != Some(open) {
            return Err(self.mismatch(expected));
        }
        if self.depth == DEPTH_MAX {
            return Err(JsonError::new("at most 32 levels", "deeper nesting"));
        }
        self.depth += 1;
        self.at += 1;
        Ok(Entries { count: 0 })
    }

    /// Moves to the next entry; false at the closing bracket, which is taken.
    fn advance(&mut self, entries: &mut Entries, close: u8) -> Result<bool, JsonError> {
        match self.peek() {
            Some(byte) if byte == close => {
                self.at += 1;
                self.depth -= 1;
                return Ok(false);
            }
            Some(b',') if entries.count > 0 => self.at += 1,
            Some(_) if entries.count == 0 => {}
            _ => return Err(self.mismatch("a comma or a closing bracket")),
        }
        entries.count += 1;
        Ok(true)
    }

    /// Enters a list.
    pub fn enter_list(&mut self, expected: &str) -> Result<Entries, JsonError> {
        self.enter(b'[', expected)
    }

    /// Whether the list has another item, which then stands here.
    pub fn next_item(&mut self, entries: &mut Entries) -> Result<bool, JsonError> {
        self.advance(entries, b']')
    }

    /// Enters an object.
    pub fn enter_object(&mut self, expected: &str) -> Result<Entries, JsonError> {
        self.enter(b'{', expected)
    }

    /// The next key of the object, whose value then stands here.
    pub fn next_key(&mut self, entries: &mut Entries) -> Result<Option<Cow<'a, str>>, JsonError> {
        if !self.advance(entries, b'}')? {
            return Ok(None);
        }
        let key = self.text("a key")?;
        if self.peek() != Some(b':') {
            return Err(self.mismatch("a colon"));
        }
        self.at += 1;
        Ok(Some(key))
    }

    /// Reads the value of a field into its slot; a second value for it is refused.
    pub fn field<T: Json>(&mut self, name: &str, slot: &mut Option<T>) -> Result<(), JsonError> {
        if slot.is_some() {
            return Err(twice(name));
        }
        *slot = Some(T::read(self).map_err(|error| error.in_field(name))?);
        Ok(())
    }
}

/// The error of a key that stands twice.
pub(super) fn twice(key: &str) -> JsonError {
    JsonError::new("each key once", "a second value").in_field(key)
}
