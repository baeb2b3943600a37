//! A backup holds what the database held, and neither it nor a copy of the directory is taken for the original.

mod certify;
mod chain;

use std::path::Path;

use chain::{Chain, key};
use yilian_acknowledgement::Acknowledgement;
use yilian_crypto::Digest;
use yilian_storage::{AcknowledgementHead, RestoreError, Restored, Store, restore};

fn with_blocks(path: &Path, blocks: u64) -> Chain {
    let chain = Chain::open(path, None);
    (0..blocks).for_each(|_| chain.commit());
    chain
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("folder");
    for entry in std::fs::read_dir(from).expect("folder") {
        let entry = entry.expect("entry");
        std::fs::copy(entry.path(), to.join(entry.file_name())).expect("copies");
    }
}

#[test]
fn a_backup_of_an_open_database_is_what_it_was_then_and_is_marked() {
    let folder = tempfile::tempdir().expect("folder");
    let chain = with_blocks(&folder.path().join("db"), 5);
    let digest = chain.executor.spec().digest();
    let header = chain.store.tip().expect("tip").header().clone();
    let backup = folder.path().join("backup");
    let manifest = chain.store.back_up(&backup, "1.2.3").expect("backs up");
    assert_eq!((manifest.height, manifest.header_hash), (5, header.hash()));
    chain.commit();
    assert_eq!(
        chain.store.restored(),
        Ok(None),
        "the original is not marked"
    );

    let place = folder.path().join("elsewhere");
    assert_eq!(
        restore(&backup, &place, &digest).expect("restores"),
        manifest
    );
    let store = Store::open(&place, &digest, None).expect("opens");
    assert_eq!(*store.tip().expect("tip").header(), header);
    assert_eq!(store.restored(), Ok(Some(Restored::default())));
    assert_eq!(store.block_bytes(3), chain.store.block_bytes(3));
    let again = restore(&backup, &place, &digest);
    assert!(matches!(again, Err(RestoreError::Occupied { .. })));
}

#[test]
fn a_backup_that_is_copied_into_place_by_hand_is_marked_too() {
    let folder = tempfile::tempdir().expect("folder");
    let chain = with_blocks(&folder.path().join("db"), 2);
    let backup = folder.path().join("backup");
    chain.store.back_up(&backup, "1.2.3").expect("backs up");
    let place = folder.path().join("by-hand");
    copy(&backup.join("db"), &place);
    let digest = chain.executor.spec().digest();
    let store = Store::open(&place, &digest, None).expect("opens");
    assert_eq!(store.restored(), Ok(Some(Restored::default())));
}

#[test]
fn a_copied_directory_is_marked_and_a_moved_one_is_not() {
    let folder = tempfile::tempdir().expect("folder");
    let [original, copied, moved] = ["db", "copied", "moved"].map(|name| folder.path().join(name));
    let chain = with_blocks(&original, 2);
    let digest = chain.executor.spec().digest();
    drop(chain);
    copy(&original, &copied);
    let open = |path: &Path| Store::open(path, &digest, None).expect("opens").restored();
    assert_eq!(open(&original), Ok(None));
    assert_eq!(open(&copied), Ok(Some(Restored::default())));
    // It stays so until it is lifted.
    assert_eq!(open(&copied), Ok(Some(Restored::default())));
    std::fs::rename(&original, &moved).expect("moves");
    assert_eq!(open(&moved), Ok(None));
}

#[test]
fn before_the_first_block_a_copy_has_signed_nothing() {
    let folder = tempfile::tempdir().expect("folder");
    let [original, copied] = ["db", "copied"].map(|name| folder.path().join(name));
    let chain = with_blocks(&original, 0);
    let digest = chain.executor.spec().digest();
    drop(chain);
    copy(&original, &copied);
    let store = Store::open(&copied, &digest, None).expect("opens");
    assert_eq!(store.restored(), Ok(None));
}

#[test]
fn lifting_the_mark_begins_a_new_chain_of_acknowledgements_and_forgets_no_old_one() {
    let folder = tempfile::tempdir().expect("folder");
    let chain = with_blocks(folder.path(), 1);
    let (store, subject) = (&chain.store, Digest::sha256(b"subject"));
    let word = Acknowledgement::sign("test", &subject, 5, Digest::ZERO, &key(1));
    let head: AcknowledgementHead = (word.digest("test", &subject), 5);
    let kept = store.keep_acknowledgements(&[(subject, word.clone())], &head);
    kept.expect("keeps");
    let sign_from = Some(7);
    store.mark_restored(&Restored { sign_from }).expect("marks");
    assert_eq!(store.restored(), Ok(Some(Restored { sign_from })));
    let anew: AcknowledgementHead = (Digest::sha256(b"transaction"), 9);
    store.lift_restored(&anew).expect("lifts");
    assert_eq!(store.restored(), Ok(None));
    assert_eq!(store.acknowledgement_head(), Ok(Some(anew)));
    assert_eq!(store.acknowledgement(&subject), Ok(Some(word)));
}
