//! What members of a ceremony say, in files and to the chain.

use std::sync::LazyLock;

use yilian_ceremony::{
    MemberFile, Message, Setting, Signed, Transcript, check_acknowledge, check_announce,
    check_deal, check_log, parameters_of,
};
use yilian_crypto::SecretKey;
use yilian_primitives::{Validator, ValidatorSet, json};
use yilian_release_records::{Acknowledge, Announce, Ceremony, Deal, Log};
use yilian_threshold::Ceremony as Round;

/// The chain of the ceremony here.
pub const CHAIN: &str = "yilian-fuzz";

/// The key of a member of the ceremony here: there are two, 1 and 2.
pub fn member_key(number: u8) -> SecretKey {
    SecretKey::from_seed([number; 32])
}

/// A ceremony of two, as everybody knows it before it begins.
pub struct Known {
    /// The members.
    pub validators: ValidatorSet,
    /// What they compare.
    pub setting: Setting,
    /// The record of the round.
    pub ceremony: Ceremony,
    /// Its parameters.
    pub parameters: Round,
}

impl Known {
    /// The one ceremony.
    pub fn one() -> &'static Known {
        static ONE: LazyLock<Known> = LazyLock::new(Known::new);
        &ONE
    }

    fn new() -> Known {
        let validator = |number: u8| Validator {
            name: format!("centre-{number}"),
            public_key: member_key(number).public_key(),
            power: 1,
        };
        let validators = ValidatorSet::new((1..=2).map(validator).collect()).expect("a set");
        let setting = Setting::of(CHAIN, &validators);
        let ceremony = setting.ceremony(&validators);
        let parameters = parameters_of(CHAIN, &ceremony, None).expect("a ceremony");
        Known {
            validators,
            setting,
            ceremony,
            parameters,
        }
    }
}

/// A member's file of any phase.
pub fn ceremony_file(bytes: &[u8]) -> bool {
    fn one<T: Message>(bytes: &[u8], check: impl Fn(&Signed<T>)) -> bool {
        let setting = &Known::one().setting;
        let Ok(signed) = MemberFile::<T>::read(bytes, setting) else {
            return false;
        };
        check(&signed);
        let value = json::parse_strict(bytes).expect("the file is strict JSON");
        let again = json::parse_strict(&MemberFile::of(setting, signed).to_bytes());
        assert_eq!(again, Ok(value), "a second form of one file");
        true
    }
    let Known {
        ceremony,
        parameters,
        ..
    } = Known::one();
    one::<Announce>(bytes, |said| {
        let _ = check_announce(&said.message);
    }) | one::<Deal>(bytes, |said| {
        let _ = check_deal(parameters, ceremony, &said.message);
    }) | one::<Acknowledge>(bytes, |said| {
        let _ = check_acknowledge(ceremony, &said.message);
    }) | one::<Log>(bytes, |said| {
        let _ = check_log(parameters, &said.member, &said.message);
    })
}

/// A transcript, and what it gives. Nothing but the whole ceremony was ever signed.
pub fn transcript(bytes: &[u8]) -> bool {
    let Ok(transcript) = Transcript::from_bytes(bytes) else {
        return false;
    };
    let value = json::parse_strict(bytes).expect("a transcript is strict JSON");
    let written = transcript.to_bytes();
    assert_eq!(
        json::parse_strict(&written),
        Ok(value),
        "a second form of one transcript"
    );
    let _ = transcript.judge(CHAIN, &Known::one().validators);
    true
}

/// The bytes inside messages: the public part of a dealing, an acknowledgement, a log.
pub fn dealing(bytes: &[u8]) -> bool {
    let parameters = &Known::one().parameters;
    let shown = parameters.shown(bytes);
    if let Ok(shown) = &shown {
        assert!(parameters.check_public(&shown.public).is_ok());
    }
    let is_log = parameters.check_log(bytes).is_ok();
    assert!(!is_log || shown.is_ok(), "a log that shows nothing holds");
    shown.is_ok()
        | parameters.check_public(bytes).is_ok()
        | Round::check_acknowledgement(bytes).is_ok()
}
