//! Names of experts: sealed to the notifier while they are secret, opened after the award.

use super::story::*;
use crate::*;
use domain::{Fen, Hex32};
use expert_draw::{Group, blinded_entry};
use yilian_contract::sha256;

fn draw_id() -> String {
    format!("draw:{TENDER}:1")
}

fn nonce(expert: &str) -> Hex32 {
    Hex32(sha256(expert.as_bytes()))
}

/// Experts of a stratum, in the order of their blinded entries.
fn experts(stratum: &str, count: u32) -> Vec<(Hex32, String)> {
    let one = |number: u32| {
        let expert = format!("{stratum}-{number:04}");
        (blinded_entry(&draw_id(), &expert, &nonce(&expert)), expert)
    };
    let mut all: Vec<_> = (0..count).map(one).collect();
    all.sort();
    all
}

/// A tender awarded, with the experts of its list in order.
fn awarded() -> (Story, Vec<String>) {
    let story = Story::opened();
    let strata = [("A01", experts("A01", 30)), ("A02", experts("A02", 20))];
    let group = |(stratum, all): &(&str, Vec<(Hex32, String)>)| Group {
        stratum: (*stratum).to_owned(),
        ids: all.iter().map(|(id, _)| *id).collect(),
        organisations: None,
    };
    let pool = pool_args(strata.iter().map(group).collect());
    story.pool().done("commit_pool", &pool);
    story.centre().done("draw", &story.start_args());
    assert!(story.chain.release([9; 32]).iter().all(Result::is_ok));
    for stage in [
        bid_consistency::Stage::Opened,
        bid_consistency::Stage::Evaluated,
    ] {
        let args = check_args(stage, &BIDDERS);
        story.system().done("check_consistency", &args);
    }
    let names = strata.into_iter().flat_map(|(_, all)| all);
    (story, names.map(|(_, expert)| expert).collect())
}

fn award(story: &Story) {
    let nominate = Nominate {
        tender: TENDER.to_owned(),
        candidates: vec![BIDDERS[0].to_owned()],
        report: digest("report"),
    };
    let nominated: Nominated = story.agency().call("nominate", &nominate);
    story.pass_to(nominated.award_from_ms);
    let award = MakeAward {
        tender: TENDER.to_owned(),
        winner: BIDDERS[0].to_owned(),
        amount_fen: Fen(1),
        notice: digest("award"),
        skip_reason: None,
    };
    story.agency().done("award", &award);
}

fn open(names: &[String], indices: &[u32]) -> OpenExperts {
    let entry = |index: &u32| OpenedExpert {
        index: *index,
        expert: names[*index as usize].clone(),
        nonce: nonce(&names[*index as usize]),
    };
    OpenExperts {
        tender: TENDER.to_owned(),
        entries: indices.iter().map(entry).collect(),
    }
}

#[test]
fn experts_are_opened_after_the_award_and_not_before() {
    let (story, names) = awarded();
    let members: Vec<u32> = story
        .draw_record()
        .held
        .into_iter()
        .flat_map(|one| one.members)
        .collect();
    assert_eq!(
        story.pool().code("open_experts", &open(&names, &members)),
        206
    );
    award(&story);
    let first: ExpertsOpened = story
        .pool()
        .call("open_experts", &open(&names, &members[..2]));
    assert_eq!((first.opened, first.contacted), (2, 5));
    let all: ExpertsOpened = story.call("open_experts", &open(&names, &members[2..]));
    assert_eq!((all.opened, all.contacted), (5, 5));
    let asked = AskTender {
        tender: TENDER.to_owned(),
    };
    let shown: Vec<OpenedExpert> = story.chain.view("tender", "experts", &asked).unwrap();
    assert_eq!(shown.len(), 5);
    assert!(
        shown
            .iter()
            .all(|one| one.expert == names[one.index as usize])
    );
    assert_eq!(
        story.steps().last().map(String::as_str),
        Some("experts_opened")
    );
}

#[test]
fn nobody_else_is_opened_and_nobody_under_another_name() {
    let (story, names) = awarded();
    let members = story.draw_record().held[0].members.clone();
    award(&story);
    let other = (0..30).find(|index| !members.contains(index)).unwrap();
    assert_eq!(
        story.pool().code("open_experts", &open(&names, &[other])),
        254
    );
    let mut swapped = open(&names, &members[..1]);
    swapped.entries[0].expert = names[other as usize].clone();
    assert_eq!(story.code("open_experts", &swapped), 254);
    swapped.entries.clear();
    assert_eq!(story.code("open_experts", &swapped), 247);
}

#[test]
fn a_notice_is_on_record_by_its_digest_for_who_was_contacted() {
    let (story, _) = awarded();
    let members = story.draw_record().held[0].members.clone();
    let notice = |index| Notify {
        tender: TENDER.to_owned(),
        index,
        sealed: digest("sealed notice"),
    };
    story.pool().done("notify", &notice(members[0]));
    let other = (0..30).find(|index| !members.contains(index)).unwrap();
    assert_eq!(story.code("notify", &notice(other)), 254);
}
