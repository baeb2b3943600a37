//! The end of a round: the logs give the key, or the next round begins.

use serde_json::json;
use yilian_abi::records;
use yilian_ceremony::{ABSENT, decode, group_of};
use yilian_release_records::{
    Ceremony, Fault, Log, Phase, ceremony_key, fault_key, group_key, message_range,
};
use yilian_threshold::{CeremonyFailure, Outcome};

use super::ceremony::{givers, malformed, proceed, record, round_of};
use super::view::View;
use super::{Step, Stop, share_among_members};
use crate::membership;
use crate::session::Session;

/// Most messages of older rounds that one ceremony clears away.
const CLEARED_MAX: usize = 2_000;

/// Names who did nothing, takes the key that the logs give, or begins the next round.
pub(super) fn finish(session: &mut Session, ceremony: &Ceremony) -> Step {
    let round = round_of(session, ceremony)?;
    let mut logs = Vec::new();
    for (_, log) in (session as &mut dyn View).messages::<Log>(ceremony.round, Phase::Log)? {
        logs.push(decode("log", &log.log)?);
    }
    let outcome = round
        .outcome(&logs)
        .map_err(|error| malformed(&error.to_string()))?;
    name_absent(session, ceremony)?;
    match outcome {
        Ok(outcome) => found(session, ceremony, &outcome),
        Err(failure) => again(session, ceremony, &failure),
    }
}

fn name_absent(session: &mut Session, ceremony: &Ceremony) -> Result<(), Stop> {
    let phases = [
        (Phase::Deal, &ceremony.dealers),
        (Phase::Acknowledge, &ceremony.members),
        (Phase::Log, &ceremony.dealers),
    ];
    for (phase, wanted) in phases {
        let given = givers(session, ceremony.round, phase)?;
        for member in wanted.iter().filter(|member| !given.contains(member)) {
            let fault = Fault {
                member: *member,
                round: ceremony.round,
                phase,
                what: ABSENT.to_owned(),
            };
            // The first thing that was wrong stands; the rest follows from it.
            if session.get(&fault_key(&fault))?.is_none() {
                record(session, &fault);
            }
        }
    }
    Ok(())
}

fn found(session: &mut Session, ceremony: &Ceremony, outcome: &Outcome) -> Step {
    let kept = (session as &mut dyn View).group()?;
    let previous = kept.filter(|_| ceremony.reshare).map(|group| group.outcome);
    let height = session.surroundings.height;
    let group = group_of(ceremony.round, height, outcome, previous)
        .map_err(|error| malformed(&error.to_string()))?;
    // Holders make their shares of the messages of this round; those of rounds before are of no more use.
    // Of the phases, `acknowledge` stands first among the keys of a round.
    let (from, _) = message_range(0, Phase::Acknowledge);
    let (to, _) = message_range(ceremony.round, Phase::Acknowledge);
    for (key, _) in session.range(&from, &to, CLEARED_MAX)? {
        session.overlay.set(key, None);
    }
    let stored = records::to_bytes(&group);
    session.overlay.set(group_key(), Some(stored));
    session.overlay.set(ceremony_key(), None);
    membership::forget_former(session, &group.holders)?;
    // Validators may have come or gone while this ceremony ran.
    share_among_members(session)?;
    Ok(json!({
        "accepted": true, "round": group.round, "group_key": group.key,
        "threshold": group.threshold, "revealed": group.revealed,
    }))
}

fn again(session: &mut Session, ceremony: &Ceremony, failure: &CeremonyFailure) -> Step {
    for (member, what) in &failure.faults {
        let fault = Fault {
            member: *member,
            round: ceremony.round,
            phase: Phase::Log,
            what: what.clone(),
        };
        record(session, &fault);
    }
    let reason = failure.to_string();
    // The key that is kept goes on to be held as it was, until there is another reason to share it anew.
    let kept = (session as &mut dyn View).group()?;
    if let Some(mut group) = kept.filter(|_| ceremony.reshare) {
        group.last_round = ceremony.round;
        group.tried_at = session.surroundings.height;
        let stored = records::to_bytes(&group);
        session.overlay.set(group_key(), Some(stored));
        session.overlay.set(ceremony_key(), None);
        return Ok(json!({"accepted": true, "failed": reason}));
    }
    let next = Ceremony {
        round: ceremony.round + 1,
        phase: Phase::Announce,
        ..ceremony.clone()
    };
    let step = proceed(session, next, true)?;
    Ok(json!({"accepted": true, "failed": reason, "next": step}))
}
