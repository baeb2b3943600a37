//! The bytes of everything the engine sends and logs.
//!
//! The engine's types have no encoding of their own. Each is copied into a form of plain fields, which [`yilian_primitives::codec`] writes behind a version byte. The log of the current height holds the same bytes, so a
//! change of version needs an empty log: halt all nodes at a height.

mod certificate_forms;
mod fields;
mod log;
mod sync_forms;
mod value_forms;
mod vote_forms;

pub(crate) use log::LogWire;

use bytes::Bytes;
use malachite_codec::{Codec, HasEncodedLen};
use malachite_core_consensus::{LivenessMsg, ProposedValue, SignedConsensusMsg};
use malachite_core_types::{PolkaCertificate, ValidatorProof};
use malachite_engine::util::streaming::StreamMessage;
use malachite_sync::{Request, Response, Status};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use thiserror::Error;
use yilian_crash_point::{Point, pass};
use yilian_primitives::codec::{self, CodecError};

use crate::context::YilianContext;
use crate::part::{CHUNK_BYTES, Part};

/// First byte of every message and log entry.
const VERSION: u8 = 1;
/// Longest vote, proposal, status, request or validator proof, in bytes.
const MESSAGE_BYTES_MAX: usize = 1_024;
/// Longest certificate: 128 votes of less than 300 bytes each.
const CERTIFICATE_BYTES_MAX: usize = 40 * 1_024;
/// Longest part of a block: a chunk and what stands around it.
pub(crate) const PART_BYTES_MAX: usize = CHUNK_BYTES + 1_024;
/// Longest answer of a peer that has what we miss. The engine is told a lower limit that follows the block size.
pub(crate) const RESPONSE_BYTES_MAX: usize = 64 << 20;

/// Writes and reads all messages.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wire;

/// Bytes are no message, or a message has no bytes.
#[derive(Debug, PartialEq, Eq, Error)]
pub(crate) enum WireError {
    #[error(transparent)]
    Codec(#[from] CodecError),
    #[error("version {got} of the messages: expected {VERSION}; do all nodes run one release?")]
    Version { got: u8 },
    #[error("{0}")]
    Disk(String),
    #[error("{what}: expected {expected}")]
    Field {
        what: &'static str,
        expected: &'static str,
    },
}

impl From<std::io::Error> for WireError {
    fn from(error: std::io::Error) -> Self {
        WireError::Disk(error.to_string())
    }
}

#[derive(Serialize, Deserialize)]
struct Versioned<T> {
    version: u8,
    body: T,
}

fn encode<T: Serialize>(body: T) -> Bytes {
    let version = VERSION;
    Bytes::from(codec::encode(&Versioned { version, body }))
}

fn decode<T, const MAX: usize>(bytes: &[u8]) -> Result<T, WireError>
where
    T: Serialize + DeserializeOwned,
{
    match bytes.first() {
        Some(&VERSION) | None => Ok(codec::decode::<Versioned<T>, MAX>(bytes)?.body),
        Some(&got) => Err(WireError::Version { got }),
    }
}

/// A type of the engine that has a form: written with `TryFrom<&T>`, read with `TryInto<T>`, of at most so many bytes.
macro_rules! codec {
    ($type:ty, $form:ty, $max:expr) => {
        impl Codec<$type> for Wire {
            type Error = WireError;

            fn encode(&self, message: &$type) -> Result<Bytes, WireError> {
                Ok(encode(<$form>::try_from(message)?))
            }

            fn decode(&self, bytes: Bytes) -> Result<$type, WireError> {
                decode::<$form, { $max }>(&bytes)?.try_into()
            }
        }
    };
}

/// What is signed goes to the network when it is in the log, and not before.
impl Codec<SignedConsensusMsg<YilianContext>> for Wire {
    type Error = WireError;

    fn encode(&self, message: &SignedConsensusMsg<YilianContext>) -> Result<Bytes, WireError> {
        pass(Point::Publish)?;
        Ok(encode(vote_forms::ConsensusForm::try_from(message)?))
    }

    fn decode(&self, bytes: Bytes) -> Result<SignedConsensusMsg<YilianContext>, WireError> {
        decode::<vote_forms::ConsensusForm, MESSAGE_BYTES_MAX>(&bytes)?.try_into()
    }
}

codec!(
    LivenessMsg<YilianContext>,
    certificate_forms::LivenessForm,
    CERTIFICATE_BYTES_MAX
);
codec!(
    PolkaCertificate<YilianContext>,
    certificate_forms::PolkaForm,
    CERTIFICATE_BYTES_MAX
);
codec!(
    ProposedValue<YilianContext>,
    value_forms::ProposedValueForm,
    MESSAGE_BYTES_MAX
);
codec!(
    ValidatorProof<YilianContext>,
    value_forms::ProofForm,
    MESSAGE_BYTES_MAX
);
codec!(StreamMessage<Part>, value_forms::StreamForm, PART_BYTES_MAX);
codec!(
    Status<YilianContext>,
    sync_forms::StatusForm,
    MESSAGE_BYTES_MAX
);
codec!(
    Request<YilianContext>,
    sync_forms::RequestForm,
    MESSAGE_BYTES_MAX
);
codec!(
    Response<YilianContext>,
    sync_forms::ResponseForm,
    RESPONSE_BYTES_MAX
);

impl Codec<Part> for Wire {
    type Error = WireError;

    fn encode(&self, part: &Part) -> Result<Bytes, WireError> {
        Ok(encode(part))
    }

    fn decode(&self, bytes: Bytes) -> Result<Part, WireError> {
        decode::<Part, PART_BYTES_MAX>(&bytes)
    }
}

impl HasEncodedLen<Response<YilianContext>> for Wire {
    fn encoded_len(&self, response: &Response<YilianContext>) -> Result<usize, WireError> {
        Ok(1 + sync_forms::response_length(response))
    }
}

#[cfg(test)]
mod tests;
