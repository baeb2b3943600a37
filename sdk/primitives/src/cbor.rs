//! Deterministic CBOR (RFC 8949 section 4.2.1) for everything outsiders verify.
//!
//! Objects are arrays with fixed positions; no maps, no floats, no indefinite lengths, no tags. A decoder reads, encodes
//! again and compares, so a value has exactly one encoding.

use minicbor::{Decoder, Encoder};
use thiserror::Error;
use yilian_crypto::{Digest, PublicKey, Signature};

use crate::Address;

/// Writes CBOR into memory, where writing cannot fail.
pub type Writer = Encoder<Vec<u8>>;

/// Bytes are not the deterministic CBOR of an object.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CborError {
    /// More bytes than the format allows.
    #[error("{what}: {got} bytes, expected at most {limit}")]
    TooLong {
        /// The object that was read.
        what: &'static str,
        /// Length given, in bytes.
        got: usize,
        /// Length allowed, in bytes.
        limit: usize,
    },
    /// A field is missing, of another type, or out of its range.
    #[error("{what}: expected {expected}")]
    Field {
        /// The object that was read.
        what: &'static str,
        /// What belongs there.
        expected: &'static str,
    },
    /// Not the deterministic encoding, or bytes are left over.
    #[error("{what}: not the deterministic encoding of its value")]
    NotDeterministic {
        /// The object that was read.
        what: &'static str,
    },
}

/// An object with exactly one CBOR encoding.
pub trait Cbor: Sized {
    /// Name in errors.
    const WHAT: &'static str;
    /// Longest encoding that is read, in bytes.
    const BYTES_MAX: usize;

    /// Writes the object.
    fn write(&self, writer: &mut FieldWriter);
    /// Reads the object; determinism is checked by [`Cbor::decode`].
    fn read(reader: &mut Reader<'_>) -> Result<Self, CborError>;

    /// The encoding.
    fn encode(&self) -> Vec<u8> {
        let mut writer = FieldWriter::default();
        self.write(&mut writer);
        writer.into_bytes()
    }

    /// Reads the one encoding of an object, and nothing after it.
    fn decode(bytes: &[u8]) -> Result<Self, CborError> {
        if bytes.len() > Self::BYTES_MAX {
            let (got, limit) = (bytes.len(), Self::BYTES_MAX);
            return Err(CborError::TooLong {
                what: Self::WHAT,
                got,
                limit,
            });
        }
        let value = Self::read(&mut Reader::new(Self::WHAT, bytes))?;
        if value.encode() != bytes {
            return Err(CborError::NotDeterministic { what: Self::WHAT });
        }
        Ok(value)
    }
}

/// Writes fields one after another.
#[derive(Debug)]
pub struct FieldWriter(Writer);

impl Default for FieldWriter {
    fn default() -> Self {
        FieldWriter(Encoder::new(Vec::new()))
    }
}

const MEMORY: &str = "writing to memory cannot fail";

impl FieldWriter {
    /// Head of an array of `length` items.
    pub fn array(&mut self, length: usize) -> &mut Self {
        self.0.array(length as u64).expect(MEMORY);
        self
    }

    /// An unsigned integer.
    pub fn uint(&mut self, value: u64) -> &mut Self {
        self.0.u64(value).expect(MEMORY);
        self
    }

    /// A text string.
    pub fn text(&mut self, value: &str) -> &mut Self {
        self.0.str(value).expect(MEMORY);
        self
    }

    /// A byte string.
    pub fn bytes(&mut self, value: &[u8]) -> &mut Self {
        self.0.bytes(value).expect(MEMORY);
        self
    }

    /// A tagged digest: byte string of 33.
    pub fn digest(&mut self, value: &Digest) -> &mut Self {
        self.bytes(&value.to_tagged())
    }

    /// A null.
    pub fn null(&mut self) -> &mut Self {
        self.0.null().expect(MEMORY);
        self
    }

    /// A tagged digest or null.
    pub fn digest_or_null(&mut self, value: Option<&Digest>) -> &mut Self {
        match value {
            Some(digest) => self.digest(digest),
            None => self.null(),
        }
    }

    /// An unsigned integer or null.
    pub fn uint_or_null(&mut self, value: Option<u64>) -> &mut Self {
        match value {
            Some(value) => self.uint(value),
            None => self.null(),
        }
    }

    /// The bytes written so far.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0.into_writer()
    }
}

/// Reads fields one after another.
#[derive(Debug)]
pub struct Reader<'b> {
    what: &'static str,
    decoder: Decoder<'b>,
}

impl<'b> Reader<'b> {
    /// Reads the fields of the object called `what`.
    pub fn new(what: &'static str, bytes: &'b [u8]) -> Self {
        Reader {
            what,
            decoder: Decoder::new(bytes),
        }
    }

    /// The error that a field is not what was expected.
    pub fn unexpected(&self, expected: &'static str) -> CborError {
        CborError::Field {
            what: self.what,
            expected,
        }
    }

    /// Head of an array; its length.
    pub fn array(&mut self, expected: &'static str) -> Result<u64, CborError> {
        match self.decoder.array() {
            Ok(Some(length)) => Ok(length),
            _ => Err(self.unexpected(expected)),
        }
    }

    /// Head of an array of exactly `length` items.
    pub fn array_of(&mut self, length: u64, expected: &'static str) -> Result<(), CborError> {
        match self.array(expected)? {
            got if got == length => Ok(()),
            _ => Err(self.unexpected(expected)),
        }
    }

    /// Head of an array of at most `limit` items.
    pub fn array_up_to(
        &mut self,
        limit: usize,
        expected: &'static str,
    ) -> Result<usize, CborError> {
        match usize::try_from(self.array(expected)?) {
            Ok(length) if length <= limit => Ok(length),
            _ => Err(self.unexpected(expected)),
        }
    }

    /// An unsigned integer.
    pub fn uint(&mut self, expected: &'static str) -> Result<u64, CborError> {
        self.decoder.u64().map_err(|_| self.unexpected(expected))
    }

    /// An unsigned integer of 32 bits.
    pub fn uint32(&mut self, expected: &'static str) -> Result<u32, CborError> {
        self.decoder.u32().map_err(|_| self.unexpected(expected))
    }

    /// A text string of at most `limit` bytes.
    pub fn text(&mut self, limit: usize, expected: &'static str) -> Result<String, CborError> {
        match self.decoder.str() {
            Ok(text) if text.len() <= limit => Ok(text.to_owned()),
            _ => Err(self.unexpected(expected)),
        }
    }

    /// A byte string of at most `limit` bytes.
    pub fn bytes(&mut self, limit: usize, expected: &'static str) -> Result<&'b [u8], CborError> {
        match self.decoder.bytes() {
            Ok(bytes) if bytes.len() <= limit => Ok(bytes),
            _ => Err(self.unexpected(expected)),
        }
    }

    /// A tagged digest.
    pub fn digest(&mut self, expected: &'static str) -> Result<Digest, CborError> {
        Digest::from_tagged(self.bytes(33, expected)?).map_err(|_| self.unexpected(expected))
    }

    /// A tagged digest or null.
    pub fn digest_or_null(&mut self, expected: &'static str) -> Result<Option<Digest>, CborError> {
        if self.null() {
            Ok(None)
        } else {
            self.digest(expected).map(Some)
        }
    }

    /// An unsigned integer or null.
    pub fn uint_or_null(&mut self, expected: &'static str) -> Result<Option<u64>, CborError> {
        if self.null() {
            Ok(None)
        } else {
            self.uint(expected).map(Some)
        }
    }

    /// A tagged public key.
    pub fn public_key(&mut self, expected: &'static str) -> Result<PublicKey, CborError> {
        PublicKey::from_tagged(self.bytes(33, expected)?).map_err(|_| self.unexpected(expected))
    }

    /// A tagged signature.
    pub fn signature(&mut self, expected: &'static str) -> Result<Signature, CborError> {
        Signature::from_tagged(self.bytes(65, expected)?).map_err(|_| self.unexpected(expected))
    }

    /// A validator address.
    pub fn address(&mut self, expected: &'static str) -> Result<Address, CborError> {
        let bytes = self.bytes(Address::LENGTH, expected)?;
        bytes
            .try_into()
            .map(Address::from_bytes)
            .map_err(|_| self.unexpected(expected))
    }

    /// Takes a null, if one stands here.
    pub fn null(&mut self) -> bool {
        let is_null = matches!(self.decoder.datatype(), Ok(minicbor::data::Type::Null));
        is_null && self.decoder.null().is_ok()
    }
}
