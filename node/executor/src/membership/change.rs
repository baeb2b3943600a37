//! Checking and making a change.

use serde_json::{Value, json};
use yilian_abi::records::{self, Organisation, Status};
use yilian_abi::state_key;
use yilian_chain_records::membership::{Addresses, Change, LIST_MAX, Membership, Rotation};
use yilian_chain_spec::{Centre, Role, check_addresses};
use yilian_crypto::PublicKey;
use yilian_primitives::ValidatorSet;

use super::{reach, retire};
use crate::release::{Stop, refused};
use crate::session::Session;

/// Whether a change can be made as things stand; `by` is the organisation that proposes it.
pub(super) fn check(
    session: &mut Session,
    membership: &Membership,
    by: &str,
    change: &Change,
) -> Result<(), Stop> {
    match change {
        Change::Admit(centre) => may_admit(session, membership, centre),
        Change::Remove(named) => {
            let candidates = membership.candidates.iter();
            let candidate = candidates.into_iter().any(|one| one.name == named.name);
            match candidate {
                true => Ok(()),
                false => in_force(membership, &named.name).map(|_| ()),
            }
        }
        Change::Rotate(rotation) => {
            own(membership, by, &rotation.name)?;
            if !rotation.p2p.is_empty() || !rotation.mempool.is_empty() {
                addresses(&rotation.p2p, &rotation.mempool)?;
            }
            is_new(session, membership, &rotation.key)?;
            room(membership)
        }
        Change::Move(to) => {
            own(membership, by, &to.name)?;
            addresses(&to.p2p, &to.mempool)
        }
    }
}

fn may_admit(session: &mut Session, membership: &Membership, centre: &Centre) -> Result<(), Stop> {
    if let Err(error) = centre.check("centre") {
        return refused(error.to_string());
    }
    let mut lists = membership.centres.iter().chain(&membership.candidates);
    if lists.any(|one| one.name == centre.name) {
        let name = &centre.name;
        return refused(format!("centre {name}: the name is taken"));
    }
    is_new(session, membership, &centre.key)?;
    let stored = session.read(&state_key::organisation(&centre.organisation))?;
    let runs = stored
        .and_then(|bytes| records::from_bytes::<Organisation>(&bytes))
        .is_some_and(|one| {
            let role = one.roles.iter().any(|role| role == Role::Centre.as_str());
            role && one.status == Status::Active
        });
    if !runs {
        let code = &centre.organisation;
        return refused(format!(
            "organisation {code}: expected a registered, active one with the role \"centre\""
        ));
    }
    room(membership)?;
    let all = membership.centres.iter().chain(&membership.candidates);
    let with = all.chain([centre]).map(Centre::validator).collect();
    match ValidatorSet::new(with) {
        Ok(_) => Ok(()),
        Err(error) => refused(error.to_string()),
    }
}

fn in_force<'m>(membership: &'m Membership, name: &str) -> Result<&'m Centre, Stop> {
    let found = membership.centres.iter().find(|one| one.name == name);
    found.ok_or_else(|| Stop::Refused(format!("there is no centre {name}")))
}

fn own(membership: &Membership, by: &str, name: &str) -> Result<(), Stop> {
    let centre = in_force(membership, name)?;
    if centre.organisation == by {
        return Ok(());
    }
    let whose = &centre.organisation;
    refused(format!(
        "centre {name} is {whose}'s: its keys and addresses are its own affair"
    ))
}

fn addresses(p2p: &str, mempool: &str) -> Result<(), Stop> {
    match check_addresses("change", p2p, mempool) {
        Ok(()) => Ok(()),
        Err(error) => refused(error.to_string()),
    }
}

/// A validator key stands nowhere else: not at another centre, and not at an organisation.
fn is_new(session: &mut Session, membership: &Membership, key: &PublicKey) -> Result<(), Stop> {
    if membership.connected().any(|one| one.key == *key) {
        return refused(format!(
            "key {key} is or was a validator's, or a candidate's"
        ));
    }
    match session.read(&state_key::key_binding(&key.to_string()))? {
        None => Ok(()),
        Some(_) => refused(format!(
            "key {key} is an organisation's; validator keys only vote"
        )),
    }
}

fn room(membership: &Membership) -> Result<(), Stop> {
    match membership.candidates.len() < LIST_MAX {
        true => Ok(()),
        false => refused(format!("{LIST_MAX} candidates wait: this is the most")),
    }
}

/// Makes a change; gives what comes next, in a word.
pub(super) fn make(
    session: &mut Session,
    membership: &mut Membership,
    change: &Change,
) -> Result<Value, Stop> {
    match change {
        Change::Admit(centre) => {
            membership.candidates.push((**centre).clone());
            Ok(json!("candidate"))
        }
        Change::Remove(named) => {
            let waits = membership.candidates.len();
            membership.candidates.retain(|one| one.name != named.name);
            let waited = membership.candidates.len() < waits;
            if waited && in_force(membership, &named.name).is_err() {
                return Ok(json!("no candidate"));
            }
            dismiss(session, membership, &named.name)?;
            Ok(json!("dismissed"))
        }
        Change::Rotate(rotation) => {
            let candidate = rotated(in_force(membership, &rotation.name)?, rotation);
            membership
                .candidates
                .retain(|one| one.name != rotation.name);
            membership.candidates.push(candidate);
            Ok(json!("candidate"))
        }
        Change::Move(to) => {
            relocate(membership, to);
            Ok(json!("moved"))
        }
    }
}

fn rotated(centre: &Centre, rotation: &Rotation) -> Centre {
    let or = |new: &String, old: &String| match new.is_empty() {
        true => old.clone(),
        false => new.clone(),
    };
    Centre {
        key: rotation.key,
        p2p: or(&rotation.p2p, &centre.p2p),
        mempool: or(&rotation.mempool, &centre.mempool),
        ..centre.clone()
    }
}

fn relocate(membership: &mut Membership, to: &Addresses) {
    for centre in &mut membership.centres {
        if centre.name == to.name {
            centre.p2p.clone_from(&to.p2p);
            centre.mempool.clone_from(&to.mempool);
        }
    }
}

fn dismiss(session: &mut Session, membership: &mut Membership, name: &str) -> Result<(), Stop> {
    let gone = in_force(membership, name)?.clone();
    let mut after = membership.clone();
    after.centres.retain(|one| one.name != name);
    reach::check(session, membership, &after, None)?;
    *membership = after;
    retire(membership, gone);
    Ok(())
}
