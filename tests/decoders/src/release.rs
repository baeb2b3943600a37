//! Keys and signatures of the centres together.

use core::fmt::Display;
use core::str::FromStr;

use yilian_release::{GroupKey, ReleaseSignature};
use yilian_threshold::{LockedKey, Outcome, Partial};

/// A group's key, what it released, and a key that is locked to a release: as bytes and as texts.
pub fn release(bytes: &[u8]) -> bool {
    fn one_text<T: FromStr + Display>(text: &str) -> bool {
        let Ok(value) = text.parse::<T>() else {
            return false;
        };
        assert_eq!(value.to_string(), text, "a second text of one value");
        true
    }
    let mut read = false;
    if let Ok(key) = GroupKey::from_bytes(bytes) {
        assert_eq!(key.as_bytes(), bytes);
        read = true;
    }
    if let Ok(signature) = ReleaseSignature::from_bytes(bytes) {
        assert_eq!(signature.as_bytes(), bytes);
        read = true;
    }
    let Ok(text) = core::str::from_utf8(bytes) else {
        return read;
    };
    read | one_text::<GroupKey>(text)
        | one_text::<ReleaseSignature>(text)
        | one_text::<LockedKey>(text)
}

/// The public side of a shared key.
pub fn outcome(bytes: &[u8]) -> bool {
    let Ok(outcome) = Outcome::from_bytes(bytes) else {
        return false;
    };
    assert_eq!(outcome.to_bytes(), bytes, "a second encoding");
    assert!(outcome.threshold() as usize <= outcome.holders().len());
    for (index, holder) in (0..).zip(outcome.holders()) {
        assert_eq!(outcome.index_of(holder), Some(index));
    }
    let revealed = outcome.revealed().expect("keys of holders");
    assert!(revealed.iter().all(|key| outcome.holders().contains(key)));
    // The generator of G1 signs nothing.
    let generator = "97f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb";
    for index in [0, u32::MAX] {
        let signature = generator.parse().expect("a point");
        let forged = Partial { index, signature };
        assert!(outcome.verify("chain", "draw:E62:1", &forged).is_err());
    }
    true
}
