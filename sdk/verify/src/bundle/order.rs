//! One order of everything, so that a bundle of given contents has one encoding and holds nothing twice.

use yilian_crypto::Digest;

use super::Bundle;

fn rises<T: Ord>(keys: impl Iterator<Item = T>) -> bool {
    let mut last = None;
    for key in keys {
        if last.is_some_and(|last| last >= key) {
            return false;
        }
        last = Some(key);
    }
    true
}

/// First list that is not in its order.
pub(super) fn disordered(bundle: &Bundle) -> Option<&'static str> {
    let lists = [
        (
            "validator sets by rising hash",
            rises(bundle.validator_sets.iter().map(|set| set.hash())),
        ),
        (
            "a trail of rising heights",
            rises(bundle.trail.iter().map(|one| one.header.height)),
        ),
        (
            "headers of rising heights",
            rises(bundle.headers.iter().map(|one| one.header.height)),
        ),
        (
            "records of rising places",
            rises(bundle.records.iter().map(|one| one.log_index)),
        ),
        (
            "transactions by rising id",
            rises(bundle.transactions.iter().map(|one| one.id())),
        ),
        (
            "contents by rising digest",
            rises(bundle.contents.iter().map(|one| Digest::sha256(one))),
        ),
        (
            "programs by rising digest",
            rises(bundle.codes.iter().map(|one| Digest::sha256(one))),
        ),
        (
            "states by rising height, contract and key",
            rises(
                bundle
                    .states
                    .iter()
                    .map(|one| (one.height, &one.contract, &one.key)),
            ),
        ),
        (
            "consistency proofs of rising sizes",
            rises(bundle.consistency.iter().map(|one| one.old_size)),
        ),
        (
            "cosignatures by rising key",
            rises(
                bundle
                    .cosignatures
                    .iter()
                    .map(|one| one.public_key.to_tagged()),
            ),
        ),
        ("claims that rise", rises(bundle.claims.iter())),
    ];
    lists
        .into_iter()
        .find(|(_, ordered)| !ordered)
        .map(|(what, _)| what)
}

/// Puts every list into its order and drops what stands twice.
pub(crate) fn arrange(bundle: &mut Bundle) {
    fn sort<T, K: Ord>(list: &mut Vec<T>, key: impl Fn(&T) -> K) {
        list.sort_by_cached_key(&key);
        list.dedup_by_key(|item| key(item));
    }
    sort(&mut bundle.validator_sets, |set| set.hash());
    sort(&mut bundle.trail, |one| one.header.height);
    sort(&mut bundle.headers, |one| one.header.height);
    sort(&mut bundle.records, |one| one.log_index);
    sort(&mut bundle.transactions, |one| one.id());
    sort(&mut bundle.contents, |one| Digest::sha256(one));
    sort(&mut bundle.codes, |one| Digest::sha256(one));
    sort(&mut bundle.states, |one| {
        (one.height, one.contract.clone(), one.key.clone())
    });
    sort(&mut bundle.consistency, |one| one.old_size);
    sort(&mut bundle.cosignatures, |one| one.public_key.to_tagged());
    sort(&mut bundle.claims, Clone::clone);
}
