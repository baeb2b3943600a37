//! Every limit of gossip, with its unit.

use std::time::Duration;

use yilian_primitives::limits::TRANSACTION_BYTES_MAX;

/// A batch goes out when it holds this many bytes. A larger transaction goes alone.
pub(super) const BATCH_BYTES: usize = 64 << 10;
/// Most transactions in a batch, sent or taken.
pub(super) const BATCH_TRANSACTIONS_MAX: usize = 256;
/// A batch goes out at the latest after this time.
pub(super) const BATCH_WAIT: Duration = Duration::from_millis(50);
/// Largest message, sent or taken, in bytes: one transaction of the largest size with its frame.
pub(super) const MESSAGE_BYTES_MAX: usize = TRANSACTION_BYTES_MAX + 4_096;
/// Transactions that wait to be sent.
pub(super) const PUBLISH_QUEUE: usize = 16_384;

/// Messages that wait for their check; more are dropped.
pub(super) const CHECK_QUEUE: usize = 256;
/// Messages checked at once.
pub(super) const CHECKS_AT_ONCE: usize = 4;
/// Bytes per second that one peer may send for long.
pub(super) const PEER_BYTES_PER_SECOND: u64 = 8 << 20;
/// Bytes that one peer may send at once.
pub(super) const PEER_BURST_BYTES: u64 = 32 << 20;
/// Malformed messages after which a peer is cut off.
pub(super) const STRIKES: u32 = 5;
/// How long a peer stays cut off, also over reconnects.
pub(super) const BAN: Duration = Duration::from_secs(600);

/// How often waiting transactions are looked through.
pub(super) const ANNOUNCE_INTERVAL: Duration = Duration::from_secs(4);
/// After a peer has joined, its announcement comes this soon.
pub(super) const ANNOUNCE_TO_NEWCOMER: Duration = Duration::from_millis(500);
/// Transactions that others took are announced after so many intervals.
pub(super) const ANNOUNCE_FOREIGN_EVERY: u64 = 8;
/// Most bytes announced again per interval.
pub(super) const ANNOUNCE_BYTES: usize = 1 << 20;

/// How often absent peers are looked through.
pub(super) const DIAL_INTERVAL: Duration = Duration::from_millis(250);
/// First pause after a failed dial; it doubles.
pub(super) const DIAL_PAUSE_MIN: Duration = Duration::from_millis(500);
/// Longest pause between dials.
pub(super) const DIAL_PAUSE_MAX: Duration = Duration::from_secs(20);
/// Handshakes of strangers at once.
pub(super) const HANDSHAKES_MAX: u32 = 64;
/// Longest handshake.
pub(super) const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// Connections of one peer. Two when both dialled at once; older ones are closed.
pub(super) const CONNECTIONS_PER_PEER: usize = 2;
