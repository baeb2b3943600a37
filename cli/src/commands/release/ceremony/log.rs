//! `yilian release ceremony log`

use clap::Args;
use serde_json::json;
use yilian_ceremony::decode;
use yilian_crypto::PublicKey;
use yilian_release_records::{Acknowledge, Log, Phase};

use super::parts::{givers, pairs};
use super::place::{Place, PlaceArgs, failed};
use super::show::names;
use crate::answer::Answer;
use crate::context::{Context, Outcome};
use crate::messages::M;

/// Arguments of `release ceremony log`.
#[derive(Debug, Args)]
pub(crate) struct CeremonyLog {
    #[command(flatten)]
    place: PlaceArgs,
    /// 允许有中心未确认，但不少于门限；其份额将公开 | Go on without some acknowledgements, down to the threshold; those shares are shown to all
    #[arg(long)]
    allow_absent: bool,
}

impl CeremonyLog {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        let place = self.place.open(context)?;
        place.announcements(context)?;
        // A log without a dealing is nobody's; the own one must be among them.
        let deals = place.deals(context)?;
        if !givers(&deals).contains(&place.me()) {
            place.demand(context, (Phase::Deal, false), &givers(&deals))?;
        }
        let acks = pairs(&place.acknowledgements(context)?);
        let log = place
            .holder()
            .log(&place.parameters, &place.ceremony, None, &acks)
            .map_err(failed)?;
        let silent = silent(&place, &log, &acks)?;
        let members = place.setting().members.iter();
        let present: Vec<PublicKey> = members
            .filter(|one| !silent.contains(one))
            .copied()
            .collect();
        let wanted = (Phase::Acknowledge, self.allow_absent);
        let revealed = place.demand(context, wanted, &present)?;
        let path = place.write(context, log)?;
        let data = json!({"file": path, "revealed": revealed});
        let mut answer = Answer::new("ceremony_log", data);
        if !revealed.is_empty() {
            let revealed = names(&place.spec, &silent).join("、");
            answer = answer.text(context.text(M::CeremonyShown, &[("centres", &revealed)]));
        }
        Ok(answer.text(context.text(M::Written, &[("path", &path.display())])))
    }
}

/// Whose acknowledgement of this centre's dealing is missing, or is of another dealing.
fn silent(place: &Place, log: &Log, acks: &[(PublicKey, Acknowledge)]) -> Outcome<Vec<PublicKey>> {
    let bytes = decode("log", &log.log).map_err(failed)?;
    let shown = place.parameters.shown(&bytes).map_err(failed)?;
    if let Some(revealed) = shown.revealed {
        return Ok(revealed);
    }
    // Too many were silent: then the log names none of them, and is of no use. Who said nothing at all is known still.
    let answered = |one: &PublicKey| {
        let mut given = acks.iter().filter(|(player, _)| player == one);
        given.any(|(_, said)| said.acks.iter().any(|ack| ack.dealer == place.me()))
    };
    let members = &place.setting().members;
    let silent: Vec<_> = members
        .iter()
        .filter(|one| !answered(one))
        .copied()
        .collect();
    Ok(match silent.is_empty() {
        true => members.clone(),
        false => silent,
    })
}
