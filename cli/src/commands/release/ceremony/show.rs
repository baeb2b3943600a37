//! Centres, phases and groups as people read them.

use serde_json::{Value, json};
use yilian_ceremony::{ABSENT, Held};
use yilian_chain_spec::ChainSpec;
use yilian_crypto::{Digest, PublicKey};
use yilian_release_records::Phase;

use crate::answer::{Answer, Block};
use crate::context::Context;
use crate::messages::M;

/// Name of a centre; the key itself if it is none's.
pub(super) fn centre_name(spec: &ChainSpec, key: &PublicKey) -> String {
    let centre = spec.centre_with_key(key);
    centre.map_or_else(|| key.to_string(), |centre| centre.name.clone())
}

/// Names of centres.
pub(super) fn names<'k>(
    spec: &ChainSpec,
    keys: impl IntoIterator<Item = &'k PublicKey>,
) -> Vec<String> {
    let keys = keys.into_iter();
    keys.map(|key| centre_name(spec, key)).collect()
}

/// Names the centres that were absent, if any were.
pub(super) fn with_absent(context: &Context, answer: Answer, absent: &[String]) -> Answer {
    match absent {
        [] => answer,
        names => {
            let names = names.join("、");
            answer.text(context.text(M::CeremonyAbsent, &[("centres", &names)]))
        }
    }
}

/// What happens in a phase.
pub(super) fn phase_name(context: &Context, phase: Phase) -> String {
    context.name(match phase {
        Phase::Announce => M::PhaseAnnounce,
        Phase::Deal => M::PhaseDeal,
        Phase::Acknowledge => M::PhaseAcknowledge,
        Phase::Log => M::PhaseLog,
    })
}

/// What a ceremony gave, for programs.
pub(super) fn held_json(spec: &ChainSpec, held: &Held, digest: &Digest) -> Value {
    let faults = held.faults.iter().map(|fault| {
        json!({"centre": centre_name(spec, &fault.member), "phase": fault.phase, "what": fault.what})
    });
    let unacknowledged = held.unacknowledged.iter().map(|one| {
        json!({"dealer": centre_name(spec, &one.dealer), "players": names(spec, &one.players)})
    });
    json!({
        "unacknowledged": unacknowledged.collect::<Vec<_>>(),
        "digest": digest, "group_key": held.group.key, "group_key_id": held.outcome.key().id(),
        "threshold": held.group.threshold, "holders": names(spec, &held.group.holders),
        "revealed": names(spec, &held.group.revealed), "faults": faults.collect::<Vec<_>>(),
        "complete": held.is_complete(),
    })
}

/// What a ceremony gave, for people.
pub(super) fn with_held(
    context: &Context,
    answer: Answer,
    spec: &ChainSpec,
    (held, digest): (&Held, &Digest),
) -> Answer {
    let revealed = match held.group.revealed.is_empty() {
        true => context.name(M::NoneOfThem),
        false => names(spec, &held.group.revealed).join("、"),
    };
    let shares = format!("{} / {}", held.group.threshold, held.group.holders.len());
    let answer = answer.fields([
        (context.name(M::CeremonyDigest), digest.to_string()),
        (
            context.name(M::CeremonyKeyId),
            held.outcome.key().id().to_string(),
        ),
        (context.name(M::GroupKey), held.group.key.clone()),
        (context.name(M::GroupThreshold), shares),
        (
            context.name(M::GroupHolders),
            names(spec, &held.group.holders).join("、"),
        ),
        (context.name(M::GroupRevealed), revealed),
    ]);
    let lines = troubles(context, spec, held);
    if lines.is_empty() {
        return answer;
    }
    answer
        .with(Block::Title(context.name(M::FaultsTitle)))
        .text(lines.join("\n"))
}

/// Who was absent or false, whose share is no secret, and which dealings were not acknowledged: a line each.
pub(super) fn troubles(context: &Context, spec: &ChainSpec, held: &Held) -> Vec<String> {
    let faults = held.faults.iter().map(|fault| {
        let (centre, phase, what) = (
            centre_name(spec, &fault.member),
            phase_name(context, fault.phase),
            what_happened(context, &fault.what),
        );
        let values: [(&str, &dyn core::fmt::Display); 3] =
            [("centre", &centre), ("phase", &phase), ("what", &what)];
        context.text(M::CeremonyFault, &values)
    });
    let revealed = held.group.revealed.iter().map(|member| {
        let centre = centre_name(spec, member);
        context.text(M::CeremonyRevealed, &[("centre", &centre)])
    });
    let unacknowledged = held.unacknowledged.iter().map(|one| {
        let (dealer, players) = (
            centre_name(spec, &one.dealer),
            names(spec, &one.players).join("、"),
        );
        context.text(
            M::CeremonyUnacknowledged,
            &[("dealer", &dealer), ("players", &players)],
        )
    });
    faults.chain(revealed).chain(unacknowledged).collect()
}

/// A fault in the reader's language, where it is one that has a word.
pub(super) fn what_happened(context: &Context, what: &str) -> String {
    match what {
        ABSENT => context.name(M::WasAbsent),
        other => other.to_owned(),
    }
}
