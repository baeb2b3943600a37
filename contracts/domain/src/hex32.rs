//! Thirty-two bytes that are no digest of something published: salts, seeds, secrets, blinded identifiers.

use core::fmt;

use yilian_contract::json::{JsonError, Reader, Writer};
use yilian_contract::schema::Schema;
use yilian_contract::{Json, from_hex, hex};

/// Thirty-two bytes; the JSON form is 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hex32(pub [u8; 32]);

const FORM: &str = "64 lower-case hex digits";

impl Hex32 {
    /// Reads the text form.
    pub fn parse(text: &str) -> Option<Self> {
        from_hex(text).map(Hex32)
    }
}

impl fmt::Display for Hex32 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl fmt::Debug for Hex32 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Json for Hex32 {
    const SCHEMA: &'static Schema = &Schema::Described {
        description: "64 lower-case hex digits",
    };

    fn write(&self, out: &mut Writer) {
        out.text(&hex(&self.0));
    }

    fn read(input: &mut Reader<'_>) -> Result<Self, JsonError> {
        let text = input.text(FORM)?;
        Hex32::parse(&text).ok_or_else(|| JsonError::new(FORM, "another text"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use yilian_contract::json::{from_slice, to_string};

    #[test]
    fn only_64_lower_case_digits_are_read() {
        let text = format!("\"{}\"", "0a".repeat(32));
        let read: Hex32 = from_slice(text.as_bytes()).unwrap();
        assert_eq!(read, Hex32([10; 32]));
        assert_eq!(to_string(&read), text);
        assert!(from_slice::<Hex32>(text.to_uppercase().as_bytes()).is_err());
        assert!(from_slice::<Hex32>(b"\"0a\"").is_err());
    }
}
