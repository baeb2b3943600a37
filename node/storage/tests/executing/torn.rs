//! The machine stops while a block is on its way to the disk: its log ends anywhere in what was written.

use std::fs;
use std::path::{Path, PathBuf};

use yilian_primitives::Outcome;

use crate::committee::Committee;

/// Places between the first and the last bytes of a block at which it is cut.
const BETWEEN: usize = 12;
/// Bytes at both ends of a block that are each tried.
const ENDS: usize = 8;

/// The database's own log; what these tests write fits into one.
fn log(folder: &Path) -> PathBuf {
    let entries = fs::read_dir(folder).expect("a database");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let logs: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|end| end == "log"))
        .collect();
    assert_eq!(logs.len(), 1, "{logs:?}");
    logs[0].clone()
}

fn length(folder: &Path) -> usize {
    let log = fs::read(log(folder)).expect("reads");
    log.len()
}

pub(crate) fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("a database") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name");
        fs::copy(&path, to.join(name)).expect("copies");
    }
}

fn places(from: usize, to: usize) -> Vec<usize> {
    let step = ((to - from) / BETWEEN).max(1);
    let between = (from..=to).step_by(step);
    let ends = (from..from + ENDS).chain(to - ENDS..=to);
    let mut places: Vec<_> = between.chain(ends).filter(|at| *at <= to).collect();
    places.sort_unstable();
    places.dedup();
    places
}

/// Makes one block, and opens the database as it would be had the machine stopped at each place in its writing.
fn cut_everywhere(committee: &Committee, block: impl FnOnce(&Committee)) {
    let (before, height) = (length(committee.folder()), committee.height());
    block(committee);
    let whole = length(committee.folder());
    assert_eq!(committee.height(), height + 1);
    for at in places(before, whole) {
        let folder = tempfile::tempdir().expect("a folder");
        copy(committee.folder(), folder.path());
        let log = fs::File::options().write(true).open(log(folder.path()));
        let log = log.expect("opens");
        log.set_len(at as u64).expect("cuts");
        let store = committee.reopened(folder.path());
        let tip = store.tip().expect("a tip");
        let expected = height + u64::from(at == whole);
        assert_eq!(
            tip.header().height,
            expected,
            "cut at {at} of {before}..{whole}"
        );
        assert_eq!(tip.header().hash(), committee.header(expected));
        let next = store.block(height + 1).expect("reads");
        assert_eq!(next.is_some(), at == whole);
    }
}

#[test]
fn a_block_is_there_whole_or_not_at_all_wherever_its_writing_stops() {
    let committee = Committee::new(4);
    // Calls that write state, and one that does not.
    cut_everywhere(&committee, |committee| {
        committee.block(vec![
            committee.request(),
            committee.asked("asker", "forget"),
        ]);
    });
    cut_everywhere(&committee, |committee| {
        let outcomes = committee.block(vec![committee.deploys("third")]).outcomes();
        assert!(
            outcomes.iter().all(|one| *one == Outcome::Ok),
            "{outcomes:?}"
        );
    });
    let centre = committee.centre(4);
    committee.decide(&centre);
    let deciders = committee.deciders();
    cut_everywhere(&committee, |committee| {
        committee.block(vec![committee.is_ready(4)]);
    });
    assert_ne!(committee.deciders(), deciders, "the validators changed");
}
