//! What a follower takes, and what it raises an alarm for.

use yilian_crypto::{Digest, SecretKey};
use yilian_merkle::log::{self, Frontier, NodeRead};
use yilian_primitives::{
    Address, BlockRef, CommitCertificate, Height, Validator, ValidatorSet, commit_body,
};
use yilian_witness::{Follower, Progress, Refused};

const CHAIN: &str = "yilian-test";

fn key(seed: u8) -> SecretKey {
    SecretKey::from_seed([seed; 32])
}

fn validators() -> ValidatorSet {
    let one = |seed: u8| Validator {
        name: format!("centre-{seed}"),
        public_key: key(seed).public_key(),
        power: 1,
    };
    ValidatorSet::new((1..=4).map(one).collect()).expect("a set")
}

#[derive(Default)]
struct Log {
    frontier: Frontier,
    nodes: std::collections::BTreeMap<(u8, u64), Digest>,
}

impl NodeRead for Log {
    fn node(&self, level: u8, index: u64) -> Option<Digest> {
        self.nodes.get(&(level, index)).copied()
    }
}

impl Log {
    fn of(leaves: &[&str]) -> Self {
        let mut log = Log::default();
        for leaf in leaves {
            for node in log.frontier.append(log::leaf_hash(leaf.as_bytes())) {
                log.nodes.insert((node.level, node.index), node.hash);
            }
        }
        log
    }

    /// A checkpoint at a height, signed by so many centres.
    fn checkpoint(&self, height: Height, signers: u8) -> String {
        let block = BlockRef {
            header_hash: Digest::sha256(&height.to_be_bytes()),
            log_size: self.frontier.size(),
            log_root: self.frontier.root(),
        };
        let body = commit_body(CHAIN, height, 0, &block);
        let sign = |seed: u8| {
            let key = key(seed);
            (Address::of(&key.public_key()), key.sign(body.as_bytes()))
        };
        let certificate = CommitCertificate {
            height,
            round: 0,
            block,
            signatures: (1..=signers).map(sign).collect(),
        };
        certificate.to_signed_note(CHAIN, &validators())
    }

    fn extends(&self, old: u64) -> Vec<Digest> {
        let proof = log::prove_consistency(self, old, self.frontier.size());
        proof.expect("there").hashes
    }
}

/// Reads a checkpoint, compares it and takes it.
fn take(
    follower: &mut Follower,
    note: &str,
    old_size: u64,
    hashes: &[Digest],
) -> Result<Progress, Refused> {
    let next = follower.compare(follower.read(note)?, old_size, hashes)?;
    let progress = next.progress();
    follower.take(next);
    Ok(progress)
}

fn follower() -> Follower {
    let mut follower = Follower::new(CHAIN, validators(), None).expect("new");
    let first = Log::of(&["a", "b", "c"]);
    let taken = take(&mut follower, &first.checkpoint(5, 3), 0, &[]);
    assert_eq!(taken, Ok(Progress::First));
    follower
}

#[test]
fn a_log_that_grew_is_taken() {
    let mut follower = follower();
    let log = Log::of(&["a", "b", "c", "d", "e"]);
    let taken = take(&mut follower, &log.checkpoint(9, 3), 3, &log.extends(3));
    assert_eq!(taken, Ok(Progress::Grown(2)));
    let again = take(&mut follower, &log.checkpoint(9, 4), 5, &[]);
    assert_eq!(again, Ok(Progress::Unchanged));
    // What was seen is believed again after a restart only by its signatures.
    let seen = follower.seen().cloned();
    let restarted = Follower::new(CHAIN, validators(), seen.clone()).expect("certified");
    assert_eq!(restarted.seen(), seen.as_ref());
    let mut changed = seen.expect("seen");
    changed.note = changed.note.replace("\n5\n", "\n6\n");
    assert!(Follower::new(CHAIN, validators(), Some(changed)).is_err());
}

#[test]
fn a_fork_and_a_rollback_are_alarms() {
    let mut follower = follower();
    let fork = Log::of(&["a", "x", "c"]).checkpoint(6, 3);
    let refused = take(&mut follower, &fork, 3, &[]).expect_err("a fork");
    assert!(
        matches!(refused, Refused::Forked { size: 3, .. }),
        "{refused}"
    );
    let other = Log::of(&["a", "x", "c", "d"]);
    let refused = take(&mut follower, &other.checkpoint(7, 3), 3, &other.extends(3));
    let refused = refused.expect_err("a fork that grew");
    assert!(matches!(
        refused,
        Refused::NotConsistent {
            seen: 3,
            size: 4,
            ..
        }
    ));
    assert!(refused.is_alarm());
    let smaller = Log::of(&["a", "b"]).checkpoint(7, 3);
    let refused = take(&mut follower, &smaller, 2, &[]).expect_err("a rollback");
    assert!(matches!(
        refused,
        Refused::RolledBack {
            seen: 3,
            got: 2,
            ..
        }
    ));
    let back = Log::of(&["a", "b", "c"]).checkpoint(4, 3);
    assert!(
        take(&mut follower, &back, 3, &[])
            .expect_err("back")
            .is_alarm()
    );
    assert_eq!(follower.size(), 3, "what was seen stays");
}

#[test]
fn what_no_quorum_signed_is_no_alarm_but_is_not_taken() {
    let mut follower = follower();
    let log = Log::of(&["a", "b", "c", "d"]);
    let refused = take(&mut follower, &log.checkpoint(6, 2), 3, &log.extends(3));
    let refused = refused.expect_err("two of four");
    assert!(matches!(refused, Refused::NotCertified(_)) && !refused.is_alarm());
    let refused = take(&mut follower, &log.checkpoint(6, 3), 2, &log.extends(2));
    assert_eq!(refused, Err(Refused::OutOfStep { seen: 3, got: 2 }));
    let foreign = log.checkpoint(6, 3).replace(CHAIN, "yilian-other");
    let refused = take(&mut follower, &foreign, 3, &[]).expect_err("another log");
    assert!(matches!(refused, Refused::OtherLog { .. }), "{refused}");
    assert!(take(&mut follower, "no note", 3, &[]).is_err());
}
