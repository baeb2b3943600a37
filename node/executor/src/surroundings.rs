//! What surrounds every call of one block.

use std::sync::Arc;

use yilian_chain_spec::Parameters;
use yilian_primitives::{Height, TimestampMs, ValidatorSet};
use yilian_vm::Vm;

use crate::session::Session;

/// What is the same for every call of a block.
#[derive(Clone)]
pub(crate) struct Surroundings {
    pub(crate) vm: Vm<Session>,
    pub(crate) chain_id: Arc<str>,
    pub(crate) parameters: Arc<Parameters>,
    /// Those who decide the block.
    pub(crate) validators: Arc<ValidatorSet>,
    pub(crate) height: Height,
    pub(crate) time_ms: TimestampMs,
}
