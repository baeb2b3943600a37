use domain::Bilingual;
use lottery_order::{Lots, LotteryOrder};
use yilian_contract::testing::TestChain;
use yilian_contract::{Due, Refusal, Release, Value};

use crate::*;

const CENTRE: &str = "11620000013897179N";

fn chain() -> TestChain {
    let chain = TestChain::new();
    chain
        .deploy_ledger(Lottery)
        .deploy_rule(LotteryOrder)
        .at(1_000);
    chain.as_caller(CENTRE, &["centre"]);
    chain
}

fn args(entries: u32, take: u32) -> Announce {
    Announce {
        name: "K-2026.1".to_owned(),
        kind: Kind::Coefficient,
        purpose: Bilingual::new("基准价系数", "Benchmark coefficient"),
        lots: Lots {
            entries: (0..entries)
                .map(|number| format!("0.{number:04}"))
                .collect(),
            take,
            slots: vec!["K".to_owned()],
        },
        at_ms: 5_000,
    }
}

fn record(chain: &TestChain, number: Option<u32>) -> Record {
    let asked = AskLottery {
        name: "K-2026.1".to_owned(),
        number,
    };
    chain.view("lottery", "get", &asked).unwrap()
}

fn code<I: yilian_contract::Json>(chain: &TestChain, method: &str, args: &I) -> u32 {
    let result: Result<Value, Refusal> = chain.call("lottery", method, args);
    result.unwrap_err().code
}

#[test]
fn a_lottery_draws_itself_at_its_time_from_the_list_that_was_frozen() {
    let chain = chain();
    let announced: Announced = chain.call("lottery", "announce", &args(2_000, 3)).unwrap();
    assert_eq!(announced.lottery_id, "lottery:K-2026.1:1");
    assert!(chain.pass_to(4_999).is_empty());
    assert!(chain.pass_to(5_000).iter().all(Result::is_ok));
    assert_eq!(record(&chain, None).status, Status::Requested);
    assert!(chain.release([9; 32]).iter().all(Result::is_ok));
    let drawn = record(&chain, None);
    assert_eq!(
        (drawn.status, drawn.drawn.len(), drawn.length),
        (Status::Drawn, 3, 2_000)
    );
    // Anybody who runs the rule again gets the same.
    let input = lottery_order::Draw {
        lottery_id: drawn.lottery_id,
        seed: drawn.seed.unwrap(),
        entries_digest: drawn.entries_digest,
        lots: args(2_000, 3).lots,
    };
    let again: lottery_order::DrawResult = chain.judge("lottery-order", "draw", &input).unwrap();
    assert_eq!(again.drawn, drawn.drawn);
}

#[test]
fn there_is_no_second_draw_but_after_a_void_which_stays() {
    let chain = chain();
    let _: Announced = chain.call("lottery", "announce", &args(30, 1)).unwrap();
    assert_eq!(code(&chain, "announce", &args(30, 1)), 402);
    chain.pass_to(5_000);
    let void = Void {
        name: "K-2026.1".to_owned(),
        reason: Bilingual::new("清单有误", "the list is wrong"),
    };
    // While the seed is under way nobody can wait for it and then decide.
    assert_eq!(code(&chain, "void", &void), 405);
    chain.release([9; 32]);
    let _: Record = chain.call("lottery", "void", &void).unwrap();
    assert_eq!(code(&chain, "void", &void), 405);
    let mut second = args(30, 1);
    second.at_ms = 9_000;
    let announced: Announced = chain.call("lottery", "announce", &second).unwrap();
    assert_eq!(announced.lottery_id, "lottery:K-2026.1:2");
    let first = record(&chain, Some(1));
    assert_eq!(
        (first.status, first.void_reason),
        (Status::Void, Some(void.reason))
    );
    assert_eq!(first.drawn.len(), 1);
}

#[test]
fn a_void_before_the_time_stops_the_draw() {
    let chain = chain();
    let _: Announced = chain.call("lottery", "announce", &args(30, 1)).unwrap();
    let void = Void {
        name: "K-2026.1".to_owned(),
        reason: Bilingual::new("取消", "cancelled"),
    };
    let _: Record = chain.call("lottery", "void", &void).unwrap();
    assert!(chain.pass_to(5_000).is_empty());
    assert!(chain.pending_releases().is_empty());
}

#[test]
fn what_cannot_be_announced_is_refused() {
    let chain = chain();
    let changed = |change: fn(&mut Announce)| {
        let mut args = args(30, 1);
        change(&mut args);
        code(&chain, "announce", &args)
    };
    assert_eq!(changed(|one| one.name = "a:b".to_owned()), 403);
    assert_eq!(changed(|one| one.name.clear()), 403);
    assert_eq!(changed(|one| one.at_ms = 1_000), 403);
    assert_eq!(changed(|one| one.purpose.en.clear()), 403);
    assert_eq!(changed(|one| one.lots.take = 31), 163);
    let empty = TestChain::new();
    empty.deploy_ledger(Lottery).at(1_000);
    assert_eq!(code(&empty, "announce", &args(30, 1)), 406);
}

#[test]
fn nobody_but_the_chain_draws() {
    let chain = chain();
    let announced: Announced = chain.call("lottery", "announce", &args(30, 1)).unwrap();
    let due = Due {
        name: announced.lottery_id.clone(),
    };
    assert_eq!(code(&chain, "on_time", &due), 404);
    let release = Release {
        identity: announced.lottery_id,
        seed: "00".repeat(32),
        signature: "ab".repeat(48),
        group_key: "cd".repeat(96),
        requested_at: 1,
    };
    assert_eq!(code(&chain, "on_release", &release), 404);
    let unknown = AskLottery {
        name: "none".to_owned(),
        number: None,
    };
    let asked: Result<Record, Refusal> = chain.view("lottery", "get", &unknown);
    assert_eq!(asked.unwrap_err().code, 401);
}
