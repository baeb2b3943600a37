//! The ceremony that makes the key, or shares it anew, as steps of the chain.
//!
//! Members say to which keys their shares are to be sealed; dealers deal; players acknowledge the shares that fit; dealers
//! show the others in their logs; the logs give the key. A phase ends when everybody has done his part, or when its
//! blocks are over. Who did nothing, or something wrong, is named. With too few logs the next round begins.

use serde::Serialize;
use serde_json::json;
use yilian_abi::records;
use yilian_ceremony::{
    MessageError, begin, check_acknowledge, check_announce, check_deal, check_log, parameters_of,
};
use yilian_crypto::PublicKey;
use yilian_primitives::Height;
use yilian_release::threshold;
use yilian_release_records::{
    Acknowledge, Announce, Ceremony, Deal, Fault, Group, Log, Phase, ceremony_key, fault_key,
    message_key, sealing_key,
};
use yilian_threshold::{Ceremony as Round, CeremonyError};

use super::ending;
use super::partial::outcome_of;
use super::view::View;
use super::{Step, Stop, refused};
use crate::membership;
use crate::parent::StateError;
use crate::session::Session;

/// Blocks after which a member whose share is no secret, or that has none, may set off a resharing.
const RESHARE_PAUSE: Height = 50;

pub(super) fn malformed(what: &str) -> Stop {
    Stop::State(StateError(format!("the state of releases: {what}")))
}

pub(super) fn record(session: &mut Session, fault: &Fault) {
    let stored = records::to_bytes(fault);
    session.overlay.set(fault_key(fault), Some(stored));
}

pub(super) fn round_of(session: &mut Session, ceremony: &Ceremony) -> Result<Round, Stop> {
    let kept = match (session as &mut dyn View).group()? {
        Some(group) if ceremony.reshare => Some(outcome_of(&group)?),
        _ => None,
    };
    let chain_id = session.surroundings.chain_id.clone();
    parameters_of(&chain_id, ceremony, kept.as_ref()).map_err(|error| malformed(&error.to_string()))
}

/// Whether an announcement can be one.
pub(super) fn may_announce(args: &Announce) -> Result<(), Stop> {
    check_announce(args)?;
    Ok(())
}

/// Whether a member's message is wanted now: gives the ceremony.
pub(super) fn may_give(
    view: &mut dyn View,
    phase: Phase,
    round: u64,
    sender: &PublicKey,
) -> Result<Ceremony, Stop> {
    let Some(ceremony) = view.ceremony()? else {
        return refused("no ceremony runs");
    };
    if (ceremony.round, ceremony.phase) != (round, phase) {
        return refused(format!(
            "round {round}, {phase:?}: the ceremony stands at round {}, {:?}",
            ceremony.round, ceremony.phase
        ));
    }
    let takers = match phase {
        Phase::Announce | Phase::Acknowledge => &ceremony.members,
        Phase::Deal | Phase::Log => &ceremony.dealers,
    };
    if !takers.contains(sender) {
        return refused(format!(
            "{sender} has no part in {phase:?} of round {round}"
        ));
    }
    if view.get(&message_key(round, phase, sender))?.is_some() {
        return refused(format!("{sender} has done its part in {phase:?}"));
    }
    if phase == Phase::Log
        && view
            .get(&message_key(round, Phase::Deal, sender))?
            .is_none()
    {
        return refused(format!("{sender} did not deal in round {round}"));
    }
    Ok(ceremony)
}

pub(super) fn announce(session: &mut Session, sender: &PublicKey, args: &Announce) -> Step {
    may_announce(args)?;
    keep_sealing_key(session, sender, args);
    let view: &mut dyn View = session;
    if let Some(ceremony) = view.ceremony()? {
        return proceed(session, ceremony, false);
    }
    let Some(group) = view.group()? else {
        return Err(malformed("neither a group nor a ceremony"));
    };
    let without = !group.holders.contains(sender) || group.revealed.contains(sender);
    let height = session.surroundings.height;
    if without && height >= group.tried_at.saturating_add(RESHARE_PAUSE) {
        return start_reshare(session, &group);
    }
    Ok(json!({"accepted": true}))
}

fn keep_sealing_key(session: &mut Session, sender: &PublicKey, args: &Announce) {
    let value = records::to_bytes(&args.sealing_key);
    session.overlay.set(sealing_key(sender), Some(value));
}

/// A new validator says to which key its shares are to be sealed: the key is shared anew, with it as a holder.
pub(super) fn joined(session: &mut Session, sender: &PublicKey, args: &Announce) -> Step {
    keep_sealing_key(session, sender, args);
    let resharing = share_among_members(session)?;
    Ok(json!({"accepted": true, "resharing": resharing}))
}

/// Begins to share the key anew if others hold it than those that decide, and no ceremony runs; its end looks again.
pub(crate) fn share_among_members(session: &mut Session) -> Result<bool, Stop> {
    let view: &mut dyn View = session;
    let (ceremony, group) = (view.ceremony()?, view.group()?);
    let Some(group) = group.filter(|_| ceremony.is_none()) else {
        return Ok(false);
    };
    let set = membership::validators(session)?;
    let holds = |key: &PublicKey| group.holders.contains(key);
    if set.len() == group.holders.len() && set.iter().all(|one| holds(&one.public_key)) {
        return Ok(false);
    }
    start_reshare(session, &group)?;
    Ok(true)
}

/// Shares the key anew among the validators of now.
pub(super) fn reshare(session: &mut Session) -> Step {
    let view: &mut dyn View = session;
    if let Some(ceremony) = view.ceremony()? {
        return refused(format!("round {} of a ceremony runs", ceremony.round));
    }
    match view.group()? {
        Some(group) => start_reshare(session, &group),
        None => Err(malformed("neither a group nor a ceremony")),
    }
}

fn start_reshare(session: &mut Session, group: &Group) -> Step {
    let ceremony = begin(
        group.last_round + 1,
        Phase::Announce,
        session.surroundings.height,
        session.surroundings.parameters.release_phase_blocks,
        &membership::validators(session)?,
        Some(group),
    );
    proceed(session, ceremony, false)
}

pub(super) fn deal(session: &mut Session, sender: &PublicKey, args: &Deal) -> Step {
    let ceremony = may_give(session, Phase::Deal, args.round, sender)?;
    let round = round_of(session, &ceremony)?;
    check_deal(&round, &ceremony, args)?;
    keep(session, args.round, Phase::Deal, sender, args);
    proceed(session, ceremony, false)
}

pub(super) fn acknowledge(session: &mut Session, sender: &PublicKey, args: &Acknowledge) -> Step {
    let ceremony = may_give(session, Phase::Acknowledge, args.round, sender)?;
    check_acknowledge(&ceremony, args)?;
    keep(session, args.round, Phase::Acknowledge, sender, args);
    proceed(session, ceremony, false)
}

pub(super) fn log(session: &mut Session, sender: &PublicKey, args: &Log) -> Step {
    let ceremony = may_give(session, Phase::Log, args.round, sender)?;
    let round = round_of(session, &ceremony)?;
    match check_log(&round, sender, args) {
        Ok(_) => {}
        Err(MessageError::Ceremony(CeremonyError::Log { reason, .. })) => {
            let fault = Fault {
                member: *sender,
                round: args.round,
                phase: Phase::Log,
                what: reason.clone(),
            };
            record(session, &fault);
            return Ok(json!({"accepted": false, "fault": reason}));
        }
        Err(error) => return Err(error.into()),
    }
    keep(session, args.round, Phase::Log, sender, args);
    proceed(session, ceremony, false)
}

fn keep<T: Serialize>(
    session: &mut Session,
    round: u64,
    phase: Phase,
    sender: &PublicKey,
    args: &T,
) {
    let key = message_key(round, phase, sender);
    session.overlay.set(key, Some(records::to_bytes(args)));
}

/// The time of a phase is over; only the chain itself calls this.
pub(super) fn advance(session: &mut Session) -> Step {
    let view: &mut dyn View = session;
    match view.ceremony()? {
        Some(ceremony) if session.surroundings.height > ceremony.ends_at => {
            proceed(session, ceremony, true)
        }
        _ => refused("no phase is over"),
    }
}

/// Ends the phase if everybody has done his part or its time is over, and stores where the ceremony stands.
pub(super) fn proceed(session: &mut Session, mut ceremony: Ceremony, over: bool) -> Step {
    let (done, next) = match ceremony.phase {
        Phase::Announce => announced(session, &ceremony, over)?,
        Phase::Deal => dealt(session, &ceremony, over)?,
        Phase::Acknowledge => acknowledged(session, &ceremony, over)?,
        Phase::Log => {
            let dealt = givers(session, ceremony.round, Phase::Deal)?;
            let logged = givers(session, ceremony.round, Phase::Log)?;
            if over || logged.len() == dealt.len() {
                return ending::finish(session, &ceremony);
            }
            (false, Phase::Log)
        }
    };
    let window = session.surroundings.parameters.release_phase_blocks;
    if done || over {
        ceremony.ends_at = session.surroundings.height.saturating_add(window);
    }
    if done {
        ceremony.phase = next;
    }
    let stored = records::to_bytes(&ceremony);
    session.overlay.set(ceremony_key(), Some(stored));
    Ok(json!({"accepted": true, "round": ceremony.round, "phase": ceremony.phase}))
}

pub(super) fn givers(
    session: &mut Session,
    round: u64,
    phase: Phase,
) -> Result<Vec<PublicKey>, Stop> {
    let found = (session as &mut dyn View).messages::<serde_json::Value>(round, phase)?;
    Ok(found.into_iter().map(|(sender, _)| sender).collect())
}

/// Members that announced a key to which shares can be sealed.
fn reachable(session: &mut Session, ceremony: &Ceremony) -> Result<Vec<PublicKey>, Stop> {
    let mut found = Vec::new();
    for member in &ceremony.members {
        if (session as &mut dyn View).sealing_key(member)?.is_some() {
            found.push(*member);
        }
    }
    Ok(found)
}

fn count(of: &[PublicKey]) -> u32 {
    u32::try_from(of.len()).unwrap_or(u32::MAX)
}

/// Below a quorum there is nothing to begin with; then the phase goes on.
fn announced(
    session: &mut Session,
    ceremony: &Ceremony,
    over: bool,
) -> Result<(bool, Phase), Stop> {
    let here = count(&reachable(session, ceremony)?);
    let all = count(&ceremony.members);
    Ok((here == all || (over && here >= threshold(all)), Phase::Deal))
}

fn dealt(session: &mut Session, ceremony: &Ceremony, over: bool) -> Result<(bool, Phase), Stop> {
    let dealt = count(&givers(session, ceremony.round, Phase::Deal)?);
    let all = count(&ceremony.dealers);
    Ok((
        dealt == all || (over && dealt >= threshold(all)),
        Phase::Acknowledge,
    ))
}

fn acknowledged(
    session: &mut Session,
    ceremony: &Ceremony,
    over: bool,
) -> Result<(bool, Phase), Stop> {
    let acknowledged = givers(session, ceremony.round, Phase::Acknowledge)?;
    let done = acknowledged.len() == ceremony.members.len();
    Ok((done || over, Phase::Log))
}
