//! Every place where bytes reach the disk, made to stop the node there or to fail: it comes back by itself, signs nothing
//! twice, and what was said to be final, accepted or acknowledged is there.
//!
//! One network lives through all cases. Its first node is a test build, whose crash points are armed by a file while it
//! runs; a case that does not reach its point fails. Points are listed in `node/crash-point`, and a point that no case
//! swept fails the run.

mod begins;
mod deeds;
mod plan;
mod sweep;

use std::collections::BTreeSet;

use plan::{Deed, ELSEWHERE};
use sweep::Sweep;
use yilian_crash_point::{Point, Write};

/// Runs the cases of a plan on one network; gives what does not hold.
fn run(cases: &[plan::Case]) -> Vec<String> {
    println!("{}", sweep::HEAD);
    let mut sweep = Sweep::new(None);
    let (first, rest): (Vec<_>, Vec<_>) = cases.iter().partition(|case| case.deed == Deed::Start);
    for case in first {
        sweep.first_start(case);
    }
    sweep.begin();
    for case in rest {
        sweep.case(case);
    }
    sweep.judge()
}

#[test]
fn whatever_write_stops_or_fails_nothing_is_lost_or_torn() {
    let all = std::env::var_os("YILIAN_CRASHES_ALL").is_some();
    let mut cases = plan::plan(all);
    if let Ok(asked) = std::env::var("YILIAN_CRASHES_WHILE") {
        cases.retain(|case| {
            asked
                .split(',')
                .any(|deed| deed == format!("{:?}", case.deed))
        });
    }
    assert!(!cases.is_empty(), "no such deed");
    let findings = run(&cases);
    assert!(findings.is_empty(), "{findings:#?}");
}

/// By construction: whoever adds a point to the list has it swept, or says why not.
#[test]
fn every_point_is_in_the_plan() {
    for all in [false, true] {
        let cases = plan::plan(all);
        for fails in [false, true] {
            let swept = cases.iter().filter(|case| case.fails == fails);
            let swept: BTreeSet<Point> = swept.map(|case| case.point).collect();
            let missing: Vec<String> = Point::all()
                .iter()
                .filter(|point| point.can_fail() || !fails)
                .filter(|point| !ELSEWHERE.contains(point) && !swept.contains(point))
                .map(ToString::to_string)
                .collect();
            assert!(missing.is_empty(), "fails {fails}: {missing:?}");
        }
    }
}

/// A sweep that never failed has never tested: a block that is written in two parts does not survive a stop between them.
#[test]
fn a_torn_commit_is_found() {
    let mut sweep = Sweep::new(Some("torn"));
    sweep.begin();
    let case = plan::Case {
        deed: Deed::Deposits,
        point: Point::After(Write::Commit),
        occurrence: 1,
        fails: false,
    };
    sweep.case(&case);
    let findings = sweep.findings();
    let named = findings
        .iter()
        .any(|one| one.contains("does not come back"));
    assert!(named, "{findings:?}");
}
