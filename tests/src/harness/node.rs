//! One validator's process.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use yilian_client::{Client, Status};

use super::{PATIENCE, wait_for, wait_within};

/// A validator, running or not.
pub struct Node {
    pub name: String,
    pub folder: PathBuf,
    pub api: String,
    child: Option<Child>,
}

impl Node {
    pub fn new(folder: &Path, name: &str) -> Self {
        let folder = folder.join("nodes").join(name);
        let text = std::fs::read_to_string(folder.join("node.toml")).expect("node file");
        let config: toml::Table = toml::from_str(&text).expect("node file is TOML");
        let api = config["api_listen"].as_str().expect("api address");
        Node {
            name: name.to_owned(),
            api: format!("http://{api}"),
            folder,
            child: None,
        }
    }

    /// Sets a number in its configuration; it must not run.
    pub fn set(&self, name: &str, value: u64) {
        assert!(self.child.is_none(), "{} runs already", self.name);
        let path = self.folder.join("node.toml");
        let text = std::fs::read_to_string(&path).expect("node file");
        let mut config: toml::Table = toml::from_str(&text).expect("node file is TOML");
        let value = i64::try_from(value).expect("a number of TOML");
        config.insert(name.to_owned(), value.into());
        std::fs::write(&path, toml::to_string(&config).expect("TOML")).expect("written");
    }

    /// Starts it, with variables of the environment.
    pub fn start_program(&mut self, program: &Path, variables: &[(&str, &str)]) {
        assert!(self.child.is_none(), "{} runs already", self.name);
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.log_path())
            .expect("log file");
        let child = Command::new(program)
            .args(["run", "--config"])
            .arg(self.folder.join("node.toml"))
            .envs(variables.iter().copied())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("the program starts: run scripts/test, which builds it first");
        self.child = Some(child);
    }

    pub fn start(&mut self) {
        self.start_program(&super::program("yiliand"), &[]);
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().expect("kill");
            child.wait().expect("wait");
        }
    }

    /// Sends it a signal, by name, as `STOP`.
    pub fn signal(&self, name: &str) {
        let id = self.process().expect("runs").to_string();
        let sent = Command::new("kill").args(["-s", name, &id]).status();
        assert!(
            sent.expect("kill runs").success(),
            "{} runs no more",
            self.name
        );
    }

    /// Waits until the process ends by itself.
    pub fn wait_for_end(&mut self) -> ExitStatus {
        let name = self.name.clone();
        let child = self.child.as_mut().expect("runs");
        let status = wait_for(&format!("{name} to stop"), || {
            child.try_wait().expect("wait")
        });
        self.child = None;
        status
    }

    pub fn is_running(&mut self) -> bool {
        let child = self.child.as_mut();
        child.is_some_and(|child| child.try_wait().expect("wait").is_none())
    }

    /// The number of its process, if it was started.
    pub fn process(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    pub fn client(&self) -> Client {
        Client::with_timeout(&self.api, Duration::from_secs(40))
    }

    pub fn status(&self) -> Option<Status> {
        self.client().status().ok()
    }

    pub fn height(&self) -> u64 {
        self.status().map_or(0, |status| status.height)
    }

    /// Waits until it answers anything: many that compile their contracts at once take long.
    pub fn wait_for_answer(&self) {
        let what = format!("{} to answer", self.name);
        wait_within(3 * PATIENCE, &what, || self.status());
    }

    pub fn wait_for_height(&self, height: u64) {
        let started = Instant::now();
        while self.height() < height {
            if started.elapsed() > PATIENCE {
                let (name, log) = (&self.name, self.log_tail());
                panic!(
                    "waited in vain for {name} to reach height {height}; its log ends with\n{log}"
                );
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// The most memory that its process had, in MiB.
    pub fn peak_memory_mib(&self) -> u64 {
        self.process_mib("VmHWM:")
    }

    /// The memory that its process has, in MiB.
    pub fn memory_mib(&self) -> u64 {
        self.process_mib("VmRSS:")
    }

    /// How many files its process may open.
    pub fn open_files_max(&self) -> u64 {
        let process = self.process().expect("runs");
        let text = std::fs::read_to_string(format!("/proc/{process}/limits"));
        let text = text.expect("limits");
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix("Max open files"));
        let soft = line.and_then(|line| line.split_whitespace().next());
        soft.and_then(|soft| soft.parse().ok()).expect("a number")
    }

    fn process_mib(&self, field: &str) -> u64 {
        let path = format!("/proc/{}/status", self.process().expect("runs"));
        let text = std::fs::read_to_string(path).unwrap_or_default();
        let peak = text.lines().find_map(|line| line.strip_prefix(field));
        let kib = peak.and_then(|peak| peak.split_whitespace().next()?.parse::<u64>().ok());
        kib.unwrap_or(0) / 1_024
    }

    /// The values of a labelled metric, by label.
    pub fn metric(&self, name: &str) -> Vec<(String, u64)> {
        let text = ureq::get(format!("{}/metrics", self.api)).call();
        let text = text.and_then(|mut answer| answer.body_mut().read_to_string());
        let parse = |line: &str| {
            let (label, value) = line.strip_prefix(name)?.rsplit_once(' ')?;
            let label = label.split('"').nth(1)?;
            Some((label.to_owned(), value.trim().parse().ok()?))
        };
        text.expect("metrics").lines().filter_map(parse).collect()
    }

    pub fn log_path(&self) -> PathBuf {
        self.folder.join("log")
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.log_path()).unwrap_or_default()
    }

    pub fn log_tail(&self) -> String {
        let log = self.log();
        let lines: Vec<_> = log.lines().rev().take(15).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.kill();
    }
}
