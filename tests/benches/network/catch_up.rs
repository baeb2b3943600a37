//! How fast a node that was away comes to the tip, beside how fast the others had decided what it missed.

use std::time::{Duration, Instant};

use crate::throughput;
use yilian_tests::harness::{Network, wait_within};

/// The node that is away.
const AWAY: usize = 3;
/// Deposits that are signed before they are sent: what is signed too early is no longer valid in the end.
const AT_ONCE: u64 = 100_000;
/// Longest wait for it.
const PATIENCE: Duration = Duration::from_secs(7_200);

/// Runs it and prints its figures.
pub(crate) fn run(deposits: u64) {
    eprintln!("[1/3] starting four validators, of which one then stops");
    let mut network = Network::started();
    network.nodes[AWAY].kill();
    eprintln!("[2/3] {deposits} deposits as fast as the others take them");
    let (mut sent, mut took) = (0, Duration::ZERO);
    while sent < deposits {
        let flood = throughput::flood(&network, &[0, 1, 2], AT_ONCE.min(deposits - sent));
        sent += flood.deposits;
        took += flood.took;
        eprintln!("      {sent} final, {:.0} in a second", flood.per_second());
    }
    let live = sent as f64 / took.as_secs_f64();
    eprintln!("[3/3] the one that was away catches up");
    let tip = network.nodes[0].height();
    network.nodes[AWAY].start();
    network.nodes[AWAY].wait_for_answer();
    let begun = network.nodes[AWAY].height();
    let started = Instant::now();
    wait_within(PATIENCE, "the node to reach the tip", || {
        (network.nodes[AWAY].height() >= tip).then_some(())
    });
    let caught_up = sent as f64 / started.elapsed().as_secs_f64();
    network.assert_same_header(&[0, AWAY], tip);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    println!("{sent} deposits behind; four validators on {cores} cores\n");
    let height = "height at which it answered, and of the others";
    println!("{height:<58} {begun:>5} {tip:>5}");
    for (name, rate) in [
        ("committed per second by three, live", live),
        ("committed per second by the one that catches up", caught_up),
    ] {
        println!("{name:<58} {rate:>11.0}");
    }
    println!("{:<58} {:>11.1}", "  ratio", caught_up / live);
}
