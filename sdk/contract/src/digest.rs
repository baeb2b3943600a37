//! SHA-256 through the host, and what is built from it.

use core::fmt;

use crate::json::{JsonError, Reader, Writer};
use crate::schema::Schema;
use crate::{Json, host};

/// A SHA-256 digest; its JSON form is the text `sha256:` and 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest32(pub [u8; 32]);

const PREFIX: &str = "sha256:";
const FORM: &str = "\"sha256:\" and 64 lower-case hex digits";
/// Block length of SHA-256 in bytes.
const BLOCK: usize = 64;

impl Digest32 {
    /// The digest of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Digest32(sha256(bytes))
    }

    /// Reads the text form.
    pub fn parse(text: &str) -> Option<Self> {
        from_hex(text.strip_prefix(PREFIX)?).map(Digest32)
    }
}

impl fmt::Display for Digest32 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(PREFIX)?;
        f.write_str(&hex(&self.0))
    }
}

impl fmt::Debug for Digest32 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Json for Digest32 {
    const SCHEMA: &'static Schema = &Schema::Described {
        description: "sha256:<64 hex>",
    };

    fn write(&self, out: &mut Writer) {
        out.text(&[PREFIX, &hex(&self.0)].concat());
    }

    fn read(input: &mut Reader<'_>) -> Result<Self, JsonError> {
        let text = input.text(FORM)?;
        Digest32::parse(&text).ok_or_else(|| JsonError::new(FORM, "another text"))
    }
}

/// SHA-256 (FIPS 180-4).
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    host::sha256(bytes)
}

/// SHA-256 as the text `sha256:<64 hex>`.
pub fn sha256_text(bytes: &[u8]) -> String {
    [PREFIX, &hex(&sha256(bytes))].concat()
}

/// HMAC-SHA-256 (RFC 2104).
pub fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut block = [0; BLOCK];
    if key.len() > BLOCK {
        block[..32].copy_from_slice(&sha256(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let inner = sha256(&[&block.map(|byte| byte ^ 0x36)[..], message].concat());
    sha256(&[&block.map(|byte| byte ^ 0x5c)[..], &inner].concat())
}

/// Lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

/// The bytes of exactly `2 * N` lower-case hexadecimal digits.
pub fn from_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits = text.as_bytes();
    if digits.len() != 2 * N {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = nibble(pair[0])? << 4 | nibble(pair[1])?;
    }
    Some(bytes)
}

/// Upper case is refused: two spellings of one digest would be two keys in the state.
fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sha256_of_abc_is_the_digest_of_fips_180_4() {
        let expected = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(sha256_text(b"abc"), expected);
        assert_eq!(Digest32::of(b"abc").to_string(), expected);
        assert_eq!(Digest32::parse(expected), Some(Digest32::of(b"abc")));
    }

    /// RFC 4231 test cases 1, 2 and 6 (a key longer than a block).
    #[test]
    fn the_vectors_of_rfc_4231_pass() {
        let cases: [(&[u8], &[u8], &str); 3] = [
            (
                &[0x0b; 20],
                b"Hi There",
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
            ),
            (
                b"Jefe",
                b"what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (
                &[0xaa; 131],
                b"Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
        ];
        for (key, message, expected) in cases {
            assert_eq!(hex(&hmac_sha256(key, message)), expected);
        }
    }

    #[test]
    fn upper_case_hex_is_no_digest() {
        assert_eq!(from_hex::<1>("AB"), None);
        assert_eq!(from_hex::<1>("abc"), None);
        assert_eq!(from_hex::<2>("00ff"), Some([0, 255]));
    }
}
