//! Every limit of the interface, with its unit.

use std::time::Duration;

/// Longest request target (path and query) in bytes.
pub(crate) const TARGET_BYTES_MAX: usize = 4_096;
/// Largest body of a query in bytes: the arguments' own limit with its frame.
pub(crate) const QUERY_BODY_BYTES_MAX: usize = 1 << 20;
/// Largest question for evidence in bytes.
pub(crate) const QUESTION_BODY_BYTES_MAX: usize = 4 << 20;
/// Most claims in one question.
pub(crate) const CLAIMS_MAX: usize = 50_000;
/// Most blocks in one listing.
pub(crate) const BLOCKS_LIMIT_MAX: u64 = 200;
/// Blocks in a listing that asks for no number.
pub(crate) const BLOCKS_LIMIT_DEFAULT: u64 = 20;
/// Longest contract's key that may be asked for, in bytes.
pub(crate) const STATE_KEY_BYTES_MAX: usize = 256;

/// Longest a client may wait for finality.
pub(crate) const WAIT_MAX_MS: u64 = 30_000;
/// How long it waits if it names no time.
pub(crate) const WAIT_DEFAULT_MS: u64 = 15_000;
/// Longest a request may take, its body included.
pub(crate) const REQUEST_TIMEOUT: Duration = Duration::from_secs(40);
/// A connection over which nothing was sent to the client for this long is closed. Longer than any answer takes.
pub(crate) const SILENCE_MAX: Duration = Duration::from_secs(60);
/// After a stop is asked for, requests under way get this long.
pub(crate) const STOP_GRACE: Duration = Duration::from_secs(5);

/// Requests under way at once. Fewer than connections, so that `/healthz` is always reached.
pub(crate) const REQUESTS_MAX: usize = 1_536;
/// Submissions that wait for finality at once; others are answered as accepted.
pub(crate) const WAITS_MAX: usize = 1_024;
/// Memory for request bodies, all requests together, in KiB.
pub(crate) const BODIES_KIB: usize = 128 << 10;
/// Of a body that is too large, so much is read and thrown away, so that the client gets its answer.
pub(crate) const DRAINED_BYTES_MAX: usize = 16 << 20;
/// A body must have arrived within this time.
pub(crate) const BODY_TIMEOUT: Duration = Duration::from_secs(15);
/// Connections at once.
pub const CONNECTIONS_MAX: usize = 2_048;
/// Connections of one address at once. Loopback has no such limit: a gateway or portal stands there.
pub(crate) const CONNECTIONS_PER_ADDRESS: usize = 256;
/// Cheap reads at once.
pub(crate) const READS_AT_ONCE: usize = 32;
/// Proofs and queries at once.
pub(crate) const HEAVY_READS_AT_ONCE: usize = 4;
/// Submissions at once.
pub(crate) const SUBMISSIONS_AT_ONCE: usize = 64;

/// Event streams at once.
pub(crate) const STREAMS_MAX: usize = 256;
/// Silence in an event stream is broken by a comment after this time.
pub(crate) const STREAM_HEARTBEAT: Duration = Duration::from_secs(15);
/// Blocks of which the events are read at once.
pub(crate) const STREAM_BLOCKS: u64 = 64;
/// Once so many events are read, no further block is.
pub(crate) const STREAM_EVENTS: usize = 256;
