//! Remembers the last executed transactions.

use std::collections::{BTreeSet, VecDeque};

use yilian_primitives::TxId;

/// A set of bounded size that forgets its oldest member first.
#[derive(Debug)]
pub(crate) struct Recent {
    order: VecDeque<TxId>,
    ids: BTreeSet<TxId>,
    limit: usize,
}

impl Recent {
    pub(crate) fn new(limit: usize) -> Self {
        Recent {
            order: VecDeque::new(),
            ids: BTreeSet::new(),
            limit,
        }
    }

    pub(crate) fn insert(&mut self, id: TxId) {
        if !self.ids.insert(id) {
            return;
        }
        self.order.push_back(id);
        if self.order.len() > self.limit
            && let Some(oldest) = self.order.pop_front()
        {
            self.ids.remove(&oldest);
        }
    }

    pub(crate) fn contains(&self, id: &TxId) -> bool {
        self.ids.contains(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use yilian_crypto::Digest;

    #[test]
    fn the_oldest_is_forgotten_first() {
        let id = |byte| TxId(Digest::from_bytes([byte; 32]));
        let mut recent = Recent::new(2);
        for byte in [1, 2, 2, 1, 3] {
            recent.insert(id(byte));
        }
        assert!(!recent.contains(&id(1)));
        assert!(recent.contains(&id(2)) && recent.contains(&id(3)));
    }
}
