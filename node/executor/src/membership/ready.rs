//! A candidate's node runs: from the next block on its validator decides.

use yilian_crypto::PublicKey;

use super::{membership, reach, retire, store};
use crate::release::{Stop, View, refused};
use crate::session::Session;

/// Whether a key is a candidate's.
pub(crate) fn may_join(view: &mut dyn View, sender: &PublicKey) -> Result<(), Stop> {
    match membership(view)?.candidate(sender) {
        Some(_) => Ok(()),
        None => refused(format!("{sender} is no candidate's key")),
    }
}

/// Takes a candidate among the validators; a new key takes the place of the centre's old one.
pub(crate) fn ready(session: &mut Session, sender: &PublicKey) -> Result<(), Stop> {
    let before = membership(session)?;
    let Some(candidate) = before.candidate(sender).cloned() else {
        return refused(format!("{sender} is no candidate's key"));
    };
    let mut after = before.clone();
    after.candidates.retain(|one| one.key != *sender);
    let place = after
        .centres
        .iter()
        .position(|one| one.name == candidate.name);
    let old = place.map(|place| after.centres.remove(place));
    after.centres.push(candidate);
    reach::check(session, &before, &after, Some(sender))?;
    if let Some(old) = old {
        retire(&mut after, old);
    }
    store(session, &after);
    Ok(())
}
