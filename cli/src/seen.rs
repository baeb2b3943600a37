//! What was seen of a log, kept in a file: what a rollback is found by.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde_json::json;
use yilian_client::Client;
use yilian_verify::Trust;
use yilian_witness::{Certified, Follower, Refused, Seen};

use crate::context::{Context, Outcome, unwritable};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::messages::M;

/// A follower of the trusted chain's log, from where the file says it stood.
pub(crate) fn follower(context: &Context, trust: &Trust, file: &Path) -> Outcome<Follower> {
    let Some(validators) = trust.validators() else {
        return Err(Failure::new(Exit::Usage, context.name(M::FollowNeedsSpec)));
    };
    let unusable = |reason: &dyn core::fmt::Display| {
        let shown = file.display();
        let text = context.text(M::FollowState, &[("path", &shown), ("reason", reason)]);
        Failure::new(Exit::Failure, text).hint(context.name(M::FollowStateHint))
    };
    let seen = match std::fs::read_to_string(file) {
        Ok(text) => Some(serde_json::from_str::<Seen>(&text).map_err(|error| unusable(&error))?),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(unusable(&error)),
    };
    Follower::new(trust.chain_id.clone(), validators, seen).map_err(|error| unusable(&error))
}

/// Reads a checkpoint. If others certified it than the validators that are known, they are followed from those that are
/// trusted, by what the node proves.
pub(crate) fn read(
    client: &Client,
    trust: &Trust,
    follower: &mut Follower,
    note: &str,
) -> Result<Certified, Refused> {
    let read = follower.read(note);
    if !matches!(read, Err(Refused::NotCertified(_))) {
        return read;
    }
    match client.verified_deciders(trust) {
        Ok(validators) => {
            follower.change_validators(validators);
            follower.read(note)
        }
        Err(_) => read,
    }
}

/// Replaces the file whole, on disk before this returns: an older one would let a rollback pass.
pub(crate) fn keep(context: &Context, file: &Path, seen: &Seen) -> Outcome<()> {
    write_whole(file, format!("{:#}\n", json!(seen)).as_bytes())
        .map_err(|error| unwritable(context.lang, file, &error))
}

fn write_whole(file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut name = file.as_os_str().to_owned();
    name.push(".new");
    let new = PathBuf::from(name);
    let mut out = std::fs::File::create(&new)?;
    out.write_all(bytes)?;
    out.sync_all()?;
    drop(out);
    std::fs::rename(&new, file)?;
    let folder = match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    #[cfg(unix)]
    std::fs::File::open(folder)?.sync_all()?;
    Ok(())
}

/// Keeps two checkpoints that contradict each other beside the state file, and says where.
pub(crate) fn keep_alarm(
    context: &Context,
    file: &Path,
    seen: Option<&Seen>,
    shown: &str,
    reason: &Refused,
) -> Outcome<PathBuf> {
    let size = seen.map_or(0, |seen| seen.log_size);
    let mut name = file.as_os_str().to_owned();
    name.push(format!(".alarm-{size}.json"));
    let path = PathBuf::from(name);
    let document = json!({
        "schema": "yilian/log-alarm@1", "reason": reason.to_string(),
        "seen": seen.map(|seen| &seen.note), "shown": shown,
    });
    write_whole(&path, format!("{document:#}\n").as_bytes())
        .map_err(|error| unwritable(context.lang, &path, &error))?;
    Ok(path)
}
