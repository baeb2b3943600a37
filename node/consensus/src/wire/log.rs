//! The messages as the engine's log holds them: the same bytes, with a point before each is appended.

use bytes::Bytes;
use malachite_codec::Codec;
use malachite_core_consensus::{ProposedValue, SignedConsensusMsg};
use malachite_core_types::PolkaCertificate;
use yilian_crash_point::{Point, pass};

use super::{Wire, WireError, certificate_forms, encode, value_forms, vote_forms};
use crate::context::YilianContext;

/// Writes and reads entries of the log.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LogWire;

/// Entries have the bytes of messages. An error here is one of the disk to the engine, and it stops.
macro_rules! entry {
    ($type:ty, $form:ty) => {
        impl Codec<$type> for LogWire {
            type Error = WireError;

            fn encode(&self, message: &$type) -> Result<Bytes, WireError> {
                pass(Point::LogEntry)?;
                Ok(encode(<$form>::try_from(message)?))
            }

            fn decode(&self, bytes: Bytes) -> Result<$type, WireError> {
                Wire.decode(bytes)
            }
        }
    };
}

entry!(SignedConsensusMsg<YilianContext>, vote_forms::ConsensusForm);
entry!(ProposedValue<YilianContext>, value_forms::ProposedValueForm);
entry!(
    PolkaCertificate<YilianContext>,
    certificate_forms::PolkaForm
);
