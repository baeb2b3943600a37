//! How many signatures this machine verifies: the bound that everything else is compared with.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use yilian_crypto::SecretKey;

/// Verifications per second of so many threads together, with the very function that the nodes call.
pub(crate) fn verifications_per_second(threads: usize, time: Duration) -> f64 {
    let key = SecretKey::from_seed([9; 32]);
    // About the size of a deposit's signed bytes.
    let message = [7; 1_024];
    let (public, signature) = (key.public_key(), key.sign(&message));
    let stop = AtomicBool::new(false);
    let work = || {
        let mut count = 0u64;
        while !stop.load(Ordering::Relaxed) {
            public
                .verify(&message, &signature)
                .expect("a valid signature");
            count += 1;
        }
        count
    };
    let started = Instant::now();
    let total: u64 = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        std::thread::sleep(time);
        stop.store(true, Ordering::Relaxed);
        workers.into_iter().map(|w| w.join().expect("joins")).sum()
    });
    total as f64 / started.elapsed().as_secs_f64()
}
