use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, mpsc};

use yilian_primitives::{Refusal, RefusalCode};

use super::*;
use crate::testing::{NOW_MS, key, partial, transaction, transaction_with, with_sponsor};
use crate::{JournalError, Taken};

fn pool(limits: PoolLimits) -> Pool {
    Pool::new(limits, None)
}

fn roomy() -> Pool {
    pool(PoolLimits::default())
}

fn numbers(chosen: &[VerifiedTransaction]) -> Vec<(u8, u64)> {
    let seed = |tx: &VerifiedTransaction| {
        let sender = tx.payload().sender;
        (0u8..=255)
            .find(|seed| key(*seed).public_key() == sender)
            .expect("a test key")
    };
    let number = |tx: &VerifiedTransaction| tx.payload().args["n"].as_u64().expect("a number");
    chosen.iter().map(|tx| (seed(tx), number(tx))).collect()
}

fn refused(result: Result<Inserted, Refusal>) -> Option<RefusalCode> {
    result.err().map(|refusal| refusal.code)
}

#[test]
fn a_transaction_sent_twice_waits_once() {
    let pool = roomy();
    assert_eq!(
        pool.insert_alone(transaction(1, 1), NOW_MS),
        Ok(Inserted::New)
    );
    assert_eq!(
        pool.insert_alone(transaction(1, 1), NOW_MS),
        Ok(Inserted::Known)
    );
    assert_eq!(pool.len(), 1);
    assert_eq!(pool.bytes(), transaction(1, 1).size_bytes());
}

#[test]
fn a_sender_of_thousands_does_not_keep_others_out_of_a_block() {
    let pool = roomy();
    for number in 0..100 {
        pool.insert_alone(transaction(1, number), NOW_MS)
            .expect("room");
    }
    pool.insert_alone(transaction(2, 7), NOW_MS).expect("room");
    pool.insert_alone(transaction(3, 8), NOW_MS).expect("room");
    let chosen = numbers(&pool.select(1 << 20, 6, NOW_MS));
    assert!(chosen.contains(&(2, 7)) && chosen.contains(&(3, 8)));
    let flood: Vec<u64> = chosen
        .iter()
        .filter(|(s, _)| *s == 1)
        .map(|(_, n)| *n)
        .collect();
    assert_eq!(flood, [0, 1, 2, 3], "in order of arrival");
}

#[test]
fn many_keys_of_one_organisation_have_one_share() {
    let limits = PoolLimits {
        per_sponsor: 100,
        ..PoolLimits::default()
    };
    let pool = pool(limits);
    let platform = Sponsor::Organisation("platform".into());
    for sender in 10..110 {
        let taken = pool.insert(transaction(sender, 0), platform.clone(), NOW_MS);
        assert_eq!(taken.and_then(Taken::wait), Ok(Inserted::New));
    }
    let more = pool.insert(transaction(9, 0), platform.clone(), NOW_MS);
    assert_eq!(refused(more.and_then(Taken::wait)), Some(RefusalCode::Busy));
    pool.insert_alone(transaction(1, 7), NOW_MS).expect("room");
    let chosen = numbers(&pool.select(1 << 20, 2, NOW_MS));
    assert!(chosen.contains(&(1, 7)), "every second place is another's");
    assert_eq!(chosen.len(), 2);
    pool.discard(&[transaction(10, 0).id()]);
    let again = pool.insert(transaction(9, 0), platform, NOW_MS);
    let again = again.and_then(Taken::wait);
    assert_eq!(again, Ok(Inserted::New), "its room came back");
}

#[test]
fn one_sponsor_does_not_fill_the_memory() {
    let size = transaction(1, 0).size_bytes();
    let pool = pool(PoolLimits {
        bytes_per_sponsor: 2 * size,
        ..PoolLimits::default()
    });
    for number in 0..2 {
        pool.insert_alone(transaction(1, number), NOW_MS)
            .expect("room");
    }
    let more = pool.insert_alone(transaction(1, 2), NOW_MS);
    assert_eq!(refused(more), Some(RefusalCode::Busy));
    pool.insert_alone(transaction(2, 0), NOW_MS)
        .expect("another's share");
    pool.remove_committed(&[transaction(1, 0).id()]);
    pool.insert_alone(transaction(1, 2), NOW_MS)
        .expect("its room came back");
}

#[test]
fn parts_of_releases_go_first_and_have_room_in_a_full_pool() {
    let full = pool(PoolLimits {
        transactions: 2,
        first_lane: 1,
        ..PoolLimits::default()
    });
    for number in 0..2 {
        full.insert_alone(transaction(1, number), NOW_MS)
            .expect("room");
    }
    assert_eq!(
        refused(full.insert_alone(transaction(2, 0), NOW_MS)),
        Some(RefusalCode::Busy)
    );
    full.insert_alone(partial(9, 5), NOW_MS)
        .expect("a room of its own");
    assert_eq!(
        refused(full.insert_alone(partial(8, 6), NOW_MS)),
        Some(RefusalCode::Busy)
    );
    let chosen = numbers(&full.select(1 << 20, 2, NOW_MS));
    assert_eq!(chosen[0].0, 9, "first, though it came last");
    full.remove_committed(&[partial(9, 5).id()]);
    full.insert_alone(partial(8, 6), NOW_MS)
        .expect("room again");
}

#[test]
fn sponsors_take_turns_at_being_first() {
    let pool = roomy();
    for sender in 1..=3 {
        for number in 0..3 {
            pool.insert_alone(transaction(sender, number), NOW_MS)
                .expect("room");
        }
    }
    let first = |_| numbers(&pool.select(1 << 20, 1, NOW_MS))[0].0;
    let mut firsts: Vec<u8> = (0..3).map(first).collect();
    firsts.sort_unstable();
    assert_eq!(firsts, [1, 2, 3]);
}

#[test]
fn a_block_is_never_fuller_than_asked_and_a_lane_keeps_its_order() {
    let pool = roomy();
    let large = transaction_with(1, 0, NOW_MS, &"x".repeat(2_000));
    pool.insert_alone(large, NOW_MS).expect("room");
    pool.insert_alone(transaction(1, 1), NOW_MS).expect("room");
    pool.insert_alone(transaction(2, 2), NOW_MS).expect("room");
    let chosen = pool.select(1_500, 100, NOW_MS);
    assert_eq!(
        numbers(&chosen),
        [(2, 2)],
        "1 waits behind 0, which does not fit"
    );
    assert_eq!(pool.select(0, 100, NOW_MS).len(), 0);
    assert_eq!(pool.select(1 << 20, 0, NOW_MS).len(), 0);
    assert_eq!(pool.select(1 << 20, 100, NOW_MS).len(), 3);
}

#[test]
fn each_limit_refuses_as_busy_and_room_comes_back() {
    let size = transaction(1, 0).size_bytes();
    let limits = PoolLimits {
        transactions: 3,
        bytes: 100 * size,
        per_sponsor: 2,
        bytes_per_sponsor: 100 * size,
        first_lane: 1,
    };
    let full = pool(limits);
    assert_eq!(refused(full.insert_alone(transaction(1, 0), NOW_MS)), None);
    assert_eq!(refused(full.insert_alone(transaction(1, 1), NOW_MS)), None);
    let busy = Some(RefusalCode::Busy);
    assert_eq!(
        refused(full.insert_alone(transaction(1, 2), NOW_MS)),
        busy,
        "share of the sponsor"
    );
    assert_eq!(refused(full.insert_alone(transaction(2, 0), NOW_MS)), None);
    assert_eq!(
        refused(full.insert_alone(transaction(3, 0), NOW_MS)),
        busy,
        "count"
    );
    full.remove_committed(&[transaction(1, 0).id()]);
    assert_eq!(refused(full.insert_alone(transaction(3, 0), NOW_MS)), None);

    let heavy = pool(PoolLimits {
        bytes: 2 * size,
        ..PoolLimits::default()
    });
    assert_eq!(refused(heavy.insert_alone(transaction(1, 0), NOW_MS)), None);
    assert_eq!(refused(heavy.insert_alone(transaction(2, 0), NOW_MS)), None);
    assert_eq!(
        refused(heavy.insert_alone(transaction(3, 0), NOW_MS)),
        busy,
        "bytes"
    );
}

#[test]
fn expired_transactions_are_not_selected_and_then_dropped() {
    let pool = roomy();
    pool.insert_alone(transaction_with(1, 0, NOW_MS, ""), NOW_MS)
        .expect("room");
    pool.insert_alone(transaction_with(1, 1, NOW_MS + 1, ""), NOW_MS)
        .expect("room");
    assert_eq!(
        pool.select(1 << 20, 10, NOW_MS).len(),
        2,
        "the last ms is valid"
    );
    assert_eq!(numbers(&pool.select(1 << 20, 10, NOW_MS + 1)), [(1, 1)]);
    assert_eq!(pool.expire(NOW_MS).len(), 0);
    assert_eq!(
        pool.expire(NOW_MS + 1),
        [transaction_with(1, 0, NOW_MS, "").id()]
    );
    assert_eq!(pool.len(), 1);
}

#[test]
fn a_late_copy_of_an_executed_transaction_is_refused() {
    let pool = roomy();
    pool.remove_committed(&[transaction(1, 0).id()]);
    let replayed = Some(RefusalCode::Replayed);
    assert_eq!(
        refused(pool.insert_alone(transaction(1, 0), NOW_MS)),
        replayed
    );
    assert_eq!(
        refused(pool.insert_shared_alone(transaction(1, 0), NOW_MS)),
        replayed
    );
    assert!(pool.is_empty());
}

#[test]
fn what_waits_counts_as_verified_byte_for_byte_and_nothing_else_does() {
    let pool = roomy();
    let known = transaction(1, 0);
    let mut envelope = known.envelope().clone();
    assert_eq!(pool.verify(envelope.clone()), Ok(known.clone()));
    pool.insert_alone(known.clone(), NOW_MS).expect("room");
    assert_eq!(pool.verify(envelope.clone()), Ok(known));
    // The same payload, so the same id, under a signature that does not hold.
    let mut signature = envelope.signature.to_bytes();
    signature[0] ^= 1;
    envelope.signature = yilian_crypto::Signature::from_bytes(signature);
    let refused = pool.verify(envelope).expect_err("forged");
    assert_eq!(refused.code, RefusalCode::BadSignature);
}

#[test]
fn subscribers_see_arrivals() {
    let pool = roomy();
    let mut arrivals = pool.subscribe();
    assert!(!arrivals.has_changed().expect("open"));
    pool.insert_alone(transaction(1, 0), NOW_MS).expect("room");
    assert!(arrivals.has_changed().expect("open"));
    arrivals.mark_unchanged();
    pool.insert_alone(transaction(1, 0), NOW_MS).expect("known");
    assert!(!arrivals.has_changed().expect("open"), "nothing new");
}

type Hook = Box<dyn Fn(TxId) + Send>;

/// Keeps ids in memory; can be told to fail, and calls a hook while it writes.
#[derive(Default)]
struct Diary {
    kept: Mutex<Vec<TxId>>,
    writes: Mutex<Vec<usize>>,
    fails: AtomicBool,
    during: Mutex<Option<Hook>>,
}

impl Journal for Diary {
    fn accepted(&self, transactions: &[VerifiedTransaction]) -> Result<(), JournalError> {
        let ids: Vec<TxId> = transactions.iter().map(VerifiedTransaction::id).collect();
        if let Some(hook) = &*self.during.lock().expect("hook") {
            ids.iter().for_each(|id| hook(*id));
        }
        if self.fails.load(Ordering::SeqCst) {
            return Err(JournalError {
                message: "disk full".to_owned(),
            });
        }
        self.writes.lock().expect("writes").push(ids.len());
        self.kept.lock().expect("kept").extend(ids);
        Ok(())
    }

    fn forgotten(&self, ids: &[TxId]) {
        self.kept
            .lock()
            .expect("kept")
            .retain(|id| !ids.contains(id));
    }
}

fn with_diary() -> (Arc<Diary>, Arc<Pool>) {
    let diary = Arc::new(Diary::default());
    let pool = Pool::new(PoolLimits::default(), Some(diary.clone()));
    (diary, Arc::new(pool))
}

#[test]
fn what_is_acknowledged_is_in_the_journal_until_it_is_executed_or_expires() {
    let (diary, pool) = with_diary();
    let kept = || diary.kept.lock().expect("kept").clone();
    pool.insert_alone(transaction(1, 0), NOW_MS).expect("room");
    pool.insert_alone(transaction(1, 1), NOW_MS).expect("room");
    pool.insert_shared_alone(transaction(1, 2), NOW_MS)
        .expect("room");
    assert_eq!(kept(), [transaction(1, 0).id(), transaction(1, 1).id()]);
    assert_eq!(
        pool.insert_alone(transaction(1, 2), NOW_MS),
        Ok(Inserted::Known)
    );
    assert_eq!(
        kept().len(),
        3,
        "a client now relies on what a peer had brought"
    );
    pool.remove_committed(&[transaction(1, 0).id()]);
    pool.expire(NOW_MS + 60_001);
    assert_eq!(kept(), []);
}

#[test]
fn what_comes_during_a_write_goes_to_the_disk_together() {
    let (diary, pool) = with_diary();
    let (begun, on_disk) = mpsc::sync_channel(1);
    let (go_on, held_up) = mpsc::sync_channel(1);
    let first = transaction(1, 0).id();
    *diary.during.lock().expect("hook") = Some(Box::new(move |id| {
        if id == first {
            begun.send(()).expect("the test waits");
            held_up.recv().expect("the test goes on");
        }
    }));
    let insert = |number| {
        let (tx, sponsor) = with_sponsor(transaction(1, number));
        pool.insert(tx, sponsor, NOW_MS).expect("room")
    };
    let one = insert(0);
    on_disk.recv().expect("the first write begins");
    let many: Vec<Taken> = (1..=9).map(insert).collect();
    go_on.send(()).expect("the write goes on");
    for taken in many.into_iter().chain([one]) {
        assert_eq!(taken.wait(), Ok(Inserted::New));
    }
    assert_eq!(*diary.writes.lock().expect("writes"), [1, 9]);
}

#[test]
fn a_pool_that_ends_writes_what_it_took() {
    let diary = Arc::new(Diary::default());
    let pool = Pool::new(PoolLimits::default(), Some(diary.clone()));
    let taken: Vec<Taken> = (0..500)
        .map(|number| {
            let (tx, sponsor) = with_sponsor(transaction(1, number));
            pool.insert(tx, sponsor, NOW_MS).expect("room")
        })
        .collect();
    drop(pool);
    assert_eq!(diary.kept.lock().expect("kept").len(), 500);
    assert!(taken.into_iter().all(|taken| taken.wait().is_ok()));
}

#[test]
fn a_failing_journal_refuses_and_leaves_nothing_behind() {
    let (diary, pool) = with_diary();
    diary.fails.store(true, Ordering::SeqCst);
    let result = pool.insert_alone(transaction(1, 0), NOW_MS);
    assert_eq!(refused(result), Some(RefusalCode::NotReady));
    assert_eq!((pool.len(), pool.bytes()), (0, 0));
    pool.insert_shared_alone(transaction(1, 1), NOW_MS)
        .expect("room");
    assert!(pool.insert_alone(transaction(1, 1), NOW_MS).is_err());
    assert!(
        pool.contains(&transaction(1, 1).id()),
        "the peer's copy stays"
    );
}

#[test]
fn nothing_is_selected_before_it_is_durable() {
    let (diary, pool) = with_diary();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let (inner, log) = (pool.clone(), seen.clone());
    let hook = move |id| {
        let selected = inner.select(1 << 20, 10, NOW_MS).len();
        log.lock()
            .expect("log")
            .push((inner.contains(&id), selected));
    };
    *diary.during.lock().expect("hook") = Some(Box::new(hook));
    pool.insert_alone(transaction(1, 0), NOW_MS).expect("room");
    assert_eq!(*seen.lock().expect("log"), [(true, 0)]);
    assert_eq!(pool.select(1 << 20, 10, NOW_MS).len(), 1);
}

#[test]
fn a_transaction_executed_while_it_was_journalled_is_forgotten() {
    let (diary, pool) = with_diary();
    let inner = pool.clone();
    let hook = move |id| inner.remove_committed(&[id]);
    *diary.during.lock().expect("hook") = Some(Box::new(hook));
    assert_eq!(
        pool.insert_alone(transaction(1, 0), NOW_MS),
        Ok(Inserted::New)
    );
    assert!(pool.is_empty());
    assert!(diary.kept.lock().expect("kept").is_empty());
}

#[test]
fn a_restarted_pool_is_as_it_was_without_what_expired() {
    let (diary, pool) = with_diary();
    let gone = transaction_with(1, 9, NOW_MS + 1, "");
    for tx in [transaction(2, 0), gone.clone(), transaction(1, 0)] {
        pool.insert_alone(tx, NOW_MS).expect("room");
    }
    let kept = pool.snapshot();
    assert_eq!(numbers(&kept), [(2, 0), (1, 9), (1, 0)]);
    let again = Pool::new(PoolLimits::default(), Some(diary.clone()));
    assert_eq!(
        again.restore(kept.into_iter().map(with_sponsor).collect(), NOW_MS + 2),
        2
    );
    assert_eq!(numbers(&again.snapshot()), [(2, 0), (1, 0)]);
    assert!(!diary.kept.lock().expect("kept").contains(&gone.id()));
    again.remove_committed(&[transaction(2, 0).id(), transaction(1, 0).id()]);
    assert!(
        diary.kept.lock().expect("kept").is_empty(),
        "restored ones are durable"
    );
}

#[test]
fn threads_that_insert_select_and_remove_leave_the_counts_right() {
    let (_, pool) = with_diary();
    let worker = |sender: u8| {
        let pool = pool.clone();
        std::thread::spawn(move || {
            for number in 0..50 {
                pool.insert_alone(transaction(sender, number), NOW_MS)
                    .expect("room");
                let chosen = pool.select(10_000, 3, NOW_MS);
                if number % 2 == 0 {
                    pool.remove_committed(&chosen.iter().map(|tx| tx.id()).collect::<Vec<_>>());
                }
            }
        })
    };
    let workers: Vec<_> = (1..=4).map(worker).collect();
    for worker in workers {
        worker.join().expect("no panic");
    }
    let left = pool.snapshot();
    assert_eq!(pool.len(), left.len());
    assert_eq!(
        pool.bytes(),
        left.iter().map(|tx| tx.size_bytes()).sum::<usize>()
    );
    pool.expire(u64::MAX);
    assert_eq!((pool.len(), pool.bytes()), (0, 0));
    assert_eq!(pool.metrics().transactions.get(), 0);
}
