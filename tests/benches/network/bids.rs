//! Very many bids for one section in the last minute before its deadline: acknowledged by f+1 validators, in the chain,
//! closed, listed, opened and compared.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use yilian_client::Client;
use yilian_crypto::Digest;
use yilian_primitives::Envelope;

use yilian_tests::harness::tender::Bid;
use yilian_tests::harness::{Network, Section, now_ms, wait_for};

/// The minute in which bids arrive, in ms, and what is left between the last arrival and the deadline.
const MINUTE_MS: u64 = 60_000;
const LEFT_MS: u64 = 1_000;
/// Bidders that can wait at the same time.
const CLIENTS: usize = 128;
/// Validators that are asked by each bidder: f+1 of four, and others if one of them does not answer.
const ASKED: usize = 2;
/// Pages, as the ledger takes them.
const HOLD: usize = 1_000;
const REVEAL: usize = 200;
const CHECK: usize = 500;
/// Longest validity that the chain takes.
const VALID_FOR_MS: u64 = 590_000;
/// Room for preparing the bids before their minute begins, for each thousand of them, in ms.
const PREPARING_MS: u64 = 3_000;

struct Given {
    times: Vec<Duration>,
    too_few: usize,
}

fn quantile(times: &[Duration], share: f64) -> u128 {
    let place = (times.len() as f64 * share).ceil() as usize;
    let last = times.len().saturating_sub(1);
    let time = times.get(place.saturating_sub(1).min(last));
    time.map_or(0, Duration::as_millis)
}

/// Runs it and prints its figures. Fails if a bid is lost or anything is refused.
pub(crate) fn run(count: usize) {
    eprintln!("[1/6] starting four validators");
    let network = Network::started();
    network.wait_for_group(0);
    eprintln!("[2/6] publishing a section and signing {count} bids");
    let prepare_s = (20_000 + PREPARING_MS * count as u64 / 1_000) / 1_000;
    let seconds = prepare_s + (MINUTE_MS + LEFT_MS) / 1_000;
    let profile = network.acknowledged_profile(10_000);
    let section = Section::published_with(&network, seconds, profile);
    let bids: Vec<Bid> = (0..count).map(numbered).collect();
    let envelopes = signed(&network, &bids);
    let begins = section.deadline_ms - MINUTE_MS - LEFT_MS;
    assert!(
        now_ms() < begins,
        "signing took too long: {} ms",
        now_ms() - begins
    );
    std::thread::sleep(Duration::from_millis(begins - now_ms()));
    eprintln!("[3/6] {count} bids in the last minute");
    let given = arrive(&network, &envelopes);
    eprintln!("[4/6] the deadline");
    let closed_ms = wait_for("the close", || {
        let opening = section.view("get", json!({"tender": section.id()}));
        opening
            .pointer("/record/opening/closed_ms")
            .and_then(Value::as_u64)
    });
    let seen_ms = now_ms();
    wait_for("the grace", || {
        (now_ms() > section.deadline_ms + 10_500).then_some(())
    });
    let opening = Instant::now();
    eprintln!("[5/6] listing, revealing and opening");
    let commitments: Vec<Digest> = bids.iter().map(Bid::commitment).collect();
    // A commitment that is not in the chain is refused here by its name: a lost bid cannot stay unseen.
    for page in commitments.chunks(HOLD) {
        let args = json!({"tender": section.id(), "held": count, "commitments": page});
        section.ok("trading-system", "hold", args);
    }
    for page in bids.chunks(REVEAL) {
        section.reveal(page);
    }
    let opened = section.open();
    let lost = count as u64 - opened["opened"].as_u64().unwrap_or(0);
    assert_eq!(lost, 0, "{opened}");
    let opened_after = opening.elapsed();
    eprintln!("[6/6] comparing every file");
    let mut sorted: Vec<(String, Digest)> = bids
        .iter()
        .map(|one| (one.bidder.clone(), one.digest))
        .collect();
    sorted.sort();
    let mut last = Value::Null;
    for page in sorted.chunks(CHECK) {
        last = section.check("opened", page);
    }
    assert_eq!(
        (&last["complete"], &last["passed"]),
        (&json!(true), &json!(true)),
        "{last}"
    );
    let compared_after = opening.elapsed();
    print(
        &network,
        (count, lost),
        &given,
        (closed_ms, seen_ms, section.deadline_ms),
    );
    println!(
        "{:<58} {:>10.1}",
        "listed, revealed and opened, s",
        opened_after.as_secs_f64()
    );
    println!(
        "{:<58} {:>10.1}",
        "  and every file compared, s",
        compared_after.as_secs_f64()
    );
}

fn print(
    network: &Network,
    (count, lost): (usize, u64),
    given: &Given,
    (closed, seen, deadline): (u64, u64, u64),
) {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    println!(
        "{count} bids for one section in its last minute; four validators and the bidders on {cores} cores\n"
    );
    println!(
        "{:<58} {:>10}",
        "acknowledged by f+1 validators",
        given.times.len()
    );
    println!("{:<58} {:>10}", "  with too few", given.too_few);
    for (name, share) in [("p50", 0.50), ("p99", 0.99), ("max", 1.0)] {
        println!(
            "{:<58} {:>10}",
            format!("  from arrival, ms, {name}"),
            quantile(&given.times, share)
        );
    }
    println!("{:<58} {:>10}", "bids that were not opened", lost);
    println!(
        "{:<58} {:>10}",
        "time of the closing block after the deadline, ms",
        closed - deadline
    );
    println!(
        "{:<58} {:>10}",
        "  seen by a client, ms",
        seen.saturating_sub(deadline)
    );
    println!("{:<58} {:>10}", "height", network.nodes[0].height());
}

/// A bid of one of very many bidders.
fn numbered(number: usize) -> Bid {
    let bidder = format!("91620100MA{number:08}");
    Bid {
        digest: Digest::sha256(bidder.as_bytes()),
        salt: *Digest::sha256(format!("salt of {bidder}").as_bytes()).as_bytes(),
        bidder,
    }
}

fn signed(network: &Network, bids: &[Bid]) -> Vec<Envelope> {
    let sender = network.sender(0, "trading-system");
    let sign = |bid: &Bid| {
        let call = sender.builder("tender", "commit", json!({"commitment": bid.commitment()}));
        sender.sign(&call.valid_for_ms(VALID_FOR_MS), now_ms())
    };
    bids.iter().map(sign).collect()
}

/// Hands each bid in when it is due, whatever became of those before.
fn arrive(network: &Network, envelopes: &[Envelope]) -> Given {
    let keys = network.validator_keys();
    let (next, times, too_few) = (
        AtomicUsize::new(0),
        Mutex::new(Vec::new()),
        AtomicUsize::new(0),
    );
    let started = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..CLIENTS {
            let clients: Vec<Client> = (0..4).map(|node| network.client(node)).collect();
            let (next, times, too_few, keys) = (&next, &times, &too_few, &keys);
            scope.spawn(move || {
                loop {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    let Some(envelope) = envelopes.get(place) else {
                        return;
                    };
                    let due = started
                        + Duration::from_micros(
                            1_000 * MINUTE_MS * place as u64 / envelopes.len() as u64,
                        );
                    std::thread::sleep(due.saturating_duration_since(Instant::now()));
                    let asked: Vec<Client> = (0..ASKED)
                        .map(|turn| clients[(place + turn) % clients.len()].clone())
                        .collect();
                    let patience = Duration::from_secs(60);
                    let collected =
                        Client::collect_acknowledgements(&asked, envelope, keys, ASKED, patience)
                            .expect("an envelope");
                    if collected.submission.acknowledgements.len() >= ASKED {
                        times.lock().expect("no thread panics").push(due.elapsed());
                    } else {
                        too_few.fetch_add(1, Ordering::Relaxed);
                        eprintln!("too few: {:?}", collected.failures);
                    }
                }
            });
        }
    });
    let mut times = times.into_inner().expect("no thread panics");
    times.sort_unstable();
    Given {
        times,
        too_few: too_few.into_inner(),
    }
}
