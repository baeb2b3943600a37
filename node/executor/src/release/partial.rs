//! Shares' signatures on waiting identities, and the release that enough of them make.

use serde_json::json;
use yilian_abi::records;
use yilian_ceremony::decode;
use yilian_crypto::PublicKey;
use yilian_release::ReleaseSignature;
use yilian_release_records::{
    Fault, Group, Partial, PartialRecord, Phase, Release, Released, partial_key, partial_range,
    release_key, waiting_key,
};
use yilian_threshold::{Outcome, Partial as Signed};

use super::ceremony;
use super::view::View;
use super::{Step, Stop, refused};
use crate::session::Session;

/// Whether a holder's part is wanted: gives the group, the release, and what other holders gave.
pub(super) fn may_give(
    view: &mut dyn View,
    sender: &PublicKey,
    args: &Partial,
) -> Result<(Group, Release, Vec<PartialRecord>), Stop> {
    let Some(group) = view.group()? else {
        return refused("no group holds a key yet");
    };
    let (round, index) = (args.round, args.index);
    if round != group.round {
        let now = group.round;
        return refused(format!(
            "shares of round {round}: those of round {now} count"
        ));
    }
    let holder = group.holders.get(index as usize);
    if holder != Some(sender) {
        return refused(format!("share {index} is not the sender's"));
    }
    let identity = &args.identity;
    match view.release(identity)? {
        Some(release) if release.released.is_none() => {
            let given = view.partials(identity, round)?;
            if given.iter().any(|partial| partial.index == index) {
                return refused(format!("share {index} has signed {identity:?}"));
            }
            Ok((group, release, given))
        }
        Some(_) => refused(format!("{identity:?} is released")),
        None => refused(format!("nobody asked for {identity:?}")),
    }
}

/// Takes a part; the last one that was needed makes the release, and the ledger that asked is called in this block.
pub(super) fn give(session: &mut Session, sender: &PublicKey, args: &Partial) -> Step {
    let (group, release, mut given) = may_give(session, sender, args)?;
    // Inputs are frozen when their block is decided. A part in the same block could be made knowing both.
    if release.requested_at >= session.surroundings.height {
        return refused("asked for in this block: shares sign what is decided");
    }
    let signature: ReleaseSignature = match args.signature.parse() {
        Ok(signature) => signature,
        Err(error) => return refused(error.to_string()),
    };
    let outcome = outcome_of(&group)?;
    let chain_id = session.surroundings.chain_id.clone();
    let index = args.index;
    let signed = Signed { index, signature };
    if let Err(error) = outcome.verify(&chain_id, &args.identity, &signed) {
        let fault = Fault {
            member: *sender,
            round: group.round,
            phase: Phase::Log,
            what: format!("{:?}: {error}", args.identity),
        };
        ceremony::record(session, &fault);
        return Ok(json!({"accepted": false, "fault": fault.what}));
    }
    let record = PartialRecord {
        round: group.round,
        index,
        signature: args.signature.clone(),
    };
    let key = partial_key(&args.identity, index);
    session.overlay.set(key, Some(records::to_bytes(&record)));
    given.push(record);
    let count = given.len();
    if count < group.threshold as usize {
        return Ok(json!({"accepted": true, "given": count, "needed": group.threshold}));
    }
    let whole = combine(&outcome, &chain_id, &args.identity, &given)?;
    finish(session, &group, release, &whole)?;
    Ok(json!({"accepted": true, "given": count, "needed": group.threshold, "released": true}))
}

fn combine(
    outcome: &Outcome,
    chain_id: &str,
    identity: &str,
    given: &[PartialRecord],
) -> Result<ReleaseSignature, Stop> {
    let mut parts = Vec::with_capacity(given.len());
    for one in given {
        let Ok(signature) = one.signature.parse() else {
            return Err(ceremony::malformed("a partial signature"));
        };
        let index = one.index;
        parts.push(Signed { index, signature });
    }
    let whole = outcome.recover(chain_id, identity, &parts);
    // Each was verified when it came.
    whole.map_err(|error| ceremony::malformed(&error.to_string()))
}

fn finish(
    session: &mut Session,
    group: &Group,
    mut release: Release,
    signature: &ReleaseSignature,
) -> Result<(), Stop> {
    let chain_id = session.surroundings.chain_id.clone();
    let identity = release.identity.clone();
    release.released = Some(Released {
        height: session.surroundings.height,
        group_key: group.key.clone(),
        signature: signature.to_string(),
        seed: yilian_release::seed(&chain_id, &identity, signature, b""),
    });
    let (from, to) = partial_range(&identity);
    for (key, _) in session.range(&from, &to, group.holders.len().max(1) * 2)? {
        session.overlay.set(key, None);
    }
    let waiting = waiting_key(release.requested_at, &identity);
    session.overlay.set(waiting, None);
    let stored = records::to_bytes(&release);
    session.overlay.set(release_key(&identity), Some(stored));
    session.released = Some(release);
    Ok(())
}

pub(super) fn outcome_of(group: &Group) -> Result<Outcome, Stop> {
    let bytes = decode("outcome of the group", &group.outcome)?;
    Outcome::from_bytes(&bytes).map_err(|error| ceremony::malformed(&error.to_string()))
}
