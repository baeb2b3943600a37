//! What clients asked and were told, in the order of one clock.

use std::time::Duration;

use yilian_primitives::TxId;

/// Where a transaction was said to be final.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub height: u64,
    pub log_index: u64,
}

/// What a client was told of a deposit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// It is final there.
    Final(Place),
    /// The node took it, and said no more in time.
    Accepted,
    /// Nothing: whether it was taken is not known.
    Nothing,
}

/// One deposit as its client saw it.
#[derive(Clone, Debug)]
pub struct Operation {
    pub client: usize,
    pub node: usize,
    pub id: TxId,
    /// Since the start of the run.
    pub invoked: Duration,
    pub completed: Duration,
    pub told: Told,
}

/// One look at a transaction that was final before.
#[derive(Clone, Debug)]
pub struct Look {
    pub node: usize,
    pub id: TxId,
    pub place: Place,
    /// What the node said; none if it did not know of it, or of no finality, yet.
    pub seen: Option<Place>,
}

/// Everything that clients saw.
#[derive(Debug, Default)]
pub struct History {
    pub operations: Vec<Operation>,
    pub looks: Vec<Look>,
}
