//! `yilian release status`

use clap::Args;
use serde_json::json;
use yilian_client::{Releases, WaitingRelease};

use crate::answer::{Answer, Block};
use crate::context::{Context, Outcome};
use crate::messages::M;

/// Arguments of `release status`.
#[derive(Debug, Args)]
pub(crate) struct ReleaseStatusArgs {}

impl ReleaseStatusArgs {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        let releases = context
            .client()
            .releases()
            .map_err(|error| context.node_failure(error))?;
        let mut answer = Answer::new("releases", json!(releases));
        answer = group(context, answer, &releases);
        if let Some(ceremony) = &releases.ceremony {
            let phase = match ceremony.phase.as_str() {
                "announce" => M::PhaseAnnounce,
                "deal" => M::PhaseDeal,
                "acknowledge" => M::PhaseAcknowledge,
                _ => M::PhaseLog,
            };
            answer = answer
                .with(Block::Title(context.name(M::CeremonyTitle)))
                .fields([
                    (context.name(M::CeremonyRound), ceremony.round.to_string()),
                    (context.name(M::CeremonyPhase), context.name(phase)),
                    (context.name(M::CeremonyEnds), ceremony.ends_at.to_string()),
                    (context.name(M::ReleaseMissing), ceremony.missing.join("、")),
                ]);
        }
        if !releases.waiting.is_empty() {
            let head = [
                M::ReleaseIdentity,
                M::ReleaseSince,
                M::ReleaseGiven,
                M::ReleaseMissing,
            ];
            let row = |one: &WaitingRelease| {
                vec![
                    one.identity.clone(),
                    one.requested_at.to_string(),
                    one.given.join("、"),
                    one.missing.join("、"),
                ]
            };
            answer = answer
                .with(Block::Title(context.name(M::WaitingTitle)))
                .table(
                    head.map(|name| context.name(name)),
                    releases.waiting.iter().map(row).collect(),
                );
        }
        if !releases.faults.is_empty() {
            let head = [M::FaultCentre, M::CeremonyRound, M::FaultWhat];
            let rows = releases.faults.iter().map(|fault| {
                vec![
                    fault.centre.clone(),
                    fault.round.to_string(),
                    fault.what.clone(),
                ]
            });
            answer = answer
                .with(Block::Title(context.name(M::FaultsTitle)))
                .table(head.map(|name| context.name(name)), rows.collect());
        }
        Ok(answer)
    }
}

fn group(context: &Context, answer: Answer, releases: &Releases) -> Answer {
    let Some(group) = &releases.group else {
        return answer.text(context.name(M::ReleaseNoKey));
    };
    let revealed = match group.revealed.is_empty() {
        true => context.name(M::NoneOfThem),
        false => group.revealed.join("、"),
    };
    let shares = format!("{} / {}", group.threshold, group.holders.len());
    answer
        .with(Block::Title(context.name(M::GroupTitle)))
        .fields([
            (context.name(M::GroupKey), group.key.clone()),
            (context.name(M::GroupThreshold), shares),
            (context.name(M::GroupHolders), group.holders.join("、")),
            (context.name(M::GroupRevealed), revealed),
            (context.name(M::GroupSince), group.since.to_string()),
            (context.name(M::CeremonyRound), group.round.to_string()),
        ])
}
