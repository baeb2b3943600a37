//! Seeded fault schedules on real processes: whatever happens, no two headers at a height, nothing final is lost, nothing
//! is executed twice.
//!
//! A schedule follows from its seed alone, so a failure is run again with `YILIAN_FAULT_SEEDS=<seed> scripts/faults`.
//! Links between nodes go through this process, which delays, cuts and resets them; nodes are killed, paused, and
//! started with clocks that are off.

mod cluster;
mod link;
mod run;
mod schedule;

use std::time::Duration;

use cluster::Planted;
use schedule::Fault;

/// Seeds that are run when nothing else is asked for.
const SEEDS: &str = "1..3";
/// How long a schedule lasts, in seconds.
const SECONDS: u64 = 30;

fn seeds() -> std::ops::Range<u64> {
    let text = std::env::var("YILIAN_FAULT_SEEDS").unwrap_or_else(|_| SEEDS.to_owned());
    let number = |text: &str| text.trim().parse::<u64>().expect("seeds as 7 or 1..201");
    match text.split_once("..") {
        Some((from, to)) => number(from)..number(to),
        None => number(&text)..number(&text) + 1,
    }
}

fn seconds() -> u64 {
    let text = std::env::var("YILIAN_FAULT_SECONDS").ok();
    text.map_or(SECONDS, |text| text.parse().expect("seconds"))
}

#[test]
fn seeded_faults_lose_nothing() {
    let mut failed = Vec::new();
    println!("{}", run::HEAD);
    for seed in seeds() {
        match run::run(seed, Duration::from_secs(seconds()), Planted::Nothing) {
            Ok(row) => println!("{row}"),
            Err(findings) => {
                println!("seed {seed}: {}", findings.join("; "));
                failed.push(seed);
            }
        }
    }
    assert!(failed.is_empty(), "seeds {failed:?} failed");
}

/// A harness that never failed has never tested.
#[test]
fn planted_defects_are_found() {
    let cases = [
        (Planted::Double, "was executed at height"),
        (Planted::Lost, "was final at"),
        (Planted::Root, "node 3"),
    ];
    // A node forgets in a restart what a defect may then do again.
    let length = Duration::from_secs(20);
    let kills = |seed: &u64| {
        let first = schedule::schedule(*seed, length).steps[0];
        matches!(first.fault, Fault::Kill(_) | Fault::KillAll)
    };
    let seed = (1..).find(kills).expect("a schedule that begins so");
    for (planted, expected) in cases {
        let found = run::run(seed, length, planted);
        let findings = found.expect_err("the defect is found");
        let named = findings.iter().any(|one| one.contains(expected));
        assert!(named, "{planted:?}: {findings:?}");
    }
}
