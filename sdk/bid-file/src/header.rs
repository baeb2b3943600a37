//! What stands before the chunks.

use std::io::{Read, Write};

use serde::{Deserialize, Serialize};
use yilian_crypto::{Digest, Namespace, part};
use yilian_primitives::json;
use yilian_release::{GroupKey, ReleaseSignature};
use yilian_threshold::LockedKey;
use zeroize::Zeroizing;

use crate::{BidFileError, inner_check, opening_identity};

/// First bytes of a file: a name, a zero byte, and the version.
const MAGIC: &[u8; 12] = b"YILIAN-BID\0\x01";
/// Longest header in bytes.
pub const HEADER_BYTES_MAX: usize = 4_096;

/// The terms of a sealed file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The chain.
    pub chain_id: String,
    /// The section.
    pub tender: String,
    /// Key of the group that opens the outer layer.
    pub group_key: GroupKey,
    /// The outer key, locked to the opening of the section.
    pub locked_key: LockedKey,
    /// Check value of the inner key.
    pub inner_check: Digest,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    chain_id: String,
    group_key: String,
    inner_check: Digest,
    locked_key: String,
    tender: String,
}

impl Header {
    /// A header for new keys. `randomness` is 32 fresh secret bytes.
    ///
    /// # Errors
    /// [`BidFileError::Form`] if nothing can be locked to the group's key.
    pub fn new(
        (chain_id, tender): (&str, &str),
        group_key: GroupKey,
        outer: &[u8; 32],
        inner: &[u8; 32],
        randomness: &[u8; 32],
    ) -> Result<Self, BidFileError> {
        let identity = opening_identity(tender);
        let locked = LockedKey::lock(chain_id, &group_key, &identity, outer, randomness);
        Ok(Header {
            chain_id: chain_id.to_owned(),
            tender: tender.to_owned(),
            group_key,
            locked_key: locked.map_err(|error| BidFileError::Form(error.to_string()))?,
            inner_check: inner_check(inner),
        })
    }

    /// Opens the outer key with the release, after checking that the release is the group's on this section.
    ///
    /// # Errors
    /// [`BidFileError::OuterKey`] if it is not.
    pub fn outer_key(
        &self,
        release: &ReleaseSignature,
    ) -> Result<Zeroizing<[u8; 32]>, BidFileError> {
        let identity = opening_identity(&self.tender);
        let holds = self.group_key.verify(&self.chain_id, &identity, release);
        holds.map_err(|_| BidFileError::OuterKey)?;
        let opened = self.locked_key.unlock(release);
        opened.map_err(|_| BidFileError::OuterKey)
    }

    /// The bytes as they stand in the file.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let text = Text {
            chain_id: self.chain_id.clone(),
            group_key: self.group_key.to_string(),
            inner_check: self.inner_check,
            locked_key: self.locked_key.to_string(),
            tender: self.tender.clone(),
        };
        json::canonical(&serde_json::to_value(text).expect("texts always serialise"))
    }

    pub(crate) fn write(&self, to: &mut dyn Write) -> Result<(), BidFileError> {
        let bytes = self.to_bytes();
        let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        to.write_all(MAGIC)?;
        to.write_all(&length.to_be_bytes())?;
        Ok(to.write_all(&bytes)?)
    }

    /// Reads what [`crate::seal`] wrote before the chunks.
    ///
    /// # Errors
    /// [`BidFileError::Form`] for anything else.
    pub fn read(from: &mut dyn Read) -> Result<Self, BidFileError> {
        let form = |what: &str| BidFileError::Form(what.to_owned());
        let (mut magic, mut length) = ([0; 12], [0; 4]);
        let ends = |_| form("it ends before its header");
        from.read_exact(&mut magic).map_err(ends)?;
        if magic != *MAGIC {
            return Err(form("it does not begin as one of version 1"));
        }
        from.read_exact(&mut length).map_err(ends)?;
        let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
        if length > HEADER_BYTES_MAX {
            return Err(form("its header is longer than 4096 bytes"));
        }
        let mut bytes = vec![0; length];
        from.read_exact(&mut bytes).map_err(ends)?;
        let header = Self::parse(&bytes)?;
        // One spelling: what is hashed into the content key is what is read.
        match header.to_bytes() == bytes {
            true => Ok(header),
            false => Err(form("its header is not canonical")),
        }
    }

    fn parse(bytes: &[u8]) -> Result<Self, BidFileError> {
        let form = |reason: String| BidFileError::Form(format!("header: {reason}"));
        let value = json::parse_strict(bytes).map_err(|error| form(error.to_string()))?;
        let text: Text = serde_json::from_value(value).map_err(|error| form(error.to_string()))?;
        Ok(Header {
            chain_id: text.chain_id,
            tender: text.tender,
            group_key: text
                .group_key
                .parse()
                .map_err(|error: yilian_release::ReleaseError| form(error.to_string()))?,
            locked_key: text
                .locked_key
                .parse()
                .map_err(|error: yilian_threshold::LockError| form(error.to_string()))?,
            inner_check: text.inner_check,
        })
    }

    /// The key of the content.
    pub(crate) fn content_key(&self, outer: &[u8; 32], inner: &[u8; 32]) -> Zeroizing<[u8; 32]> {
        let header = self.to_bytes();
        let parts = [
            Zeroizing::new(part(outer)),
            Zeroizing::new(part(inner)),
            Zeroizing::new(part(&header)),
        ];
        let parts = [&parts[0][..], &parts[1], &parts[2]];
        Zeroizing::new(*Digest::tagged_parts(Namespace::BidContent, &parts).as_bytes())
    }
}
