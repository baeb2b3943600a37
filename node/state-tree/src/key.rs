//! Where a node stands, and since when.

use yilian_crypto::Digest;

/// Digits of four bits in a whole path.
pub(crate) const DIGITS_MAX: usize = 64;

/// The digit of a path at a depth.
pub(crate) fn digit(path: &[u8; 32], depth: usize) -> u8 {
    let byte = path.get(depth / 2).copied().unwrap_or(0);
    match depth % 2 {
        0 => byte >> 4,
        _ => byte & 0x0f,
    }
}

/// The first digits of a key's hash: the way from the root to a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Path {
    /// Digits beyond the length are zero.
    digits: [u8; 32],
    length: u8,
}

impl Path {
    pub(crate) const ROOT: Path = Path {
        digits: [0; 32],
        length: 0,
    };

    pub(crate) fn depth(&self) -> usize {
        usize::from(self.length)
    }

    /// Whether a key of this hash stands below.
    pub(crate) fn leads_to(&self, key: &Digest) -> bool {
        let same = |depth| digit(&self.digits, depth) == digit(key.as_bytes(), depth);
        (0..self.depth()).all(same)
    }

    /// The way one digit further.
    pub(crate) fn child(&self, digit: u8) -> Path {
        let mut child = *self;
        if let Some(byte) = child.digits.get_mut(self.depth() / 2) {
            *byte |= match self.depth() % 2 {
                0 => digit << 4,
                _ => digit & 0x0f,
            };
        }
        child.length = child.length.saturating_add(1);
        child
    }
}

/// Names a node: the version that made it, and its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeKey {
    pub(crate) version: u64,
    pub(crate) path: Path,
}

impl NodeKey {
    /// The root of a version.
    pub const fn root(version: u64) -> Self {
        NodeKey {
            version,
            path: Path::ROOT,
        }
    }

    /// The key as bytes: version (8 bytes, big-endian, so that what is written later stands later), length of the way in
    /// digits (1 byte), and its bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let bytes = self.path.depth().div_ceil(2);
        let way = self.path.digits.get(..bytes).unwrap_or_default();
        let version = self.version.to_be_bytes();
        [version.as_slice(), &[self.path.length], way].concat()
    }
}

impl core::fmt::Display for NodeKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let hex = Digest::from_bytes(self.path.digits).to_hex();
        let way = hex.get(..self.path.depth()).unwrap_or_default();
        write!(f, "/{way} of version {}", self.version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_is_the_first_digits_of_a_hash() {
        let hash = Digest::sha256(b"key");
        let mut path = Path::ROOT;
        for depth in 0..DIGITS_MAX {
            assert_eq!(path.depth(), depth);
            path = path.child(digit(hash.as_bytes(), depth));
        }
        assert_eq!(&path.digits, hash.as_bytes());
    }

    #[test]
    fn later_versions_have_later_bytes_and_no_two_keys_the_same() {
        let at = |version, digits: &[u8]| NodeKey {
            version,
            path: digits
                .iter()
                .fold(Path::ROOT, |path, digit| path.child(*digit)),
        };
        let keys = [
            at(1, &[]),
            at(1, &[0]),
            at(1, &[0, 0]),
            at(1, &[7]),
            at(2, &[]),
        ];
        for (place, one) in keys.iter().enumerate() {
            for other in keys.get(place + 1..).unwrap_or_default() {
                assert_ne!(one.to_bytes(), other.to_bytes());
            }
        }
        assert!(at(255, &[15, 15]).to_bytes() < at(256, &[]).to_bytes());
        assert_eq!(at(3, &[0xa, 0xb, 0xc]).to_string(), "/abc of version 3");
    }
}
