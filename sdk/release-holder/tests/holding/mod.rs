//! Centres that hold a ceremony by files in one process.
#![allow(dead_code, unreachable_pub, reason = "each test takes what it needs")]

use std::collections::BTreeMap;

use yilian_ceremony::{Held, JudgementError, Message, Setting, Signed, Transcript, parameters_of};
use yilian_crypto::{PublicKey, SecretKey};
use yilian_primitives::{Validator, ValidatorSet};
use yilian_release_holder::{Acknowledged, Holder, Secret};
use yilian_release_records::{Acknowledge, Announce, Ceremony, Deal, Log};
use yilian_seal::SealingKey;
use yilian_threshold::{Ceremony as Round, Share};

pub const CHAIN: &str = "yilian-test";

/// A centre: its key and its secret.
pub struct Centre {
    pub key: SecretKey,
    pub secret: Secret,
}

impl Centre {
    pub fn new(number: u8) -> Self {
        Centre {
            key: SecretKey::from_seed([number; 32]),
            secret: Secret::from_bytes([number ^ 0x5a; 32]),
        }
    }

    pub fn public(&self) -> PublicKey {
        self.key.public_key()
    }

    pub fn holder(&self) -> Holder<'_> {
        Holder {
            chain_id: CHAIN,
            key: &self.key,
            secret: &self.secret,
        }
    }
}

/// Centres in the order of their validator set.
pub struct Centres {
    pub all: Vec<Centre>,
    pub validators: ValidatorSet,
    pub setting: Setting,
    pub ceremony: Ceremony,
    pub parameters: Round,
}

impl Centres {
    pub fn new(count: u8) -> Self {
        let mut all: Vec<_> = (1..=count).map(Centre::new).collect();
        let validator = |(place, centre): (usize, &Centre)| Validator {
            name: format!("centre-{place}"),
            public_key: centre.public(),
            power: 1,
        };
        let validators = all.iter().enumerate().map(validator).collect();
        let validators = ValidatorSet::new(validators).expect("a set");
        let setting = Setting::of(CHAIN, &validators);
        let place = |key: &PublicKey| setting.members.iter().position(|one| one == key);
        all.sort_by_key(|centre| place(&centre.public()));
        let ceremony = setting.ceremony(&validators);
        let parameters = parameters_of(CHAIN, &ceremony, None).expect("a ceremony");
        Centres {
            all,
            validators,
            setting,
            ceremony,
            parameters,
        }
    }

    pub fn sign<T: Message>(&self, place: usize, message: T) -> Signed<T> {
        Signed::sign(&self.setting.digest(), message, &self.all[place].key)
    }

    pub fn announcements(&self, absent: &[usize]) -> Vec<Signed<Announce>> {
        let here = (0..self.all.len()).filter(|place| !absent.contains(place));
        let announce = |place: usize| self.all[place].holder().announce().expect("a key");
        here.map(|place| self.sign(place, announce(place)))
            .collect()
    }

    pub fn deal(&self, place: usize, announced: &[Signed<Announce>]) -> Deal {
        let key = |part: &Signed<Announce>| part.message.sealing_key.parse().expect("a key");
        let keys: BTreeMap<PublicKey, SealingKey> = announced
            .iter()
            .map(|part| (part.member, key(part)))
            .collect();
        let holder = self.all[place].holder();
        let deal = holder.deal(&self.parameters, &self.ceremony, &keys, None);
        deal.expect("deals")
    }

    pub fn acknowledge(&self, place: usize, deals: &[Signed<Deal>]) -> Acknowledged {
        let holder = self.all[place].holder();
        let said = holder.acknowledge(&self.parameters, 0, &pairs(deals));
        said.expect("acknowledges")
    }

    pub fn log(&self, place: usize, acks: &[Signed<Acknowledge>]) -> Log {
        let holder = self.all[place].holder();
        let log = holder.log(&self.parameters, &self.ceremony, None, &pairs(acks));
        log.expect("a log")
    }

    pub fn share(&self, place: usize, transcript: &Transcript, held: &Held) -> Share {
        let (deals, logs) = (pairs(&transcript.deals), pairs(&held.logs));
        let holder = self.all[place].holder();
        let share = holder.share(&self.parameters, 0, &deals, &logs);
        share.expect("a share")
    }

    /// Holds the ceremony with everything that goes wrong in it.
    pub fn hold(&self, trouble: &Trouble) -> Transcript {
        let places = 0..self.all.len();
        let doing = |except: &[usize]| {
            let away = [except, &trouble.absent].concat();
            let doing = places.clone().filter(move |place| !away.contains(place));
            doing.collect::<Vec<_>>()
        };
        let announcements = self.announcements(&trouble.absent);
        let deal = |place| {
            let mut deal = self.deal(place, &announcements);
            if trouble.cheats == Some(place) {
                // The shares of two players, exchanged: neither opens for the other.
                let first = deal.shares[0].sealed.clone();
                deal.shares[0].sealed = deal.shares[1].sealed.clone();
                deal.shares[1].sealed = first;
            }
            self.sign(place, deal)
        };
        let deals: Vec<_> = doing(&trouble.no_dealers).into_iter().map(deal).collect();
        let acknowledge = |place| self.sign(place, self.acknowledge(place, &deals).message);
        let players = doing(&trouble.silent).into_iter();
        let acknowledgements: Vec<_> = players.map(acknowledge).collect();
        let without_log = [&trouble.no_dealers[..], &trouble.no_logs].concat();
        let log = |place| self.sign(place, self.log(place, &acknowledgements));
        let logs = doing(&without_log).into_iter().map(log).collect();
        Transcript::of(&self.setting, announcements, deals, acknowledgements, logs)
    }

    pub fn judge(&self, transcript: &Transcript) -> Result<Held, JudgementError> {
        transcript.judge(CHAIN, &self.validators)
    }
}

/// How a ceremony goes wrong, by places of centres.
#[derive(Default)]
pub struct Trouble {
    /// They do nothing.
    pub absent: Vec<usize>,
    /// They do not deal.
    pub no_dealers: Vec<usize>,
    /// They do not acknowledge.
    pub silent: Vec<usize>,
    /// They show no log.
    pub no_logs: Vec<usize>,
    /// It seals two players what does not open.
    pub cheats: Option<usize>,
}

pub fn pairs<T: Clone>(parts: &[Signed<T>]) -> Vec<(PublicKey, T)> {
    let one = |part: &Signed<T>| (part.member, part.message.clone());
    parts.iter().map(one).collect()
}
