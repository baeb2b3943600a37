//! What goes wrong and when, from a seed.

use std::time::Duration;

use yilian_crypto::Digest;

/// Nodes of a cluster.
pub(crate) const NODES: usize = 4;

/// Something that goes wrong for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// `kill -9`, and a start when the time is over.
    Kill(usize),
    /// Two nodes at once: no quorum is left.
    KillTwo(usize, usize),
    /// All nodes at once.
    KillAll,
    /// Stopped by the system, and continued: its clock jumps.
    Pause(usize),
    /// Nobody hears it, and it hears nobody.
    Isolate(usize),
    /// It hears the others, and nobody hears it.
    Mute(usize),
    /// Two against two.
    Split(usize),
    /// Every message comes so much later, in ms.
    Delay(u64),
    /// Every link carries so many bytes in a second.
    Slow(u64),
    /// Every connection is closed at once.
    Reset,
}

/// One step of a schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    /// Quiet time before it.
    pub(crate) after: Duration,
    /// What goes wrong.
    pub(crate) fault: Fault,
    /// How long.
    pub(crate) lasts: Duration,
}

/// A schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Schedule {
    /// Offsets of the nodes' clocks, in ms.
    pub(crate) clocks: [i64; NODES],
    pub(crate) steps: Vec<Step>,
}

/// Numbers that follow from a seed: SHA-256 of seed and counter.
pub(crate) struct Numbers {
    seed: u64,
    counter: u64,
}

impl Numbers {
    pub(crate) fn new(seed: u64) -> Self {
        Numbers { seed, counter: 0 }
    }

    /// A number below a bound.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.counter += 1;
        let text = format!("yilian fault schedule {} {}", self.seed, self.counter);
        let digest = Digest::sha256(text.as_bytes());
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&digest.as_bytes()[..8]);
        u64::from_be_bytes(bytes) % bound
    }

    fn node(&mut self) -> usize {
        usize::try_from(self.below(NODES as u64)).expect("few")
    }
}

fn fault(numbers: &mut Numbers) -> Fault {
    let node = numbers.node();
    let other = (node + 1 + usize::try_from(numbers.below(3)).expect("few")) % NODES;
    match numbers.below(16) {
        0..3 => Fault::Kill(node),
        3 => Fault::KillTwo(node, other),
        4 => Fault::KillAll,
        5..7 => Fault::Pause(node),
        7..9 => Fault::Isolate(node),
        9 => Fault::Mute(node),
        10..12 => Fault::Split(other),
        12 => Fault::Delay(50 + numbers.below(400)),
        13 => Fault::Delay(1_000 + numbers.below(1_500)),
        14 => Fault::Slow(20_000 + numbers.below(200_000)),
        _ => Fault::Reset,
    }
}

/// The schedule of a seed, so long.
pub(crate) fn schedule(seed: u64, length: Duration) -> Schedule {
    let mut numbers = Numbers::new(seed);
    let mut clocks = [0; NODES];
    // Within the precision that the chain allows, on either side.
    if numbers.below(3) == 0 {
        for clock in &mut clocks {
            *clock = i64::try_from(numbers.below(1_600)).expect("small") - 800;
        }
    }
    let (mut steps, mut spent) = (Vec::new(), Duration::ZERO);
    while spent < length {
        let step = Step {
            after: Duration::from_millis(500 + numbers.below(2_500)),
            fault: fault(&mut numbers),
            lasts: Duration::from_millis(1_000 + numbers.below(7_000)),
        };
        spent += step.after + step.lasts;
        steps.push(step);
    }
    Schedule { clocks, steps }
}

#[test]
fn a_seed_gives_one_schedule_and_every_fault_comes() {
    let length = Duration::from_secs(60);
    assert_eq!(schedule(7, length), schedule(7, length));
    assert_ne!(schedule(7, length), schedule(8, length));
    let all = (0..60).flat_map(|seed| schedule(seed, length).steps);
    let kinds: std::collections::BTreeSet<_> = all
        .map(|step| format!("{:?}", step.fault))
        .filter_map(|name| Some(name.split('(').next()?.to_owned()))
        .collect();
    assert_eq!(kinds.len(), 10, "{kinds:?}");
}
