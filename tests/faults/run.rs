//! One schedule, from the start of its nodes to the judgement.

use std::thread;
use std::time::{Duration, Instant};

use crate::cluster::{Cluster, Planted};
use crate::schedule::{NODES, schedule};
use yilian_tests::deposits::{Clients, History, Told, judge, settle};
use yilian_tests::harness::{deposit_args, now_ms};

/// The columns of a row.
pub(crate) const HEAD: &str = "| seed | faults | clocks off | blocks | final | accepted | unknown | most rounds | recovery ms |";

/// Every node.
const ALL: [usize; NODES] = [0, 1, 2, 3];
/// How long the nodes get to come back when everything is mended.
const RECOVERY: Duration = Duration::from_secs(90);

/// Runs the schedule of a seed; gives a row of the table, or what does not hold.
pub(crate) fn run(seed: u64, length: Duration, planted: Planted) -> Result<String, Vec<String>> {
    let schedule = schedule(seed, length);
    let mut cluster = Cluster::new(&schedule, planted);
    (0..NODES).for_each(|node| cluster.start(node));
    cluster
        .network
        .nodes
        .iter()
        .for_each(|node| node.wait_for_height(1));
    let clients = Clients::start(&cluster.network, &ALL);
    for step in &schedule.steps {
        thread::sleep(step.after);
        cluster.break_it(step.fault);
        thread::sleep(step.lasts);
        cluster.mend(step.fault);
    }
    let mended = Instant::now();
    let history = clients.stop();
    let mut findings = Vec::new();
    let recovery = recovered(&mut cluster, &history, mended, &mut findings);
    if !findings.is_empty() {
        return Err(findings);
    }
    let chains = judge(&cluster.network, &ALL, 1, &history, &mut findings);
    if !findings.is_empty() {
        return Err(findings);
    }
    let count = |told: fn(&Told) -> bool| {
        let operations = history.operations.iter();
        operations.filter(|one| told(&one.told)).count()
    };
    let off = schedule.clocks.iter().any(|clock| *clock != 0);
    Ok(format!(
        "| {seed} | {} | {} | {} | {} | {} | {} | {} | {} |",
        schedule.steps.len(),
        if off { "yes" } else { "no" },
        chains[0].blocks.len(),
        count(|told| matches!(told, Told::Final(_))),
        count(|told| *told == Told::Accepted),
        count(|told| *told == Told::Nothing),
        chains[0].rounds().len().saturating_sub(1),
        recovery.as_millis(),
    ))
}

/// Waits until every node runs, has executed what was accepted, and takes something new.
fn recovered(
    cluster: &mut Cluster,
    history: &History,
    mended: Instant,
    findings: &mut Vec<String>,
) -> Duration {
    let mut number = 1_000_000_000 + now_ms() % 1_000_000;
    for node in 0..NODES {
        if !cluster.network.nodes[node].is_running() {
            findings.push(format!(
                "node {node} stopped by itself: {}",
                cluster.network.nodes[node].log_tail()
            ));
            return Duration::ZERO;
        }
    }
    for node in 0..NODES {
        let sender = cluster.network.sender(node, "trading-system");
        loop {
            number += 1;
            let sent = sender.send("evidence", "deposit", deposit_args(number));
            let done = sent.and_then(|id| sender.client.wait_final(&id, Duration::from_secs(10)));
            if matches!(done, Ok(Some(_))) {
                break;
            }
            if mended.elapsed() > RECOVERY {
                findings.push(format!(
                    "node {node} takes nothing: {}",
                    cluster.network.nodes[node].log_tail()
                ));
                return Duration::ZERO;
            }
            thread::sleep(Duration::from_millis(200));
        }
    }
    let recovery = mended.elapsed();
    settle(&cluster.network, 0, history);
    recovery
}
