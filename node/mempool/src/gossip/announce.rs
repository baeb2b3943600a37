//! Decides which waiting transactions are announced again.
//!
//! Each validator answers for what its own clients gave it. What others took is announced too, but late: only if its
//! first holder has gone.

use std::collections::BTreeSet;

use yilian_primitives::{TxId, VerifiedTransaction};

use super::limits::{ANNOUNCE_BYTES, ANNOUNCE_FOREIGN_EVERY};

#[derive(Debug, Default)]
pub(super) struct Announcer {
    /// Transactions this node took from a client, as far as they wait.
    own: BTreeSet<TxId>,
    /// What waited at the last look.
    waited: BTreeSet<TxId>,
    /// What waited when others' transactions were last looked at.
    waited_long: BTreeSet<TxId>,
    /// Announced in this turn; when everything was, the next turn begins.
    told: BTreeSet<TxId>,
    looks: u64,
}

impl Announcer {
    /// A transaction of an own client.
    pub(super) fn took(&mut self, id: TxId) {
        self.own.insert(id);
    }

    /// What to announce, of everything that waits. A newcomer is told what is own at once; otherwise a transaction is
    /// given one interval to be executed.
    pub(super) fn due(
        &mut self,
        waiting: &[VerifiedTransaction],
        newcomer: bool,
    ) -> Vec<VerifiedTransaction> {
        let ids: BTreeSet<TxId> = waiting.iter().map(VerifiedTransaction::id).collect();
        self.own.retain(|id| ids.contains(id));
        self.looks = self.looks.saturating_add(1);
        let foreign_turn = self.looks.is_multiple_of(ANNOUNCE_FOREIGN_EVERY);
        let wanted = |id: &TxId| match self.own.contains(id) {
            true => newcomer || self.waited.contains(id),
            false => foreign_turn && self.waited_long.contains(id),
        };
        let due: Vec<_> = waiting.iter().filter(|tx| wanted(&tx.id())).collect();
        if due.iter().all(|tx| self.told.contains(&tx.id())) {
            self.told.clear();
        }
        let (mut chosen, mut room) = (Vec::new(), ANNOUNCE_BYTES);
        for tx in due {
            if self.told.contains(&tx.id()) {
                continue;
            }
            let Some(left) = room.checked_sub(tx.size_bytes()) else {
                break;
            };
            room = left;
            self.told.insert(tx.id());
            chosen.push(tx.clone());
        }
        self.told.retain(|id| ids.contains(id));
        if foreign_turn {
            self.waited_long = ids.clone();
        }
        self.waited = ids;
        chosen
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{NOW_MS, transaction, transaction_with};

    fn ids(transactions: &[VerifiedTransaction]) -> Vec<TxId> {
        transactions.iter().map(VerifiedTransaction::id).collect()
    }

    #[test]
    fn own_transactions_are_told_again_after_one_interval_and_to_newcomers_at_once() {
        let mut announcer = Announcer::default();
        let waiting = [transaction(1, 0), transaction(1, 1)];
        announcer.took(waiting[0].id());
        assert!(
            announcer.due(&waiting, false).is_empty(),
            "sent a moment ago"
        );
        assert_eq!(ids(&announcer.due(&waiting, false)), [waiting[0].id()]);
        let mut fresh = Announcer::default();
        fresh.took(waiting[1].id());
        assert_eq!(ids(&fresh.due(&waiting, true)), [waiting[1].id()]);
        assert!(fresh.due(&[], true).is_empty(), "executed");
        assert!(fresh.own.is_empty());
    }

    #[test]
    fn transactions_of_others_are_told_only_when_they_wait_long() {
        let mut announcer = Announcer::default();
        let waiting = [transaction(1, 0)];
        let mut told = Vec::new();
        for look in 1..=2 * ANNOUNCE_FOREIGN_EVERY {
            if !announcer.due(&waiting, true).is_empty() {
                told.push(look);
            }
        }
        assert_eq!(told, [2 * ANNOUNCE_FOREIGN_EVERY]);
    }

    #[test]
    fn a_full_pool_is_told_in_turns_within_the_budget() {
        let mut announcer = Announcer::default();
        let filler = "x".repeat(300_000);
        let large = |number| transaction_with(1, number, NOW_MS, &filler);
        let waiting: Vec<_> = (0..7).map(large).collect();
        waiting.iter().for_each(|tx| announcer.took(tx.id()));
        let mut told = Vec::new();
        for _ in 0..3 {
            let some = announcer.due(&waiting, true);
            assert!(some.iter().map(|tx| tx.size_bytes()).sum::<usize>() <= ANNOUNCE_BYTES);
            told.extend(ids(&some));
        }
        assert_eq!(told, ids(&waiting));
        assert_eq!(
            announcer.due(&waiting, true).len(),
            3,
            "the next turn begins"
        );
    }
}
