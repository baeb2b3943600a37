//! The committed list of code hashes.

use std::path::Path;

use yilian_crypto::Digest;

const HEAD: &str = "\
# Code hashes of the contracts as this tree builds them; `cargo run -p build-contracts` writes this file, and with
# `-- --check` compares it. A changed line is a new version of a contract.
";

/// SHA-256 of the whole file, interface included.
pub(crate) fn code_hash(bytes: &[u8]) -> String {
    Digest::sha256(bytes).to_string()
}

/// What to do with the list.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hashes {
    /// Write it anew.
    Write,
    /// Compare it with what was built.
    Compare,
    /// Leave it alone.
    Leave,
}

/// Writes the list, or compares it with what is there.
pub(crate) fn keep(path: &Path, built: &[(String, String)], hashes: Hashes) -> Result<(), String> {
    let fail = |error| format!("{}: {error}", path.display());
    let list = write(built);
    match hashes {
        Hashes::Leave => return Ok(()),
        Hashes::Write => return std::fs::write(path, list).map_err(fail),
        Hashes::Compare => {}
    }
    let committed = std::fs::read_to_string(path).map_err(fail)?;
    let changed: Vec<_> = list
        .lines()
        .filter(|line| !committed.lines().any(|other| other == *line))
        .chain(
            committed
                .lines()
                .filter(|line| !list.lines().any(|other| other == *line)),
        )
        .collect();
    if changed.is_empty() {
        return Ok(());
    }
    Err(format!(
        "the contracts are not those of {}:\n{}",
        path.display(),
        changed.join("\n")
    ))
}

fn write(built: &[(String, String)]) -> String {
    let mut list = HEAD.to_owned();
    for (name, hash) in built {
        list.push_str(&format!("{name} = \"{hash}\"\n"));
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_or_missing_hash_is_named() {
        let path = std::env::temp_dir().join(format!("code-hashes-{}", std::process::id()));
        let one = ("deadline".to_owned(), code_hash(b"one"));
        let two = ("deadline".to_owned(), code_hash(b"two"));
        keep(&path, std::slice::from_ref(&one), Hashes::Write).expect("written");
        keep(&path, std::slice::from_ref(&one), Hashes::Compare).expect("the same");
        assert!(
            keep(&path, &[two], Hashes::Compare)
                .expect_err("changed")
                .contains(&one.1)
        );
        assert!(
            keep(&path, &[], Hashes::Compare)
                .expect_err("missing")
                .contains("deadline")
        );
        std::fs::remove_file(path).expect("removed");
    }
}
