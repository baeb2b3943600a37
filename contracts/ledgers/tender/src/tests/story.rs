//! A tender told step by step. Each step can be taken with its arguments changed.

use bid_consistency::{Stage, commitment};
use deadline::{Boundary, Counting, Unit};
use domain::{Bilingual, DAY_MS, Fen, Hex32};
use expert_draw::{Group, Seats, list_digest};
use yilian_contract::json::{from_slice, to_value};
use yilian_contract::prelude::*;
use yilian_contract::testing::TestChain;
use yilian_contract::{Refusal, Value, sha256};

use crate::*;

pub(super) const TENDER: &str = "A01-12620000224333830C-20230101-000123-G";
pub(super) const TENDERER: &str = "12620000224333349J";
pub(super) const AGENCY: &str = "91110000710926094P";
pub(super) const SYSTEM: &str = "91620100MA9000008W";
pub(super) const POOL: &str = "12620000MB900000B8";
pub(super) const CENTRE: &str = "11620000013897179N";
pub(super) const BIDDERS: [&str; 3] = [
    "91620100MA90000090",
    "91620100MA900000A3",
    "91620100MA900000DC",
];
pub(super) const PUBLISHED: u64 = 1_795_482_000_000;
pub(super) const DEADLINE: u64 = PUBLISHED + 20 * DAY_MS;
pub(super) const EVALUATION: u64 = DEADLINE + 90 * DAY_MS;

/// The year in which the story plays.
const YEAR: &str = include_str!("../../../calendar/years/2026.json");

pub(super) struct Story {
    pub(super) chain: TestChain,
}

pub(super) fn text() -> Bilingual {
    Bilingual::new("理由", "a reason")
}

pub(super) fn digest(what: &str) -> Digest32 {
    Digest32::of(what.as_bytes())
}

pub(super) fn salt(bidder: &str) -> Hex32 {
    Hex32(sha256(format!("salt of {bidder}").as_bytes()))
}

/// What a bidder seals.
pub(super) fn sealed_by(bidder: &str) -> Digest32 {
    commitment(TENDER, bidder, &digest(bidder), &salt(bidder))
}

pub(super) fn commit_of(bidder: &str) -> Commit {
    Commit {
        commitment: sealed_by(bidder),
        lock: None,
        replaces: None,
        tender: None,
        admission: None,
    }
}

pub(super) fn hold_of(bidders: &[&str]) -> Hold {
    Hold {
        tender: TENDER.to_owned(),
        held: bidders.len() as u32,
        commitments: bidders.iter().map(|bidder| sealed_by(bidder)).collect(),
    }
}

pub(super) fn reveal_of(bidders: &[&str]) -> Reveal {
    let one = |bidder: &&str| RevealedBid {
        bidder: (*bidder).to_owned(),
        digest: digest(bidder),
        salt: salt(bidder),
        decryption: Decryption::Opened,
    };
    Reveal {
        tender: TENDER.to_owned(),
        bids: bidders.iter().map(one).collect(),
    }
}

pub(super) fn exercise() -> Profile {
    Profile {
        title: Bilingual::new("演练", "Exercise"),
        exercise: true,
        effective_from_ms: 0,
        effective_until_ms: None,
        periods: Periods {
            offer: none(),
            notice: none(),
            prequalification: none(),
            amendment: none(),
            publicity: none(),
            draw: None,
        },
        roll_over: false,
        counting: Counting::Duration,
        boundary: Boundary::Before,
        acknowledgers: Vec::new(),
        fault_bound: 0,
        grace_ms: 0,
        decryption_ms: None,
        contribution_wait_ms: 7_200_000,
        bidders_min: 3,
        committee_min: 5,
        owner_representatives_max: None,
        void_approvers: vec![CENTRE.to_owned(), POOL.to_owned(), SYSTEM.to_owned()],
    }
}

fn none() -> Period {
    Period {
        days: 0,
        unit: Unit::Day,
        law: "演练".to_owned(),
    }
}

pub(super) fn publish_args() -> Publish {
    Publish {
        tender: TENDER.to_owned(),
        profile: STATUTORY.to_owned(),
        notice: digest("notice"),
        documents: digest("documents"),
        criteria: digest("criteria"),
        offer_until_ms: None,
        prequalification_until_ms: None,
        deadline_ms: DEADLINE,
        price_ceiling_fen: Some(Fen(100_000_000)),
        custodian: Some(SYSTEM.to_owned()),
    }
}

pub(super) fn register_args() -> Register {
    Register {
        tender: TENDER.to_owned(),
        title: Bilingual::new("某工程施工", "Some works"),
        tenderer: TENDERER.to_owned(),
        agency: Some(AGENCY.to_owned()),
        attested_by: None,
    }
}

pub(super) fn group(stratum: &str, entries: u32) -> Group {
    let id = |number: u32| Hex32(sha256(format!("{stratum} {number}").as_bytes()));
    let mut ids: Vec<Hex32> = (0..entries).map(id).collect();
    ids.sort_unstable();
    Group {
        stratum: stratum.to_owned(),
        ids,
        organisations: None,
    }
}

pub(super) fn pool_args(groups: Vec<Group>) -> CommitPool {
    let seats = groups.iter().map(|group| Seats {
        stratum: group.stratum.clone(),
        seats: if group.stratum == "A01" { 3 } else { 2 },
        substitutes: 2,
    });
    CommitPool {
        tender: TENDER.to_owned(),
        list_digest: list_digest(&groups),
        length: groups.iter().map(|group| group.ids.len() as u32).sum(),
        recusals: Vec::new(),
        recused_organisations: Vec::new(),
        seats: seats.collect(),
        owner_representatives: 0,
        evaluation_ms: EVALUATION,
        groups,
    }
}

pub(super) fn seen(bidder: &str) -> Seen {
    Seen {
        bidder: bidder.to_owned(),
        digest: digest(bidder),
        manifest: None,
        content: None,
    }
}

pub(super) fn check_args(stage: Stage, bidders: &[&str]) -> CheckConsistency {
    CheckConsistency {
        tender: TENDER.to_owned(),
        stage,
        entries: bidders.iter().map(|bidder| seen(bidder)).collect(),
        restart: None,
    }
}

impl Story {
    pub(super) fn new() -> Self {
        let chain = TestChain::new();
        chain
            .deploy_ledger(Tender)
            .deploy_ledger(calendar::Calendar)
            .deploy_rule(deadline::Deadline)
            .deploy_rule(bid_consistency::BidConsistency)
            .deploy_rule(expert_draw::ExpertDraw)
            .at(PUBLISHED);
        let year: calendar::SetYear = from_slice(YEAR.as_bytes()).unwrap();
        let _: calendar::YearSet = chain.call("calendar", "set_year", &year).unwrap();
        Story { chain }
    }

    pub(super) fn registered() -> Self {
        let story = Story::new();
        story.agency().done("register", &register_args());
        story
    }

    pub(super) fn published() -> Self {
        let story = Story::registered();
        story.done("publish", &publish_args());
        story
    }

    /// Three sealed bids, the day before the deadline.
    pub(super) fn sealed() -> Self {
        let story = Story::published();
        story.chain.at(DEADLINE - DAY_MS);
        for bidder in BIDDERS {
            story.system().done("commit", &commit_of(bidder));
        }
        story
    }

    /// As [`Story::sealed`], after the deadline, with the first so many bids listed as held.
    pub(super) fn closed(held: usize) -> Self {
        let story = Story::sealed();
        story.close(&BIDDERS[..held]);
        story
    }

    pub(super) fn opened() -> Self {
        let story = Story::closed(3);
        story.system().done("reveal", &reveal_of(&BIDDERS));
        let opened: Opened = story.call(
            "open",
            &Open {
                tender: TENDER.to_owned(),
                difference: None,
            },
        );
        assert!(!opened.must_fail);
        story
    }

    pub(super) fn drawn() -> Self {
        let story = Story::opened();
        story.frozen_and_drawn();
        story
    }

    pub(super) fn evaluated() -> Self {
        let story = Story::drawn();
        for stage in [Stage::Opened, Stage::Evaluated] {
            story
                .system()
                .done("check_consistency", &check_args(stage, &BIDDERS));
        }
        story
    }

    /// As [`Story::evaluated`], with a tender that ran so that its evaluation ends at a time.
    pub(super) fn evaluated_at(time_ms: u64) -> Self {
        let story = Story::new();
        let (published, deadline) = (time_ms - 30 * DAY_MS, time_ms - 9 * DAY_MS);
        story.chain.at(published);
        story.agency().done("register", &register_args());
        let publish = Publish {
            deadline_ms: deadline,
            ..publish_args()
        };
        story.done("publish", &publish);
        for bidder in BIDDERS {
            story.system().done("commit", &commit_of(bidder));
        }
        story.pass_to(deadline);
        story.system().done("hold", &hold_of(&BIDDERS));
        story.done("reveal", &reveal_of(&BIDDERS));
        let open = Open {
            tender: TENDER.to_owned(),
            difference: None,
        };
        story.done("open", &open);
        story.chain.at(time_ms);
        story.frozen_and_drawn();
        for stage in [Stage::Opened, Stage::Evaluated] {
            let args = check_args(stage, &BIDDERS);
            story.system().done("check_consistency", &args);
        }
        story
    }

    pub(super) fn frozen_and_drawn(&self) {
        self.pool().done(
            "commit_pool",
            &pool_args(vec![group("A01", 30), group("A02", 20)]),
        );
        self.centre().done("draw", &self.start_args());
        assert!(self.chain.release([9; 32]).iter().all(Result::is_ok));
    }

    pub(super) fn start_args(&self) -> StartDraw {
        StartDraw {
            tender: TENDER.to_owned(),
        }
    }

    /// The deadline passes, and the bids held are listed.
    pub(super) fn close(&self, bidders: &[&str]) -> Held {
        self.pass_to(DEADLINE);
        self.system().call("hold", &hold_of(bidders))
    }

    /// Time passes, and all that is due by then is done.
    pub(super) fn pass_to(&self, time_ms: u64) {
        let answers = self.chain.pass_to(time_ms);
        assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    }

    pub(super) fn agency(&self) -> &Self {
        self.caller(AGENCY, "agency")
    }

    pub(super) fn system(&self) -> &Self {
        self.caller(SYSTEM, "trading_system")
    }

    pub(super) fn pool(&self) -> &Self {
        self.caller(POOL, "expert_pool")
    }

    pub(super) fn centre(&self) -> &Self {
        self.caller(CENTRE, "centre")
    }

    pub(super) fn caller(&self, organisation: &str, role: &str) -> &Self {
        self.chain.as_caller(organisation, &[role]);
        self
    }

    pub(super) fn call<I: Json, O: Json>(&self, method: &str, args: &I) -> O {
        let result = self.chain.call("tender", method, args);
        result.unwrap_or_else(|refusal| panic!("{method}: {refusal}"))
    }

    pub(super) fn done<I: Json>(&self, method: &str, args: &I) {
        let _: Value = self.call(method, args);
    }

    /// The refusal of a call; nothing may have changed.
    pub(super) fn refused<I: Json>(&self, method: &str, args: &I) -> Refusal {
        let before = self.chain.events().len();
        let result: Result<Value, Refusal> = self.chain.call("tender", method, args);
        assert_eq!(self.chain.events().len(), before);
        result.expect_err(method)
    }

    pub(super) fn code<I: Json>(&self, method: &str, args: &I) -> u32 {
        self.refused(method, args).code
    }

    pub(super) fn record(&self) -> TenderRecord {
        let args = AskTender {
            tender: TENDER.to_owned(),
        };
        let view: TenderView = self.chain.view("tender", "get", &args).unwrap();
        view.record
    }

    pub(super) fn steps(&self) -> Vec<String> {
        let args = AskTimeline {
            tender: TENDER.to_owned(),
            after: None,
            limit: 100,
        };
        let steps: Vec<Step> = self.chain.view("tender", "timeline", &args).unwrap();
        steps.into_iter().map(|step| step.step).collect()
    }

    pub(super) fn bids(&self) -> Result<Vec<Bid>, Refusal> {
        let args = AskBids {
            tender: TENDER.to_owned(),
            after: None,
            limit: 100,
        };
        self.chain.view("tender", "bids", &args)
    }

    pub(super) fn draw_record(&self) -> Draw {
        let args = AskDraw {
            tender: TENDER.to_owned(),
            number: None,
        };
        self.chain.view("tender", "draw_record", &args).unwrap()
    }

    /// Everything that the views and events of this chain show, as one text.
    pub(super) fn everything_shown(&self) -> String {
        let events: Vec<String> = self
            .chain
            .events()
            .iter()
            .map(|event| format!("{event:?}"))
            .collect();
        format!(
            "{:?} {:?} {events:?}",
            to_value(&self.record()),
            self.steps()
        )
    }
}
