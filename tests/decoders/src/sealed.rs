//! What only one reader opens: sealed bid files, and what is sealed to a key.

use yilian_bid_file::{Header, open, seal};
use yilian_seal::{OpeningKey, SealingKey};

/// The outer and the inner key of the bid files here; other files are read up to their content.
pub const BID_KEYS: ([u8; 32], [u8; 32]) = ([5; 32], [6; 32]);
/// Secret of the reader to whom texts here are sealed.
pub const READER: [u8; 32] = [7; 32];
/// What it is for, where it stands, and what was sealed.
pub const SEALED: [&[u8]; 3] = [b"for", b"at", b"a share"];
/// Randomness of that one sealed text.
pub const RANDOMNESS: [u8; 32] = [8; 32];

/// A sealed bid file. What is read is sealed again as the same bytes.
pub fn bid_file(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    let Ok(header) = Header::read(&mut rest) else {
        return false;
    };
    let length = bytes.len() - rest.len();
    let (outer, inner) = (&BID_KEYS.0, &BID_KEYS.1);
    let again = |content: &[u8]| {
        let (mut from, mut file) = (content, Vec::new());
        let sealed = seal(&mut from, &mut file, &header, (outer, inner), &mut |_| {});
        sealed.expect("memory takes everything");
        file
    };
    assert_eq!(again(b"")[..length], bytes[..length], "a second header");
    let mut content = Vec::new();
    let opened = open(
        &mut rest,
        &mut content,
        &header,
        (outer, inner),
        &mut |_| {},
    );
    if opened.is_ok() {
        assert_eq!(again(&content), bytes, "a second sealing of one file");
    }
    true
}

/// A sealed text, and the keys that one seals to. Only what was sealed opens.
pub fn sealed(bytes: &[u8]) -> bool {
    let [info, aad, plain] = SEALED;
    let reader = OpeningKey::derive(&READER);
    let opened = reader.open(info, aad, bytes);
    if let Ok(opened) = &opened {
        assert_eq!(opened, plain);
        let key = reader.sealing_key().expect("a key");
        let again = key.seal_again(info, aad, plain, &RANDOMNESS);
        assert_eq!(again.as_deref(), Ok(bytes), "a second sealing");
    }
    let key = core::str::from_utf8(bytes)
        .ok()
        .and_then(|text| Some((text, text.parse::<SealingKey>().ok()?)));
    if let Some((text, key)) = &key {
        assert_eq!(key.to_string(), *text, "a second text of one key");
    }
    opened.is_ok() | key.is_some()
}
