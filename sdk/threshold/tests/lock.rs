//! Keys that open with a release, and with nothing else.

mod group;

use group::{CHAIN, group};
use yilian_release::ReleaseSignature;
use yilian_threshold::{LOCKED_BYTES, LockError, LockedKey, Outcome};

const OPENING: &str = "opening:A01-1";
const SECRET: [u8; 32] = [7; 32];

fn release(members: &[group::Centre], outcome: &Outcome, identity: &str) -> ReleaseSignature {
    let sign = |member: &group::Centre| {
        let share = member.share.as_ref().expect("a share");
        share.sign(CHAIN, outcome.key(), identity).expect("signs")
    };
    let parts: Vec<_> = members.iter().map(sign).collect();
    outcome.recover(CHAIN, identity, &parts).expect("recovers")
}

#[test]
fn a_locked_key_opens_with_its_release_alone() {
    let (members, outcome) = group(4);
    let locked = LockedKey::lock(CHAIN, outcome.key(), OPENING, &SECRET, &[9; 32]).expect("locks");
    assert_eq!(locked.to_string().len(), 2 * LOCKED_BYTES);
    let opening = release(&members, &outcome, OPENING);
    assert_eq!(*locked.unlock(&opening).expect("opens"), SECRET);
    let other = release(&members, &outcome, "opening:A01-2");
    assert_eq!(locked.unlock(&other), Err(LockError::Closed));
    let elsewhere =
        LockedKey::lock("another-chain", outcome.key(), OPENING, &SECRET, &[9; 32]).expect("locks");
    assert_eq!(elsewhere.unlock(&opening), Err(LockError::Closed));
}

#[test]
fn which_shares_made_the_release_does_not_matter() {
    let (members, outcome) = group(4);
    let locked = LockedKey::lock(CHAIN, outcome.key(), OPENING, &SECRET, &[9; 32]).expect("locks");
    for away in 0..4 {
        let mut some = members.clone();
        some.remove(away);
        let opening = release(&some, &outcome, OPENING);
        assert_eq!(*locked.unlock(&opening).expect("opens"), SECRET);
    }
}

#[test]
fn a_changed_digit_is_no_key_or_does_not_open() {
    let (members, outcome) = group(4);
    let opening = release(&members, &outcome, OPENING);
    let locked = LockedKey::lock(CHAIN, outcome.key(), OPENING, &SECRET, &[9; 32]).expect("locks");
    let text = locked.to_string();
    assert_eq!(text.parse::<LockedKey>(), Ok(locked));
    for place in (0..text.len()).step_by(7) {
        let mut changed = text.clone().into_bytes();
        changed[place] = if changed[place] == b'0' { b'1' } else { b'0' };
        let changed = String::from_utf8(changed).expect("digits");
        if let Ok(locked) = changed.parse::<LockedKey>() {
            assert_eq!(locked.unlock(&opening), Err(LockError::Closed), "{place}");
        }
    }
    for wrong in ["", "00", &text.to_uppercase(), &text[2..]] {
        assert!(wrong.parse::<LockedKey>().is_err());
    }
}
