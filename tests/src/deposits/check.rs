//! What must hold whatever went wrong.

use std::collections::BTreeMap;

use yilian_client::BlockView;
use yilian_primitives::TxId;

use super::history::{History, Operation, Place, Told};

/// One node's blocks, in order.
pub struct Chain {
    pub blocks: Vec<BlockView>,
}

impl Chain {
    /// How many blocks were decided in each round, from round 0 on.
    pub fn rounds(&self) -> Vec<usize> {
        let mut rounds = Vec::new();
        for block in &self.blocks {
            let certificate = block.certificate.as_ref();
            let round = certificate.and_then(|one| one.get("round")?.as_u64());
            let Some(round) = round.and_then(|round| usize::try_from(round).ok()) else {
                continue;
            };
            rounds.resize(rounds.len().max(round + 1), 0);
            rounds[round] += 1;
        }
        rounds
    }
}

/// What a node says of a transaction at the end.
pub type Said = BTreeMap<TxId, Option<Place>>;

/// No two headers at a height; every header is that of its hash.
pub fn one_chain(chains: &[Chain], findings: &mut Vec<String>) {
    let Some(longest) = chains.iter().max_by_key(|chain| chain.blocks.len()) else {
        return;
    };
    for (node, chain) in chains.iter().enumerate() {
        for (block, other) in chain.blocks.iter().zip(&longest.blocks) {
            let height = block.header.height;
            if block.header_hash() != other.header_hash() {
                findings.push(format!("node {node} has another header at height {height}"));
            }
            if block.header.state_root != other.header.state_root {
                findings.push(format!("node {node} has another state at height {height}"));
            }
        }
    }
}

/// No transaction stands in two blocks, or twice in one.
pub fn executed_once(chain: &Chain, findings: &mut Vec<String>) {
    let mut seen = BTreeMap::new();
    for block in &chain.blocks {
        let height = block.header.height;
        for id in &block.transactions {
            if let Some(before) = seen.insert(*id, height) {
                findings.push(format!(
                    "{id} was executed at height {before} and again at {height}"
                ));
            }
        }
    }
}

/// What a client was told to be final is final at every node, at that place.
pub fn nothing_lost(history: &History, nodes: &[Said], findings: &mut Vec<String>) {
    for operation in &history.operations {
        let Told::Final(place) = operation.told else {
            continue;
        };
        for (node, said) in nodes.iter().enumerate() {
            match said.get(&operation.id) {
                Some(Some(there)) if *there == place => {}
                other => findings.push(format!(
                    "{} was final at {place:?}, and node {node} says {other:?}",
                    operation.id
                )),
            }
        }
    }
    for look in &history.looks {
        if look.seen.is_some_and(|seen| seen != look.place) {
            findings.push(format!(
                "{} was final at {:?}, and node {} said {:?}",
                look.id, look.place, look.node, look.seen
            ));
        }
    }
}

/// What a node took is final at the end: it was durable before the node said so.
pub fn nothing_accepted_lost(history: &History, said: &Said, findings: &mut Vec<String>) {
    for operation in &history.operations {
        if operation.told == Told::Accepted && said.get(&operation.id).is_none_or(Option::is_none) {
            findings.push(format!(
                "{}, taken by node {}, is nowhere",
                operation.id, operation.node
            ));
        }
    }
}

/// Every node gives the same answer about every transaction, also of those whose clients learned nothing.
pub fn one_answer(nodes: &[Said], findings: &mut Vec<String>) {
    let Some(first) = nodes.first() else { return };
    for (node, said) in nodes.iter().enumerate() {
        for (id, place) in said {
            if first.get(id) != Some(place) {
                findings.push(format!(
                    "node {node} says {place:?} of {id}, node 0 does not"
                ));
            }
        }
    }
}

/// Writes are linearizable: what was final before another was begun stands before it in the log.
pub fn in_order(history: &History, findings: &mut Vec<String>) {
    let told = |one: &&Operation| matches!(one.told, Told::Final(_));
    let mut done: Vec<&Operation> = history.operations.iter().filter(told).collect();
    let index = |one: &Operation| match one.told {
        Told::Final(place) => place.log_index,
        Told::Accepted | Told::Nothing => 0,
    };
    done.sort_by_key(|one| one.completed);
    let mut highest = Vec::with_capacity(done.len());
    let mut most = 0;
    for one in &done {
        most = most.max(index(one));
        highest.push((one.completed, most));
    }
    for one in &done {
        let before = highest.partition_point(|(completed, _)| *completed < one.invoked);
        let Some((_, most)) = before.checked_sub(1).and_then(|place| highest.get(place)) else {
            continue;
        };
        if index(one) <= *most {
            findings.push(format!(
                "{} of client {} stands at {}, and something that was final before it began at {most}",
                one.id,
                one.client,
                index(one)
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use yilian_crypto::Digest;

    use super::*;

    fn operation(number: u64, from_ms: u64, to_ms: u64, log_index: u64) -> Operation {
        Operation {
            client: 0,
            node: 0,
            id: TxId(Digest::sha256(&number.to_be_bytes())),
            invoked: Duration::from_millis(from_ms),
            completed: Duration::from_millis(to_ms),
            told: Told::Final(Place {
                height: 1,
                log_index,
            }),
        }
    }

    fn history(operations: Vec<Operation>) -> History {
        History {
            operations,
            looks: Vec::new(),
        }
    }

    #[test]
    fn an_order_that_time_contradicts_is_found() {
        let mut findings = Vec::new();
        in_order(
            &history(vec![operation(1, 0, 10, 5), operation(2, 20, 30, 6)]),
            &mut findings,
        );
        // At the same time either order is right.
        in_order(
            &history(vec![operation(1, 0, 25, 6), operation(2, 20, 30, 5)]),
            &mut findings,
        );
        assert!(findings.is_empty(), "{findings:?}");
        in_order(
            &history(vec![operation(1, 0, 10, 6), operation(2, 20, 30, 5)]),
            &mut findings,
        );
        assert_eq!(findings.len(), 1);
    }

    #[test]
    fn what_is_gone_or_moved_is_found() {
        let told = history(vec![operation(1, 0, 10, 5)]);
        let id = told.operations[0].id;
        let said = |place: Option<Place>| Said::from([(id, place)]);
        let mut findings = Vec::new();
        let right = Place {
            height: 1,
            log_index: 5,
        };
        nothing_lost(&told, &[said(Some(right))], &mut findings);
        assert!(findings.is_empty());
        let moved = Place {
            height: 1,
            log_index: 6,
        };
        nothing_lost(&told, &[said(Some(moved)), said(None)], &mut findings);
        assert_eq!(findings.len(), 2);
        one_answer(&[said(Some(right)), said(None)], &mut findings);
        assert_eq!(findings.len(), 3);
    }
}
