//! `yilian release ceremony announce`

use clap::Args;
use serde_json::json;

use super::place::{PlaceArgs, failed};
use crate::answer::Answer;
use crate::context::{Context, Outcome};
use crate::messages::M;

/// Arguments of `release ceremony announce`.
#[derive(Debug, Args)]
pub(crate) struct CeremonyAnnounce {
    #[command(flatten)]
    place: PlaceArgs,
}

impl CeremonyAnnounce {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        let (place, made) = self.place.begin(context)?;
        let message = place.holder().announce().map_err(failed)?;
        let sealing_key = message.sealing_key.clone();
        let path = place.write(context, message)?;
        let data = json!({
            "file": path, "sealing_key": sealing_key, "secret_made": made,
            "setting": place.setting().digest(),
        });
        let mut answer = Answer::new("ceremony_announce", data).fields([
            (
                context.name(M::CeremonySetting),
                place.setting().digest().to_string(),
            ),
            (context.name(M::ExpertSealingKey), sealing_key),
        ]);
        if made {
            answer = answer.text(context.name(M::CeremonySecretMade));
        }
        Ok(answer.text(context.text(M::Written, &[("path", &path.display())])))
    }
}
