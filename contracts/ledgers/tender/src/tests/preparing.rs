//! Registration, publication, amendment.

use super::story::*;
use crate::*;
use deadline::Boundary;
use domain::DAY_MS;
use yilian_contract::Contract;

#[test]
fn an_agency_registers_for_its_tenderer() {
    let story = Story::registered();
    let record = story.record();
    assert_eq!((record.status, record.steps), (Status::Registered, 1));
    assert_eq!(story.steps(), ["registered"]);
}

#[test]
fn a_code_registered_twice_is_refused() {
    assert_eq!(Story::registered().code("register", &register_args()), 202);
}

#[test]
fn somebody_elses_tender_cannot_be_registered_or_published() {
    let story = Story::new();
    story.caller(BIDDERS[0], "agency");
    assert_eq!(story.code("register", &register_args()), 205);
    let story = Story::registered();
    story.caller(BIDDERS[0], "tenderer");
    assert_eq!(story.code("publish", &publish_args()), 205);
}

#[test]
fn a_wrong_unified_code_is_refused_and_the_right_character_named() {
    let story = Story::new();
    story.agency();
    let mut args = register_args();
    args.tender.replace_range(args.tender.len() - 1.., "H");
    let refusal = story.refused("register", &args);
    assert_eq!(refusal.code, 203);
    assert!(refusal.detail.contains("must be 'G'"), "{}", refusal.detail);
    args.attested_by = Some("登记机关".to_owned());
    let registered: Registered = story.call("register", &args);
    assert_eq!(registered.warnings.len(), 1);
}

#[test]
fn a_lawful_organisation_code_that_fails_its_check_needs_an_attestation() {
    let story = Story::new();
    story.agency();
    let mut args = register_args();
    args.tenderer = "91350100M0001TGQXM".to_owned();
    assert_eq!(story.code("register", &args), 204);
    args.attested_by = Some("福州市市场监督管理局".to_owned());
    let registered: Registered = story.call("register", &args);
    assert!(registered.warnings[0].en.contains("would be 1"));
    args.tenderer = "no code".to_owned();
    assert_eq!(story.code("register", &args), 204);
}

#[test]
fn a_title_in_one_language_is_refused() {
    let story = Story::new();
    story.agency();
    let mut args = register_args();
    args.title.en.clear();
    assert_eq!(story.code("register", &args), 207);
}

#[test]
fn publication_pins_rules_and_profile() {
    let story = Story::published();
    let pinned = story.chain.code_hash("deadline");
    story.chain.deploy_rule_version(deadline::Deadline, "2.0.0");
    assert_ne!(story.chain.code_hash("deadline"), pinned);
    let args = AskTender {
        tender: TENDER.to_owned(),
    };
    let view: TenderView = story.chain.view("tender", "get", &args).unwrap();
    let publication = view.publication.unwrap();
    assert_eq!(publication.rules.deadline, pinned);
    assert_eq!(publication.profile.periods.notice.days, 20);
    assert_eq!(view.record.deadline_ms, Some(DEADLINE));
}

#[test]
fn less_than_20_days_to_the_deadline_are_refused_with_article_24() {
    let story = Story::registered();
    let mut args = publish_args();
    args.deadline_ms -= 1;
    let refusal = story.refused("publish", &args);
    assert_eq!(
        (refusal.code, &*refusal.law),
        (220, "招标投标法 第二十四条")
    );
    assert!(refusal.detail.contains("不足"), "{}", refusal.detail);
}

#[test]
fn what_cannot_be_published_is_refused() {
    let story = Story::registered();
    let mut args = publish_args();
    args.deadline_ms = PUBLISHED;
    assert_eq!(story.code("publish", &args), 221);
    let mut args = publish_args();
    args.profile = "nobody-set-it".to_owned();
    assert_eq!(story.code("publish", &args), 208);
    story.done("publish", &publish_args());
    assert_eq!(story.code("publish", &publish_args()), 206);
    let mut args = publish_args();
    args.tender.clear();
    assert_eq!(story.code("publish", &args), 1);
    args.tender = "unknown".to_owned();
    assert_eq!(story.code("publish", &args), 201);
}

#[test]
fn without_the_rules_on_the_chain_nothing_is_published() {
    let chain = yilian_contract::testing::TestChain::new();
    chain.deploy_ledger(Tender).at(PUBLISHED);
    let story = Story { chain };
    story.agency().done("register", &register_args());
    assert_eq!(story.code("publish", &publish_args()), 210);
}

fn amend_args() -> Amend {
    Amend {
        tender: TENDER.to_owned(),
        document: digest("change"),
        affects_bids: true,
        deadline_ms: None,
        reason: text(),
    }
}

#[test]
fn a_change_15_days_before_leaves_the_deadline_and_chains_the_documents() {
    let story = Story::published();
    let first = story.record().head;
    story.chain.at(DEADLINE - 15 * DAY_MS);
    let amended: Amended = story.call("amend", &amend_args());
    assert_eq!((amended.number, amended.deadline_ms), (1, DEADLINE));
    assert_ne!(story.record().head, first);
    assert_eq!(story.record().head, Some(amended.head));
}

#[test]
fn a_later_change_that_affects_bids_forces_the_deadline_to_move() {
    let story = Story::published();
    story.chain.at(DEADLINE - 15 * DAY_MS + 1);
    let refusal = story.refused("amend", &amend_args());
    assert_eq!(refusal.code, 222);
    assert!(refusal.law.contains("第二十一条"));
    let mut args = amend_args();
    args.deadline_ms = Some(DEADLINE + 1);
    let amended: Amended = story.call("amend", &args);
    assert_eq!(amended.deadline_ms, DEADLINE + 1);
    assert_eq!(story.record().deadline_ms, Some(DEADLINE + 1));
}

#[test]
fn a_change_that_affects_no_bid_may_come_late() {
    let story = Story::published();
    story.chain.at(DEADLINE - 1);
    let mut args = amend_args();
    args.affects_bids = false;
    story.done("amend", &args);
}

#[test]
fn a_deadline_moves_neither_forward_nor_after_it_is_over() {
    let story = Story::published();
    let mut args = amend_args();
    args.deadline_ms = Some(DEADLINE - 1);
    assert_eq!(story.code("amend", &args), 223);
    story.chain.at(DEADLINE);
    args.deadline_ms = Some(DEADLINE + 30 * DAY_MS);
    assert_eq!(story.code("amend", &args), 221);
}

#[test]
fn a_profile_below_the_law_is_only_for_exercises() {
    let story = Story::new();
    let set = |change: fn(&mut Profile)| {
        let mut profile = exercise();
        change(&mut profile);
        let args = SetProfile {
            name: "drill".to_owned(),
            profile,
        };
        story
            .chain
            .call::<_, ProfileSet>("tender", "set_profile", &args)
            .map_err(|one| one.code)
    };
    assert!(set(|_| {}).is_ok());
    assert_eq!(set(|profile| profile.exercise = false), Err(209));
    assert_eq!(set(|profile| profile.bidders_min = 2), Err(209));
    assert_eq!(
        set(|profile| profile.acknowledgers = vec!["a".to_owned(); 2]),
        Err(209)
    );
    let few = |profile: &mut Profile| {
        profile.acknowledgers = ["a", "b", "c"].map(str::to_owned).to_vec();
        profile.fault_bound = 1;
    };
    assert_eq!(set(few), Err(209));
    assert_eq!(set(|profile| profile.title.zh.clear()), Err(207));
    let lawful = |profile: &mut Profile| {
        profile.exercise = false;
        let periods = &mut profile.periods;
        (periods.offer.days, periods.notice.days) = (5, 20);
        (periods.prequalification.days, periods.amendment.days) = (5, 15);
        periods.publicity.days = 3;
        profile.boundary = Boundary::NotAfter;
    };
    assert!(set(lawful).is_ok());
}

#[test]
fn the_statutory_profile_cannot_be_set() {
    let story = Story::new();
    let args = SetProfile {
        name: STATUTORY.to_owned(),
        profile: exercise(),
    };
    assert_eq!(story.code("set_profile", &args), 209);
}

#[test]
fn a_tender_under_an_exercise_profile_says_so() {
    let story = Story::registered();
    let args = SetProfile {
        name: "drill".to_owned(),
        profile: exercise(),
    };
    story.done("set_profile", &args);
    let mut publish = publish_args();
    publish.profile = "drill".to_owned();
    publish.deadline_ms = PUBLISHED + 60_000;
    story.done("publish", &publish);
    assert!(story.record().exercise);
}

#[test]
fn tenders_are_listed_in_pages() {
    let story = Story::published();
    let args = |limit| AskList { after: None, limit };
    let page: Vec<Brief> = story.chain.view("tender", "list", &args(10)).unwrap();
    assert_eq!((page.len(), page[0].status), (1, Status::Published));
    let after = AskList {
        after: Some(TENDER.to_owned()),
        limit: 10,
    };
    assert_eq!(
        story
            .chain
            .view::<_, Vec<Brief>>("tender", "list", &after)
            .unwrap(),
        []
    );
    let refused = story
        .chain
        .view::<_, Vec<Brief>>("tender", "list", &args(0))
        .unwrap_err();
    assert_eq!(refused.code, 247);
}

#[test]
fn every_refusal_speaks_both_languages() {
    let lists = Tender::INTERFACE.errors;
    for info in lists.iter().copied().flatten() {
        assert!(!info.zh.is_empty() && !info.en.is_empty(), "{}", info.name);
        assert!(!info.zh.is_ascii(), "{}", info.name);
        assert!(info.code >= 200);
    }
}
