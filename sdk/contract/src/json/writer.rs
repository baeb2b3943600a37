//! Writes the canonical form of RFC 8785.

use super::{INTEGER_MAX, Json};

/// Bytes of JSON under way.
#[derive(Default)]
pub struct Writer {
    text: String,
}

impl Writer {
    /// Nothing written yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The bytes written.
    pub fn into_bytes(self) -> Vec<u8> {
        self.text.into_bytes()
    }

    /// The text written.
    pub fn into_text(self) -> String {
        self.text
    }

    /// Writes `null`.
    pub fn null(&mut self) {
        self.text.push_str("null");
    }

    /// Writes `true` or `false`.
    pub fn bool(&mut self, value: bool) {
        self.text.push_str(if value { "true" } else { "false" });
    }

    /// Writes an integer.
    ///
    /// # Panics
    /// Beyond 2^53 - 1 in magnitude: such a number belongs in a text, and writing another one would be a lie.
    pub fn int(&mut self, value: i64) {
        let magnitude = value.unsigned_abs();
        assert!(
            magnitude <= INTEGER_MAX.unsigned_abs(),
            "integer beyond 2^53 - 1: keep it as text"
        );
        if value < 0 {
            self.text.push('-');
        }
        self.digits(magnitude);
    }

    fn digits(&mut self, mut magnitude: u64) {
        let mut digits = [0; 20];
        let mut start = digits.len();
        loop {
            start -= 1;
            digits[start] = b'0' + (magnitude % 10) as u8;
            magnitude /= 10;
            if magnitude == 0 {
                break;
            }
        }
        for digit in &digits[start..] {
            self.text.push(char::from(*digit));
        }
    }

    /// Writes a text. RFC 8785 section 3.2.2.2: the shortest escapes, and only where JSON demands one.
    pub fn text(&mut self, value: &str) {
        self.text.push('"');
        let mut rest = value;
        while let Some(at) = rest.bytes().position(needs_escape) {
            self.text.push_str(&rest[..at]);
            self.escape(rest.as_bytes()[at]);
            rest = &rest[at + 1..];
        }
        self.text.push_str(rest);
        self.text.push('"');
    }

    fn escape(&mut self, byte: u8) {
        let short = match byte {
            b'"' => '"',
            b'\\' => '\\',
            0x08 => 'b',
            b'\t' => 't',
            b'\n' => 'n',
            0x0c => 'f',
            b'\r' => 'r',
            _ => return self.long_escape(byte),
        };
        self.text.push('\\');
        self.text.push(short);
    }

    fn long_escape(&mut self, byte: u8) {
        const HEX: [char; 16] = [
            '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f',
        ];
        self.text.push_str("\\u00");
        self.text.push(HEX[usize::from(byte >> 4)]);
        self.text.push(HEX[usize::from(byte & 15)]);
    }

    /// Writes a list.
    pub fn list<'t, T: Json + 't>(&mut self, items: impl IntoIterator<Item = &'t T>) {
        self.text.push('[');
        let mut first = true;
        for item in items {
            if !first {
                self.text.push(',');
            }
            first = false;
            item.write(self);
        }
        self.text.push(']');
    }

    /// Begins an object. The caller writes its keys in order of their UTF-16 code units and ends it.
    pub fn object(&mut self) -> ObjectWriter<'_> {
        self.text.push('{');
        ObjectWriter {
            out: self,
            first: true,
        }
    }
}

fn needs_escape(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

/// An object under way.
pub struct ObjectWriter<'w> {
    out: &'w mut Writer,
    first: bool,
}

impl ObjectWriter<'_> {
    /// Writes a field, unless its value says that it is left out.
    pub fn field<T: Json>(&mut self, name: &str, value: &T) {
        if !value.is_absent() {
            self.entry(name, value);
        }
    }

    /// Writes an entry, whatever its value.
    pub fn entry<T: Json>(&mut self, name: &str, value: &T) {
        self.key(name);
        value.write(self.out);
    }

    /// Begins an object as the value of an entry.
    pub fn object(&mut self, name: &str) -> ObjectWriter<'_> {
        self.key(name);
        self.out.object()
    }

    fn key(&mut self, name: &str) {
        if !self.first {
            self.out.text.push(',');
        }
        self.first = false;
        self.out.text(name);
        self.out.text.push(':');
    }

    /// Ends the object.
    pub fn end(self) {
        self.out.text.push('}');
    }
}
