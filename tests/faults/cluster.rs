//! Four validators whose links go through this process.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::link::{Link, State};
use crate::schedule::{Fault, NODES, Schedule};
use yilian_tests::harness::{Network, program};

/// A link of one node to another one.
struct Way {
    from: usize,
    to: usize,
    link: Link,
}

/// The nodes and all ways between them.
pub(crate) struct Cluster {
    pub(crate) network: Network,
    ways: Vec<Way>,
    clocks: [i64; NODES],
    planted: Planted,
}

/// A defect that a test build has, to show that the harness finds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Planted {
    /// None.
    Nothing,
    /// What was executed before is executed again.
    Double,
    /// Receipts get lost.
    Lost,
    /// One node computes another state root.
    Root,
}

impl Planted {
    fn variables(self, node: usize) -> Option<(&'static str, &'static str)> {
        match self {
            Planted::Double => Some(("YILIAN_FAULT_PLANTED", "double")),
            Planted::Lost => Some(("YILIAN_FAULT_PLANTED", "lost")),
            Planted::Root if node == 3 => Some(("YILIAN_FAULT_HEIGHT", "6")),
            Planted::Root | Planted::Nothing => None,
        }
    }
}

fn socket(multiaddr: &str) -> SocketAddr {
    let mut parts = multiaddr.split('/').skip(2).step_by(2);
    let (host, port) = (parts.next().expect("a host"), parts.next().expect("a port"));
    format!("{host}:{port}").parse().expect("a socket")
}

impl Cluster {
    /// Makes a chain and its links; nothing runs yet.
    pub(crate) fn new(schedule: &Schedule, planted: Planted) -> Self {
        let network = Network::new();
        let mut ways = Vec::new();
        for from in 0..NODES {
            let path = network.nodes[from].folder.join("node.toml");
            let mut text = std::fs::read_to_string(&path).expect("node file");
            for to in (0..NODES).filter(|to| *to != from) {
                text.push_str(&format!("\n[places.{}]\n", network.nodes[to].name));
                for field in ["p2p", "mempool"] {
                    let link = Link::to(socket(&network.centre_address(to, field)));
                    let port = link.port;
                    text.push_str(&format!("{field} = \"/ip4/127.0.0.1/tcp/{port}\"\n"));
                    ways.push(Way { from, to, link });
                }
            }
            std::fs::write(&path, text).expect("written");
        }
        Cluster {
            network,
            ways,
            clocks: schedule.clocks,
            planted,
        }
    }

    pub(crate) fn start(&mut self, node: usize) {
        let offset = self.clocks[node].to_string();
        let mut variables = vec![("YILIAN_FAULT_CLOCK_MS", offset.as_str())];
        variables.extend(self.planted.variables(node));
        let honest = self.clocks[node] == 0 && self.planted == Planted::Nothing;
        let name = if honest { "yiliand" } else { "yiliand-faulty" };
        self.network.nodes[node].start_program(&program(name), &variables);
    }

    fn states(&self, which: impl Fn(usize, usize) -> bool) -> Vec<Arc<State>> {
        let ways = self.ways.iter().filter(|way| which(way.from, way.to));
        ways.map(|way| Arc::clone(&way.link.state)).collect()
    }

    /// Cuts what `from` sends to `to`, on connections of either.
    fn cut(&self, cut: bool, which: impl Fn(usize, usize) -> bool) {
        for way in &self.ways {
            if which(way.from, way.to) {
                way.link.state.cut_there.store(cut, Ordering::Relaxed);
            }
            if which(way.to, way.from) {
                way.link.state.cut_back.store(cut, Ordering::Relaxed);
            }
        }
    }

    fn all(&self, set: impl Fn(&State)) {
        self.states(|_, _| true).iter().for_each(|state| set(state));
    }

    /// Something goes wrong.
    pub(crate) fn break_it(&mut self, fault: Fault) {
        match fault {
            Fault::Kill(node) => self.network.nodes[node].kill(),
            Fault::KillTwo(one, other) => {
                for node in [one, other] {
                    self.network.nodes[node].kill();
                }
            }
            Fault::KillAll => (0..NODES).for_each(|node| self.network.nodes[node].kill()),
            Fault::Pause(node) => self.network.nodes[node].signal("STOP"),
            Fault::Isolate(node) => self.cut(true, |from, to| from == node || to == node),
            Fault::Mute(node) => self.cut(true, |from, _| from == node),
            Fault::Split(other) => {
                let side = |node: usize| node == 0 || node == other.max(1);
                self.cut(true, |from, to| side(from) != side(to));
            }
            Fault::Delay(ms) => self.all(|state| state.delay_ms.store(ms, Ordering::Relaxed)),
            Fault::Slow(rate) => self.all(|state| state.bytes_per_s.store(rate, Ordering::Relaxed)),
            Fault::Reset => self.all(State::reset),
        }
    }

    /// It is over.
    pub(crate) fn mend(&mut self, fault: Fault) {
        match fault {
            Fault::Kill(node) => self.start(node),
            Fault::KillTwo(one, other) => {
                self.start(one);
                self.start(other);
            }
            Fault::KillAll => (0..NODES).for_each(|node| self.start(node)),
            Fault::Pause(node) => self.network.nodes[node].signal("CONT"),
            Fault::Isolate(_) | Fault::Mute(_) | Fault::Split(_) => self.cut(false, |_, _| true),
            Fault::Delay(_) => self.all(|state| state.delay_ms.store(0, Ordering::Relaxed)),
            Fault::Slow(_) => self.all(|state| state.bytes_per_s.store(0, Ordering::Relaxed)),
            Fault::Reset => {}
        }
    }
}
