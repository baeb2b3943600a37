//! Reads texts and their escapes.

use std::borrow::Cow;

use super::Reader;
use crate::json::JsonError;

impl<'a> Reader<'a> {
    /// Reads a text; borrowed where it holds no escape.
    pub fn text(&mut self, expected: &str) -> Result<Cow<'a, str>, JsonError> {
        if self.peek() != Some(b'"') {
            return Err(self.mismatch(expected));
        }
        self.at += 1;
        let plain = self.plain_run()?;
        if self.text.as_bytes()[self.at] == b'"' {
            self.at += 1;
            return Ok(Cow::Borrowed(plain));
        }
        self.escaped_text(plain.to_owned()).map(Cow::Owned)
    }

    /// Reads up to a quotation mark or backslash, which stays unread and is surely there.
    fn plain_run(&mut self) -> Result<&'a str, JsonError> {
        let start = self.at;
        let text: &'a str = self.text;
        let length = text.as_bytes()[start..]
            .iter()
            .position(|&byte| byte < 0x20 || byte == b'"' || byte == b'\\');
        match length {
            Some(length) if text.as_bytes()[start + length] >= 0x20 => {
                self.at = start + length;
                Ok(&text[start..self.at])
            }
            Some(_) => Err(JsonError::new(
                "an escape",
                "a bare control character in a text",
            )),
            None => Err(JsonError::new(
                "a closing quotation mark",
                "the end of the text",
            )),
        }
    }

    fn escaped_text(&mut self, mut out: String) -> Result<String, JsonError> {
        loop {
            let byte = self.text.as_bytes()[self.at];
            self.at += 1;
            if byte == b'"' {
                return Ok(out);
            }
            out.push(self.escape()?);
            out.push_str(self.plain_run()?);
        }
    }

    /// Reads what follows a backslash.
    fn escape(&mut self) -> Result<char, JsonError> {
        let byte = self.text.as_bytes().get(self.at).copied();
        self.at += 1;
        match byte {
            Some(b'"') => Ok('"'),
            Some(b'\\') => Ok('\\'),
            Some(b'/') => Ok('/'),
            Some(b'b') => Ok('\u{8}'),
            Some(b'f') => Ok('\u{c}'),
            Some(b'n') => Ok('\n'),
            Some(b'r') => Ok('\r'),
            Some(b't') => Ok('\t'),
            Some(b'u') => self.unicode_escape(),
            _ => Err(bad_escape()),
        }
    }

    fn unicode_escape(&mut self) -> Result<char, JsonError> {
        let first = self.four_hex()?;
        let code = match first {
            0xd800..=0xdbff => {
                if !self.text.as_bytes()[self.at..].starts_with(b"\\u") {
                    return Err(bad_escape());
                }
                self.at += 2;
                let second = self.four_hex()?;
                if !(0xdc00..=0xdfff).contains(&second) {
                    return Err(bad_escape());
                }
                0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00)
            }
            other => other,
        };
        char::from_u32(code).ok_or_else(bad_escape)
    }

    fn four_hex(&mut self) -> Result<u32, JsonError> {
        let digits = self.text.as_bytes().get(self.at..self.at + 4);
        self.at += 4;
        let mut value = 0;
        for digit in digits.ok_or_else(bad_escape)? {
            let digit = char::from(*digit).to_digit(16).ok_or_else(bad_escape)?;
            value = value << 4 | digit;
        }
        Ok(value)
    }
}

fn bad_escape() -> JsonError {
    JsonError::new("an escape of RFC 8259", "another one")
}
