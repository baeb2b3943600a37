//! A ledger asks for a release.

use yilian_abi::records;
use yilian_release::RESERVED_PREFIX;
use yilian_release_records::{Release, release_key, waiting_key};

use super::view::View;
use super::{Stop, refused};
use crate::session::Session;

/// Longest identity, in bytes.
const IDENTITY_BYTES_MAX: usize = 128;

/// Puts a release among those that wait.
pub(crate) fn ask(
    session: &mut Session,
    contract: &str,
    identity: &str,
    method: &str,
) -> Result<(), Stop> {
    let printable = !identity.chars().any(char::is_control);
    if identity.is_empty() || identity.len() > IDENTITY_BYTES_MAX || !printable {
        return refused("release identity: expected 1 to 128 bytes of printable text");
    }
    if identity.starts_with(RESERVED_PREFIX) {
        return refused(format!(
            "release {identity}: what begins with {RESERVED_PREFIX} is the chain's own"
        ));
    }
    if (session as &mut dyn View).release(identity)?.is_some() {
        return refused(format!(
            "release {identity} was asked for before: an identity is released once"
        ));
    }
    let requested_at = session.surroundings.height;
    let release = Release {
        contract: contract.to_owned(),
        method: method.to_owned(),
        identity: identity.to_owned(),
        requested_at,
        released: None,
    };
    let overlay = &mut session.overlay;
    overlay.set(release_key(identity), Some(records::to_bytes(&release)));
    let place = records::to_bytes(&(requested_at, identity));
    overlay.set(waiting_key(requested_at, identity), Some(place));
    Ok(())
}
