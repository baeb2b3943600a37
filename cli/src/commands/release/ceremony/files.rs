//! The files of a ceremony's folder: found, read with a limit, and written once.

use std::io::{ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};

use yilian_release_records::Phase;

use crate::context::{Context, Outcome, unreadable, unwritable};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::messages::M;

/// What names of files of a phase begin with.
pub(super) const fn prefix(phase: Phase) -> &'static str {
    match phase {
        Phase::Announce => "announce",
        Phase::Deal => "deal",
        Phase::Acknowledge => "ack",
        Phase::Log => "log",
    }
}

/// Name of a centre's file.
pub(super) fn name_of(phase: Phase, centre: &str) -> String {
    format!("{}-{centre}.json", prefix(phase))
}

/// The centre that a file's name speaks of; whose it is only its content says.
pub(super) fn named_centre(phase: Phase, path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let rest = name.strip_prefix(prefix(phase)).unwrap_or(&name);
    let centre = rest.trim_start_matches('-').trim_end_matches(".json");
    centre.to_owned()
}

/// Files of a phase in a folder, in the order of their names.
pub(super) fn of_phase(context: &Context, folder: &Path, phase: Phase) -> Outcome<Vec<PathBuf>> {
    let start = format!("{}-", prefix(phase));
    let entries =
        std::fs::read_dir(folder).map_err(|error| unreadable(context.lang, folder, &error))?;
    let mut found: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with(&start) && name.ends_with(".json")
        })
        .collect();
    found.sort();
    Ok(found)
}

/// Reads a file, but not more than a byte beyond its limit: its reader refuses that.
pub(super) fn read_bounded(context: &Context, path: &Path, bytes_max: usize) -> Outcome<Vec<u8>> {
    let limit = u64::try_from(bytes_max).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(limit.saturating_add(1)).read_to_end(&mut bytes))
        .map_err(|error| match error.kind() {
            ErrorKind::NotFound => context.not_found(&path.display()),
            _ => unreadable(context.lang, path, &error),
        })?;
    Ok(bytes)
}

/// Writes a file whole, or finds the same bytes in it.
///
/// # Errors
/// If others stand in it; `hint` says what to do then.
pub(super) fn write_once(context: &Context, path: &Path, bytes: &[u8], hint: M) -> Outcome<()> {
    match std::fs::read(path) {
        Ok(there) if there == bytes => Ok(()),
        Ok(_) => {
            let text = context.text(M::CeremonyOther, &[("path", &path.display())]);
            Err(Failure::new(Exit::Failure, text).hint(context.name(hint)))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            write_whole(path, bytes).map_err(|error| unwritable(context.lang, path, &error))
        }
        Err(error) => Err(unreadable(context.lang, path, &error)),
    }
}

/// A crash leaves no half of a file under its name: the next try would take it for another one.
fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let half = path.with_extension("json.half");
    let mut file = std::fs::File::create(&half)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&half, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_by_phase_and_centre() {
        let name = name_of(Phase::Acknowledge, "baiyin");
        assert_eq!(name, "ack-baiyin.json");
        assert_eq!(named_centre(Phase::Acknowledge, Path::new(&name)), "baiyin");
    }
}
