//! A node that is made from a snapshot, and stopped or failed by the disk while its database is made: there is no database, and
//! the same command makes it.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use yilian_crash_point::{Point, Write};
use yilian_tests::harness::{Network, deposit_args, operator, program, sent_ok, text};

const LOST: usize = 0;
const MAKER: usize = 1;
/// More often than it is ever passed.
const PASSES_MAX: u32 = 20;

fn begin(config: &Path, snapshot: &Path, armed: &Path) -> Output {
    let mut command = Command::new(program("yiliand-faulty"));
    command.args(["begin", "--config"]).arg(config);
    command.arg("--from").arg(snapshot);
    let output = command.env("YILIAN_CRASH_FILE", armed).output();
    output.expect("runs")
}

#[test]
fn a_beginning_that_is_stopped_anywhere_begins_anew() {
    let mut network = Network::started();
    let sender = network.sender(MAKER, "trading-system");
    for number in 0..4 {
        sent_ok(&sender.call("evidence", "deposit", deposit_args(number)));
    }
    let [snapshot, armed] = ["snapshot", "armed"].map(|name| network.folder.path().join(name));
    let config = |node: usize| network.nodes[node].folder.join("node.toml");
    let made = operator(
        "snapshot",
        &config(MAKER),
        &["--to".as_ref(), snapshot.as_ref()],
    );
    assert!(made.status.success(), "{}", text(&made));
    let config = config(LOST);
    network.nodes[LOST].kill();
    let data = network.nodes[LOST].folder.join("data");
    fs::remove_dir_all(data.join("consensus")).expect("the disk is lost");
    for point in [
        Point::Before(Write::Identity),
        Point::After(Write::Identity),
    ] {
        for mode in ["stop", "fail"] {
            fs::remove_dir_all(data.join("db")).expect("the disk is lost");
            let mut passes = 1..PASSES_MAX;
            let reached = passes.find(|pass| {
                fs::write(&armed, format!("{point} {pass} {mode}\n")).expect("arms");
                let output = begin(&config, &snapshot, &armed);
                let said = text(&output);
                let hit = said.contains(&format!("crash point {point}"));
                assert_eq!(
                    output.status.success(),
                    !hit,
                    "{point} {pass} {mode}: {said}"
                );
                assert_eq!(data.join("db").exists(), !hit, "{point} {pass} {mode}");
                !hit
            });
            let reached = reached.expect("it ends");
            assert!(reached > 2, "{point} is passed {} times", reached - 1);
        }
    }
    network.nodes[LOST].start();
    let height = network.wait_for_agreement(&[LOST, 1, 2, 3]);
    network.assert_same_header(&[LOST, 1, 2, 3], height);
}
