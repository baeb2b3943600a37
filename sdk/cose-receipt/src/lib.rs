//! Write inclusion proofs as COSE receipts.
//!
//! A receipt of RFC 9942 (verifiable data structure 1, `RFC9162_SHA256`) is one validator's signature over the root of the
//! log, with the path from a leaf to it. Tools of the SCITT architecture (RFC 9943) verify it with that validator's key and
//! the leaf alone. It is an export: one validator's word, where an evidence bundle has that of a quorum.
//!
//! The signing key never comes here: [`Receipt::to_be_signed`] gives the bytes, [`Receipt::signed`] takes the signature.
//! They begin as the CBOR array of a COSE `Sig_structure`, so they are no message of the protocol's own.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use coset::cbor::Value;
use coset::{CborSerializable as _, CoseSign1, CoseSign1Builder, HeaderBuilder, iana};
use thiserror::Error;
use yilian_crypto::{Digest, PublicKey, Signature};
use yilian_merkle::log::InclusionProof;

/// Media type (RFC 9052 section 2).
pub const MEDIA_TYPE: &str = "application/cose; cose-type=\"cose-sign1\"";

/// Header parameters and values of RFC 9942 sections 4 and 5.
const VERIFIABLE_DATA_STRUCTURE: i64 = 395;
const RFC9162_SHA256: i64 = 1;
const VERIFIABLE_DATA_PROOFS: i64 = 396;
const INCLUSION_PROOFS: i64 = -1;
/// CWT claims in a header (RFC 9597), and of them issuer and subject (RFC 8392).
const CWT_CLAIMS: i64 = 15;
const ISSUER: i64 = 1;
const SUBJECT: i64 = 2;

/// A receipt cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ReceiptError {
    /// The path has no hash: RFC 9942 section 5.2 demands one, so a log of one leaf has no receipts.
    #[error("the log has one leaf: a receipt needs at least two")]
    NoPath,
    /// The value cannot be encoded.
    #[error("the receipt cannot be encoded")]
    Encoding,
}

/// A receipt that is not signed yet.
#[derive(Clone, Debug)]
pub struct Receipt {
    unsigned: CoseSign1,
    root: Digest,
}

impl Receipt {
    /// A receipt for the leaf of a proof. `issuer` names the validator that signs, as `yilian/<chain id>/<name>`, and `key_id`
    /// its key; `subject` says what the leaf is.
    ///
    /// # Errors
    /// If the path is empty.
    pub fn new(
        proof: &InclusionProof,
        root: Digest,
        issuer: &str,
        key_id: &[u8],
        subject: &str,
    ) -> Result<Self, ReceiptError> {
        if proof.hashes.is_empty() {
            return Err(ReceiptError::NoPath);
        }
        let claims = Value::Map(vec![
            (ISSUER.into(), issuer.into()),
            (SUBJECT.into(), subject.into()),
        ]);
        let protected = HeaderBuilder::new()
            .algorithm(iana::Algorithm::EdDSA)
            .key_id(key_id.to_vec())
            .value(CWT_CLAIMS, claims)
            .value(VERIFIABLE_DATA_STRUCTURE, RFC9162_SHA256.into())
            .build();
        let path = proof.hashes.iter();
        let path = path.map(|hash| Value::Bytes(hash.as_bytes().to_vec()));
        let inclusion = Value::Array(vec![
            proof.size.into(),
            proof.index.into(),
            Value::Array(path.collect()),
        ]);
        let inclusion = inclusion.to_vec().map_err(|_| ReceiptError::Encoding)?;
        let proofs = Value::Map(vec![(
            INCLUSION_PROOFS.into(),
            Value::Array(vec![Value::Bytes(inclusion)]),
        )]);
        let unprotected = HeaderBuilder::new()
            .value(VERIFIABLE_DATA_PROOFS, proofs)
            .build();
        let unsigned = CoseSign1Builder::new()
            .protected(protected)
            .unprotected(unprotected)
            .build();
        Ok(Receipt { unsigned, root })
    }

    /// What the validator signs with Ed25519: the `Sig_structure` of RFC 9052 section 4.4 over the detached root.
    pub fn to_be_signed(&self) -> Vec<u8> {
        self.unsigned.tbs_detached_data(self.root.as_bytes(), b"")
    }

    /// The receipt: a tagged COSE_Sign1 whose payload, the root, is detached.
    pub fn signed(mut self, signature: &Signature) -> Result<Vec<u8>, ReceiptError> {
        use coset::TaggedCborSerializable as _;
        self.unsigned.signature = signature.to_bytes().to_vec();
        self.unsigned
            .to_tagged_vec()
            .map_err(|_| ReceiptError::Encoding)
    }
}

/// A validator's key as such tools take it: SubjectPublicKeyInfo in PEM (RFC 8410).
pub fn public_key_pem(key: &PublicKey) -> String {
    const PREFIX: [u8; 12] = [
        0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
    ];
    let base64 = STANDARD.encode([PREFIX.as_slice(), key.as_bytes()].concat());
    format!("-----BEGIN PUBLIC KEY-----\n{base64}\n-----END PUBLIC KEY-----\n")
}
