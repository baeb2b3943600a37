//! `yilian release ceremony ack`

use clap::Args;
use serde_json::json;
use yilian_release_records::Phase;

use super::parts::{givers, pairs};
use super::place::{Place, PlaceArgs, failed};
use super::show::{centre_name, with_absent};
use crate::answer::Answer;
use crate::context::{Context, Outcome};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::messages::M;

/// Arguments of `release ceremony ack`.
#[derive(Debug, Args)]
pub(crate) struct CeremonyAck {
    #[command(flatten)]
    place: PlaceArgs,
    /// 允许有中心缺席或作假，但不少于门限 | Go on without centres that are absent or false, down to the threshold
    #[arg(long)]
    allow_absent: bool,
}

impl CeremonyAck {
    /// A dealing that does not hold names its dealer, to this centre alone: nobody else can see what was sealed.
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        let place = self.place.open(context)?;
        place.announcements(context)?;
        let deals = place.deals(context)?;
        let absent = place.demand(context, (Phase::Deal, self.allow_absent), &givers(&deals))?;
        let said = place
            .holder()
            .acknowledge(&place.parameters, place.ceremony.round, &pairs(&deals))
            .map_err(failed)?;
        let refused = refused(context, &place, &said.refused);
        if !refused.is_empty() && !self.allow_absent {
            let failure = Failure::new(Exit::Forged, refused.join("\n"));
            return Err(failure.hint(context.name(M::CeremonyRefusedHint)));
        }
        let dealers: Vec<_> = said.message.acks.iter().map(|ack| ack.dealer).collect();
        place.demand(context, (Phase::Deal, self.allow_absent), &dealers)?;
        let acknowledged = dealers.len();
        let path = place.write(context, said.message)?;
        let data = json!({
            "file": path, "acknowledged": acknowledged, "absent": absent, "refused": refused,
        });
        let mut answer = with_absent(context, Answer::new("ceremony_ack", data), &absent);
        for line in refused {
            answer = answer.text(line);
        }
        Ok(answer.text(context.text(M::Written, &[("path", &path.display())])))
    }
}

fn refused(
    context: &Context,
    place: &Place,
    refused: &[(yilian_crypto::PublicKey, String)],
) -> Vec<String> {
    let line = |(dealer, reason): &(yilian_crypto::PublicKey, String)| {
        let centre = centre_name(&place.spec, dealer);
        context.text(
            M::CeremonyRefused,
            &[("centre", &centre), ("reason", reason)],
        )
    };
    refused.iter().map(line).collect()
}
