//! A bid's secret: what binds the bidder to a file before anybody may know either.
//!
//! The commitment says neither for which section nor by whom a bid was made (招标投标法 article 22: the number of bidders
//! is secret until the opening). Who loses this file can reveal nothing; it is written before anything is sent.

use std::path::Path;

use serde::{Deserialize, Serialize};
use yilian_crypto::{Digest, PublicKey, SecretKey, Signature, part};

use crate::context::{Context, Outcome};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::keyfile;
use crate::messages::M;

/// Tag of the hashed bytes, as the rule `bid-consistency` defines it.
const TAG: &str = "YILIAN/bid-commitment/v1";
/// Tag of the bytes that a one-time key signs, as the ledger `tender` defines it.
const LOCK_TAG: &str = "YILIAN/bid-lock/v1";

/// Tag of the bytes that a one-time key signs to give an inner key, as the ledger `tender` defines it.
const KEY_TAG: &str = "YILIAN/bid-key/v1";

/// The secret of one bid, as a JSON file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::commands) struct SealedBid {
    /// The section.
    pub(in crate::commands) tender: String,
    /// Unified social credit code of the bidder.
    pub(in crate::commands) bidder: String,
    /// Digest of the encrypted bid file.
    pub(in crate::commands) digest: Digest,
    /// 32 random bytes in hex: without them the commitment could be guessed.
    pub(in crate::commands) salt: String,
    /// What goes to the chain.
    pub(in crate::commands) commitment: Digest,
    /// Seed in hex of the one-time key that can withdraw or replace the bid, whoever sent it to the chain.
    pub(in crate::commands) secret: String,
}

impl SealedBid {
    /// Seals a bid with new randomness.
    pub(in crate::commands) fn seal(tender: &str, bidder: &str, digest: Digest) -> Self {
        let salt = keyfile::random();
        SealedBid {
            tender: tender.to_owned(),
            bidder: bidder.to_owned(),
            digest,
            salt: hex::encode(salt),
            commitment: commitment(tender, bidder, &digest, &salt),
            secret: hex::encode(keyfile::random()),
        }
    }

    /// Takes a key as its one-time key.
    pub(in crate::commands) fn adopt(&mut self, key: &SecretKey) {
        self.secret = hex::encode(key.seed());
    }

    /// The one-time key.
    fn key(&self) -> Option<SecretKey> {
        let mut seed = [0; 32];
        hex::decode_to_slice(&self.secret, &mut seed).ok()?;
        Some(SecretKey::from_seed(seed))
    }

    /// What the chain keeps of the one-time key.
    pub(in crate::commands) fn lock(&self) -> Option<PublicKey> {
        self.key().map(|key| key.public_key())
    }

    /// The one-time key's consent that another bid takes the place of this one, or that it is withdrawn.
    pub(in crate::commands) fn release(
        &self,
        chain_id: &str,
        by: Option<&Digest>,
    ) -> Option<Signature> {
        let by = by.map_or(&[][..], |digest| digest.as_bytes());
        let parts = [chain_id.as_bytes(), self.commitment.as_bytes(), by];
        self.key().map(|key| key.sign(&encode(LOCK_TAG, &parts)))
    }

    /// The one-time key's word that this locked key is the bid's.
    pub(in crate::commands) fn give_key(
        &self,
        chain_id: &str,
        locked_key: &str,
    ) -> Option<Signature> {
        let parts = [
            chain_id.as_bytes(),
            self.commitment.as_bytes(),
            locked_key.as_bytes(),
        ];
        self.key().map(|key| key.sign(&encode(KEY_TAG, &parts)))
    }

    /// Reads the file and checks that its commitment follows from the rest.
    pub(in crate::commands) fn read(context: &Context, path: &Path) -> Outcome<Self> {
        let bid: SealedBid = context.read_as(path)?;
        if bid.is_sound() {
            return Ok(bid);
        }
        Err(Failure::new(
            Exit::Forged,
            context.text(M::BidDamaged, &[("path", &path.display())]),
        ))
    }

    fn is_sound(&self) -> bool {
        let mut salt = [0; 32];
        hex::decode_to_slice(&self.salt, &mut salt).is_ok()
            && self.key().is_some()
            && commitment(&self.tender, &self.bidder, &self.digest, &salt) == self.commitment
    }

    /// Writes a new file that its owner alone can read.
    pub(in crate::commands) fn write(&self, context: &Context, path: &Path) -> Outcome<()> {
        let json = serde_json::to_string_pretty(self).expect("texts always serialise");
        keyfile::write_private(context.lang, path, &format!("{json}\n"))
    }
}

fn commitment(tender: &str, bidder: &str, digest: &Digest, salt: &[u8; 32]) -> Digest {
    let parts = [
        tender.as_bytes(),
        bidder.as_bytes(),
        digest.as_bytes(),
        salt,
    ];
    Digest::sha256(&encode(TAG, &parts))
}

/// `tag ‖ 0 ‖ parts`, each part behind its length. The tags are the contracts', which do not share the chain's list.
pub(in crate::commands) fn encode(tag: &str, parts: &[&[u8]]) -> Vec<u8> {
    let mut bytes = tag.as_bytes().to_vec();
    bytes.push(0);
    bytes.extend(parts.iter().flat_map(|one| part(one)));
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bid() -> SealedBid {
        SealedBid::seal("A01-1", "91620100MA90000090", Digest::sha256(b"file"))
    }

    #[test]
    fn two_seals_of_one_file_have_nothing_in_common() {
        let (one, two) = (bid(), bid());
        assert_ne!(one.commitment, two.commitment);
        assert_ne!(one.secret, two.secret);
        assert!(one.is_sound() && two.is_sound());
    }

    #[test]
    fn the_commitment_binds_section_bidder_file_and_salt() {
        let changes: [fn(&mut SealedBid); 4] = [
            |bid| bid.tender.push('x'),
            |bid| bid.bidder.push('x'),
            |bid| bid.digest = Digest::sha256(b"other"),
            |bid| bid.salt = "00".repeat(32),
        ];
        for change in changes {
            let mut changed = bid();
            change(&mut changed);
            assert!(!changed.is_sound(), "{changed:?}");
        }
    }

    #[test]
    fn a_release_is_for_one_chain_and_one_successor() {
        let bid = bid();
        let lock = bid.lock().expect("a key");
        let release = bid.release("yilian-local", None).expect("signed");
        let message = |chain: &str, by: &[u8]| {
            encode(LOCK_TAG, &[chain.as_bytes(), bid.commitment.as_bytes(), by])
        };
        assert!(lock.verify(&message("yilian-local", &[]), &release).is_ok());
        assert!(
            lock.verify(&message("yilian-other", &[]), &release)
                .is_err()
        );
        assert!(
            lock.verify(&message("yilian-local", &[0; 32]), &release)
                .is_err()
        );
    }

    /// Bytes spelt out from the definition in the rule `bid-consistency`.
    #[test]
    fn the_commitment_is_the_rules() {
        let digest = Digest::from_bytes([1; 32]);
        let mut bytes = b"YILIAN/bid-commitment/v1\0\0\0\0\x02T1\0\0\0\x02B1\0\0\0\x20".to_vec();
        bytes.extend_from_slice(&[1; 32]);
        bytes.extend_from_slice(b"\0\0\0\x20");
        bytes.extend_from_slice(&[2; 32]);
        assert_eq!(
            commitment("T1", "B1", &digest, &[2; 32]),
            Digest::sha256(&bytes)
        );
    }
}
