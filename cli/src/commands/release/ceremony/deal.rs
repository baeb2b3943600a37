//! `yilian release ceremony deal`

use clap::Args;
use serde_json::json;
use yilian_release_records::Phase;

use super::parts::{givers, sealing_keys};
use super::place::{PlaceArgs, failed};
use super::show::with_absent;
use crate::answer::Answer;
use crate::context::{Context, Outcome};
use crate::messages::M;

/// Arguments of `release ceremony deal`.
#[derive(Debug, Args)]
pub(crate) struct CeremonyDeal {
    #[command(flatten)]
    place: PlaceArgs,
    /// 允许有中心缺席，但不少于门限 | Go on without some centres, down to the threshold
    #[arg(long)]
    allow_absent: bool,
}

impl CeremonyDeal {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        let place = self.place.open(context)?;
        let announced = place.announcements(context)?;
        let wanted = (Phase::Announce, self.allow_absent);
        let absent = place.demand(context, wanted, &givers(&announced))?;
        let keys = sealing_keys(&announced).map_err(failed)?;
        let deal = place
            .holder()
            .deal(&place.parameters, &place.ceremony, &keys, None);
        let path = place.write(context, deal.map_err(failed)?)?;
        let data = json!({"file": path, "dealt_to": keys.len(), "absent": absent});
        let answer = with_absent(context, Answer::new("ceremony_deal", data), &absent);
        Ok(answer.text(context.text(M::Written, &[("path", &path.display())])))
    }
}
