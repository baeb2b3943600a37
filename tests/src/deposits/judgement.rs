//! Everything that must hold, asked of the nodes themselves.

use std::time::Duration;

use super::check::{self, Chain, Said};
use super::clients::place;
use super::history::{History, Told};
use crate::harness::Network;

/// How long something that was taken may wait for its finality.
const PATIENCE: Duration = Duration::from_secs(20);

/// Waits for what a node took and what was not yet final when its client left.
pub fn settle(network: &Network, node: usize, history: &History) {
    let client = network.client(node);
    let operations = history.operations.iter();
    for one in operations.filter(|one| one.told == Told::Accepted) {
        let _ = client.wait_final(&one.id, PATIENCE);
    }
}

/// Gives the chains of these nodes, whose numbers begin at 0, from a height on, and what does not hold.
pub fn judge(
    network: &Network,
    nodes: &[usize],
    from: u64,
    history: &History,
    findings: &mut Vec<String>,
) -> Vec<Chain> {
    let height = network.wait_for_agreement(nodes);
    let chains: Vec<Chain> = nodes
        .iter()
        .map(|node| chain(network, *node, from, height))
        .collect();
    let said: Vec<Said> = nodes
        .iter()
        .map(|node| said(network, *node, height, history))
        .collect();
    check::one_chain(&chains, findings);
    for chain in &chains {
        check::executed_once(chain, findings);
    }
    check::nothing_lost(history, &said, findings);
    check::nothing_accepted_lost(history, &said[0], findings);
    check::one_answer(&said, findings);
    check::in_order(history, findings);
    chains
}

/// A node's blocks of these heights.
pub fn chain(network: &Network, node: usize, from: u64, height: u64) -> Chain {
    let client = network.client(node);
    let blocks = (from..=height).map(|height| client.block(height).expect("a block"));
    Chain {
        blocks: blocks.collect(),
    }
}

/// What a node says of every transaction. What came after the height that all nodes have is not compared.
fn said(network: &Network, node: usize, height: u64, history: &History) -> Said {
    let client = network.client(node);
    let operations = history.operations.iter();
    let said = operations.map(|one| {
        let status = client.transaction(&one.id).ok();
        let there = status.as_ref().and_then(place);
        (one.id, there.filter(|there| there.height <= height))
    });
    said.collect()
}
