use super::*;
use crate::list::list_digest;
use crate::list::tests::{five, group, seats};
use crate::types::List;
use crate::{ENTRIES_MAX, ExpertDraw, blinded_entry};
use yilian_contract::limits::{ARGS_BYTES_MAX, RESULT_BYTES_MAX};
use yilian_contract::testing::TestChain;
use yilian_contract::{Refusal, hex, json, sha256};

const ID: &str = "draw:A01-12620000224333830C-20230101-000123-G:1";

fn input(list: List) -> Draw {
    Draw {
        draw_id: ID.to_owned(),
        seed: Hex32(sha256(b"seed")),
        list_digest: list_digest(&list.groups),
        list,
    }
}

fn drawn(input: &Draw) -> Result<DrawResult, Refusal> {
    let chain = TestChain::new();
    chain.deploy_rule(ExpertDraw);
    chain.judge("expert-draw", "draw", input)
}

/// Computed with Python's hmac and hashlib from the layout in the crate's documentation.
#[test]
fn known_answers() {
    let seed = Hex32(sha256(b"seed"));
    let entry = blinded_entry(ID, "expert 1", &Hex32([3; 32]));
    assert_eq!(
        entry.to_string(),
        "c244f27e96b54f94db9f2ba78d582bdc37c0066e896c46e1c4c5e56ece25b3cf"
    );
    assert_eq!(
        hex(&rank(&seed, ID, 7, &entry)),
        "9790ddaa85a4e31c32237756a208eff253646cf47edc090c52d2e0d90714374b"
    );
    let list = five();
    assert_eq!(
        list_digest(&list.groups).to_string(),
        "sha256:b7bab0ac4ac3fb0b5871d6c89a5c03599c9edc7e11e15b704237ed9d6c72bf84"
    );
    let result = drawn(&input(list)).unwrap();
    assert_eq!(result.orders[0].order[..6], [12, 10, 6, 29, 18, 14]);
    assert_eq!(result.orders[1].order[..6], [43, 34, 38, 32, 39, 33]);
}

#[test]
fn the_same_draw_run_again_gives_the_same() {
    let input = input(five());
    assert_eq!(drawn(&input).unwrap(), drawn(&input).unwrap());
}

#[test]
fn the_first_of_each_order_are_invited_and_everybody_eligible_is_in_it_once() {
    let mut list = five();
    list.recusals = vec![list.groups[0].ids[4], list.groups[0].ids[9]];
    list.recusals.sort_unstable();
    let result = drawn(&input(list.clone())).unwrap();
    let invited: Vec<u32> = result.invited.iter().map(|one| one.index).collect();
    let first = [&result.orders[0].order[..3], &result.orders[1].order[..2]].concat();
    assert_eq!(invited, first);
    let mut all = result.orders[0].order.clone();
    all.sort_unstable();
    let expected: Vec<u32> = (0..30).filter(|index| ![4, 9].contains(index)).collect();
    assert_eq!(all, expected);
    let fifth = &result.invited[4];
    assert_eq!(fifth.id, list.groups[1].ids[fifth.index as usize - 30]);
}

#[test]
fn recusing_one_expert_moves_no_other() {
    let whole = drawn(&input(five())).unwrap();
    let mut list = five();
    let gone = whole.orders[0].order[0];
    list.recusals = vec![list.groups[0].ids[gone as usize]];
    let fewer = drawn(&input(list)).unwrap();
    assert_eq!(fewer.orders[0].order, whole.orders[0].order[1..]);
    assert_eq!(fewer.orders[1], whole.orders[1]);
}

#[test]
fn how_recusals_came_about_does_not_matter_only_whom_they_name() {
    let mut by_entry = five();
    by_entry.recusals = by_entry.groups[1].ids[..3].to_vec();
    let mut by_employer = five();
    let tag = |place: usize| if place < 3 { "out" } else { "in" }.to_owned();
    by_employer.groups[1].organisations = Some((0..20).map(tag).collect());
    by_employer.recused_organisations = vec!["out".to_owned()];
    let (one, two) = (
        drawn(&input(by_entry)).unwrap(),
        drawn(&input(by_employer)).unwrap(),
    );
    assert_eq!(one.orders, two.orders);
}

#[test]
fn another_seed_or_draw_gives_another_order() {
    let base = drawn(&input(five())).unwrap();
    let mut seed = input(five());
    seed.seed.0[31] ^= 1;
    assert_ne!(drawn(&seed).unwrap().orders, base.orders);
    let mut id = input(five());
    id.draw_id.push('2');
    assert_ne!(drawn(&id).unwrap().orders, base.orders);
}

#[test]
fn a_list_other_than_the_frozen_one_is_refused() {
    let mut swapped = input(five());
    swapped.list.groups[0] = group("A01", 31);
    assert_eq!(drawn(&swapped).unwrap_err().code, 148);
}

#[test]
fn ten_thousand_entries_fit_one_call() {
    let list = List {
        groups: vec![group("A01", ENTRIES_MAX as u32)],
        seats: vec![seats("A01", 5, 5)],
        ..five()
    };
    let input = input(list);
    assert!(json::to_vec(&input).len() <= ARGS_BYTES_MAX);
    let result = drawn(&input).unwrap();
    assert_eq!(result.orders[0].order.len(), ENTRIES_MAX);
    assert!(json::to_vec(&result).len() <= RESULT_BYTES_MAX);
    let tags = |entries: u32| {
        Some(vec![
            "0123456789abcdef0123456789abcdef".to_owned();
            entries as usize
        ])
    };
    let mut tagged = input;
    tagged.list.groups[0] = group("A01", 7_500);
    tagged.list.groups[0].organisations = tags(7_500);
    tagged.list_digest = list_digest(&tagged.list.groups);
    let bytes = json::to_vec(&tagged).len();
    assert!(bytes <= ARGS_BYTES_MAX, "{bytes}");
    assert!(drawn(&tagged).is_ok());
}

/// Each of 20 experts is seated in 2 of 20 draws on average. Chi-square with 19 degrees of freedom is below 43.8 in 999
/// of 1,000 experiments; the seeds are fixed, so this one never changes.
#[test]
fn no_place_in_the_list_is_favoured() {
    let list = five();
    const DRAWS: u64 = 2_000;
    let mut seated = [0_u64; 20];
    for number in 0..DRAWS {
        let mut input = input(list.clone());
        input.seed = Hex32(sha256(&number.to_be_bytes()));
        let result = draw(&input).ok().unwrap();
        for one in &result.invited[3..] {
            seated[one.index as usize - 30] += 1;
        }
    }
    let expected = DRAWS * 2 / 20;
    let squares: u64 = seated
        .iter()
        .map(|&seen| seen.abs_diff(expected).pow(2))
        .sum();
    assert!(squares * 10 < 438 * expected, "{seated:?}");
}
