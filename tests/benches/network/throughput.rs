//! Everything at once: how many deposits per second become final.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use yilian_client::Wait;
use yilian_primitives::Outcome;

use crate::load;
use crate::parts::Used;
use yilian_tests::harness::{Network, wait_for};

/// Clients that send, spread over the validators.
const CLIENTS: usize = 64;

/// What a flood gave.
pub(crate) struct Flood {
    pub(crate) deposits: u64,
    /// Blocks that held them.
    pub(crate) blocks: usize,
    /// Rounds of these heights that ended without a block.
    pub(crate) failed_rounds: u64,
    /// From the first submission until the last was final.
    pub(crate) took: Duration,
    /// Time of processors that each part used meanwhile, the most first.
    parts: Vec<(&'static str, Duration)>,
}

impl Flood {
    pub(crate) fn per_second(&self) -> f64 {
        self.deposits as f64 / self.took.as_secs_f64()
    }

    /// What each part used: its share of these cores, and µs for a transaction on all nodes together.
    pub(crate) fn parts(&self, cores: usize) -> impl Iterator<Item = (&'static str, f64, f64)> {
        let all = self.took.as_secs_f64() * cores as f64;
        self.parts.iter().map(move |(what, time)| {
            let seconds = time.as_secs_f64();
            (*what, seconds / all, seconds * 1e6 / self.deposits as f64)
        })
    }
}

/// Sends deposits as fast as these nodes, of which the first is 0, take them and waits until the last is final.
pub(crate) fn flood(network: &Network, nodes: &[usize], count: u64) -> Flood {
    let sender = load::depositor(network);
    let envelopes: Vec<_> = (0..count).map(|_| load::deposit(&sender)).collect();
    let before = network.nodes[0].height();
    let next = AtomicUsize::new(0);
    let (started, used) = (Instant::now(), Used::until_now(network));
    std::thread::scope(|scope| {
        for worker in 0..CLIENTS {
            let client = network.client(nodes[worker % nodes.len()]);
            let (envelopes, next) = (&envelopes, &next);
            scope.spawn(move || {
                while let Some(envelope) = envelopes.get(next.fetch_add(1, Ordering::Relaxed)) {
                    load::send(&client, envelope, Wait::Accepted);
                }
            });
        }
    });
    let client = network.client(0);
    let mut seen = (before, 0u64, 0usize);
    wait_for("the last deposit to be final", || {
        for header in client.blocks(seen.0 + 1, yilian_client::BLOCKS_MAX).ok()? {
            seen.0 = header.height;
            seen.1 += header.transaction_count;
            seen.2 += usize::from(header.transaction_count > 0);
        }
        (seen.1 >= count).then_some(())
    });
    let took = started.elapsed();
    let parts = Used::until_now(network).since(&used);
    let mut failed_rounds = 0;
    for height in before + 1..=seen.0 {
        let certificate = client.certificate(height).expect("a certificate");
        failed_rounds += certificate["round"].as_u64().expect("its round");
        let block = client.block(height).expect("a block");
        let failed = block.receipts.iter().find(|r| r.outcome != Outcome::Ok);
        assert!(failed.is_none(), "a deposit did not succeed: {failed:?}");
    }
    Flood {
        deposits: seen.1,
        blocks: seen.2,
        failed_rounds,
        took,
        parts,
    }
}
