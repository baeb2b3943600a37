//! Bytes to be hashed: a tag, then parts that cannot run into each other.

use yilian_contract::{Digest32, sha256};

/// A tagged encoding under way.
///
/// Its form is `tag ‖ 0x00`, then for each part its length as four bytes, most significant first, and its bytes. Two
/// different lists of parts never give the same bytes, and no two tags do.
pub struct Encoding {
    bytes: Vec<u8>,
}

impl Encoding {
    /// Begins with a tag, which holds no zero byte.
    pub fn new(tag: &str) -> Self {
        let mut bytes = tag.as_bytes().to_vec();
        bytes.push(0);
        Encoding { bytes }
    }

    /// Adds a part.
    ///
    /// # Panics
    /// Beyond 4 GiB, which no contract's memory holds.
    #[must_use]
    pub fn part(mut self, part: &[u8]) -> Self {
        let Ok(length) = u32::try_from(part.len()) else {
            panic!("a part of {} bytes", part.len());
        };
        self.bytes.extend_from_slice(&length.to_be_bytes());
        self.bytes.extend_from_slice(part);
        self
    }

    /// Adds a number as eight bytes, most significant first.
    #[must_use]
    pub fn number(self, number: u64) -> Self {
        self.part(&number.to_be_bytes())
    }

    /// The bytes.
    pub fn bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// Their SHA-256.
    pub fn digest(self) -> Digest32 {
        Digest32(sha256(&self.bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moving_a_byte_between_parts_changes_the_bytes() {
        let one = Encoding::new("t").part(b"ab").part(b"c").bytes();
        let two = Encoding::new("t").part(b"a").part(b"bc").bytes();
        assert_ne!(one, two);
        assert_eq!(one, b"t\0\0\0\0\x02ab\0\0\0\x01c");
    }

    #[test]
    fn a_number_is_eight_bytes() {
        assert_eq!(
            Encoding::new("t").number(258).bytes(),
            b"t\0\0\0\0\x08\0\0\0\0\0\0\x01\x02"
        );
    }
}
