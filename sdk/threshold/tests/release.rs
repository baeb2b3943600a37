//! Partial signatures and what they make together.

mod group;

use group::{CHAIN, Centre, group};
use proptest::prelude::*;
use yilian_release::{ReleaseSignature, seed};
use yilian_threshold::{Outcome, Partial, PartialError};

const IDENTITY: &str = "draw:E6200000001:1";

fn partials(members: &[Centre], outcome: &Outcome, identity: &str) -> Vec<Partial> {
    let sign = |member: &Centre| {
        let share = member.share.as_ref().expect("a share");
        share.sign(CHAIN, outcome.key(), identity).expect("signs")
    };
    members.iter().map(sign).collect()
}

#[test]
fn whichever_shares_are_combined_the_release_is_the_same() {
    let (members, outcome) = group(7);
    let all = partials(&members, &outcome, IDENTITY);
    let whole = outcome.recover(CHAIN, IDENTITY, &all).expect("recovers");
    let mut subsets = 0;
    for mask in 0u32..1 << 7 {
        let chosen: Vec<Partial> = all
            .iter()
            .filter(|partial| mask >> partial.index & 1 == 1)
            .copied()
            .collect();
        let recovered = outcome.recover(CHAIN, IDENTITY, &chosen);
        if chosen.len() < 5 {
            let found = chosen.len() as u32;
            assert_eq!(recovered, Err(PartialError::TooFew { found, required: 5 }));
        } else {
            assert_eq!(recovered, Ok(whole));
            subsets += 1;
        }
    }
    assert_eq!(subsets, 21 + 7 + 1);
}

#[test]
fn one_partial_many_times_is_one() {
    let (members, outcome) = group(4);
    let one = partials(&members, &outcome, IDENTITY)[0];
    assert_eq!(
        outcome.recover(CHAIN, IDENTITY, &[one; 5]),
        Err(PartialError::TooFew {
            found: 1,
            required: 3
        })
    );
}

/// One share less than the threshold, and anything in place of the last: the group's key accepts none of it. What
/// colluders lack is a whole point of the group, as hard to find as the key.
#[test]
fn one_share_less_than_the_threshold_computes_nothing() {
    let (members, outcome) = group(4);
    let all = partials(&members, &outcome, IDENTITY);
    let whole = outcome.recover(CHAIN, IDENTITY, &all).expect("recovers");
    let elsewhere = partials(&members, &outcome, "draw:E6200000001:2");
    let colluders = &all[..2];
    // Their own signatures under the missing index, releases of other identities, and the same point again.
    let guesses = [
        all[0].signature,
        all[1].signature,
        elsewhere[2].signature,
        outcome
            .recover(CHAIN, "draw:E6200000001:2", &elsewhere)
            .expect("recovers"),
    ];
    for signature in guesses {
        for index in [2, 3] {
            let forged = [colluders, &[Partial { index, signature }]].concat();
            let answer = outcome.recover(CHAIN, IDENTITY, &forged);
            assert_eq!(answer, Err(PartialError::Forged { index }));
            assert_ne!(signature, whole);
        }
    }
}

#[test]
fn a_partial_holds_for_its_share_identity_and_chain_alone() {
    let (members, outcome) = group(4);
    let partial = partials(&members, &outcome, IDENTITY)[1];
    let index = partial.index;
    assert_eq!(outcome.verify(CHAIN, IDENTITY, &partial), Ok(()));
    let forged = Err(PartialError::Forged { index });
    assert_eq!(
        outcome.verify(CHAIN, "draw:E6200000001:2", &partial),
        forged
    );
    assert_eq!(outcome.verify("another-chain", IDENTITY, &partial), forged);
    let moved = Partial {
        index: index ^ 1,
        ..partial
    };
    assert!(outcome.verify(CHAIN, IDENTITY, &moved).is_err());
    let beyond = Partial {
        index: 4,
        ..partial
    };
    assert_eq!(
        outcome.verify(CHAIN, IDENTITY, &beyond),
        Err(PartialError::Index { index: 4, last: 3 })
    );
}

#[test]
fn the_seed_follows_from_release_identity_and_contribution() {
    let (members, outcome) = group(4);
    let all = partials(&members, &outcome, IDENTITY);
    let whole = outcome.recover(CHAIN, IDENTITY, &all).expect("recovers");
    let first = seed(CHAIN, IDENTITY, &whole, b"");
    assert_eq!(first, seed(CHAIN, IDENTITY, &whole, b""));
    assert_ne!(first, seed(CHAIN, IDENTITY, &whole, b"supervisor"));
    assert_ne!(first, seed(CHAIN, "draw:E6200000001:2", &whole, b""));
    assert_ne!(first, seed("another", IDENTITY, &whole, b""));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn bytes_that_are_no_point_are_no_signature(bytes: [u8; 48]) {
        // A random point of the curve is outside the subgroup with overwhelming probability.
        prop_assert!(ReleaseSignature::from_bytes(&bytes).is_err());
    }
}
