use proptest::prelude::*;
use yilian_release::GroupKey;

use super::*;

/// A key of another implementation's test; nobody holds it, and nothing here needs to be opened by it.
const GROUP: &str = "a17fd6092d26b31a9719264372370670555354e95ad96156494737d4591a46eee06e4374dec2d8aa419c238334d2eaa2122ff5512d660c336b0f4cadca9f02cd1cc0b37477148f84c775e55c40a31ba256da6044590b79ac16bbb962d8565337";
const OUTER: [u8; 32] = [1; 32];
const INNER: [u8; 32] = [2; 32];

fn header(tender: &str) -> Header {
    let group: GroupKey = GROUP.parse().expect("a key");
    Header::new(("yilian-test", tender), group, &OUTER, &INNER, &[3; 32]).expect("a header")
}

fn sealed(content: &[u8]) -> (Vec<u8>, Sealed) {
    let mut file = Vec::new();
    let mut content = content;
    let keys = (&OUTER, &INNER);
    let sealed = seal(&mut content, &mut file, &header("T1"), keys, &mut |_| {}).expect("seals");
    (file, sealed)
}

fn opened(file: &[u8], keys: (&[u8; 32], &[u8; 32])) -> Result<(Vec<u8>, Opened), BidFileError> {
    let (mut from, mut content) = (file, Vec::new());
    let header = Header::read(&mut from)?;
    let opened = open(&mut from, &mut content, &header, keys, &mut |_| {})?;
    Ok((content, opened))
}

#[test]
fn files_around_the_size_of_a_chunk_come_back() {
    for length in [0, 1, 65_535, 65_536, 65_537, 131_072, 200_000] {
        let content: Vec<u8> = (0..length).map(|place| (place % 251) as u8).collect();
        let (file, facts) = sealed(&content);
        assert_eq!(facts.sealed, Digest::sha256(&file));
        assert_eq!(
            (facts.content, facts.bytes),
            (Digest::sha256(&content), length)
        );
        let (back, opened) = opened(&file, (&OUTER, &INNER)).expect("opens");
        assert_eq!((back, opened), (content, facts));
    }
}

#[test]
fn both_keys_are_needed_and_a_wrong_inner_one_is_told_from_damage() {
    let (file, _) = sealed(b"a bid");
    let wrong = opened(&file, (&OUTER, &OUTER));
    assert!(matches!(wrong, Err(BidFileError::InnerKey)));
    let wrong = opened(&file, (&INNER, &INNER));
    assert!(matches!(wrong, Err(BidFileError::Damaged(0))));
}

#[test]
fn a_file_that_is_cut_or_whose_chunks_are_swapped_does_not_open() {
    let (file, _) = sealed(&vec![7; 3 * CHUNK_BYTES]);
    let size = CHUNK_BYTES + TAG_BYTES;
    let start = file.len() - 3 * size;
    for cut in [1, TAG_BYTES, size, 2 * size] {
        let cut = opened(&file[..file.len() - cut], (&OUTER, &INNER));
        assert!(matches!(cut, Err(BidFileError::Damaged(_))), "{cut:?}");
    }
    let mut swapped = file.clone();
    swapped[start..start + 2 * size].rotate_left(size);
    let swapped = opened(&swapped, (&OUTER, &INNER));
    assert!(matches!(swapped, Err(BidFileError::Damaged(0))));
    let longer = [file, vec![0; 40]].concat();
    assert!(opened(&longer, (&OUTER, &INNER)).is_err());
}

#[test]
fn the_header_of_another_section_does_not_fit() {
    let (file, _) = sealed(b"a bid");
    let text = String::from_utf8_lossy(&file).into_owned();
    let place = text.find("\"tender\":\"T1\"").expect("a tender");
    let mut moved = file;
    moved[place + 11] = b'2';
    assert!(opened(&moved, (&OUTER, &INNER)).is_err());
}

proptest! {
    #[test]
    fn no_changed_byte_opens_as_something_else(place in 0usize..900, byte: u8) {
        let (file, facts) = sealed(b"the content of a bid");
        let mut changed = file.clone();
        let place = place % changed.len();
        changed[place] ^= byte;
        match opened(&changed, (&OUTER, &INNER)) {
            Ok((_, opened)) => prop_assert!(byte == 0 && opened == facts),
            Err(_) => prop_assert!(byte != 0),
        }
    }
}
