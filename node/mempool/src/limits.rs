//! Every limit of the pool, with its unit.

/// How much a pool holds. Each limit is inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolLimits {
    /// Most transactions.
    pub transactions: usize,
    /// Most bytes of transactions, as [`yilian_primitives::VerifiedTransaction::size_bytes`] counts them.
    pub bytes: usize,
    /// Most transactions of one [`crate::Sponsor`]. A trading system sends thousands at once; nobody fills the pool alone.
    pub per_sponsor: usize,
    /// Most bytes of one sponsor's transactions.
    pub bytes_per_sponsor: usize,
    /// Most parts of threshold releases, which have a lane of their own before all others.
    pub first_lane: usize,
}

impl Default for PoolLimits {
    /// A tender day: 10,000 submissions in the last minutes, several times over.
    fn default() -> Self {
        PoolLimits {
            transactions: 50_000,
            bytes: 256 << 20,
            per_sponsor: 12_500,
            bytes_per_sponsor: 64 << 20,
            first_lane: 10_000,
        }
    }
}

/// Ids of executed transactions that are remembered, so that a late copy from a peer does not come in again.
pub(crate) const RECENT_MAX: usize = 65_536;

/// Accepted transactions that may wait for the disk.
pub(crate) const WRITE_QUEUE: usize = 4_096;
/// Most transactions that go to the disk together.
pub(crate) const WRITE_TRANSACTIONS_MAX: usize = 256;
/// No more of them than have so many bytes, and one.
pub(crate) const WRITE_BYTES: usize = 4 << 20;
