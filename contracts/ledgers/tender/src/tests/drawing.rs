//! Freezing, drawing, replacing, voiding.

use super::story::*;
use crate::*;
use domain::Hex32;
use expert_draw::{Draw as DrawInput, DrawResult, List, Order};
use yilian_contract::Release;

fn two() -> CommitPool {
    pool_args(vec![group("A01", 30), group("A02", 20)])
}

fn order(story: &Story, stratum: &str) -> Vec<u32> {
    let args = AskRanking {
        tender: TENDER.to_owned(),
        number: None,
        stratum: stratum.to_owned(),
    };
    let ranking: Ranking = story.chain.view("tender", "ranking", &args).unwrap();
    ranking.order
}

#[test]
fn the_list_is_frozen_before_the_seed_and_drawn_by_it() {
    let story = Story::opened();
    let frozen: PoolCommitted = story.pool().call("commit_pool", &two());
    assert_eq!(frozen.draw_id, format!("draw:{TENDER}:1"));
    assert_eq!(frozen.members, 5);
    story.centre().done("draw", &story.start_args());
    assert_eq!(story.draw_record().status, DrawStatus::Requested);
    assert_eq!(story.chain.pending_releases(), [frozen.draw_id]);
    story.chain.release([9; 32]);
    let draw = story.draw_record();
    assert_eq!(
        (draw.status, draw.seed),
        (DrawStatus::Drawn, Some(Hex32([9; 32])))
    );
    assert_eq!(draw.signature, Some("ab".repeat(48)));
    assert_eq!(draw.held[0].members, order(&story, "A01")[..3]);
    assert_eq!(draw.held[1].members, order(&story, "A02")[..2]);
}

#[test]
fn anybody_who_runs_the_rule_again_gets_the_same() {
    let story = Story::drawn();
    let pool = two();
    let input = DrawInput {
        draw_id: format!("draw:{TENDER}:1"),
        seed: Hex32([9; 32]),
        list_digest: pool.list_digest,
        list: List {
            groups: pool.groups,
            recusals: Vec::new(),
            recused_organisations: Vec::new(),
            seats: pool.seats,
            owner_representatives: 0,
            owner_representatives_max: None,
            committee_min: 5,
        },
    };
    let again: DrawResult = story.chain.judge("expert-draw", "draw", &input).unwrap();
    let orders: Vec<Vec<u32>> = again
        .orders
        .into_iter()
        .map(|one: Order| one.order)
        .collect();
    assert_eq!(orders, [order(&story, "A01"), order(&story, "A02")]);
}

#[test]
fn a_list_other_than_the_one_declared_is_refused() {
    let story = Story::opened();
    let mut args = two();
    args.list_digest = digest("another list");
    assert_eq!(story.pool().code("commit_pool", &args), 250);
    let mut args = two();
    args.length += 1;
    assert_eq!(story.code("commit_pool", &args), 250);
}

#[test]
fn an_unlawful_committee_is_refused_by_the_rule() {
    let story = Story::opened();
    let mut args = two();
    args.owner_representatives = 3;
    let refusal = story.pool().refused("commit_pool", &args);
    assert_eq!(
        (refusal.code, &*refusal.law),
        (146, "招标投标法 第三十七条")
    );
}

#[test]
fn there_is_one_draw() {
    let story = Story::opened();
    story.pool().done("commit_pool", &two());
    assert_eq!(story.code("commit_pool", &two()), 251);
    story.centre().done("draw", &story.start_args());
    assert_eq!(story.code("draw", &story.start_args()), 252);
    story.chain.release([1; 32]);
    assert_eq!(story.code("draw", &story.start_args()), 252);
    assert_eq!(story.pool().code("commit_pool", &two()), 251);
}

#[test]
fn nothing_is_drawn_without_a_list() {
    let story = Story::opened();
    assert_eq!(story.centre().code("draw", &story.start_args()), 252);
}

#[test]
fn a_draw_belongs_between_publication_and_nomination() {
    assert_eq!(Story::registered().pool().code("commit_pool", &two()), 206);
    assert!(
        Story::published()
            .pool()
            .chain
            .call::<_, PoolCommitted>("tender", "commit_pool", &two())
            .is_ok()
    );
}

#[test]
fn nobody_but_the_chain_delivers_a_seed() {
    let story = Story::opened();
    story.pool().done("commit_pool", &two());
    story.centre().done("draw", &story.start_args());
    let forged = Release {
        identity: format!("draw:{TENDER}:1"),
        seed: "00".repeat(32),
        signature: "ab".repeat(48),
        group_key: "cd".repeat(96),
        requested_at: 1,
    };
    assert_eq!(story.code("on_release", &forged), 253);
}

fn decline(index: u32) -> Decline {
    Decline {
        tender: TENDER.to_owned(),
        index,
        kind: Absence::Declined,
        reason: text(),
    }
}

#[test]
fn who_declines_is_followed_by_the_next_in_order() {
    let story = Story::drawn();
    let order = order(&story, "A01");
    let next: Next = story.pool().call("decline", &decline(order[1]));
    assert_eq!(next.index, order[3]);
    assert_eq!(
        story.draw_record().held[0].members,
        [order[0], order[3], order[2]]
    );
    let next: Next = story.call("decline", &decline(order[3]));
    assert_eq!(next.index, order[4]);
    // Nobody comes back.
    assert_eq!(story.code("decline", &decline(order[1])), 254);
    let notes: Vec<String> = story
        .steps()
        .into_iter()
        .filter(|step| step == "declined")
        .collect();
    assert_eq!(notes.len(), 2);
}

#[test]
fn when_all_have_declined_the_list_is_exhausted() {
    let story = Story::drawn();
    story.pool();
    let order = order(&story, "A02");
    for index in &order[1..order.len() - 1] {
        story.done("decline", &decline(*index));
    }
    let refusal = story.refused("decline", &decline(order[0]));
    assert_eq!(refusal.code, 255, "{refusal}");
}

fn void() -> VoidDraw {
    VoidDraw {
        tender: TENDER.to_owned(),
        reason: text(),
    }
}

/// A tender published under a profile with three approvers, with a draw made.
fn voidable() -> Story {
    let story = Story::registered();
    let args = SetProfile {
        name: "drill".to_owned(),
        profile: exercise(),
    };
    story.done("set_profile", &args);
    let mut publish = publish_args();
    publish.profile = args.name;
    story.done("publish", &publish);
    story.frozen_and_drawn();
    story
}

#[test]
fn a_draw_is_void_when_more_than_two_thirds_say_so_and_stays_visible() {
    let story = voidable();
    let first: Voiding = story.centre().call("void_draw", &void());
    assert_eq!((first.approvals, first.needed, first.void), (1, 3, false));
    assert_eq!(story.code("void_draw", &void()), 256);
    assert_eq!(
        story.caller(AGENCY, "centre").code("void_draw", &void()),
        256
    );
    story.pool().done("void_draw", &void());
    assert_eq!(story.draw_record().status, DrawStatus::Drawn);
    let last: Voiding = story.system().call("void_draw", &void());
    assert!(last.void);
    assert_eq!(story.pool().code("decline", &decline(0)), 252);
    let again: PoolCommitted = story.call("commit_pool", &two());
    assert_eq!(again.draw_id, format!("draw:{TENDER}:2"));
    let args = AskDraw {
        tender: TENDER.to_owned(),
        number: Some(1),
    };
    let old: Draw = story.chain.view("tender", "draw_record", &args).unwrap();
    assert_eq!(
        (old.status, old.void_approvals.len()),
        (DrawStatus::Void, 3)
    );
}

#[test]
fn under_the_statutory_profile_nobody_voids_a_draw() {
    assert_eq!(Story::drawn().centre().code("void_draw", &void()), 256);
    assert_eq!(Story::opened().centre().code("void_draw", &void()), 252);
}

#[test]
fn two_thousand_and_ten_thousand_experts_fit() {
    for entries in [2_000, 9_990] {
        let story = Story::opened();
        let mut args = pool_args(vec![group("A01", entries), group("A02", 10)]);
        args.recusals = args.groups[0].ids[..if entries == 2_000 { 100 } else { 0 }].to_vec();
        story.pool().done("commit_pool", &args);
        story.centre().done("draw", &story.start_args());
        let answers = story.chain.release([5; 32]);
        assert!(answers[0].is_ok(), "{answers:?}");
        assert_eq!(
            order(&story, "A01").len(),
            entries as usize - args.recusals.len()
        );
    }
}

#[test]
fn employers_are_recused_across_pages() {
    let story = Story::opened();
    let mut args = pool_args(vec![group("A01", 1_500), group("A02", 20)]);
    let tag = |place: usize| {
        if place.is_multiple_of(2) {
            "even"
        } else {
            "odd"
        }
        .to_owned()
    };
    args.groups[0].organisations = Some((0..1_500).map(tag).collect());
    args.recused_organisations = vec!["odd".to_owned()];
    args.list_digest = expert_draw::list_digest(&args.groups);
    story.pool().done("commit_pool", &args);
    story.centre().done("draw", &story.start_args());
    story.chain.release([5; 32]);
    let order = order(&story, "A01");
    assert_eq!(order.len(), 750);
    assert!(order.iter().all(|index| index % 2 == 0));
}

#[test]
fn too_many_recusals_are_refused() {
    let story = Story::opened();
    let mut args = two();
    args.recusals = vec![Hex32([0; 32]); 801];
    assert_eq!(story.pool().code("commit_pool", &args), 247);
}
