//! Which points are swept while what is done.

use yilian_crash_point::{Point, Write};

/// Points that no honest network reaches. Misbehaviour is written as everything else, by the same function.
pub(crate) const ELSEWHERE: [Point; 2] = [
    Point::Before(Write::Misbehaviour),
    Point::After(Write::Misbehaviour),
];

/// What is done while a point is armed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    /// The node starts for the first time.
    Start,
    /// Evidence is deposited through the node and through another one.
    Deposits,
    /// A contract is deployed.
    Deployment,
    /// A validator changes its key.
    Change,
    /// Bids are acknowledged.
    Acknowledgement,
}

/// One case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Case {
    pub(crate) deed: Deed,
    pub(crate) point: Point,
    /// The how manieth pass of the point, from 1.
    pub(crate) occurrence: u64,
    /// The disk says no, and the node goes on as it sees fit; else the process is gone.
    pub(crate) fails: bool,
}

/// Everything that one block passes.
const OF_A_BLOCK: [Point; 10] = [
    Point::Before(Write::Commit),
    Point::After(Write::Commit),
    Point::Before(Write::Proposal),
    Point::After(Write::Proposal),
    Point::Signed,
    Point::LogEntry,
    Point::Publish,
    Point::LogEnds,
    Point::LogBegins,
    Point::After(Write::Transaction),
];

fn both(write: Write) -> [Point; 2] {
    [Point::Before(write), Point::After(write)]
}

fn points(deed: Deed, all: bool) -> Vec<Point> {
    let block = OF_A_BLOCK.to_vec();
    match deed {
        Deed::Start => [Write::Identity, Write::Commit, Write::ReleaseKey]
            .into_iter()
            .flat_map(both)
            .collect(),
        Deed::Deposits => {
            let more = [Write::Forgotten, Write::Cosignature].into_iter();
            let accepted = [Point::Before(Write::Transaction)];
            [block, more.flat_map(both).collect(), accepted.to_vec()].concat()
        }
        Deed::Deployment if all => block,
        Deed::Deployment => both(Write::Commit).to_vec(),
        Deed::Change => {
            let change = both(Write::CommitOfChange).to_vec();
            let block = block.into_iter().filter(|point| {
                all && !matches!(point, Point::After(Write::Transaction | Write::Proposal))
            });
            [change, block.collect()].concat()
        }
        Deed::Acknowledgement => both(Write::Acknowledgement).to_vec(),
    }
}

/// How often a point is passed in one block of a deed, as far as it is swept.
fn occurrences(deed: Deed, point: Point, all: bool) -> u64 {
    match point {
        _ if !all || deed == Deed::Start => 1,
        // Prevote, precommit, and a proposal when it is the node's turn.
        Point::Signed | Point::Publish => 3,
        // Own and others' votes, and proposals.
        Point::LogEntry if deed == Deed::Deposits => 8,
        Point::LogEntry => 4,
        Point::Before(Write::Commit) | Point::After(Write::Commit) if deed == Deed::Change => 3,
        Point::Before(Write::Proposal) | Point::After(Write::Proposal) => 2,
        _ => 1,
    }
}

/// All cases, or those of a test run: each point once for a stop, and once for a failure.
pub(crate) fn plan(all: bool) -> Vec<Case> {
    let deeds = [
        Deed::Start,
        Deed::Acknowledgement,
        Deed::Deposits,
        Deed::Deployment,
        Deed::Change,
    ];
    let mut cases = Vec::new();
    for deed in deeds {
        for point in points(deed, all) {
            for occurrence in 1..=occurrences(deed, point, all) {
                for fails in [false, true] {
                    // A failure at the first pass tells as much as one at a later one.
                    if fails && (!point.can_fail() || occurrence > 1) {
                        continue;
                    }
                    cases.push(Case {
                        deed,
                        point,
                        occurrence,
                        fails,
                    });
                }
            }
        }
    }
    cases
}
