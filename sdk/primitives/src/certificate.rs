//! More than two thirds of precommits for one value: proof that a block is final.

use serde::{Deserialize, Serialize};
use thiserror::Error;
use yilian_crypto::signed_note::{self, UnverifiedNote};
use yilian_crypto::{Digest, Namespace, Signature};

use crate::cbor::{Cbor, CborError, FieldWriter, Reader};
use crate::limits::{CERTIFICATE_BYTES_MAX, VALIDATORS_MAX};
use crate::{
    Address, BlockRef, CheckpointError, Height, Validator, ValidatorSet, commit_body,
    parse_commit_body,
};

/// Precommits of one height and round for one value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommitCertificate {
    /// Height that was decided.
    pub height: Height,
    /// Round in which it was decided.
    pub round: u32,
    /// What was decided.
    pub block: BlockRef,
    /// Precommit signatures in the order of the validator set, each over [`commit_body`].
    pub signatures: Vec<(Address, Signature)>,
}

/// A certificate proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CertificateError {
    /// Signed by a key outside the set.
    #[error("signer {address} is not in the validator set")]
    UnknownSigner {
        /// The signer.
        address: Address,
    },
    /// Signers stand twice or out of the set's order.
    #[error("signer {address} stands twice or out of order")]
    SignerOrder {
        /// The signer.
        address: Address,
    },
    /// A signature does not hold.
    #[error("the signature of {name} does not hold")]
    BadSignature {
        /// Name of the validator.
        name: String,
    },
    /// Not more than two thirds of the power signed.
    #[error("power {got} of {total} signed: expected more than two thirds")]
    NoQuorum {
        /// Power that signed.
        got: u64,
        /// Power of the whole set.
        total: u64,
    },
}

impl CommitCertificate {
    /// Namespaced hash, as the next header carries it.
    pub fn hash(&self) -> Digest {
        Digest::tagged(Namespace::CommitCertificate, &self.encode())
    }

    /// The text that every signature covers.
    pub fn body(&self, chain_id: &str) -> String {
        commit_body(chain_id, self.height, self.round, &self.block)
    }

    /// Verifies every signature and the quorum; gives the power that signed.
    ///
    /// Each field of the certificate is under the signatures but the address, and the address chooses the key.
    pub fn verify(&self, chain_id: &str, set: &ValidatorSet) -> Result<u64, CertificateError> {
        let body = self.body(chain_id);
        let mut power = 0u64;
        let mut last = None;
        for (address, signature) in &self.signatures {
            let index = set
                .index_of(address)
                .ok_or(CertificateError::UnknownSigner { address: *address })?;
            if last.is_some_and(|last| index <= last) {
                return Err(CertificateError::SignerOrder { address: *address });
            }
            last = Some(index);
            let validator = set.at(index).expect("the index was found in this set");
            validator
                .public_key
                .verify(body.as_bytes(), signature)
                .map_err(|_| CertificateError::BadSignature {
                    name: validator.name.clone(),
                })?;
            power = power.saturating_add(validator.power);
        }
        if set.is_quorum(power) {
            Ok(power)
        } else {
            Err(CertificateError::NoQuorum {
                got: power,
                total: set.total_power(),
            })
        }
    }

    /// The certificate as a C2SP signed note. Signers that are not in the set are left out.
    ///
    /// A key's name is `yilian/<chain id>/<validator name>`.
    pub fn to_signed_note(&self, chain_id: &str, set: &ValidatorSet) -> String {
        let signatures: Vec<_> = self
            .signatures
            .iter()
            .filter_map(|(address, signature)| {
                let validator = set.get(address)?;
                Some((
                    note_key_name(chain_id, &validator.name),
                    validator.public_key,
                    *signature,
                ))
            })
            .collect();
        signed_note::encode(&self.body(chain_id), &signatures)
    }

    /// Reads [`CommitCertificate::to_signed_note`]. Signatures of keys that are not in the set, such as cosignatures of
    /// witnesses, are left out; nothing is verified.
    pub fn of_signed_note(
        note: &UnverifiedNote,
        set: &ValidatorSet,
    ) -> Result<(String, Self), CheckpointError> {
        let (chain_id, height, round, block) = parse_commit_body(&note.text)?;
        let given = |validator: &Validator| {
            let name = note_key_name(&chain_id, &validator.name);
            let id = signed_note::key_id(&name, &validator.public_key);
            let mut lines = note.signatures.iter();
            let line = lines.find(|line| line.name == name && line.key_id == id)?;
            Some((validator.address(), line.ed25519()?))
        };
        let certificate = CommitCertificate {
            height,
            round,
            block,
            signatures: set.iter().filter_map(given).collect(),
        };
        Ok((chain_id, certificate))
    }

    /// Verifier keys of a set, one text each, as standard tools take them.
    pub fn verifier_keys(chain_id: &str, set: &ValidatorSet) -> Vec<String> {
        set.iter()
            .map(|v| signed_note::verifier_key(&note_key_name(chain_id, &v.name), &v.public_key))
            .collect()
    }
}

fn note_key_name(chain_id: &str, validator: &str) -> String {
    format!("{}/{validator}", crate::log_origin(chain_id))
}

/// `[1, height, round, header_hash, log_size, log_root, [* [address, signature]]]`.
impl Cbor for CommitCertificate {
    const WHAT: &'static str = "commit certificate";
    const BYTES_MAX: usize = CERTIFICATE_BYTES_MAX;

    fn write(&self, writer: &mut FieldWriter) {
        writer
            .array(7)
            .uint(1)
            .uint(self.height)
            .uint(u64::from(self.round))
            .digest(&self.block.header_hash)
            .uint(self.block.log_size)
            .digest(&self.block.log_root)
            .array(self.signatures.len());
        for (address, signature) in &self.signatures {
            writer
                .array(2)
                .bytes(address.as_bytes())
                .bytes(&signature.to_tagged());
        }
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        reader.array_of(7, "an array of 7")?;
        if reader.uint("version")? != 1 {
            return Err(reader.unexpected("version 1"));
        }
        let height = reader.uint("height")?;
        let round = reader.uint32("round")?;
        let block = BlockRef {
            header_hash: reader.digest("header hash")?,
            log_size: reader.uint("log size")?,
            log_root: reader.digest("log root")?,
        };
        let count = reader.array_up_to(VALIDATORS_MAX, "an array of signatures")?;
        let mut signatures = Vec::new();
        for _ in 0..count {
            reader.array_of(2, "address and signature")?;
            let address = reader.address("address of 20 bytes")?;
            signatures.push((address, reader.signature("tagged signature")?));
        }
        Ok(CommitCertificate {
            height,
            round,
            block,
            signatures,
        })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;
    use yilian_crypto::SecretKey;
    use yilian_crypto::signed_note::{NoteError, decode};

    const CHAIN: &str = "yilian-test";

    pub(crate) fn keys() -> Vec<SecretKey> {
        (1u8..=4)
            .map(|seed| SecretKey::from_seed([seed; 32]))
            .collect()
    }

    pub(crate) fn set() -> ValidatorSet {
        let validator = |(index, key): (usize, &SecretKey)| Validator {
            name: format!("centre-{index}"),
            public_key: key.public_key(),
            power: 1,
        };
        ValidatorSet::new(keys().iter().enumerate().map(validator).collect()).expect("a set")
    }

    pub(crate) fn certificate(signers: usize) -> CommitCertificate {
        let block = BlockRef {
            header_hash: Digest::sha256(b"header"),
            log_size: 12,
            log_root: Digest::sha256(b"log"),
        };
        let body = commit_body(CHAIN, 7, 0, &block);
        let set = set();
        let mut signatures: Vec<_> = keys()
            .iter()
            .map(|key| (Address::of(&key.public_key()), key.sign(body.as_bytes())))
            .collect();
        signatures.sort_by_key(|(address, _)| set.index_of(address));
        signatures.truncate(signers);
        CommitCertificate {
            height: 7,
            round: 0,
            block,
            signatures,
        }
    }

    #[test]
    fn three_of_four_are_a_quorum_and_two_are_not() {
        assert_eq!(certificate(3).verify(CHAIN, &set()), Ok(3));
        let refused = certificate(2).verify(CHAIN, &set());
        assert_eq!(
            refused,
            Err(CertificateError::NoQuorum { got: 2, total: 4 })
        );
    }

    #[test]
    fn every_field_is_bound_by_the_signatures() {
        let good = certificate(3);
        let changes: [fn(&mut CommitCertificate); 5] = [
            |c| c.height += 1,
            |c| c.round += 1,
            |c| c.block.log_size += 1,
            |c| c.block.log_root = Digest::ZERO,
            |c| c.block.header_hash = Digest::ZERO,
        ];
        for change in changes {
            let mut forged = good.clone();
            change(&mut forged);
            assert!(matches!(
                forged.verify(CHAIN, &set()),
                Err(CertificateError::BadSignature { .. })
            ));
        }
        assert!(good.verify("other-chain", &set()).is_err());
        let mut swapped = good.clone();
        swapped.signatures[1].0 = certificate(4).signatures[3].0;
        assert!(swapped.verify(CHAIN, &set()).is_err());
    }

    #[test]
    fn a_signer_counts_once() {
        let mut twice = certificate(2);
        twice.signatures.push(twice.signatures[1]);
        assert!(matches!(
            twice.verify(CHAIN, &set()),
            Err(CertificateError::SignerOrder { .. })
        ));
    }

    #[test]
    fn a_note_is_read_as_it_was_written_and_strangers_are_left_out() {
        let good = certificate(3);
        let mut note = good.to_signed_note(CHAIN, &set());
        note.push_str("\u{2014} stranger.example AAAAAAAAAAA=\n");
        let read = decode(&note).expect("a note");
        let read = CommitCertificate::of_signed_note(&read, &set());
        assert_eq!(read, Ok((CHAIN.to_owned(), good)));
    }

    /// The crate `signed_note` is Cloudflare's, written without knowledge of ours.
    #[test]
    fn a_foreign_verifier_accepts_the_note_and_refuses_a_flipped_bit() {
        use ::signed_note::{Note, StandardVerifier, VerifierList};
        let note = certificate(3).to_signed_note(CHAIN, &set());
        let verifiers = || {
            let keys = CommitCertificate::verifier_keys(CHAIN, &set());
            let boxed = keys.iter().map(|key| {
                let verifier = StandardVerifier::new(key).expect("a key");
                Box::new(verifier) as Box<dyn ::signed_note::Verifier>
            });
            VerifierList::new(boxed.collect())
        };
        let read = Note::from_bytes(note.as_bytes()).expect("a note");
        let (verified, unverified) = read.verify(&verifiers()).expect("verifies");
        assert_eq!((verified.len(), unverified.len()), (3, 0));
        let forged = note.replace("\n12\n", "\n13\n");
        let read = Note::from_bytes(forged.as_bytes()).expect("a note");
        assert!(read.verify(&verifiers()).is_err());
    }

    #[test]
    fn the_note_reads_back_with_our_own_decoder() -> Result<(), NoteError> {
        let note = decode(&certificate(4).to_signed_note(CHAIN, &set()))?;
        assert_eq!(note.text, certificate(4).body(CHAIN));
        assert_eq!(note.signatures.len(), 4);
        Ok(())
    }

    proptest! {
        #[test]
        fn certificates_round_trip(height: u64, round: u32, signers in 0usize..=4) {
            let certificate = CommitCertificate { height, round, ..certificate(signers) };
            prop_assert_eq!(CommitCertificate::decode(&certificate.encode()), Ok(certificate));
        }

        #[test]
        fn random_bytes_never_panic(bytes: Vec<u8>) {
            let _ = CommitCertificate::decode(&bytes);
        }
    }
}
