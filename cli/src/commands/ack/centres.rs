//! The centres by whom acknowledgements count.

use std::path::Path;

use yilian_acknowledgement::{AcknowledgedSubmission, Standing, judge};
use yilian_crypto::PublicKey;
use yilian_primitives::ValidatorSet;

use crate::answer::Step;
use crate::context::{Context, Outcome};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::messages::M;
use crate::{show, verification};

/// The centres of a chain, by whom acknowledgements count.
pub(super) struct Centres {
    pub(super) chain_id: String,
    pub(super) keys: Vec<PublicKey>,
    names: Vec<String>,
}

impl Centres {
    /// Those of the specification that is trusted.
    pub(super) fn trusted(context: &Context, trust: Option<&Path>) -> Outcome<Self> {
        let trust = verification::trust(context, trust)?;
        let none = || Failure::new(Exit::Undecided, context.name(M::AckNoKeys));
        let set: ValidatorSet = trust.validators().ok_or_else(none)?;
        let keys: Vec<PublicKey> = set.iter().map(|one| one.public_key).collect();
        let name = |key: &PublicKey| {
            let centre = trust.spec().and_then(|spec| spec.centre_with_key(key));
            centre.map_or_else(|| key.to_string(), |centre| centre.name.clone())
        };
        Ok(Centres {
            chain_id: trust.chain_id.clone(),
            names: keys.iter().map(name).collect(),
            keys,
        })
    }

    /// Judges who acknowledged a submission; the first step says whether all of it is theirs, and so does the answer.
    pub(super) fn judge(
        &self,
        context: &Context,
        file: &AcknowledgedSubmission,
        steps: &mut Vec<Step>,
    ) -> (Standing, bool) {
        let submission = file.submission();
        let standing = judge(
            &self.chain_id,
            &submission,
            &file.acknowledgements,
            &self.keys,
        );
        let ours = file.chain_id == self.chain_id;
        let sound = ours && standing.forged.is_empty();
        let signers: Vec<_> = standing
            .holding
            .iter()
            .map(|(key, time_ms)| format!("{} {}", self.name(key), show::time(*time_ms)))
            .collect();
        steps.push(Step {
            holds: Some(sound),
            what: context.text(M::AckSigned, &[("submission", &submission)]),
            detail: match sound {
                true => signers.join("; "),
                false => self.names_of(&standing.forged),
            },
        });
        (standing, sound)
    }

    pub(super) fn name(&self, key: &PublicKey) -> String {
        let place = self.keys.iter().position(|one| one == key);
        let name = place.and_then(|place| self.names.get(place));
        name.cloned().unwrap_or_else(|| key.to_string())
    }

    fn names_of(&self, keys: &[PublicKey]) -> String {
        let names: Vec<_> = keys.iter().map(|key| self.name(key)).collect();
        names.join(", ")
    }
}
