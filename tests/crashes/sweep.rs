//! One case after another on one network.

use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::thread;
use std::time::{Duration, Instant};

use yilian_tests::deposits::{self, History};
use yilian_tests::harness::{Network, Witness, accepted_start, program};

use crate::deeds::Deeds;
use crate::plan::{Case, Deed};

/// The columns of a row.
pub(crate) const HEAD: &str =
    "| while | point | occurrence | made to | ended after ms | back after ms |";

/// How long a deed may take to reach its point.
const REACH: Duration = Duration::from_secs(240);
/// How long the node gets to come back.
const RECOVERY: Duration = Duration::from_secs(90);
/// `SIGABRT`, by which a point stops the process.
const ABORT: i32 = 6;
/// Exit code of a node whose disk failed.
const EXIT_DISK: i32 = 74;

/// A network and what was found on it.
pub(crate) struct Sweep {
    network: Network,
    _witness: Witness,
    /// The file that arms a point of the first node.
    file: PathBuf,
    planted: Option<&'static str>,
    deeds: Deeds,
    history: History,
    findings: Vec<String>,
}

impl Sweep {
    /// A chain whose nodes do not run yet, with a defect of the test build if one is asked for.
    pub(crate) fn new(planted: Option<&'static str>) -> Self {
        let network = Network::new();
        let witness = Witness::start(&network, "audit.gansu");
        witness.configure(&network.nodes[0].folder.join("node.toml"));
        Sweep {
            file: network.folder.path().join("crash-point"),
            _witness: witness,
            planted,
            deeds: Deeds::new(),
            history: History::default(),
            findings: Vec::new(),
            network,
        }
    }

    fn start(&mut self) {
        let file = self.file.display().to_string();
        let mut variables = vec![("YILIAN_CRASH_FILE", file.as_str())];
        variables.extend(
            self.planted
                .map(|planted| ("YILIAN_FAULT_PLANTED", planted)),
        );
        self.network.nodes[0].start_program(&program("yiliand-faulty"), &variables);
    }

    fn arm(&self, case: &Case) {
        let mode = if case.fails { "fail" } else { "stop" };
        let line = format!("{} {} {mode}", case.point, case.occurrence);
        // Whole or not at all, also for a node that looks meanwhile.
        let half = self.file.with_extension("new");
        fs::write(&half, line).expect("writes");
        fs::rename(half, &self.file).expect("renames");
    }

    fn disarm(&self) {
        fs::remove_file(&self.file).expect("it was armed");
    }

    /// Starts the first node on an empty disk with a point armed. Nothing of the chain runs yet, so nothing is forgotten.
    pub(crate) fn first_start(&mut self, case: &Case) {
        let data = self.network.nodes[0].folder.join("data");
        // There is none at the first case.
        let _ = fs::remove_dir_all(&data);
        let logged = self.network.nodes[0].log().len();
        self.arm(case);
        let began = Instant::now();
        self.start();
        let ended = self.ended(case, began, |_| ());
        self.disarm();
        let Some(status) = ended else { return };
        self.check_end(case, status, logged);
        let took = began.elapsed();
        accepted_start(&self.network.nodes[0].folder.join("node.toml"));
        row(case, took, Duration::ZERO);
    }

    /// Starts all nodes, and makes what the cases need.
    pub(crate) fn begin(&mut self) {
        self.start();
        self.network.nodes[1..]
            .iter_mut()
            .for_each(|node| node.start());
        let nodes = self.network.nodes.iter();
        nodes.for_each(|node| node.wait_for_height(1));
        self.network.wait_for_group(0);
        self.deeds.prepare(&self.network);
    }

    /// Runs a case.
    pub(crate) fn case(&mut self, case: &Case) {
        if !self.findings.is_empty() {
            return;
        }
        let logged = self.network.nodes[0].log().len();
        if case.deed == Deed::Change {
            self.deeds.prepare_change(&self.network);
        }
        self.arm(case);
        let began = Instant::now();
        let ended = self.ended(case, began, |sweep| {
            sweep
                .deeds
                .step(case.deed, &sweep.network, &mut sweep.history);
        });
        self.disarm();
        let Some(status) = ended else { return };
        self.check_end(case, status, logged);
        let took = began.elapsed();
        let began = Instant::now();
        self.start();
        if !self.is_back(case, began) {
            return;
        }
        row(case, took, began.elapsed());
        let finding = self
            .deeds
            .finish(case.deed, &mut self.network, &mut self.history);
        self.findings
            .extend(finding.map(|one| format!("{case:?}: {one}")));
    }

    /// Does something again and again until the node is gone.
    fn ended(
        &mut self,
        case: &Case,
        began: Instant,
        deed: impl Fn(&mut Self),
    ) -> Option<ExitStatus> {
        loop {
            if !self.network.nodes[0].is_running() {
                return Some(self.network.nodes[0].wait_for_end());
            }
            if began.elapsed() > REACH {
                self.findings
                    .push(format!("{case:?}: the point is never reached"));
                self.network.nodes[0].kill();
                return None;
            }
            deed(self);
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// It ended as it was made to, and said so.
    fn check_end(&mut self, case: &Case, status: ExitStatus, logged: usize) {
        let log = self.network.nodes[0].log();
        let log = log.get(logged..).unwrap_or_default();
        let mut wrong = |what: &str| {
            self.findings
                .push(format!("{case:?}: {what} ({status}): {log}"));
        };
        if !log.contains(&format!("crash point {}", case.point)) {
            wrong("it ended elsewhere");
        }
        if log.contains("panicked") {
            wrong("it panicked");
        }
        match (case.fails, case.deed) {
            (false, _) if status.signal() == Some(ABORT) => {}
            (true, Deed::Start) if matches!(status.code(), Some(1 | EXIT_DISK)) => {}
            (true, _) if status.code() == Some(EXIT_DISK) => {}
            _ => wrong("it ended otherwise"),
        }
    }

    /// Waits until the node stands where the others do.
    fn is_back(&mut self, case: &Case, began: Instant) -> bool {
        let others = self.network.nodes[1].height();
        while self.network.nodes[0].height() < others {
            if !self.network.nodes[0].is_running() || began.elapsed() > RECOVERY {
                let log = self.network.nodes[0].log_tail();
                self.findings
                    .push(format!("{case:?}: the node does not come back: {log}"));
                return false;
            }
            thread::sleep(Duration::from_millis(50));
        }
        true
    }

    /// What was found until now.
    pub(crate) fn findings(&self) -> &[String] {
        &self.findings
    }

    /// Compares everything that clients saw with what the nodes say at the end.
    pub(crate) fn judge(mut self) -> Vec<String> {
        if !self.findings.is_empty() {
            return self.findings;
        }
        self.deeds.settle(&self.network, &self.history);
        let nodes: Vec<usize> = (0..self.network.nodes.len()).collect();
        let chains = deposits::judge(&self.network, &nodes, 1, &self.history, &mut self.findings);
        for node in &self.network.nodes {
            let twice = "signed two things for one step";
            if node.log().contains(twice) {
                self.findings
                    .push(format!("{}: a validator {twice}", node.name));
            }
        }
        let told = self.history.operations.len();
        println!(
            "{} blocks, {told} transactions, each at one place at every node",
            chains[0].blocks.len()
        );
        self.findings
    }
}

fn row(case: &Case, ended: Duration, back: Duration) {
    println!(
        "| {:?} | {} | {} | {} | {} | {} |",
        case.deed,
        case.point,
        case.occurrence,
        if case.fails { "fail" } else { "stop" },
        ended.as_millis(),
        back.as_millis(),
    );
}
