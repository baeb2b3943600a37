//! One attack, from the start of the nodes to the judgement.

use std::thread;
use std::time::{Duration, Instant};

use yilian_tests::deposits::{Chain, Clients, Told, executed_once, judge, settle};
use yilian_tests::harness::{Network, Node, program};

use crate::attack::Attack;

/// The columns of a row.
pub(crate) const HEAD: &str = "| attack | validators | blocks | decided in round 0, 1, … | final | accepted | on record | memory MiB | s |";

/// How often the heights are looked at.
const POLL: Duration = Duration::from_millis(200);
/// A metric of every node.
const RECORDED: &str = "yilian_misbehaviours_recorded_total";

/// Who decides, and how many of them lie: the last ones.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Committee {
    pub(crate) validators: usize,
    pub(crate) liars: usize,
}

impl Committee {
    /// As many liars as are tolerated.
    pub(crate) fn with_fault_bound(validators: usize) -> Self {
        Committee {
            validators,
            liars: (validators - 1) / 3,
        }
    }

    fn honest(self) -> Vec<usize> {
        (0..self.validators - self.liars).collect()
    }

    fn liars(self) -> std::ops::Range<usize> {
        self.validators - self.liars..self.validators
    }

    /// A chain with a quicker pace than a province's, so that lost rounds cost less of a test's time.
    fn network(self) -> Network {
        Network::of(self.validators, |spec| {
            let parameters = &mut spec.parameters;
            parameters.propose_timeout_ms = 1_500;
            parameters.prevote_timeout_ms = 500;
            parameters.precommit_timeout_ms = 500;
            parameters.timeout_delta_ms = 500;
            parameters.block_interval_ms = 100;
        })
    }
}

/// A chain under attack.
pub(crate) struct Siege {
    committee: Committee,
    network: Network,
    /// Everything that was decided under earlier attacks.
    before: Chain,
}

impl Siege {
    /// Starts the honest nodes; nobody attacks yet.
    pub(crate) fn begin(committee: Committee) -> Self {
        let mut network = committee.network();
        for node in committee.honest() {
            network.nodes[node].start();
        }
        Siege {
            committee,
            network,
            before: Chain { blocks: Vec::new() },
        }
    }

    /// The liars attack until so many more blocks are decided; gives a row of the table, or what does not hold.
    pub(crate) fn attack(
        &mut self,
        attack: Attack,
        heights: u64,
        patience: Duration,
    ) -> Result<String, Vec<String>> {
        let honest = self.committee.honest();
        self.send_liars(attack);
        let from = self.network.nodes[0].height();
        let recorded = self.recorded(0);
        let (started, mut findings) = (Instant::now(), Vec::new());
        let clients = Clients::start(&self.network, &honest);
        let goal = from + heights;
        goes_on(&mut self.network, &honest, goal, patience, &mut findings);
        let took = started.elapsed();
        let history = clients.stop();
        if !findings.is_empty() {
            return Err(findings);
        }
        settle(&self.network, 0, &history);
        let first = self.before.blocks.len() as u64 + 1;
        let chains = judge(&self.network, &honest, first, &history, &mut findings);
        let recorded = self.recorded(0) - recorded;
        self.signed_twice(attack, recorded, &mut findings);
        let rounds: Vec<_> = chains[0].rounds().iter().map(usize::to_string).collect();
        let blocks = chains[0].blocks.len();
        self.before
            .blocks
            .extend(chains.into_iter().next().expect("a chain").blocks);
        executed_once(&self.before, &mut findings);
        if !findings.is_empty() {
            return Err(findings);
        }
        let count = |told: fn(&Told) -> bool| {
            let operations = history.operations.iter();
            operations.filter(|one| told(&one.told)).count()
        };
        let nodes = honest.iter().map(|node| &self.network.nodes[*node]);
        Ok(format!(
            "| {} | {} | {blocks} | {} | {} | {} | {recorded} | {} | {} |",
            attack.name,
            self.committee.validators,
            rounds.join(", "),
            count(|told| matches!(told, Told::Final(_))),
            count(|told| *told == Told::Accepted),
            nodes.map(Node::peak_memory_mib).max().unwrap_or(0),
            took.as_secs(),
        ))
    }

    /// Starts the liars anew, with this attack. They need not keep up.
    fn send_liars(&mut self, attack: Attack) {
        let faulty = program("yiliand-faulty");
        for liar in self.committee.liars() {
            let node = &mut self.network.nodes[liar];
            node.kill();
            node.start_program(&faulty, &[("YILIAN_BYZANTINE", attack.name)]);
        }
        self.network.nodes.iter().for_each(Node::wait_for_answer);
    }

    /// How often a node has on record that somebody signed twice.
    fn recorded(&self, node: usize) -> u64 {
        let recorded = self.network.nodes[node].metric(RECORDED);
        recorded.iter().map(|(_, count)| count).sum()
    }

    /// Nobody honest signed two things for one step, and whoever did so for the attack is on record.
    fn signed_twice(&self, attack: Attack, recorded: u64, findings: &mut Vec<String>) {
        let honest = self.committee.honest();
        let nodes = &self.network.nodes;
        let named = |name: &str| honest.iter().any(|node| nodes[*node].name == name);
        for node in &honest {
            let by = &nodes[*node].name;
            for (name, count) in nodes[*node].metric(RECORDED) {
                if named(&name) {
                    findings.push(format!("{name} signed twice {count} times, says {by}"));
                }
            }
        }
        if attack.signs_twice && recorded == 0 {
            findings.push("nobody has a record of who signed twice".to_owned());
        }
    }
}

/// Waits until every honest node has the block of a height; a chain that stands still, or a node that stops, is a finding.
fn goes_on(
    network: &mut Network,
    honest: &[usize],
    goal: u64,
    patience: Duration,
    findings: &mut Vec<String>,
) {
    let (mut least, mut since) = (0, Instant::now());
    while least < goal {
        thread::sleep(POLL);
        for node in honest {
            let node = &mut network.nodes[*node];
            if !node.is_running() {
                let (name, log) = (&node.name, node.log_tail());
                findings.push(format!("{name} stopped by itself: {log}"));
                return;
            }
        }
        let now = honest
            .iter()
            .map(|node| network.nodes[*node].height())
            .min();
        let now = now.unwrap_or(0);
        if now > least {
            (least, since) = (now, Instant::now());
        } else if since.elapsed() > patience {
            let log = network.nodes[honest[0]].log_tail();
            let seconds = patience.as_secs();
            findings.push(format!(
                "no block for {seconds} s after height {least}: {log}"
            ));
            return;
        }
    }
}
