//! Centres that hold ceremonies in one process.
#![allow(dead_code, unreachable_pub, reason = "each test takes what it needs")]

use yilian_crypto::{PublicKey, SecretKey};
use yilian_threshold::{Ceremony, CeremonyFailure, Outcome, Received, Share};

pub const CHAIN: &str = "yilian-test";

/// A centre: its key, its secret for dealing, and its share once it has one.
#[derive(Clone)]
pub struct Centre {
    pub key: SecretKey,
    pub secret: [u8; 32],
    pub share: Option<Share>,
}

impl Centre {
    pub fn new(number: u8) -> Self {
        Centre {
            key: SecretKey::from_seed([number; 32]),
            secret: [number ^ 0x5a; 32],
            share: None,
        }
    }

    pub fn public(&self) -> PublicKey {
        self.key.public_key()
    }
}

pub fn centres(count: u8) -> Vec<Centre> {
    (1..=count).map(Centre::new).collect()
}

pub fn keys(centres: &[Centre]) -> Vec<PublicKey> {
    centres.iter().map(Centre::public).collect()
}

/// How a round goes wrong.
#[derive(Clone, Default)]
pub struct Trouble {
    /// Dealers that do not deal, by place.
    pub absent_dealers: Vec<usize>,
    /// Players that do not acknowledge, by place.
    pub silent_players: Vec<usize>,
    /// A dealer that sends one player a wrong share.
    pub cheated: Option<(usize, usize)>,
}

pub struct Round {
    pub ceremony: Ceremony,
    pub logs: Vec<Vec<u8>>,
    /// What reached each player, by place.
    pub received: Vec<Vec<Received>>,
}

/// Everything up to the logs.
pub fn round(
    number: u64,
    previous: Option<&Outcome>,
    dealers: &[Centre],
    players: &[Centre],
    trouble: &Trouble,
) -> Round {
    let ceremony =
        Ceremony::new(CHAIN, number, previous, &keys(dealers), &keys(players)).expect("a ceremony");
    let mut received = vec![Vec::new(); players.len()];
    let mut logs = Vec::new();
    for (place, dealer) in dealers.iter().enumerate() {
        if trouble.absent_dealers.contains(&place) {
            continue;
        }
        let dealing = ceremony
            .deal(&dealer.key, &dealer.secret, dealer.share.as_ref())
            .expect("deals");
        let mut acks = Vec::new();
        for (seat, player) in players.iter().enumerate() {
            let share = dealing
                .shares
                .iter()
                .find(|(key, _)| *key == player.public());
            let mut one = Received {
                dealer: dealer.public(),
                public: dealing.public.clone(),
                share: share.expect("a share for each player").1.to_vec(),
            };
            if trouble.cheated == Some((place, seat)) {
                one.share[31] ^= 1;
            }
            if trouble.silent_players.contains(&seat) {
                continue;
            }
            if let Ok(ack) = ceremony.acknowledge(&player.key, &one) {
                acks.push((player.public(), ack));
            }
            received[seat].push(one);
        }
        let log = ceremony
            .log(&dealer.key, &dealer.secret, dealer.share.as_ref(), &acks)
            .expect("a log");
        logs.push(log);
    }
    Round {
        ceremony,
        logs,
        received,
    }
}

/// A round that succeeds; players have their shares then.
pub fn hold(
    number: u64,
    previous: Option<&Outcome>,
    dealers: &[Centre],
    players: &mut [Centre],
    trouble: &Trouble,
) -> Result<Outcome, CeremonyFailure> {
    let round = round(number, previous, dealers, players, trouble);
    let outcome = round
        .ceremony
        .outcome(&round.logs)
        .expect("logs that read")?;
    for (player, received) in players.iter_mut().zip(&round.received) {
        let share = round.ceremony.share(&player.key, received, &round.logs);
        player.share = share.ok();
    }
    Ok(outcome)
}

/// A group of centres with shares.
pub fn group(count: u8) -> (Vec<Centre>, Outcome) {
    let mut members = centres(count);
    let dealers = members.clone();
    let outcome = hold(0, None, &dealers, &mut members, &Trouble::default()).expect("a key");
    (members, outcome)
}
