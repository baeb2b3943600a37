//! A ceremony by files, with members that are absent, cheat, or do a step twice.

mod holding;

use holding::{CHAIN, Centres, Trouble, pairs};
use yilian_ceremony::{
    Held, JudgementError, MemberFile, MessageError, Transcript, TranscriptError,
};
use yilian_release_records::{Fault, Phase};
use yilian_threshold::CeremonyError;

/// Whether the shares of these places make a release of the group.
fn releases(centres: &Centres, transcript: &Transcript, held: &Held, places: &[usize]) -> bool {
    let sign = |place: &usize| {
        let share = centres.share(*place, transcript, held);
        share
            .sign(CHAIN, held.outcome.key(), "draw:E62:1")
            .expect("signs")
    };
    let partials: Vec<_> = places.iter().map(sign).collect();
    held.outcome.recover(CHAIN, "draw:E62:1", &partials).is_ok()
}

fn named(held: &Held) -> Vec<(Phase, String)> {
    let one = |fault: &Fault| (fault.phase, fault.what.clone());
    held.faults.iter().map(one).collect()
}

#[test]
fn with_everybody_there_nobody_is_named_and_no_share_is_shown() {
    for count in [1, 2, 4, 7] {
        let centres = Centres::new(count);
        let transcript = centres.hold(&Trouble::default());
        let held = centres.judge(&transcript).expect("a group");
        assert!(held.is_complete(), "{:?}", held.faults);
        assert_eq!((held.group.round, held.group.since), (0, 0));
        assert_eq!(held.group.holders.len(), usize::from(count));
        let quorum: Vec<_> = (0..held.group.threshold as usize).collect();
        assert!(releases(&centres, &transcript, &held, &quorum));
    }
}

#[test]
fn every_step_done_again_gives_the_same_bytes() {
    let files = || {
        let centres = Centres::new(4);
        let setting = &centres.setting;
        let announced = centres.announcements(&[]);
        let deals: Vec<_> = (0..4)
            .map(|place| centres.sign(place, centres.deal(place, &announced)))
            .collect();
        let acks: Vec<_> = (0..4)
            .map(|place| centres.sign(place, centres.acknowledge(place, &deals).message))
            .collect();
        let logs: Vec<_> = (0..4)
            .map(|place| centres.sign(place, centres.log(place, &acks)))
            .collect();
        let whole = centres.hold(&Trouble::default()).to_bytes();
        let mut files = vec![whole];
        files.extend(
            announced
                .into_iter()
                .map(|one| MemberFile::of(setting, one).to_bytes()),
        );
        files.extend(
            deals
                .into_iter()
                .map(|one| MemberFile::of(setting, one).to_bytes()),
        );
        files.extend(
            acks.into_iter()
                .map(|one| MemberFile::of(setting, one).to_bytes()),
        );
        files.extend(
            logs.into_iter()
                .map(|one| MemberFile::of(setting, one).to_bytes()),
        );
        files
    };
    assert_eq!(files(), files());
}

#[test]
fn whoever_puts_the_parts_together_gets_the_same_file() {
    let centres = Centres::new(4);
    let transcript = centres.hold(&Trouble::default());
    let reversed = Transcript::of(
        &centres.setting,
        transcript.announcements.iter().rev().cloned().collect(),
        transcript.deals.iter().rev().cloned().collect(),
        transcript.acknowledgements.iter().rev().cloned().collect(),
        transcript.logs.iter().rev().cloned().collect(),
    );
    assert_eq!(reversed.digest(), transcript.digest());
    let read = Transcript::from_bytes(&transcript.to_bytes());
    assert_eq!(read, Ok(transcript));
}

#[test]
fn a_cheating_dealer_is_named_by_its_player_and_the_key_is_made_all_the_same() {
    let centres = Centres::new(7);
    let trouble = Trouble {
        cheats: Some(2),
        ..Trouble::default()
    };
    let transcript = centres.hold(&trouble);
    let cheat = centres.all[2].public();
    let refused = |place: usize| centres.acknowledge(place, &transcript.deals).refused;
    let cheated: Vec<usize> = (0..7).filter(|place| !refused(*place).is_empty()).collect();
    assert_eq!(cheated.len(), 2);
    assert!(cheated.iter().all(|place| refused(*place)[0].0 == cheat));
    // What it dealt them stands in its log, so all have shares; and their shares stay secret, since the other dealings do.
    let held = centres.judge(&transcript).expect("a group");
    assert!(!held.is_complete() && held.faults.is_empty());
    assert_eq!(held.unacknowledged.len(), 1);
    assert_eq!(held.unacknowledged[0].dealer, cheat);
    let players: Vec<_> = cheated
        .iter()
        .map(|place| centres.all[*place].public())
        .collect();
    let mut named = held.unacknowledged[0].players.clone();
    named.sort_by_key(|key| players.iter().position(|one| one == key));
    assert_eq!(named, players);
    assert!(releases(&centres, &transcript, &held, &[0, 1, 2, 3, 4]));
    assert!(releases(&centres, &transcript, &held, &[2, 3, 4, 5, 6]));
}

#[test]
fn who_was_absent_is_named_with_the_first_thing_that_was_missing() {
    let absent = |trouble: Trouble| {
        let centres = Centres::new(4);
        let transcript = centres.hold(&trouble);
        let held = centres.judge(&transcript).expect("a group");
        assert_eq!(held.faults[0].member, centres.all[1].public());
        assert!(releases(&centres, &transcript, &held, &[0, 2, 3]));
        assert!(releases(&centres, &transcript, &held, &[0, 1, 2]));
        (named(&held), held.group.revealed.len())
    };
    let absent_in = |phase| vec![(phase, "absent".to_owned())];
    let gone = vec![1];
    let nothing = absent(Trouble {
        absent: gone.clone(),
        ..Trouble::default()
    });
    assert_eq!(nothing, (absent_in(Phase::Deal), 1));
    let no_dealer = absent(Trouble {
        no_dealers: gone.clone(),
        ..Trouble::default()
    });
    assert_eq!(no_dealer, (absent_in(Phase::Deal), 0));
    let silent = absent(Trouble {
        silent: gone.clone(),
        ..Trouble::default()
    });
    assert_eq!(silent, (absent_in(Phase::Acknowledge), 1));
    let no_log = absent(Trouble {
        no_logs: gone,
        ..Trouble::default()
    });
    assert_eq!(no_log, (absent_in(Phase::Log), 0));
}

#[test]
fn with_one_log_less_than_the_threshold_there_is_no_group() {
    let centres = Centres::new(4);
    let trouble = Trouble {
        no_logs: vec![0, 3],
        ..Trouble::default()
    };
    let failed = centres.judge(&centres.hold(&trouble)).expect_err("too few");
    let JudgementError::Failed(failure) = failed else {
        panic!("{failed}");
    };
    assert_eq!((failure.required, failure.found), (3, 2));
    assert_eq!(failure.absent.len(), 2);
}

#[test]
fn a_dealer_with_two_faces_is_found_and_its_log_is_not_used() {
    let mut centres = Centres::new(4);
    let honest = centres.hold(&Trouble::default());
    // To the others it deals with another secret than to whoever puts the parts together.
    centres.all[1].secret = yilian_release_holder::Secret::from_bytes([99; 32]);
    let mut transcript = centres.hold(&Trouble::default());
    transcript.deals[1] = honest.deals[1].clone();
    let held = centres.judge(&transcript).expect("a group of the others");
    assert_eq!(held.faults.len(), 1);
    assert_eq!(held.faults[0].member, centres.all[1].public());
    assert!(held.faults[0].what.contains("another dealing"));
    assert_eq!(held.logs.len(), 3);
    assert!(releases(&centres, &transcript, &held, &[0, 2, 3]));
}

#[test]
fn a_lost_secret_is_a_lost_share() {
    let mut centres = Centres::new(4);
    let transcript = centres.hold(&Trouble::default());
    let held = centres.judge(&transcript).expect("a group");
    centres.all[0].secret = yilian_release_holder::Secret::from_bytes([99; 32]);
    let (deals, logs) = (pairs(&transcript.deals), pairs(&held.logs));
    let holder = centres.all[0].holder();
    let share = holder.share(&centres.parameters, 0, &deals, &logs);
    assert!(matches!(
        share,
        Err(yilian_release_holder::HolderError::Ceremony(
            CeremonyError::Incomplete(_)
        ))
    ));
}

#[test]
fn what_is_no_transcript_of_these_validators_is_refused() {
    let centres = Centres::new(4);
    let good = centres.hold(&Trouble::default());
    let refused = |change: &dyn Fn(&mut Transcript)| {
        let mut changed = good.clone();
        change(&mut changed);
        centres.judge(&changed).expect_err("refused")
    };
    let key = |place: usize| centres.all[place].public();
    use JudgementError as E;
    assert!(matches!(
        refused(&|t| t.chain_id = "elsewhere".to_owned()),
        E::Chain { .. }
    ));
    assert_eq!(refused(&|t| t.round = 1), E::Round { got: 1 });
    assert_eq!(refused(&|t| t.members.reverse()), E::Members);
    let twice = refused(&|t| t.deals.insert(0, t.deals[1].clone()));
    assert_eq!(
        twice,
        E::Twice {
            phase: Phase::Deal,
            member: key(0)
        }
    );
    let foreign = refused(&|t| t.logs[0].member = holding::Centre::new(9).public());
    assert!(matches!(foreign, E::Foreign { .. }), "{foreign}");
    // Under another's name, and with what another said.
    let forged =
        refused(&|t| t.acknowledgements[2].message = t.acknowledgements[1].message.clone());
    assert_eq!(
        forged,
        E::Forged {
            phase: Phase::Acknowledge,
            member: key(2)
        }
    );
    let undealt = refused(&|t| {
        t.deals.remove(3);
    });
    assert_eq!(undealt, E::Undealt(key(3)));
    let small = refused(&|t| {
        t.deals[0].message.shares[0].sealed.clear();
        t.deals[0] = centres.sign(0, t.deals[0].message.clone());
    });
    assert!(matches!(small, E::Message { .. }), "{small}");
    let other = good.judge(CHAIN, &Centres::new(5).validators);
    assert_eq!(other, Err(E::Members));
}

#[test]
fn what_no_chain_would_take_is_refused_though_it_is_signed() {
    let centres = Centres::new(4);
    let good = centres.hold(&Trouble::default());
    let reason = |change: &dyn Fn(&mut Transcript)| {
        let mut changed = good.clone();
        change(&mut changed);
        changed.announcements[0] = centres.sign(0, changed.announcements[0].message.clone());
        changed.deals[0] = centres.sign(0, changed.deals[0].message.clone());
        changed.acknowledgements[0] = centres.sign(0, changed.acknowledgements[0].message.clone());
        changed.logs[0] = centres.sign(0, changed.logs[0].message.clone());
        match centres.judge(&changed) {
            Err(JudgementError::Message { member, reason, .. }) => {
                assert_eq!(member, centres.all[0].public());
                reason
            }
            other => panic!("{other:?}"),
        }
    };
    use MessageError as E;
    let key = reason(&|t| t.announcements[0].message.sealing_key = "00".repeat(32));
    assert!(matches!(key, E::SealingKey(_)), "{key}");
    let twice = reason(&|t| {
        let share = t.deals[0].message.shares[0].clone();
        t.deals[0].message.shares.push(share);
    });
    assert!(matches!(twice, E::ShareTo(_)), "{twice}");
    let public = reason(&|t| t.deals[0].message.public.truncate(40));
    assert!(matches!(public, E::Ceremony(_)), "{public}");
    let again = reason(&|t| {
        let ack = t.acknowledgements[0].message.acks[0].clone();
        t.acknowledgements[0].message.acks.push(ack);
    });
    assert!(matches!(again, E::Dealer(_)), "{again}");
    let base64 = reason(&|t| t.acknowledgements[0].message.acks[0].ack = "*".to_owned());
    assert_eq!(base64, E::Base64("ack"));
    let others = reason(&|t| t.logs[0].message = t.logs[1].message.clone());
    assert_eq!(others, E::LogOf(centres.all[1].public()));
}

#[test]
fn a_changed_bit_is_found_wherever_it_is() {
    let centres = Centres::new(4);
    let bytes = centres.hold(&Trouble::default()).to_bytes();
    for place in (0..bytes.len() - 1).step_by(61) {
        let mut changed = bytes.clone();
        changed[place] ^= 1;
        let judged = Transcript::from_bytes(&changed).map(|read| centres.judge(&read));
        assert!(!matches!(judged, Ok(Ok(_))), "byte {place}");
    }
    let long = vec![b' '; yilian_ceremony::TRANSCRIPT_BYTES_MAX + 1];
    assert!(matches!(
        Transcript::from_bytes(&long),
        Err(TranscriptError::Size { .. })
    ));
}
