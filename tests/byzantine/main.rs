//! Byzantine validators: f of them attack, f + 1 are too many.
//!
//! The attackers are real processes of a test build (`yiliand-faulty`), which `YILIAN_BYZANTINE` tells what to do; the honest ones
//! are the shipped program. Clients deposit at honest nodes all the while. However they are attacked, honest nodes must agree
//! at every height, lose nothing, execute nothing twice, sign nothing twice, and go on.

mod attack;
mod run;
mod twins;

use std::time::Duration;

use attack::{ATTACKS, Attack};
use run::{Committee, Siege};
use yilian_tests::harness::program;

/// Heights of each attack when nothing else is asked for.
const HEIGHTS: u64 = 12;
/// How long a chain may stand still before that is a finding. A height that two of seven liars propose costs 5 s.
const PATIENCE: Duration = Duration::from_secs(90);

fn number(variable: &str, otherwise: u64) -> u64 {
    let text = std::env::var(variable).ok();
    text.map_or(otherwise, |text| text.parse().expect("a number"))
}

/// The attacks that are asked for, by name.
fn attacks() -> Vec<Attack> {
    let names = std::env::var("YILIAN_BYZANTINE_ATTACKS").unwrap_or_default();
    let chosen =
        |attack: &&Attack| names.is_empty() || names.split(',').any(|name| name == attack.name);
    ATTACKS.iter().filter(chosen).copied().collect()
}

#[test]
fn f_byzantine_validators_harm_nobody() {
    let (heights, validators) = (
        number("YILIAN_BYZANTINE_HEIGHTS", HEIGHTS),
        number("YILIAN_BYZANTINE_VALIDATORS", 4),
    );
    let validators = usize::try_from(validators).expect("few");
    let mut failed = Vec::new();
    println!("{}", run::HEAD);
    let mut siege = Siege::begin(Committee::with_fault_bound(validators));
    for attack in attacks() {
        match siege.attack(attack, heights, PATIENCE) {
            Ok(row) => println!("{row}"),
            Err(findings) => {
                println!("{}: {}", attack.name, findings.join("; "));
                failed.push(attack.name);
            }
        }
    }
    assert!(failed.is_empty(), "{failed:?} failed");
}

/// A harness that never failed has never tested.
#[test]
fn one_silent_validator_too_many_is_found() {
    let silence = *ATTACKS
        .iter()
        .find(|one| one.name == "silence")
        .expect("there");
    let committee = Committee {
        validators: 4,
        liars: 2,
    };
    let found = Siege::begin(committee).attack(silence, HEIGHTS, Duration::from_secs(25));
    let findings = found.expect_err("two of four are no quorum");
    assert!(
        findings.iter().any(|one| one.contains("no block for")),
        "{findings:?}"
    );
}

#[test]
fn two_of_four_that_run_twice_fork_the_chain_and_are_found() {
    let findings = twins::run();
    assert!(
        findings
            .iter()
            .any(|one| one.contains("another header at height")),
        "{findings:?}"
    );
}

/// What attacks must never be shipped.
#[test]
fn the_shipped_node_knows_no_attack() {
    let names = |program_name: &str| {
        let bytes = std::fs::read(program(program_name)).expect("a program");
        let variable = b"YILIAN_BYZANTINE";
        bytes.windows(variable.len()).any(|one| one == variable)
    };
    assert!(names("yiliand-faulty"), "the test build attacks");
    assert!(!names("yiliand"), "yiliand was built with the attacks");
}
