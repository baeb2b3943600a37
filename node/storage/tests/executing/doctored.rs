//! Snapshots that were damaged on their way, or made by a liar. Whatever was changed, no database is made.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use yilian_crypto::Digest;
use yilian_primitives::cbor::Cbor as _;
use yilian_primitives::{CommitCertificate, ValidatorSet};
use yilian_storage::{Begin, SnapshotError, SnapshotManifest, begin};

use crate::carried::{Story, begun, snapshot, story};
use crate::committee::Committee;

/// Places that are tried in each file.
const PLACES: u64 = 5;

struct Case {
    chain: Committee,
    folder: TempDir,
    manifest: SnapshotManifest,
}

impl Case {
    fn new() -> Self {
        let Story { chain, .. } = story();
        let folder = tempfile::tempdir().expect("folder");
        let manifest = snapshot(chain.store(), chain.spec(), &folder.path().join("snapshot"));
        Case {
            chain,
            folder,
            manifest,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What is said of a copy that was changed. No database is made.
    fn refusal(&self, change: impl FnOnce(&Path)) -> SnapshotError {
        let changed = self.path("changed");
        let _ = fs::remove_dir_all(&changed);
        fs::create_dir(&changed).expect("makes");
        for entry in fs::read_dir(self.path("snapshot")).expect("lists") {
            let from = entry.expect("an entry").path();
            fs::copy(&from, changed.join(from.file_name().expect("a name"))).expect("copies");
        }
        change(&changed);
        let refused = begun(self.chain.spec(), &changed, &self.path("db"));
        for name in ["db", "db.unfinished"] {
            assert!(
                !self.path(name).exists(),
                "{name} is there after {refused:?}"
            );
        }
        refused.expect_err("doctored")
    }

    /// As [`Case::refusal`], where a liar made the change to the records of a file, and the digests fit.
    fn lie(&self, file: &str, change: impl FnOnce(&mut Vec<Vec<u8>>)) -> String {
        let refused = self.refusal(|folder| {
            let mut records = records(&fs::read(folder.join(file)).expect("reads"));
            let before = records.clone();
            change(&mut records);
            assert_ne!(records, before, "nothing was changed in {file}");
            write(folder, file, &records, &self.manifest);
        });
        refused.to_string()
    }
}

fn records(mut bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut records = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk::<4>() {
        let (record, rest) = rest.split_at(u32::from_be_bytes(*length) as usize);
        records.push(record.to_vec());
        bytes = rest;
    }
    records
}

fn sha256(bytes: &[u8]) -> Digest {
    Digest::from_bytes(Sha256::digest(bytes).into())
}

/// Writes records in the place of a file, and the manifest that fits.
fn write(folder: &Path, file: &str, records: &[Vec<u8>], manifest: &SnapshotManifest) {
    let row = |record: &Vec<u8>| [&(record.len() as u32).to_be_bytes(), record.as_slice()].concat();
    let bytes: Vec<u8> = records.iter().flat_map(row).collect();
    let mut manifest = manifest.clone();
    let listed = manifest.files.iter_mut().find(|one| one.name == file);
    let listed = listed.expect("is listed");
    (listed.bytes, listed.sha256) = (bytes.len() as u64, sha256(&bytes));
    if file == "state.00000" {
        manifest.state = sha256(&bytes);
    }
    manifest.check = Digest::ZERO;
    manifest.check = sha256(&serde_json::to_vec(&manifest).expect("JSON"));
    let text = serde_json::to_string_pretty(&manifest).expect("JSON") + "\n";
    fs::write(folder.join("manifest.json"), text).expect("writes");
    fs::write(folder.join(file), bytes).expect("writes");
}

#[test]
fn a_flipped_bit_anywhere_is_noticed() {
    let case = Case::new();
    let mut names: Vec<_> = case
        .manifest
        .files
        .iter()
        .map(|file| file.name.clone())
        .collect();
    assert_eq!(names.len(), 6, "{names:?}");
    names.push("manifest.json".to_owned());
    let mut seed = 0x5eed_u64;
    for name in &names {
        for _ in 0..PLACES {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let place = seed >> 33;
            let refused = case.refusal(|folder| {
                let path = folder.join(name);
                let mut bytes = fs::read(&path).expect("reads");
                let at = (place / 8) as usize % bytes.len();
                bytes[at] ^= 1 << (place % 8);
                fs::write(path, bytes).expect("writes");
            });
            let said = refused.to_string();
            assert!(said.contains("snapshot"), "{name}: {said}");
        }
    }
    for name in &names {
        for change in [
            &(|bytes: &mut Vec<u8>| bytes.push(0)) as &dyn Fn(&mut Vec<u8>),
            &|bytes| {
                bytes.pop();
            },
        ] {
            case.refusal(|folder| {
                let mut bytes = fs::read(folder.join(name)).expect("reads");
                change(&mut bytes);
                fs::write(folder.join(name), bytes).expect("writes");
            });
        }
        case.refusal(|folder| fs::remove_file(folder.join(name)).expect("removes"));
    }
}

#[test]
fn a_liar_is_found() {
    let case = Case::new();
    in_the_log_and_in_certificates(&case);
    in_the_sets_of_validators(&case);
    in_the_state(&case);
    in_who_wrote_an_entry_lately(&case);
    in_blocks_and_traces(&case);
}

fn in_the_log_and_in_certificates(case: &Case) {
    let said = case.lie("log.00000", |records| records[5].push(0));
    assert!(
        said.contains("file log.00000, record 5: it is neither"),
        "{said}"
    );
    // A receipt left out: every one after it has another place.
    let said = case.lie("log.00000", |records| drop(records.remove(3)));
    assert!(said.contains("file log.00000"), "{said}");
    let said = case.lie("log.00000", |records| records.truncate(9));
    assert!(
        said.contains("file log.00000") && said.contains("missing"),
        "{said}"
    );
    let said = case.lie("log.00000", |records| records.push(records[0].clone()));
    assert!(said.contains("nothing belongs here"), "{said}");
    let quorum = |records: &mut Vec<Vec<u8>>, change: fn(&mut CommitCertificate)| {
        let mut certificate = CommitCertificate::decode(&records[6]).expect("a certificate");
        change(&mut certificate);
        records[6] = certificate.encode();
    };
    let said = case.lie("certificates.00000", |records| {
        quorum(records, |one| one.signatures.truncate(2));
    });
    assert!(
        said.contains("certificate of height 7: power 2 of 4"),
        "{said}"
    );
    let said = case.lie("certificates.00000", |records| {
        quorum(records, |one| one.signatures[0].1 = one.signatures[1].1);
    });
    assert!(
        said.contains("record 6") && said.contains("does not hold"),
        "{said}"
    );
    let said = case.lie("certificates.00000", |records| records.swap(2, 3));
    assert!(
        said.contains("record 2: it is not the certificate of height 3"),
        "{said}"
    );
}

fn in_the_sets_of_validators(case: &Case) {
    let said = case.lie("sets.00000", |records| {
        let set = ValidatorSet::decode(&records[0]).expect("a set");
        let fewer = set.iter().skip(1).cloned().collect();
        records[0] = ValidatorSet::new(fewer).expect("a set").encode();
    });
    assert!(said.contains("file sets.00000, record 0: set"), "{said}");
    let said = case.lie("sets.00000", |records| records.push(records[0].clone()));
    assert!(said.contains("nothing belongs here"), "{said}");
}

fn in_the_state(case: &Case) {
    let root = "does not have the root";
    let last = |record: &mut Vec<u8>| *record.last_mut().expect("bytes") ^= 1;
    let said = case.lie("state.00000", |records| {
        let proven = records.iter_mut().find(|record| !record.contains(&b'~'));
        last(proven.expect("an entry"));
    });
    assert!(
        said.contains("file state.00000") && said.contains(root),
        "{said}"
    );
    let said = case.lie("state.00000", |records| {
        let at = records.iter().position(|record| !record.contains(&b'~'));
        records.remove(at.expect("an entry"));
    });
    assert!(said.contains(root), "{said}");
    let said = case.lie("state.00000", |records| records.swap(0, 1));
    assert!(said.contains("record 1: expected keys to rise"), "{said}");
    let said = case.lie("state.00000", |records| records[2][0] = 1);
    assert!(said.contains("record 2: written by leaf"), "{said}");
}

/// Log index of the first leaf that came along with its body.
fn first_of_bodies(case: &Case) -> u64 {
    let below = case.chain.store().header(case.manifest.bodies_from - 1);
    below.expect("reads").expect("a header").log_size
}

fn writer(record: &[u8]) -> u64 {
    u64::from_be_bytes(*record.first_chunk().expect("a writer"))
}

fn in_who_wrote_an_entry_lately(case: &Case) {
    let first = first_of_bodies(case);
    let size = case.chain.state().header().log_size;
    for (is_one, becomes) in [
        (&(|of: u64| of >= first) as &dyn Fn(u64) -> bool, first - 1),
        (&|of| of < first, first + 1),
        (&|of| of < first, size - 1),
    ] {
        let said = case.lie("state.00000", |records| {
            let record = records.iter_mut().find(|record| is_one(writer(record)));
            record.expect("an entry")[..8].copy_from_slice(&becomes.to_be_bytes());
        });
        assert!(said.contains("file traces.00000"), "{said}");
    }
    // An index is no part of the tree, and what lately wrote it is known all the same.
    let said = case.lie("state.00000", |records| {
        let index = records
            .iter_mut()
            .find(|record| record.windows(7).any(|part| part == b"asker\0~"));
        *index.expect("an index").last_mut().expect("bytes") ^= 1;
    });
    assert!(
        said.contains("file traces.00000") && said.contains("~found"),
        "{said}"
    );
}

fn in_blocks_and_traces(case: &Case) {
    let said = case.lie("blocks.00000", |records| records.swap(0, 1));
    assert!(
        said.contains("record 0: it is not the block of header"),
        "{said}"
    );
    let said = case.lie("blocks.00000", |records| drop(records.pop()));
    assert!(
        said.contains("file blocks.00000") && said.contains("missing"),
        "{said}"
    );
    let said = case.lie("traces.00000", |records| records.swap(0, 1));
    assert!(said.contains("file traces.00000, record 0"), "{said}");
    let said = case.lie("traces.00000", |records| drop(records.pop()));
    assert!(
        said.contains("file traces.00000") && said.contains("missing"),
        "{said}"
    );
}

/// What was written long ago and is beside the tree nobody can prove. Its digest is another one than every other centre's.
#[test]
fn what_is_not_proven_has_a_digest() {
    let case = Case::new();
    let first = first_of_bodies(&case);
    let changed = case.path("believed");
    fs::create_dir(&changed).expect("makes");
    for entry in fs::read_dir(case.path("snapshot")).expect("lists") {
        let from = entry.expect("an entry").path();
        fs::copy(&from, changed.join(from.file_name().expect("a name"))).expect("copies");
    }
    let file = "state.00000";
    let mut records = records(&fs::read(changed.join(file)).expect("reads"));
    let old = records
        .iter_mut()
        .find(|record| (1..first).contains(&writer(record)));
    old.expect("an entry")[..8].copy_from_slice(&0u64.to_be_bytes());
    write(&changed, file, &records, &case.manifest);
    let to = case.path("db");
    let with = |state| {
        begin(&Begin {
            from: &changed,
            to: &to,
            spec: case.chain.spec(),
            new_key: None,
            state,
            done: &|_| {},
        })
    };
    let refused = with(Some(case.manifest.state));
    assert!(matches!(refused, Err(SnapshotError::OtherState { .. })));
    let believed = with(None).expect("nothing contradicts it");
    assert_ne!(believed.state, case.manifest.state);
}
