//! The request `add-checkpoint` of c2sp.org/tlog-witness.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use thiserror::Error;
use yilian_crypto::Digest;

/// Longest request that is read, in bytes: 63 hashes and a note of 64 KiB.
pub const REQUEST_BYTES_MAX: usize = 68 * 1024;
/// Most hashes of a proof; the specification's own bound.
const HASHES_MAX: usize = 63;

/// A log asks a witness to cosign its checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Leaves of the checkpoint that the witness is believed to have seen last; 0 for none.
    pub old_size: u64,
    /// Proof that the checkpoint's log extends that one (RFC 9162 section 2.1.4).
    pub hashes: Vec<Digest>,
    /// The checkpoint as a signed note.
    pub checkpoint: String,
}

/// A text is no such request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("expected {expected}")]
pub struct RequestError {
    /// What belongs there.
    pub expected: &'static str,
}

impl Request {
    /// Reads a request. The checkpoint is not looked at.
    pub fn parse(text: &str) -> Result<Self, RequestError> {
        let wrong = |expected| RequestError { expected };
        if text.len() > REQUEST_BYTES_MAX {
            return Err(wrong("a request of at most 68 KiB"));
        }
        let (head, checkpoint) = text
            .split_once("\n\n")
            .ok_or(wrong("an empty line before the checkpoint"))?;
        let mut lines = head.split('\n');
        let digits = lines.next().and_then(|line| line.strip_prefix("old "));
        let old_size = digits
            .and_then(|digits| Some((digits, digits.parse::<u64>().ok()?)))
            .filter(|(digits, size)| size.to_string() == *digits)
            .map(|(_, size)| size)
            .ok_or(wrong("\"old \" and a size in the first line"))?;
        let hash = |line: &str| {
            let bytes: [u8; 32] = STANDARD.decode(line).ok()?.try_into().ok()?;
            Some(Digest::from_bytes(bytes))
        };
        let lines: Vec<&str> = lines.collect();
        if lines.len() > HASHES_MAX {
            return Err(wrong("at most 63 hashes"));
        }
        let hashes: Option<Vec<Digest>> = lines.into_iter().map(hash).collect();
        Ok(Request {
            old_size,
            hashes: hashes.ok_or(wrong("a hash of 32 bytes in base64 in each line"))?,
            checkpoint: checkpoint.to_owned(),
        })
    }
}

impl core::fmt::Display for Request {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        writeln!(f, "old {}", self.old_size)?;
        for hash in &self.hashes {
            writeln!(f, "{}", STANDARD.encode(hash.as_bytes()))?;
        }
        write!(f, "\n{}", self.checkpoint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_read_as_it_was_written() {
        for hashes in [vec![], vec![Digest::sha256(b"a"), Digest::sha256(b"b")]] {
            let request = Request {
                old_size: 20,
                hashes,
                checkpoint: "origin\n23\nabc=\n\n\u{2014} key AAAA\n".to_owned(),
            };
            assert_eq!(Request::parse(&request.to_string()), Ok(request));
        }
    }

    #[test]
    fn what_is_no_request_is_refused_with_what_belongs_there() {
        let expected = |text: &str| Request::parse(text).expect_err("refused").expected;
        assert!(expected("old 1\n").contains("empty line"));
        assert!(expected("old 01\n\nx").contains("size"));
        assert!(expected("new 1\n\nx").contains("\"old \""));
        assert!(expected("old 1\nAAAA\n\nx").contains("32 bytes"));
        let many = "old 1\n".to_owned() + &"AAAA\n".repeat(64) + "\nx";
        assert!(expected(&many).contains("63"));
        assert!(expected(&"x".repeat(REQUEST_BYTES_MAX + 1)).contains("68 KiB"));
    }
}
