//! Follow a log and cosign what only grew.
//!
//! A [`Follower`] knows one log, who may certify it, and the last checkpoint that it saw. It takes a newer checkpoint only
//! with the proof that the log of the older one is its beginning; anything else is named: no quorum, a fork, a rollback.
//! A witness is a follower with a key, asked over HTTP by [`Request`] (c2sp.org/tlog-witness).
//!
//! Nothing here touches network, disk or clock: the programs do.

mod follow;
mod request;

pub use follow::{Certified, Follower, Next, Progress, Refused, Seen};
pub use request::{REQUEST_BYTES_MAX, Request, RequestError};
