//! Where the engine's log stands and whether all of it is there, read before the engine starts.
//!
//! The engine begins its log anew at each height, and only after the block before is durable. So a log that stands more
//! than one height above the chain says that committed blocks were lost; the engine itself would forget the votes in it.
//!
//! It also forgets what stands behind a damaged entry: it cuts the log there, stops, and at the next start votes as if it
//! never had. So damage is found here first, and the file stays as it is. What a crash leaves is no damage: the last entry
//! was being appended, and its vote did not go to the network.
//!
//! The layout is that of `arc-malachitebft-wal`: version (4 bytes), height (8), and for each entry whether it is compressed
//! (1), length (8), CRC-32 (4) and bytes; all integers big-endian.

use std::io;
use std::path::Path;

use malachite_core_consensus::Input;
use malachite_engine::wal::decode_entry;
use thiserror::Error;
use yilian_primitives::Height;

use crate::context::YilianContext;
use crate::engine::WAL;
use crate::wire::LogWire;

/// Bytes before the first entry.
const HEADER_BYTES: usize = 12;
/// Bytes before those of an entry.
const ENTRY_HEADER_BYTES: usize = 13;

/// The log cannot be trusted.
#[derive(Debug, Error)]
pub enum LogError {
    /// The file is there and cannot be read.
    #[error("{0}")]
    File(#[from] io::Error),
    /// Something in it was changed: votes that this validator cast may be gone.
    #[error("entry {entry} at byte {offset} is damaged: {reason}")]
    Damaged {
        /// Number of the entry, from 0.
        entry: usize,
        /// Where it begins.
        offset: usize,
        /// What does not fit.
        reason: String,
    },
}

/// The height whose votes are in the log of a home directory; none if there is no log, or one without a height.
///
/// # Errors
/// The file cannot be read, or an entry before its end is damaged.
pub fn logged_height(home: &Path) -> Result<Option<Height>, LogError> {
    let log = match std::fs::read(home.join(WAL)) {
        Ok(log) => log,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    // The engine judges what is too short to be a log.
    let Some(height) = log.get(4..HEADER_BYTES).and_then(number) else {
        return Ok(None);
    };
    let (mut offset, mut entry) = (HEADER_BYTES, 0);
    while let Some(next) = entry_at(&log, offset) {
        let damaged = |reason: String| LogError::Damaged {
            entry,
            offset,
            reason,
        };
        let bytes = next.ok_or_else(|| damaged("its checksum differs".to_owned()))?;
        check(bytes, height).map_err(damaged)?;
        (offset, entry) = (offset + ENTRY_HEADER_BYTES + bytes.len(), entry + 1);
    }
    // Half an entry is what a crash leaves, at the end and nowhere else.
    let behind =
        (offset + 1..log.len()).find(|at| matches!(entry_at(&log, *at), Some(Some([_, ..]))));
    match behind {
        None => Ok(Some(height)),
        Some(at) => Err(LogError::Damaged {
            entry,
            offset,
            reason: format!("its length is beyond the end, and another entry stands at byte {at}"),
        }),
    }
}

fn number(bytes: &[u8]) -> Option<u64> {
    Some(u64::from_be_bytes(bytes.try_into().ok()?))
}

/// The bytes of the entry that begins there, or nothing in their place if the checksum differs; none if it ends beyond the
/// log's end.
fn entry_at(log: &[u8], offset: usize) -> Option<Option<&[u8]>> {
    let (header, rest) = log.get(offset..)?.split_at_checked(ENTRY_HEADER_BYTES)?;
    let length = usize::try_from(number(&header[1..9])?).ok()?;
    let bytes = rest.get(..length)?;
    let checksum = crc32fast::hash(bytes).to_be_bytes();
    Some((header[0] == 0 && checksum == header[9..]).then_some(bytes))
}

/// An entry is of the height of its log. One of the height before is left where a crash came between the new height and the
/// removal of the old entries; the engine passes it over.
fn check(bytes: &[u8], height: Height) -> Result<(), String> {
    let entry = decode_entry::<YilianContext, _, _>(&LogWire, bytes);
    let of = match entry.map_err(|error| error.to_string())? {
        Input::Vote(vote) => vote.message.height,
        Input::Proposal(proposal) => proposal.message.height,
        Input::ProposedValue(value, _) => value.height,
        Input::PolkaCertificate(certificate) => certificate.height,
        _ => return Ok(()),
    };
    match of.0 == height || of.0.checked_add(1) == Some(height) {
        true => Ok(()),
        false => Err(format!("it is of height {}, and the log of {height}", of.0)),
    }
}

#[cfg(test)]
mod tests {
    use malachite_core_types::{Round, SignedMessage, VoteType};
    use malachite_engine::wal::encode_entry;
    use yilian_crypto::SecretKey;
    use yilian_primitives::Address;

    use super::*;
    use crate::context::{self, Vote};

    fn entry(height: Height, round: u32) -> Vec<u8> {
        let key = SecretKey::from_seed([1; 32]);
        let vote = Vote {
            kind: VoteType::Prevote,
            height: context::Height(height),
            round: Round::new(round),
            value: malachite_core_types::NilOrVal::Nil,
            address: context::Address(Address::of(&key.public_key())),
        };
        let vote = SignedMessage::new(vote, key.sign(b"anything"));
        let mut bytes = Vec::new();
        let input = Input::<YilianContext>::Vote(vote);
        encode_entry(input, &LogWire, &mut bytes).expect("encodes");
        let length = (bytes.len() as u64).to_be_bytes();
        let checksum = crc32fast::hash(&bytes).to_be_bytes();
        [&[0], length.as_slice(), &checksum, &bytes].concat()
    }

    fn log(height: Height, entries: &[Vec<u8>]) -> Vec<u8> {
        let header = [1u32.to_be_bytes().as_slice(), &height.to_be_bytes()].concat();
        [header, entries.concat()].concat()
    }

    fn read(log: &[u8]) -> Result<Option<Height>, LogError> {
        let home = tempfile::tempdir().expect("folder");
        std::fs::write(home.path().join(WAL), log).expect("writes");
        logged_height(home.path())
    }

    #[test]
    fn the_height_of_a_log_is_read_and_nothing_else_is_guessed() {
        let home = tempfile::tempdir().expect("folder");
        assert_eq!(logged_height(home.path()).expect("reads"), None);
        assert_eq!(read(&[0, 0, 0, 1, 0, 0, 0]).expect("reads"), None);
        let started = log(258, &[]);
        assert_eq!(read(&started).expect("reads"), Some(258));
    }

    #[test]
    fn what_a_crash_leaves_is_no_damage() {
        let entries = [entry(9, 0), entry(9, 1)];
        let whole = log(9, &entries);
        for cut in 0..entries[1].len() {
            let torn = &whole[..whole.len() - cut];
            assert_eq!(read(torn).expect("as a crash leaves it"), Some(9), "{cut}");
        }
        // A new height is there, and the entries of the old one are not removed yet.
        assert_eq!(read(&log(10, &entries)).expect("reads"), Some(10));
    }

    #[test]
    fn any_changed_bit_of_an_entry_before_the_last_is_found() {
        let entries = [entry(9, 0), entry(9, 1)];
        let whole = log(9, &entries);
        for bit in HEADER_BYTES * 8..(HEADER_BYTES + entries[0].len()) * 8 {
            let mut changed = whole.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            let found = read(&changed);
            assert!(
                matches!(found, Err(LogError::Damaged { entry: 0, .. })),
                "bit {bit}: {found:?}"
            );
        }
        for height in [8, 11, 137] {
            assert!(read(&log(height, &entries)).is_err(), "{height}");
        }
    }
}
