//! A rule and a ledger, from their macros to their hosting on a test chain.
#![allow(missing_docs)]

use yilian_contract::prelude::*;
use yilian_contract::testing::TestChain;
use yilian_contract::{Contract, json};

/// 判定输入 | what is judged
#[derive(Json, Clone, Debug, PartialEq)]
pub struct Judge {
    /// 截止时间 | deadline, Unix time in ms
    pub deadline_ms: u64,
    /// 递交时间 | time of submission
    pub submitted_ms: u64,
    pub boundary: Option<Boundary>,
}

#[derive(Json, Clone, Debug, PartialEq)]
pub enum Boundary {
    Before,
    NotAfter,
    /// with grace
    Grace {
        ms: u64,
    },
}

#[derive(ContractError, Debug)]
pub enum DeadlineError {
    #[error(
        code = 101,
        zh = "已过投标截止时间",
        en = "after the deadline",
        law = "招标投标法 第二十八条"
    )]
    TooLate,
    #[error(code = 102, zh = "时间为零", en = "a time is \"zero\"")]
    NoTime(String),
}

pub struct Deadline;

#[rule(
    name = "deadline",
    version = "1.2.3",
    zh = "期限判定",
    en = "Deadline judgement"
)]
impl Deadline {
    /// zh: 判定递交时间 | en: Judge a submission's time
    ///
    /// More is said here.
    pub fn judge(input: Judge) -> Result<bool, DeadlineError> {
        if input.deadline_ms == 0 {
            return Err(DeadlineError::NoTime("deadline_ms".to_owned()));
        }
        Self::late(&input)
    }

    /// 版本
    pub fn edition() -> Result<u32, DeadlineError> {
        Ok(7)
    }

    fn late(input: &Judge) -> Result<bool, DeadlineError> {
        if input.submitted_ms > input.deadline_ms {
            Err(DeadlineError::TooLate)
        } else {
            Ok(true)
        }
    }
}

#[derive(Json, Clone, Debug, PartialEq)]
pub struct Put {
    pub section: String,
    pub name: String,
    pub value: u64,
}

#[derive(Json, Clone, Debug, PartialEq)]
pub struct Named {
    pub section: String,
}

#[derive(ContractError, Debug)]
pub enum BookError {
    #[error(code = 201, zh = "已有", en = "there is one already")]
    Taken(String),
    #[error(transparent)]
    Rule(Refusal),
}

const ENTRIES: Map<Put> = Map::new("entry");
const BY_NAME: Map<()> = Map::index("name");
const COUNT: Item<u64> = Item::new("count");
const SEEDS: Map<Release> = Map::new("seed");

pub struct Book;

#[ledger(name = "book", version = "1.0.0", zh = "簿", en = "Book")]
impl Book {
    /// zh: 存 | en: Put
    pub fn put(ctx: &mut Context, args: Put) -> Result<u64, BookError> {
        let count = COUNT.get(ctx).unwrap_or_default() + 1;
        COUNT.set(ctx, &count);
        ctx.emit("put", &args);
        if ENTRIES.contains(ctx, &[&args.section, &args.name]) {
            return Err(BookError::Taken(args.name));
        }
        ENTRIES.set(ctx, &[&args.section, &args.name], &args);
        BY_NAME.set(ctx, &[&args.name, &args.section], &());
        Ok(count)
    }

    /// zh: 找 | en: Find the sections with a name
    #[view]
    pub fn find(ctx: &Context, args: Named) -> Result<Vec<String>, BookError> {
        let found = BY_NAME.keys(ctx, &[&args.section], None, 10);
        Ok(found
            .into_iter()
            .map(|segments| segments.concat())
            .collect())
    }

    /// zh: 列 | en: List
    #[view]
    pub fn list(ctx: &Context, args: Named) -> Result<Vec<String>, BookError> {
        let found = ENTRIES.scan(ctx, &[&args.section], None, 10);
        Ok(found
            .into_iter()
            .map(|(segments, _)| segments.concat())
            .collect())
    }

    /// zh: 数 | en: Count
    #[view]
    pub fn count(ctx: &Context) -> Result<Option<u64>, BookError> {
        Ok(COUNT.get(ctx))
    }

    /// zh: 判 | en: Judge by the rule in force
    pub fn judge(ctx: &mut Context, args: Judge) -> Result<bool, BookError> {
        let rule = ctx.code_hash("deadline").unwrap_or_default();
        Ok(ctx.call_rule(&rule, "judge", &args)?)
    }

    /// zh: 求种子 | en: Ask for a seed
    pub fn ask(ctx: &mut Context, args: Named) -> Result<(), BookError> {
        ctx.request_release(&args.section, "released");
        Ok(())
    }

    /// zh: 得种子 | en: Take a seed
    pub fn released(ctx: &mut Context, args: Release) -> Result<(), Refusal> {
        if !ctx.env().is_system() {
            return Err(Refusal::bad_arguments("only the chain"));
        }
        SEEDS.set(ctx, &[&args.identity.clone()], &args);
        Ok(())
    }
}

pub struct Reader;

#[ledger(name = "reader", version = "1.0.0", zh = "读者", en = "Reader")]
impl Reader {
    /// zh: 经由 | en: Put through another ledger, and go on if it refuses
    pub fn through(ctx: &mut Context, args: Put) -> Result<bool, Refusal> {
        const TRIED: Item<bool> = Item::new("tried");
        TRIED.set(ctx, &true);
        Ok(ctx.call_ledger::<_, u64>("book", "put", &args).is_ok())
    }

    /// zh: 问 | en: Who called
    #[view]
    pub fn who(ctx: &Context, args: Named) -> Result<Vec<String>, Refusal> {
        ctx.call_ledger("book", "list", &args)
    }
}

fn chain() -> TestChain {
    let chain = TestChain::new();
    chain
        .deploy_rule(Deadline)
        .deploy_ledger(Book)
        .deploy_ledger(Reader);
    chain.as_caller("12620000224333349J", &["centre"]);
    chain
}

fn put(section: &str, name: &str) -> Put {
    Put {
        section: section.to_owned(),
        name: name.to_owned(),
        value: 1,
    }
}

fn named(section: &str) -> Named {
    Named {
        section: section.to_owned(),
    }
}

#[test]
fn the_interface_is_canonical_json_and_says_everything() {
    let text = Deadline::interface();
    let value: Value = json::from_slice(text.as_bytes()).expect("JSON");
    assert_eq!(json::to_string(&value), text, "canonical");
    let expected = r#"{"abi":1,"errors":[{"code":101,"en":"after the deadline","law":"招标投标法 第二十八条","name":"TooLate","zh":"已过投标截止时间"},{"code":102,"en":"a time is \"zero\"","law":"","name":"NoTime","zh":"时间为零"}],"kind":"rule","methods":[{"args":{"additionalProperties":false,"description":"判定输入 | what is judged","properties":{"boundary":{"oneOf":[{"oneOf":[{"enum":["before","not_after"],"type":"string"},{"additionalProperties":false,"description":"with grace","properties":{"grace":{"additionalProperties":false,"description":"with grace","properties":{"ms":{"type":"integer"}},"required":["ms"],"type":"object"}},"required":["grace"],"type":"object"}]},{"type":"null"}]},"deadline_ms":{"description":"截止时间 | deadline, Unix time in ms","type":"integer"},"submitted_ms":{"description":"递交时间 | time of submission","type":"integer"}},"required":["deadline_ms","submitted_ms"],"type":"object"},"name":"judge","result":{"type":"boolean"},"title":{"en":"Judge a submission's time","zh":"判定递交时间"},"view":true},{"args":{"additionalProperties":false,"properties":{},"required":[],"type":"object"},"name":"edition","result":{"type":"integer"},"title":{"en":"版本","zh":"版本"},"view":true}],"name":"deadline","title":{"en":"Deadline judgement","zh":"期限判定"},"version":"1.2.3"}"#;
    assert_eq!(text, expected);
    let ledger: Value = json::from_slice(Book::interface().as_bytes()).expect("JSON");
    assert_eq!(ledger.get("kind").and_then(Value::as_text), Some("ledger"));
    assert!(Book::interface().contains(r#""name":"count","result":{"type":["integer","null"]}"#));
}

#[test]
fn a_rule_judges_and_its_refusal_carries_the_article() {
    let chain = chain();
    let input = Judge {
        deadline_ms: 10,
        submitted_ms: 10,
        boundary: Some(Boundary::NotAfter),
    };
    assert_eq!(chain.judge("deadline", "judge", &input), Ok(true));
    let late = Judge {
        submitted_ms: 11,
        ..input.clone()
    };
    let refusal = chain
        .judge::<_, bool>("deadline", "judge", &late)
        .expect_err("late");
    assert_eq!(refusal.to_string(), "101 TooLate: after the deadline");
    assert_eq!(refusal.law, "招标投标法 第二十八条");
    let none = Judge {
        deadline_ms: 0,
        ..input
    };
    let refusal = chain
        .judge::<_, bool>("deadline", "judge", &none)
        .expect_err("none");
    assert_eq!((refusal.code, &*refusal.detail), (102, "deadline_ms"));
    assert_eq!(
        chain.judge("deadline", "edition", &json::Empty {}),
        Ok(7u32)
    );
    let wrong = chain
        .judge::<_, bool>("deadline", "judge", &named("a"))
        .expect_err("wrong");
    assert_eq!((wrong.code, &*wrong.name), (1, "BadArguments"));
    assert!(
        wrong
            .detail
            .starts_with("section: expected only the fields"),
        "{}",
        wrong.detail
    );
    assert_eq!(
        chain
            .judge::<_, bool>("deadline", "nothing", &named("a"))
            .expect_err("no")
            .code,
        3
    );
}

#[test]
fn a_refused_call_leaves_no_trace() {
    let chain = chain();
    assert_eq!(chain.call("book", "put", &put("s", "a")), Ok(1u64));
    let refusal = chain
        .call::<_, u64>("book", "put", &put("s", "a"))
        .expect_err("taken");
    assert_eq!((refusal.code, &*refusal.detail), (201, "a"));
    assert_eq!(chain.view("book", "count", &json::Empty {}), Ok(Some(1u64)));
    assert_eq!(chain.events().len(), 1);
    assert_eq!(
        chain.state("book", "entry/s/a"),
        Some(json::to_value(&put("s", "a")))
    );
}

#[test]
fn a_nested_refusal_undoes_the_nested_part_alone() {
    let chain = chain();
    assert_eq!(chain.call("reader", "through", &put("s", "a")), Ok(true));
    assert_eq!(chain.call("reader", "through", &put("s", "a")), Ok(false));
    assert_eq!(chain.view("book", "count", &json::Empty {}), Ok(Some(1u64)));
    assert_eq!(chain.state("reader", "tried"), Some(Value::Bool(true)));
    assert_eq!(
        chain.view("reader", "who", &named("s")),
        Ok(vec!["a".to_owned()])
    );
}

#[test]
fn a_rules_refusal_passes_through_a_ledger() {
    let chain = chain();
    let late = Judge {
        deadline_ms: 1,
        submitted_ms: 2,
        boundary: None,
    };
    assert_eq!(
        chain
            .call::<_, bool>("book", "judge", &late)
            .expect_err("late")
            .code,
        101
    );
    chain.deploy_rule_version(Deadline, "2");
    assert_ne!(
        chain.code_hash("deadline"),
        yilian_contract::sha256_text(b"deadline")
    );
    assert_eq!(
        chain
            .call::<_, bool>("book", "judge", &late)
            .expect_err("late")
            .code,
        101
    );
}

#[test]
fn an_identifier_that_would_leave_its_place_is_refused() {
    let chain = chain();
    for name in ["", "a/b", "a\u{1}", &"x".repeat(300)] {
        let refusal = chain
            .call::<_, u64>("book", "put", &put("s", name))
            .expect_err("bad");
        assert_eq!(refusal.code, 1, "{name:?}");
        assert!(chain.events().is_empty());
    }
}

#[test]
fn a_release_comes_in_a_later_block_from_the_chain_itself() {
    let chain = chain();
    chain
        .height(5)
        .call::<_, ()>("book", "ask", &named("draw-1"))
        .expect("asked");
    assert_eq!(chain.pending_releases(), ["draw-1"]);
    assert_eq!(chain.release([7; 32]), [Ok(Value::Null)]);
    let stored = chain.state("book", "seed/draw-1").expect("came");
    assert_eq!(stored.get("requested_at").and_then(Value::as_int), Some(5));
    assert_eq!(
        stored.get("seed").and_then(Value::as_text),
        Some(&*"07".repeat(32))
    );
    assert_eq!(chain.env().height, 6);
    assert!(chain.pending_releases().is_empty());
    let forged = Release {
        identity: "draw-1".to_owned(),
        seed: "00".repeat(32),
        signature: "ab".repeat(48),
        group_key: "cd".repeat(96),
        requested_at: 1,
    };
    assert_eq!(
        chain
            .call::<_, ()>("book", "released", &forged)
            .expect_err("forged")
            .code,
        1
    );
}

#[test]
fn the_hosts_own_refusals_have_their_codes() {
    let chain = chain();
    let code = |result: Result<Value, Refusal>| result.map_err(|refusal| refusal.code);
    assert_eq!(code(chain.call("nobody", "put", &named("s"))), Err(2));
    assert_eq!(code(chain.call("book", "nothing", &named("s"))), Err(3));
    assert_eq!(code(chain.call("deadline", "judge", &named("s"))), Err(10));
    assert_eq!(code(chain.judge("book", "put", &named("s"))), Err(8));
    assert_eq!(code(chain.view("book", "put", &put("s", "a"))), Err(11));
}

#[test]
fn scans_go_on_behind_the_last_entry() {
    let chain = chain();
    for name in ["b", "a", "a-", "c", "aa"] {
        chain
            .call::<_, u64>("book", "put", &put("s", name))
            .expect("put");
    }
    chain
        .call::<_, u64>("book", "put", &put("s0", "z"))
        .expect("put");
    let all: Vec<String> = chain.view("book", "list", &named("s")).expect("view");
    assert_eq!(all, ["a", "a-", "aa", "b", "c"]);
}

#[test]
fn a_query_finds_by_an_index() {
    let chain = chain();
    for section in ["s", "t"] {
        let put = chain.call::<_, u64>("book", "put", &put(section, "a"));
        put.expect("put");
    }
    let found: Vec<String> = chain.view("book", "find", &named("a")).expect("view");
    assert_eq!(found, ["s", "t"]);
}

#[test]
#[should_panic(expected = "an index is read by queries only")]
fn a_transaction_that_reads_an_index_traps() {
    let _ = chain().call::<_, Vec<String>>("book", "find", &named("a"));
}
