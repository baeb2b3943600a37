//! One schedule, from the start of its nodes to the judgement.

use std::thread;
use std::time::{Duration, Instant};

use crate::check::{self, Chain, Said};
use crate::clients::{Clients, place};
use crate::cluster::{Cluster, Planted};
use crate::history::{History, Told};
use crate::schedule::{NODES, schedule};
use yilian_tests::harness::{Network, deposit_args, now_ms};

/// The columns of a row.
pub(crate) const HEAD: &str = "| seed | faults | clocks off | blocks | final | accepted | unknown | most rounds | recovery ms |";

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
    let clients = Clients::start(&cluster.network);
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
    let (chains, nodes) = gather(&cluster.network, &history);
    check::one_chain(&chains, &mut findings);
    chains
        .iter()
        .for_each(|chain| check::executed_once(chain, &mut findings));
    check::nothing_lost(&history, &nodes, &mut findings);
    check::nothing_accepted_lost(&history, &nodes[0], &mut findings);
    check::one_answer(&nodes, &mut findings);
    check::in_order(&history, &mut findings);
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
        most_rounds(&chains[0]),
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
    // What was taken and not yet final when its client left.
    let client = cluster.network.client(0);
    for one in history
        .operations
        .iter()
        .filter(|one| one.told == Told::Accepted)
    {
        let _ = client.wait_final(&one.id, Duration::from_secs(20));
    }
    recovery
}

/// Every node's chain, and what it says of every transaction.
fn gather(network: &Network, history: &History) -> (Vec<Chain>, Vec<Said>) {
    let all: Vec<usize> = (0..NODES).collect();
    let height = network.wait_for_agreement(&all);
    let chain = |node: usize| {
        let client = network.client(node);
        let blocks = (1..=height).map(|height| client.block(height).expect("a block"));
        Chain {
            blocks: blocks.collect(),
        }
    };
    let said = |node: usize| {
        let client = network.client(node);
        let operations = history.operations.iter();
        let said = operations.map(|one| {
            let status = client.transaction(&one.id).ok();
            let there = status.as_ref().and_then(place);
            // What came after the height that all nodes have is not compared.
            (one.id, there.filter(|there| there.height <= height))
        });
        said.collect()
    };
    (
        all.iter().map(|node| chain(*node)).collect(),
        all.iter().map(|node| said(*node)).collect(),
    )
}

/// The highest round in which a block was decided.
fn most_rounds(chain: &Chain) -> u64 {
    let certificates = chain
        .blocks
        .iter()
        .filter_map(|block| block.certificate.as_ref());
    let rounds = certificates.filter_map(|certificate| certificate.get("round")?.as_u64());
    rounds.max().unwrap_or(0)
}
