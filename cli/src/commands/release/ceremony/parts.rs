//! What the centres said, as it lies in the folder, and who is missing.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use yilian_ceremony::{
    FILE_BYTES_MAX, MemberFile, Message, MessageError, Signed, check_acknowledge, check_announce,
    check_deal,
};
use yilian_crypto::PublicKey;
use yilian_release::threshold;
use yilian_release_records::{Acknowledge, Announce, Deal, Log, Phase};
use yilian_seal::SealingKey;

use super::files::{named_centre, of_phase, read_bounded};
use super::place::{Place, failed};
use super::show::{centre_name, names, phase_name};
use crate::context::{Context, Outcome};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::messages::M;

impl Place {
    /// The announcements, of which this centre's own must be that of its secret.
    pub(super) fn announcements(&self, context: &Context) -> Outcome<Vec<Signed<Announce>>> {
        let parts = self.parts(context, |one| check_announce(one).map(|_| ()))?;
        let mine = self.holder().announce().map_err(failed)?;
        let mut own = parts.iter().filter(|part| part.member == self.me());
        match own.all(|part| part.message == mine) {
            true => Ok(parts),
            false => Err(Failure::new(
                Exit::Failure,
                context.name(M::CeremonyOtherSecret),
            )),
        }
    }

    /// The dealings.
    pub(super) fn deals(&self, context: &Context) -> Outcome<Vec<Signed<Deal>>> {
        self.parts(context, |one| {
            check_deal(&self.parameters, &self.ceremony, one)
        })
    }

    /// The acknowledgements.
    pub(super) fn acknowledgements(&self, context: &Context) -> Outcome<Vec<Signed<Acknowledge>>> {
        self.parts(context, |one| check_acknowledge(&self.ceremony, one))
    }

    /// The logs; whether they hold is judged with everything else.
    pub(super) fn logs(&self, context: &Context) -> Outcome<Vec<Signed<Log>>> {
        self.parts(context, |_| Ok(()))
    }

    /// Everybody's part of a phase, each signed by its member and none twice.
    fn parts<T: Message>(
        &self,
        context: &Context,
        check: impl Fn(&T) -> Result<(), MessageError>,
    ) -> Outcome<Vec<Signed<T>>> {
        let mut seen: BTreeMap<PublicKey, PathBuf> = BTreeMap::new();
        let mut parts = Vec::new();
        for path in of_phase(context, &self.dir, T::PHASE)? {
            let bytes = read_bounded(context, &path, FILE_BYTES_MAX)?;
            let part = MemberFile::<T>::read(&bytes, self.setting())
                .map_err(|error| self.wrong(context, T::PHASE, &path, error.member(), &error))?;
            check(&part.message)
                .map_err(|error| self.wrong(context, T::PHASE, &path, Some(part.member), &error))?;
            if let Some(first) = seen.insert(part.member, path.clone()) {
                let reason = context.text(M::CeremonyTwice, &[("path", &first.display())]);
                return Err(self.wrong(context, T::PHASE, &path, Some(part.member), &reason));
            }
            parts.push(part);
        }
        Ok(parts)
    }

    /// A file that is not what should be there, with its centre.
    fn wrong(
        &self,
        context: &Context,
        phase: Phase,
        path: &Path,
        member: Option<PublicKey>,
        reason: &dyn core::fmt::Display,
    ) -> Failure {
        let centre = match member {
            Some(member) => centre_name(&self.spec, &member),
            None => named_centre(phase, path),
        };
        let values: [(&str, &dyn core::fmt::Display); 3] = [
            ("path", &path.display()),
            ("centre", &centre),
            ("reason", reason),
        ];
        let text = context.text(M::CeremonyWrongFile, &values);
        Failure::new(Exit::Forged, text).hint(context.name(M::CeremonyWrongFileHint))
    }

    /// Names the centres that are missing among those who did their part.
    ///
    /// # Errors
    /// If one is missing and none may be, or if fewer are left than make a key.
    pub(super) fn demand(
        &self,
        context: &Context,
        (phase, allow_absent): (Phase, bool),
        present: &[PublicKey],
    ) -> Outcome<Vec<String>> {
        let members = &self.setting().members;
        let missing: Vec<_> = members
            .iter()
            .filter(|one| !present.contains(one))
            .collect();
        let count = |of: usize| u32::try_from(of).unwrap_or(u32::MAX);
        let needed = match allow_absent {
            true => threshold(count(members.len())),
            false => count(members.len()),
        };
        if count(members.len() - missing.len()) >= needed {
            return Ok(names(&self.spec, missing));
        }
        let values: [(&str, &dyn core::fmt::Display); 3] = [
            ("phase", &phase_name(context, phase)),
            ("needed", &needed),
            ("centres", &names(&self.spec, missing).join("、")),
        ];
        let failure = Failure::new(Exit::Undecided, context.text(M::CeremonyMissing, &values));
        Err(failure.hint(context.name(M::CeremonyMissingHint)))
    }
}

/// To which keys shares are sealed.
pub(super) fn sealing_keys(
    parts: &[Signed<Announce>],
) -> Result<BTreeMap<PublicKey, SealingKey>, MessageError> {
    let one = |part: &Signed<Announce>| Ok((part.member, check_announce(&part.message)?));
    parts.iter().map(one).collect()
}

/// Members with what they said.
pub(super) fn pairs<T: Clone>(parts: &[Signed<T>]) -> Vec<(PublicKey, T)> {
    let one = |part: &Signed<T>| (part.member, part.message.clone());
    parts.iter().map(one).collect()
}

/// Who said something.
pub(super) fn givers<T>(parts: &[Signed<T>]) -> Vec<PublicKey> {
    parts.iter().map(|part| part.member).collect()
}
