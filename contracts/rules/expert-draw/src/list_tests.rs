use super::*;
use crate::types::Feasible;
use crate::{Contract, ExpertDraw};
use yilian_contract::testing::TestChain;
use yilian_contract::{Refusal, sha256};

fn entry(stratum: &str, number: u32) -> Hex32 {
    Hex32(sha256(format!("{stratum} {number}").as_bytes()))
}

pub(crate) fn group(stratum: &str, entries: u32) -> Group {
    let mut ids: Vec<Hex32> = (0..entries).map(|number| entry(stratum, number)).collect();
    ids.sort_unstable();
    Group {
        stratum: stratum.to_owned(),
        ids,
        organisations: None,
    }
}

pub(crate) fn seats(stratum: &str, seats: u32, substitutes: u32) -> Seats {
    Seats {
        stratum: stratum.to_owned(),
        seats,
        substitutes,
    }
}

/// Three builders' and two economists' seats: a committee of five.
pub(crate) fn five() -> List {
    List {
        groups: vec![group("A01", 30), group("A02", 20)],
        recusals: Vec::new(),
        recused_organisations: Vec::new(),
        seats: vec![seats("A01", 3, 2), seats("A02", 2, 1)],
        owner_representatives: 0,
        owner_representatives_max: None,
        committee_min: 5,
    }
}

fn judged(list: &List) -> Result<Feasibility, Refusal> {
    let chain = TestChain::new();
    chain.deploy_rule(ExpertDraw);
    let input = Feasible { list: list.clone() };
    chain.judge("expert-draw", "feasible", &input)
}

fn code(change: impl FnOnce(&mut List)) -> u32 {
    let mut list = five();
    change(&mut list);
    judged(&list).unwrap_err().code
}

#[test]
fn a_list_with_enough_experts_can_be_drawn_from() {
    let feasibility = judged(&five()).unwrap();
    assert_eq!((feasibility.length, feasibility.members), (50, 5));
    assert_eq!(feasibility.strata[1].needed, 3);
    assert!(feasibility.warnings.is_empty());
}

#[test]
fn recusals_are_taken_off_before_counting() {
    let mut list = five();
    list.recusals = list.groups[1].ids[..17].to_vec();
    let feasibility = judged(&list).unwrap();
    assert_eq!(feasibility.strata[1].eligible, 3);
    assert!(feasibility.warnings[0].zh.contains("A02：可抽取3人"));
    list.recusals = list.groups[1].ids[..18].to_vec();
    let refusal = judged(&list).unwrap_err();
    assert_eq!(refusal.code, 147);
    assert_eq!(refusal.detail, "A02: 20 entries, 2 eligible, 3 needed");
}

#[test]
fn a_recused_employer_takes_all_its_experts_off() {
    let mut list = five();
    let tag = |place: usize| if place < 16 { "bidder" } else { "other" }.to_owned();
    list.groups[1].organisations = Some((0..20).map(tag).collect());
    list.recused_organisations = vec!["bidder".to_owned()];
    assert_eq!(judged(&list).unwrap().strata[1].eligible, 4);
}

#[test]
fn an_unlawful_committee_is_refused_before_anything_is_frozen() {
    let even = code(|list| list.seats[0].seats = 4);
    let owners = code(|list| list.owner_representatives = 4);
    let small = code(|list| list.committee_min = 7);
    assert_eq!([even, owners, small], [146; 3]);
}

#[test]
fn every_other_form_of_the_same_list_is_refused() {
    assert_eq!(code(|list| list.groups.reverse()), 142);
    assert_eq!(code(|list| list.groups[0].ids.swap(3, 4)), 142);
    assert_eq!(
        code(|list| list.groups[0].ids[4] = list.groups[0].ids[3]),
        142
    );
    assert_eq!(code(|list| list.seats.reverse()), 142);
    assert_eq!(
        code(|list| list.groups[0].organisations = Some(Vec::new())),
        142
    );
}

#[test]
fn an_expert_in_two_strata_is_refused() {
    let twice = code(|list| {
        let id = list.groups[0].ids[0];
        list.groups[1].ids.push(id);
        list.groups[1].ids.sort_unstable();
    });
    assert_eq!(twice, 143);
}

#[test]
fn recusals_and_seats_that_name_nothing_are_refused() {
    assert_eq!(code(|list| list.recusals = vec![Hex32([0; 32])]), 144);
    assert_eq!(code(|list| list.seats[1].stratum = "Z99".to_owned()), 145);
    assert_eq!(code(|list| list.seats[1].seats = 0), 145);
}

#[test]
fn names_that_could_not_be_keys_are_refused() {
    assert_eq!(code(|list| list.groups[0].stratum = "A/01".to_owned()), 141);
    assert_eq!(code(|list| list.groups[0].stratum = String::new()), 141);
    assert_eq!(
        code(|list| list.recused_organisations = vec!["\n".to_owned()]),
        141
    );
}

#[test]
fn too_long_a_list_is_refused() {
    assert_eq!(code(|list| list.groups[0] = group("A01", 9_981)), 141);
}

#[test]
fn every_change_of_the_list_changes_its_digest() {
    let list = five();
    let digest = list_digest(&list.groups);
    let mut other = five();
    other.groups[0].ids.pop();
    assert_ne!(list_digest(&other.groups), digest);
    let mut renamed = five();
    renamed.groups[0].stratum = "A00".to_owned();
    assert_ne!(list_digest(&renamed.groups), digest);
    let mut tagged = five();
    tagged.groups[0].organisations = Some(vec!["x".to_owned(); 30]);
    assert_ne!(list_digest(&tagged.groups), digest);
}

#[test]
fn the_interface_is_published() {
    assert!(ExpertDraw::interface().contains("招标投标法 第三十七条"));
}
