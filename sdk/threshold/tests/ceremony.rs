//! Making and resharing a key, with members that are absent, cheat, or come back.

mod group;

use group::{CHAIN, Trouble, centres, group, hold, keys, round};
use yilian_threshold::{Ceremony, CeremonyError, Outcome, Partial};

fn sign(members: &[group::Centre], outcome: &Outcome, identity: &str) -> Vec<Partial> {
    let shares = members.iter().filter_map(|member| member.share.as_ref());
    shares
        .map(|share| share.sign(CHAIN, outcome.key(), identity).expect("signs"))
        .collect()
}

#[test]
fn the_threshold_is_the_quorum_for_every_size() {
    for count in 1..=7 {
        let (members, outcome) = group(count);
        let threshold = yilian_release::threshold(u32::from(count));
        assert_eq!(outcome.threshold(), threshold, "{count} members");
        let partials = sign(&members, &outcome, "draw:E62:1");
        let whole = outcome.recover(CHAIN, "draw:E62:1", &partials[..threshold as usize]);
        let whole = whole.expect("recovers");
        assert_eq!(outcome.key().verify(CHAIN, "draw:E62:1", &whole), Ok(()));
    }
}

#[test]
fn f_absent_dealers_and_f_silent_players_do_not_stop_it() {
    for trouble in [
        Trouble {
            absent_dealers: vec![2],
            ..Trouble::default()
        },
        Trouble {
            silent_players: vec![1],
            ..Trouble::default()
        },
    ] {
        let mut members = centres(4);
        let dealers = members.clone();
        let outcome = hold(0, None, &dealers, &mut members, &trouble).expect("a key");
        // Also the silent player has a share: what it did not acknowledge was shown.
        assert!(members.iter().all(|member| member.share.is_some()));
        let partials = sign(&members, &outcome, "x");
        assert!(outcome.recover(CHAIN, "x", &partials).is_ok());
        let shown = outcome.revealed().expect("keys");
        let silent: Vec<_> = trouble
            .silent_players
            .iter()
            .map(|&seat| members[seat].public())
            .collect();
        assert_eq!(shown, silent);
    }
}

#[test]
fn f_plus_one_absent_dealers_stop_it_and_are_named() {
    let mut members = centres(4);
    let dealers = members.clone();
    let trouble = Trouble {
        absent_dealers: vec![0, 3],
        ..Trouble::default()
    };
    let failure = hold(0, None, &dealers, &mut members, &trouble).expect_err("too few");
    assert_eq!((failure.required, failure.found), (3, 2));
    let mut absent = vec![dealers[0].public(), dealers[3].public()];
    absent.sort();
    let mut named = failure.absent.clone();
    named.sort();
    assert_eq!(named, absent);
    assert!(failure.faults.is_empty());
}

#[test]
fn a_cheated_player_stays_silent_and_gets_its_share_from_the_log() {
    let mut members = centres(4);
    let dealers = members.clone();
    let trouble = Trouble {
        cheated: Some((0, 2)),
        ..Trouble::default()
    };
    let outcome = hold(0, None, &dealers, &mut members, &trouble).expect("a key");
    let partials = sign(&members, &outcome, "x");
    assert_eq!(partials.len(), 4);
    for partial in &partials {
        assert_eq!(outcome.verify(CHAIN, "x", partial), Ok(()));
    }
}

#[test]
fn a_log_of_another_round_is_nobodys() {
    let members = centres(4);
    let other = round(7, None, &members, &members, &Trouble::default());
    let ceremony = Ceremony::new(CHAIN, 8, None, &keys(&members), &keys(&members)).expect("valid");
    // Signed for another round: nobody's.
    assert_eq!(
        ceremony.check_log(&other.logs[0]),
        Err(CeremonyError::Malformed("log of a dealer"))
    );
}

#[test]
fn a_dealer_whom_too_many_left_without_an_answer_shows_nothing_and_is_not_at_fault() {
    let members = centres(4);
    let ceremony = Ceremony::new(CHAIN, 8, None, &keys(&members), &keys(&members)).expect("valid");
    let dealer = &members[0];
    let log = ceremony.log(&dealer.key, &dealer.secret, None, &[]);
    let log = log.expect("a log");
    assert_eq!(ceremony.check_log(&log), Ok(dealer.public()));
    let failure = ceremony
        .outcome(&[log])
        .expect("reads")
        .expect_err("too few");
    assert!(failure.faults.is_empty());
    assert_eq!((failure.found, failure.absent.len()), (0, 4));
}

#[test]
fn logs_that_hold_are_checked_one_by_one() {
    let members = centres(4);
    let round = round(0, None, &members, &members, &Trouble::default());
    for (log, member) in round.logs.iter().zip(&members) {
        assert_eq!(round.ceremony.check_log(log), Ok(member.public()));
        for place in (0..log.len()).step_by(7) {
            let mut changed = log.clone();
            changed[place] ^= 1;
            assert!(round.ceremony.check_log(&changed).is_err(), "byte {place}");
        }
    }
}

#[test]
fn a_log_shows_its_dealing_and_whose_shares_stand_in_it() {
    let members = centres(4);
    let trouble = Trouble {
        silent_players: vec![1],
        ..Trouble::default()
    };
    let round = round(0, None, &members, &members, &trouble);
    for (log, member) in round.logs.iter().zip(&members) {
        let shown = round.ceremony.shown(log).expect("reads");
        let dealing = round.ceremony.deal(&member.key, &member.secret, None);
        assert_eq!(shown.public, dealing.expect("deals").public);
        assert_eq!(shown.dealer, member.public());
        assert_eq!(shown.revealed, Some(vec![members[1].public()]));
    }
    let unanswered = round
        .ceremony
        .log(&members[0].key, &members[0].secret, None, &[]);
    let shown = round.ceremony.shown(&unanswered.expect("a log"));
    assert_eq!(shown.expect("reads").revealed, None);
}

#[test]
fn a_member_that_stopped_does_the_same_again() {
    let members = centres(4);
    let first = round(0, None, &members, &members, &Trouble::default());
    let again = round(0, None, &members, &members, &Trouble::default());
    assert_eq!(first.logs, again.logs);
    let share = |round: &group::Round| {
        let share = round
            .ceremony
            .share(&members[1].key, &round.received[1], &round.logs);
        share.expect("a share").to_secret_bytes()
    };
    assert_eq!(share(&first), share(&again));
}

#[test]
fn resharing_keeps_key_and_releases_and_old_shares_do_not_mix_with_new_ones() {
    let (old, outcome) = group(4);
    let mut new = centres(9)[2..].to_vec();
    let next = hold(1, Some(&outcome), &old, &mut new, &Trouble::default()).expect("reshared");
    assert_eq!(next.key(), outcome.key());
    assert_eq!((next.threshold(), next.holders().len()), (5, 7));
    let identity = "draw:E62:pending";
    let before = sign(&old, &outcome, identity);
    let after = sign(&new, &next, identity);
    assert_eq!(
        outcome.recover(CHAIN, identity, &before),
        next.recover(CHAIN, identity, &after)
    );
    // A share of the old group is none of the new one.
    assert!(next.verify(CHAIN, identity, &before[0]).is_err());
    let mixed = [&before[..2], &after[2..5]].concat();
    assert!(next.recover(CHAIN, identity, &mixed).is_err());
}

#[test]
fn lost_shares_come_back_by_resharing_up_to_f() {
    let (mut members, outcome) = group(4);
    members[3].share = None;
    let dealers = members[..3].to_vec();
    let next = hold(
        1,
        Some(&outcome),
        &dealers,
        &mut members,
        &Trouble::default(),
    );
    assert_eq!(next.expect("reshared").key(), outcome.key());
    assert!(members[3].share.is_some());
    // With one more lost, too few are left to deal.
    let few = Ceremony::new(
        CHAIN,
        2,
        Some(&outcome),
        &keys(&members[..2]),
        &keys(&members),
    );
    assert!(matches!(few, Err(CeremonyError::Parameters(_))));
}

#[test]
fn an_outcome_has_one_encoding() {
    let (_, outcome) = group(4);
    let bytes = outcome.to_bytes();
    assert_eq!(Outcome::from_bytes(&bytes), Ok(outcome));
    for length in 0..bytes.len() {
        assert!(Outcome::from_bytes(&bytes[..length]).is_err());
    }
    assert!(Outcome::from_bytes(&[&bytes[..], &[0]].concat()).is_err());
}

#[test]
fn the_parts_of_an_outcome_belong_together() {
    let (_, outcome) = group(4);
    let bytes = outcome.to_bytes();
    let key_bytes = 32;
    // At the end stand the holders, as a number and their keys, and those whose shares were shown: none.
    let (public, holders) = bytes.split_at(bytes.len() - 1 - 4 * key_bytes - 1);
    assert_eq!((holders[0], holders.last()), (4, Some(&0)));
    let keys = &holders[1..=4 * key_bytes];
    let read = |count: u8, keys: &[u8], shown: &[u8]| {
        Outcome::from_bytes(&[public, &[count], keys, shown].concat())
    };
    let shown = |key: &[u8]| read(4, keys, &[&[1], key].concat());
    let holder = shown(&keys[..key_bytes]).expect("one of them");
    assert_eq!(holder.revealed(), Ok(vec![outcome.holders()[0]]));
    let stranger = centres(5)[4].public();
    assert!(!outcome.holders().contains(&stranger));
    assert!(shown(stranger.as_bytes()).is_err(), "shown of a stranger");
    let fewer = &keys[..3 * key_bytes];
    assert!(read(3, fewer, &[0]).is_err(), "fewer holders than shares");
}

#[test]
fn parameters_that_fit_no_ceremony_are_refused() {
    let members = centres(2);
    let key = members[0].public();
    assert!(Ceremony::new(CHAIN, 0, None, &[], &keys(&members)).is_err());
    assert!(Ceremony::new(CHAIN, 0, None, &[key, key], &keys(&members)).is_err());
    let stranger = group::Centre::new(9);
    let ceremony = Ceremony::new(CHAIN, 0, None, &keys(&members), &keys(&members)).expect("valid");
    assert!(
        ceremony
            .deal(&stranger.key, &stranger.secret, None)
            .is_err()
    );
}
