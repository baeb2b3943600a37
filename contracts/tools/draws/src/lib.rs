//! Show that a draw favours nobody, and what a seed gives.
//!
//! The draws are the rule's own, run natively; the vectors are run by other engines too.

use domain::Hex32;
use expert_draw::{Draw, DrawResult, ExpertDraw, Group, List, Seats, list_digest};
use yilian_contract::{Json, json, sha256};

/// A list of one stratum for each size, with seats and recusals by place; employers' tags if `tagged`.
pub fn list(sizes: &[usize], seats: u32, recused: &[usize], tagged: bool) -> List {
    let groups: Vec<Group> = sizes
        .iter()
        .enumerate()
        .map(|(stratum, size)| group(stratum, *size, tagged))
        .collect();
    let all: Vec<Hex32> = groups.iter().flat_map(|group| group.ids.clone()).collect();
    let mut recusals: Vec<Hex32> = recused.iter().map(|place| all[*place]).collect();
    recusals.sort_unstable();
    let seats = groups.iter().map(|group| Seats {
        stratum: group.stratum.clone(),
        seats,
        substitutes: 1,
    });
    List {
        seats: seats.collect(),
        groups,
        recusals,
        recused_organisations: match tagged {
            true => vec!["org-1".to_owned()],
            false => Vec::new(),
        },
        owner_representatives: 0,
        owner_representatives_max: None,
        committee_min: 5,
    }
}

fn group(stratum: usize, size: usize, tagged: bool) -> Group {
    let mut ids: Vec<Hex32> = (0..size)
        .map(|number| Hex32(sha256(format!("{stratum}/{number}").as_bytes())))
        .collect();
    ids.sort_unstable();
    let tags = (0..size).map(|number| format!("org-{}", number % 4));
    Group {
        stratum: format!("A{:02}", stratum + 1),
        organisations: tagged.then(|| tags.collect()),
        ids,
    }
}

/// What a seed gives for a list.
pub fn input(draw_id: &str, seed: [u8; 32], list: List) -> Draw {
    Draw {
        draw_id: draw_id.to_owned(),
        seed: Hex32(seed),
        list_digest: list_digest(&list.groups),
        list,
    }
}

/// The rule's own answer.
///
/// # Panics
/// If the rule refuses, which it does for no list made here.
pub fn draw(input: Draw) -> DrawResult {
    match ExpertDraw::draw(input) {
        Ok(result) => result,
        Err(_) => panic!("the rule refuses a list that it should draw from"),
    }
}

/// The canonical JSON of inputs and outputs, as the chain hashes them.
pub fn text<T: Json>(value: &T) -> String {
    String::from_utf8_lossy(&json::to_vec(value)).into_owned()
}

/// Inputs that the published vectors are made of.
pub fn vectors() -> Vec<(&'static str, Draw)> {
    let seed = |name: &str| sha256(name.as_bytes());
    vec![
        (
            "one stratum",
            input("draw:V:1", seed("one"), list(&[25], 5, &[], false)),
        ),
        (
            "three strata with recusals",
            input(
                "draw:V:2",
                seed("two"),
                list(&[30, 12, 9], 3, &[0, 7, 31, 45], false),
            ),
        ),
        (
            "recused employers",
            input(
                "draw:V:3",
                seed("three"),
                list(&[40, 20, 16], 3, &[1], true),
            ),
        ),
        (
            "the lowest seed",
            input("draw:V:4", [0; 32], list(&[60], 7, &[59], false)),
        ),
        (
            "the highest seed",
            input("draw:V:5", [0xff; 32], list(&[60], 7, &[0], false)),
        ),
        (
            "two thousand",
            input("draw:V:6", seed("six"), list(&[2_000], 9, &[3, 77], false)),
        ),
    ]
}
