//! Measures a network of four real validators on this machine, and prints one table.
//!
//! Run by `scripts/bench`. Every figure stands beside the signature bound of the same machine in the same run: four
//! validators that share the cores check each transaction's signature four times, so no chain of this kind can be faster
//! here than a quarter of what the cores verify. The load generator runs on the same cores and takes its share.
//!
//! A figure is no test: nothing here fails because it is slow. It fails when a transaction is lost or not executed as `ok`.

mod arrivals;
mod bids;
mod bound;
mod catch_up;
mod latency;
mod load;
mod parts;
mod picture;
mod soak;
mod throughput;

use std::time::Duration;

use yilian_tests::harness::{Network, target_folder};

/// Deposits of the throughput run, if the first argument names no other number.
const DEPOSITS: u64 = 10_000;
/// Deposits that a node is behind when it catches up.
const DEPOSITS_BEHIND: u64 = 100_000;
/// Bids of the run for a deadline.
const BIDS: usize = 10_000;
/// Arrivals per second of the latency runs, and for how long they come.
const PACES: [(u64, Duration); 3] = [
    (50, Duration::from_secs(20)),
    (300, Duration::from_secs(20)),
    (1_000, Duration::from_secs(120)),
];
/// Arrivals per second of a soak, and for how many minutes they come.
const SOAK_RATE: u64 = 300;
const SOAK_MINUTES: u64 = 120;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let has = |wanted: &str| words.iter().any(|word| word == wanted);
    let mut numbers = words.iter().filter_map(|word| word.parse::<u64>().ok());
    if has("bids") {
        let count = numbers.next().and_then(|count| usize::try_from(count).ok());
        return bids::run(count.unwrap_or(BIDS));
    }
    if has("catch-up") {
        return catch_up::run(numbers.next().unwrap_or(DEPOSITS_BEHIND));
    }
    if has("soak") {
        return soak::run(&soak::Asked {
            rate: numbers.next().unwrap_or(SOAK_RATE),
            minutes: numbers.next().unwrap_or(SOAK_MINUTES),
            out: target_folder().join("soak"),
        });
    }
    let deposits = numbers.next().unwrap_or(DEPOSITS);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);

    eprintln!("[1/4] Ed25519 verification on {cores} cores");
    let verified = bound::verifications_per_second(cores, Duration::from_secs(3));
    eprintln!("[2/4] starting four validators");
    let network = Network::started();
    eprintln!("[3/4] {deposits} deposits as fast as the nodes take them");
    let flood = throughput::flood(&network, &[0, 1, 2, 3], deposits);
    eprintln!("[4/4] open-loop arrivals");
    let paced = PACES.map(|(rate, time)| latency::paced(&network, rate, time));
    let height = network.wait_for_agreement(&[0, 1, 2, 3]);
    network.assert_same_header(&[0, 1, 2, 3], height);

    let bound = verified / network.nodes.len() as f64;
    println!(
        "four validators and the load generator on {cores} cores; evidence deposits through WASM\n"
    );
    println!(
        "{:<58} {:>10}",
        "signatures verified per second, all cores", verified as u64
    );
    println!(
        "{:<58} {:>10}",
        "bound: each transaction verified once by each of four", bound as u64
    );
    let rate = flood.per_second();
    println!("{:<58} {:>10.0}", "committed transactions per second", rate);
    println!("{:<58} {:>9.1}%", "  of the bound", 100.0 * rate / bound);
    println!("{:<58} {:>10}", "  in blocks", flood.blocks);
    println!(
        "{:<58} {:>10}",
        "  rounds that ended without a block", flood.failed_rounds
    );
    println!(
        "{:<58} {:>10.0}",
        "  transactions per block",
        flood.deposits as f64 / flood.blocks as f64
    );
    println!(
        "\n{:<58} {:>10} {:>13}",
        "where the time of the cores went", "share", "µs for each"
    );
    for (what, share, each) in flood.parts(cores) {
        println!("{what:<58} {:>9.1}% {each:>13.0}", 100.0 * share);
    }
    println!(
        "\n{:<34} {:>7} {:>7} {:>7} {:>7}",
        "submission to final receipt, ms", "p50", "p99", "max", "lost"
    );
    for run in &paced {
        let label = format!("{} tx/s for {} s", run.rate, run.time.as_secs());
        let [p50, p99, max] = [0.50, 0.99, 1.0].map(|share| run.quantile(share).as_millis());
        println!("{label:<34} {p50:>7} {p99:>7} {max:>7} {:>7}", run.lost);
    }
    assert!(
        paced.iter().all(|run| run.lost == 0),
        "a transaction got no final receipt"
    );
}
