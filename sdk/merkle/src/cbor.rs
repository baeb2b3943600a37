//! The deterministic CBOR form of proofs (RFC 8949 section 4.2.1).
//!
//! Objects are arrays with fixed positions. A decoder reads, encodes again and compares, so a proof has exactly one
//! encoding. Digests are byte strings of 33: the suite, then the hash.

use minicbor::data::Type;
use minicbor::{Decoder, Encoder};
use thiserror::Error;
use yilian_crypto::Digest;

/// Bytes are not the deterministic CBOR of a proof.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CborError {
    /// More bytes than such a proof can have.
    #[error("{what}: {got} bytes, expected at most {limit}")]
    TooLong {
        /// The kind of proof.
        what: &'static str,
        /// Length given, in bytes.
        got: usize,
        /// Length allowed, in bytes.
        limit: usize,
    },
    /// A field is missing, of another type, or out of its range.
    #[error("{what}: expected {expected}")]
    Field {
        /// The kind of proof.
        what: &'static str,
        /// What belongs there.
        expected: &'static str,
    },
    /// Not the deterministic encoding, or bytes are left over.
    #[error("{what}: not the deterministic encoding of its value")]
    NotDeterministic {
        /// The kind of proof.
        what: &'static str,
    },
}

/// A proof with exactly one CBOR encoding.
pub trait Cbor: Sized {
    /// Name in errors.
    const WHAT: &'static str;
    /// Longest encoding that is read, in bytes.
    const BYTES_MAX: usize;

    /// Writes the fields.
    #[doc(hidden)]
    fn write(&self, writer: &mut Writer);
    /// Reads the fields; determinism is checked by [`Cbor::from_cbor`].
    #[doc(hidden)]
    fn read(reader: &mut Reader<'_>) -> Result<Self, CborError>;

    /// The encoding.
    fn to_cbor(&self) -> Vec<u8> {
        let mut writer = Writer(Encoder::new(Vec::new()));
        self.write(&mut writer);
        writer.0.into_writer()
    }

    /// Reads the one encoding of a proof, and nothing after it.
    fn from_cbor(bytes: &[u8]) -> Result<Self, CborError> {
        let what = Self::WHAT;
        if bytes.len() > Self::BYTES_MAX {
            let (got, limit) = (bytes.len(), Self::BYTES_MAX);
            return Err(CborError::TooLong { what, got, limit });
        }
        let mut reader = Reader {
            what,
            decoder: Decoder::new(bytes),
        };
        let value = Self::read(&mut reader)?;
        if value.to_cbor() != bytes {
            return Err(CborError::NotDeterministic { what });
        }
        Ok(value)
    }
}

const MEMORY: &str = "writing to memory cannot fail";

/// Writes fields one after another.
#[derive(Debug)]
pub struct Writer(Encoder<Vec<u8>>);

impl Writer {
    pub(crate) fn array(&mut self, length: usize) -> &mut Self {
        self.0.array(length as u64).expect(MEMORY);
        self
    }

    pub(crate) fn uint(&mut self, value: u64) -> &mut Self {
        self.0.u64(value).expect(MEMORY);
        self
    }

    pub(crate) fn null(&mut self) -> &mut Self {
        self.0.null().expect(MEMORY);
        self
    }

    pub(crate) fn digest(&mut self, value: &Digest) -> &mut Self {
        self.0.bytes(&value.to_tagged()).expect(MEMORY);
        self
    }
}

/// Reads fields one after another.
#[derive(Debug)]
pub struct Reader<'b> {
    what: &'static str,
    decoder: Decoder<'b>,
}

impl Reader<'_> {
    fn unexpected(&self, expected: &'static str) -> CborError {
        let what = self.what;
        CborError::Field { what, expected }
    }

    pub(crate) fn array_of(
        &mut self,
        length: usize,
        expected: &'static str,
    ) -> Result<(), CborError> {
        if self.array_up_to(length, expected)? == length {
            Ok(())
        } else {
            Err(self.unexpected(expected))
        }
    }

    pub(crate) fn array_up_to(
        &mut self,
        limit: usize,
        expected: &'static str,
    ) -> Result<usize, CborError> {
        let length = match self.decoder.array() {
            Ok(Some(length)) => usize::try_from(length).ok(),
            _ => None,
        };
        length
            .filter(|length| *length <= limit)
            .ok_or_else(|| self.unexpected(expected))
    }

    pub(crate) fn uint(&mut self, expected: &'static str) -> Result<u64, CborError> {
        self.decoder.u64().map_err(|_| self.unexpected(expected))
    }

    /// Takes a null if one stands here.
    pub(crate) fn is_null(&mut self) -> bool {
        matches!(self.decoder.datatype(), Ok(Type::Null)) && self.decoder.null().is_ok()
    }

    pub(crate) fn digest(&mut self, expected: &'static str) -> Result<Digest, CborError> {
        let tagged = self.decoder.bytes().ok().map(Digest::from_tagged);
        match tagged {
            Some(Ok(digest)) => Ok(digest),
            _ => Err(self.unexpected(expected)),
        }
    }

    pub(crate) fn digests(
        &mut self,
        limit: usize,
        expected: &'static str,
    ) -> Result<Vec<Digest>, CborError> {
        let count = self.array_up_to(limit, expected)?;
        (0..count).map(|_| self.digest(expected)).collect()
    }
}
