//! What acknowledgements say together.

use std::collections::BTreeMap;

use yilian_crypto::{Digest, PublicKey};
use yilian_primitives::{TimestampMs, fault_bound};

use crate::{AcknowledgedSubmission, Acknowledgement};

/// What the acknowledgements of one submission say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Validators whose acknowledgement holds, with its time, the earliest first.
    pub holding: Vec<(PublicKey, TimestampMs)>,
    /// Keys that are no validator's.
    pub strangers: Vec<PublicKey>,
    /// Validators under whose name a signature stands that is not theirs.
    pub forged: Vec<PublicKey>,
    /// How many are needed.
    pub needed: usize,
    /// The time of receipt: the `needed`-th smallest. None with fewer.
    pub received_ms: Option<TimestampMs>,
}

/// How many acknowledgements settle when a submission was received: one more than there may be liars.
pub fn needed(validators: usize) -> usize {
    fault_bound(validators) + 1
}

/// Judges acknowledgements by the validators of a chain, of whom less than a third may lie.
pub fn judge(
    chain_id: &str,
    submission: &Digest,
    acknowledgements: &[Acknowledgement],
    validators: &[PublicKey],
) -> Standing {
    let (mut strangers, mut forged) = (Vec::new(), Vec::new());
    let mut earliest = BTreeMap::new();
    for one in acknowledgements {
        if !validators.contains(&one.validator) {
            strangers.push(one.validator);
        } else if one.verify(chain_id, submission).is_err() {
            forged.push(one.validator);
        } else {
            let kept = earliest.entry(one.validator).or_insert(one.time_ms);
            *kept = one.time_ms.min(*kept);
        }
    }
    let mut holding: Vec<_> = earliest.into_iter().collect();
    holding.sort_by_key(|(_, time_ms)| *time_ms);
    let needed = needed(validators.len());
    Standing {
        received_ms: holding.get(needed - 1).map(|(_, time_ms)| *time_ms),
        needed,
        holding,
        strangers,
        forged,
    }
}

/// A validator that forked its chain of acknowledgements: proof of misbehaviour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forked {
    /// Who.
    pub validator: PublicKey,
    /// The acknowledgement that two different ones follow.
    pub previous: Digest,
}

/// Validators of which two different acknowledgements follow the same one. Only those that hold are looked at.
pub fn forks(files: &[AcknowledgedSubmission]) -> Vec<Forked> {
    let mut followers: BTreeMap<(PublicKey, Digest), Digest> = BTreeMap::new();
    let mut found = Vec::new();
    for file in files {
        let submission = file.submission();
        for one in &file.acknowledgements {
            if one.verify(&file.chain_id, &submission).is_err() {
                continue;
            }
            let digest = one.digest(&file.chain_id, &submission);
            let first = followers
                .entry((one.validator, one.previous))
                .or_insert(digest);
            let forked = Forked {
                validator: one.validator,
                previous: one.previous,
            };
            if *first != digest && !found.contains(&forked) {
                found.push(forked);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use yilian_crypto::SecretKey;

    use super::*;

    fn key(number: u8) -> SecretKey {
        SecretKey::from_seed([number; 32])
    }

    fn validators() -> Vec<PublicKey> {
        (0..4).map(|number| key(number).public_key()).collect()
    }

    fn file(times: &[(u8, TimestampMs)]) -> AcknowledgedSubmission {
        let mut file = AcknowledgedSubmission {
            chain_id: "test".to_owned(),
            contract: "tender".to_owned(),
            method: "commit".to_owned(),
            args: json!({"commitment": "c"}),
            acknowledgements: Vec::new(),
        };
        let submission = file.submission();
        for (number, time_ms) in times {
            let signed =
                Acknowledgement::sign("test", &submission, *time_ms, Digest::ZERO, &key(*number));
            file.acknowledgements.push(signed);
        }
        file
    }

    fn judged(file: &AcknowledgedSubmission) -> Standing {
        judge(
            "test",
            &file.submission(),
            &file.acknowledgements,
            &validators(),
        )
    }

    #[test]
    fn the_second_smallest_of_four_decides_so_one_liar_moves_nothing() {
        let standing = judged(&file(&[(0, 5_000), (1, 5_100), (2, 5_200)]));
        assert_eq!((standing.needed, standing.received_ms), (2, Some(5_100)));
        // One that dates back is the smallest, and the honest next one decides.
        let standing = judged(&file(&[(0, 1), (1, 5_100)]));
        assert_eq!(standing.received_ms, Some(5_100));
    }

    #[test]
    fn one_validator_many_times_is_one_and_strangers_are_none() {
        let standing = judged(&file(&[(0, 5_000), (0, 5_001), (9, 5_002)]));
        assert_eq!(standing.received_ms, None);
        assert_eq!(standing.strangers, [key(9).public_key()]);
    }

    #[test]
    fn a_signature_on_something_else_is_named() {
        let mut changed = file(&[(0, 5_000), (1, 5_100)]);
        changed.acknowledgements[0].time_ms -= 1;
        let standing = judged(&changed);
        assert_eq!(standing.forged, [key(0).public_key()]);
        let other = AcknowledgedSubmission {
            args: json!({"commitment": "d"}),
            ..file(&[(0, 5_000)])
        };
        assert_eq!(judged(&other).forged, [key(0).public_key()]);
    }

    #[test]
    fn two_on_one_previous_are_a_fork_and_a_repetition_is_none() {
        let honest = file(&[(0, 5_000)]);
        assert_eq!(forks(&[honest.clone(), honest.clone()]), []);
        let dated_back = file(&[(0, 4_000)]);
        let forked = forks(&[honest, dated_back]);
        assert_eq!(forked.len(), 1);
        assert_eq!(forked[0].validator, key(0).public_key());
    }
}
