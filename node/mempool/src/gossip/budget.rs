//! How much each peer may send.

use std::collections::HashMap;
use std::time::Instant;

use libp2p::PeerId;

use super::limits::{PEER_BURST_BYTES, PEER_BYTES_PER_SECOND, STRIKES};

/// Bytes and strikes per peer. Only pinned peers come here, so the maps stay small.
#[derive(Debug, Default)]
pub(super) struct Budgets {
    accounts: HashMap<PeerId, Account>,
}

#[derive(Debug)]
struct Account {
    bytes: u64,
    at: Instant,
    strikes: u32,
}

impl Budgets {
    fn account(&mut self, peer: PeerId, now: Instant) -> &mut Account {
        self.accounts.entry(peer).or_insert(Account {
            bytes: PEER_BURST_BYTES,
            at: now,
            strikes: 0,
        })
    }

    /// Takes the bytes from the peer's budget, if it has them.
    pub(super) fn spend(&mut self, peer: PeerId, bytes: usize, now: Instant) -> bool {
        let account = self.account(peer, now);
        let elapsed = now.saturating_duration_since(account.at).as_millis();
        let elapsed_ms = u64::try_from(elapsed).unwrap_or(u64::MAX);
        let earned = (PEER_BYTES_PER_SECOND / 1_000).saturating_mul(elapsed_ms);
        if earned > 0 {
            account.at = now;
        }
        account.bytes = account.bytes.saturating_add(earned).min(PEER_BURST_BYTES);
        match account.bytes.checked_sub(bytes as u64) {
            Some(left) => {
                account.bytes = left;
                true
            }
            None => false,
        }
    }

    /// Counts a malformed message; true when the peer must be cut off, and its count begins again.
    pub(super) fn strike(&mut self, peer: PeerId, now: Instant) -> bool {
        let account = self.account(peer, now);
        account.strikes = account.strikes.saturating_add(1);
        let out = account.strikes >= STRIKES;
        if out {
            account.strikes = 0;
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_peer_may_burst_and_then_gets_its_rate() {
        let (mut budgets, peer, now) = (Budgets::default(), PeerId::random(), Instant::now());
        assert!(budgets.spend(peer, PEER_BURST_BYTES as usize, now));
        assert!(!budgets.spend(peer, 1_000, now));
        assert!(budgets.spend(peer, 1_000, now + Duration::from_millis(1)));
        assert!(!budgets.spend(peer, 1 << 20, now + Duration::from_millis(2)));
        assert!(
            budgets.spend(PeerId::random(), 1 << 20, now),
            "others are not touched"
        );
    }

    #[test]
    fn the_last_strike_cuts_off() {
        let (mut budgets, peer, now) = (Budgets::default(), PeerId::random(), Instant::now());
        let strikes: Vec<bool> = (0..STRIKES).map(|_| budgets.strike(peer, now)).collect();
        assert_eq!(strikes.iter().filter(|out| **out).count(), 1);
        assert_eq!(strikes.last(), Some(&true));
    }
}
