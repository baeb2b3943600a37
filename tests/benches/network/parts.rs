//! Which parts of the nodes use the cores, by the names of their threads.

use std::collections::BTreeMap;
use std::time::Duration;

use yilian_tests::harness::Network;

/// Beginnings of the names of threads, and what these threads do. Blocks are executed on a thread for each, so what ended is
/// the executor's.
const PARTS: [(&str, &str); 6] = [
    ("api", "the interface, and judging what clients send"),
    ("gossip", "transactions among nodes, and judging them"),
    ("journal", "accepted transactions to disk"),
    ("engine", "votes, and blocks on their way"),
    ("consensus", "taking blocks apart, and committing them"),
    ("rocksdb", "merging tables of the database"),
];
const EXECUTOR: &str = "executing blocks";
const CLIENTS: &str = "the clients that send";

/// In which time of a processor /proc counts (USER_HZ of Linux on every architecture that it runs on here).
const TICK: Duration = Duration::from_millis(10);

/// Time of processors by part.
#[derive(Default)]
pub(crate) struct Used(BTreeMap<&'static str, Duration>);

impl Used {
    /// What the nodes that run, and this process, have used until now.
    pub(crate) fn until_now(network: &Network) -> Self {
        let mut used = Used::default();
        let running = network.nodes.iter().filter_map(|node| node.process());
        for process in running {
            let process = format!("/proc/{process}");
            let mut rest = time(&process);
            let threads = std::fs::read_dir(format!("{process}/task")).expect("threads");
            for thread in threads.flatten() {
                let path = thread.path().display().to_string();
                let name = std::fs::read_to_string(format!("{path}/comm")).unwrap_or_default();
                let part = PARTS.iter().find(|(start, _)| name.starts_with(start));
                if let Some((_, what)) = part {
                    let time = time(&path);
                    rest = rest.saturating_sub(time);
                    *used.0.entry(what).or_default() += time;
                }
            }
            *used.0.entry(EXECUTOR).or_default() += rest;
        }
        used.0.insert(CLIENTS, time("/proc/self"));
        used
    }

    /// What was used since then, the most first.
    pub(crate) fn since(&self, then: &Used) -> Vec<(&'static str, Duration)> {
        let since = |(what, time): (&&'static str, &Duration)| {
            let before = then.0.get(what).copied().unwrap_or_default();
            (*what, time.saturating_sub(before))
        };
        let mut parts: Vec<_> = self.0.iter().map(since).collect();
        parts.sort_by_key(|(_, time)| std::cmp::Reverse(*time));
        parts
    }
}

/// Time that a process or a thread has run, in it and in the kernel for it; none if it has ended.
fn time(path: &str) -> Duration {
    let text = std::fs::read_to_string(format!("{path}/stat")).unwrap_or_default();
    // After the name, which may hold anything: state, ten other fields, and then the two.
    let fields = text.rsplit_once(')').map_or("", |(_, fields)| fields);
    let ticks = fields.split_whitespace().skip(11).take(2);
    let ticks: u32 = ticks.filter_map(|field| field.parse::<u32>().ok()).sum();
    TICK * ticks
}
