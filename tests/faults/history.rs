//! What clients asked and were told, in the order of one clock.

use std::time::Duration;

use yilian_primitives::TxId;

/// Where a transaction was said to be final.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) height: u64,
    pub(crate) log_index: u64,
}

/// What a client was told of a deposit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// It is final there.
    Final(Place),
    /// The node took it, and said no more in time.
    Accepted,
    /// Nothing: whether it was taken is not known.
    Nothing,
}

/// One deposit as its client saw it.
#[derive(Clone, Debug)]
pub(crate) struct Operation {
    pub(crate) client: usize,
    pub(crate) node: usize,
    pub(crate) id: TxId,
    /// Since the start of the run.
    pub(crate) invoked: Duration,
    pub(crate) completed: Duration,
    pub(crate) told: Told,
}

/// One look at a transaction that was final before.
#[derive(Clone, Debug)]
pub(crate) struct Look {
    pub(crate) node: usize,
    pub(crate) id: TxId,
    pub(crate) place: Place,
    /// What the node said; none if it did not know of it, or of no finality, yet.
    pub(crate) seen: Option<Place>,
}

/// Everything that clients saw.
#[derive(Debug, Default)]
pub(crate) struct History {
    pub(crate) operations: Vec<Operation>,
    pub(crate) looks: Vec<Look>,
}
