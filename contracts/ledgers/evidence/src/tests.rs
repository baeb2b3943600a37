use super::*;

const CENTRE: &str = "12620000224333349J";
const COMPANY: &str = "91110000710926094P";
const TENDER: &str = "A01-12620000224333830C-20230101-000123-G";

fn chain() -> testing::TestChain {
    let chain = testing::TestChain::new();
    chain
        .deploy_ledger(Evidence)
        .at(1_700_000_000_000)
        .as_caller(CENTRE, &["centre"]);
    chain
}

fn kind() -> CodedValue {
    CodedValue {
        list: "yilian.evidence/1".to_owned(),
        code: "tender_notice".to_owned(),
    }
}

fn sample(file: &[u8]) -> Deposit {
    Deposit {
        kind: kind(),
        tender: Some(TENDER.to_owned()),
        project: Some("A0112620000224333830C".to_owned()),
        blind_ref: None,
        stage: Stage::Publication,
        subject: COMPANY.to_owned(),
        digests: Digests {
            sha256: Digest32::of(file),
            sm3: Some(format!("sm3:{}", "ab".repeat(32))),
        },
        size: 4_096,
        media_type: "application/pdf".to_owned(),
        canonicalisation: None,
        source: Source {
            system: "GS620000-ETP-01".to_owned(),
            module: "notice".to_owned(),
            version: "3.2.1+7".to_owned(),
            build: Some(Digest32::of(b"build")),
            environment: None,
            collection: Collection::Automatic,
            operator_role: "notice_officer".to_owned(),
        },
        generated: Generated {
            time_ms: 1_699_999_990_000,
            clock: Clock::Synchronised,
        },
        signers: vec![Signer {
            certificate: Digest32::of(b"certificate"),
            authority: "GSCA".to_owned(),
            status: None,
        }],
        rule: None,
        references: Vec::new(),
        retention: Retention::Permanent,
        visibility: Visibility::Public,
        personal_data: false,
    }
}

fn deposit(chain: &testing::TestChain, args: &Deposit) -> Result<Deposited, Refusal> {
    chain.call("evidence", "deposit", args)
}

fn list(chain: &testing::TestChain, args: &ListEvidence) -> Page {
    chain.view("evidence", "list", args).expect("view")
}

fn get(chain: &testing::TestChain, number: &str) -> Option<Record> {
    let args = NumberArgs {
        number: number.to_owned(),
    };
    chain.view("evidence", "get", &args).expect("view")
}

fn numbers(page: &Page) -> Vec<&str> {
    page.records.iter().map(|one| one.number.as_str()).collect()
}

#[test]
fn a_record_is_kept_with_the_circumstances_of_its_deposit() {
    let chain = chain();
    let log_index = chain.env().log_index;
    let deposited = deposit(&chain, &sample(b"one")).expect("deposited");
    assert_eq!(deposited.number, evidence_number(1));
    let record = get(&chain, &deposited.number).expect("kept");
    assert_eq!(record.evidence, sample(b"one"));
    assert_eq!(record.depositor, CENTRE);
    assert_eq!(record.chain_time_ms, 1_700_000_000_000);
    assert_eq!(record.log_index, log_index);
    assert_eq!((record.version, &record.first), (1, &record.number));
    let events = chain.events();
    assert_eq!(events[0].name, "evidence_deposited");
    assert_eq!(
        events[0].data.get("number").and_then(Value::as_text),
        Some(&*record.number)
    );
}

#[test]
fn each_fault_of_a_deposit_has_its_own_refusal() {
    type Spoil = fn(&mut Deposit);
    let cases: [(Spoil, u32); 21] = [
        (|d| d.kind.code = "招标公告".to_owned(), 101),
        (|d| d.source.operator_role = "张三".to_owned(), 101),
        (|d| d.source.system = String::new(), 101),
        (|d| d.project = Some("a/b".to_owned()), 101),
        (
            |d| {
                d.rule = Some(RuleUsed {
                    code_hash: Digest32([0; 32]),
                    profile: Some(" ".to_owned()),
                })
            },
            101,
        ),
        (|d| d.tender = Some(TENDER.replace("-G", "-H")), 102),
        (
            |d| {
                d.tender = None;
                d.project = None
            },
            103,
        ),
        (|d| d.blind_ref = Some(Digest32::of(b"blind")), 104),
        (|d| d.subject = "张三".to_owned(), 105),
        (|d| d.digests.sm3 = Some("sm3:AB".to_owned()), 106),
        (|d| d.size = 0, 107),
        (|d| d.media_type = "pdf".to_owned(), 108),
        (|d| d.media_type = "application/".to_owned(), 108),
        (|d| d.generated.time_ms = 1_700_000_120_001, 109),
        (|d| d.references = vec![evidence_number(7); 33], 110),
        (|d| d.references = vec![evidence_number(7)], 111),
        (|d| d.references = vec!["E1".to_owned()], 116),
        (|d| d.retention = Retention::Years(0), 112),
        (
            |d| {
                d.tender = Some("D01-12620000224333674J-20220722-045000-L".to_owned());
                d.retention = Retention::Years(14);
            },
            112,
        ),
        (|d| d.personal_data = true, 113),
        (|d| d.signers = vec![d.signers[0].clone(); 33], 110),
    ];
    let chain = chain();
    for (index, (spoil, code)) in cases.into_iter().enumerate() {
        let mut args = sample(b"one");
        spoil(&mut args);
        let refusal = deposit(&chain, &args).expect_err("spoilt");
        assert_eq!(refusal.code, code, "case {index}: {refusal}");
    }
    chain.as_caller("", &[]);
    assert_eq!(
        deposit(&chain, &sample(b"one")).expect_err("nobody").code,
        100
    );
    assert!(chain.events().is_empty());
    assert_eq!(chain.state("evidence", "count"), None);
}

#[test]
fn the_shortest_lawful_keeping_and_the_latest_lawful_time_pass() {
    let chain = chain();
    let mut args = sample(b"one");
    args.tender = Some("D01-12620000224333674J-20220722-045000-L".to_owned());
    args.retention = Retention::Years(15);
    args.generated.time_ms = 1_700_000_120_000;
    deposit(&chain, &args).expect("just lawful");
    args.tender = Some("local-section-7".to_owned());
    args.retention = Retention::Years(1);
    deposit(&chain, &args).expect("a local code");
}

#[test]
fn blinded_evidence_names_neither_section_nor_project() {
    let chain = chain();
    let mut args = sample(b"one");
    args.tender = None;
    args.project = None;
    args.blind_ref = Some(Digest32::of(b"blind"));
    deposit(&chain, &args).expect("deposited");
}

#[test]
fn the_same_deposit_twice_is_refused_with_the_first_number() {
    let chain = chain();
    deposit(&chain, &sample(b"one")).expect("first");
    let refusal = deposit(&chain, &sample(b"one")).expect_err("second");
    assert_eq!((refusal.code, refusal.detail), (114, evidence_number(1)));
    chain.as_caller(COMPANY, &["bidder"]);
    deposit(&chain, &sample(b"one")).expect("another organisation's own record");
}

#[test]
fn a_batch_goes_in_whole_or_not_at_all() {
    let chain = chain();
    let files: Vec<_> = (0..BATCH_MAX as u64)
        .map(|n| sample(&n.to_be_bytes()))
        .collect();
    let mut batch = DepositBatch { items: files };
    batch.items[7].size = 0;
    let refusal = chain
        .call::<_, Vec<Deposited>>("evidence", "deposit_batch", &batch)
        .expect_err("one is spoilt");
    assert_eq!((refusal.code, &*refusal.detail), (107, "items[7]: "));
    assert_eq!(chain.state("evidence", "count"), None);
    batch.items[7].size = 1;
    let deposited: Vec<Deposited> = chain
        .call("evidence", "deposit_batch", &batch)
        .expect("all are good");
    assert_eq!(deposited.len(), BATCH_MAX);
    assert_eq!(
        deposited[BATCH_MAX - 1].number,
        evidence_number(BATCH_MAX as u64)
    );
    for items in [Vec::new(), vec![sample(b"x"); BATCH_MAX + 1]] {
        let refusal = chain
            .call::<_, Vec<Deposited>>("evidence", "deposit_batch", &DepositBatch { items })
            .expect_err("size");
        assert_eq!(refusal.code, 115);
    }
}

fn superseding(number: &str, file: &[u8]) -> Supersede {
    Supersede {
        number: number.to_owned(),
        reason: SupersedeReason::Amendment,
        explanation: None,
        replacement: sample(file),
    }
}

#[test]
fn versions_form_a_chain_that_only_grows() {
    let chain = chain();
    let supersede = |args: &Supersede| {
        chain
            .call::<_, Deposited>("evidence", "supersede", args)
            .map_err(|refusal| refusal.code)
    };
    let first = deposit(&chain, &sample(b"one")).expect("deposited").number;
    let second = supersede(&superseding(&first, b"two")).expect("superseded");
    assert_eq!(second.version, 2);
    assert_eq!(
        supersede(&superseding(&first, b"three")).map(drop),
        Err(118)
    );
    let third = supersede(&superseding(&second.number, b"three"))
        .expect("superseded")
        .number;

    let old = get(&chain, &first).expect("kept");
    assert_eq!(old.superseded_by.as_ref(), Some(&second.number));
    assert_eq!(old.evidence, sample(b"one"));
    let newest = get(&chain, &third).expect("kept");
    assert_eq!(
        newest.supersedes.expect("names the old one").number,
        second.number
    );
    let asked = NumberArgs {
        number: second.number.clone(),
    };
    let versions: Vec<Summary> = chain.view("evidence", "versions", &asked).expect("view");
    let chained: Vec<_> = versions.into_iter().map(|one| one.number).collect();
    assert_eq!(chained, [first.clone(), second.number, third.clone()]);

    assert_eq!(
        supersede(&superseding(&evidence_number(9), b"x")).map(drop),
        Err(117)
    );
    assert_eq!(supersede(&superseding("E9", b"x")).map(drop), Err(116));
    let mut other = superseding(&third, b"four");
    other.replacement.kind.code = "award_notice".to_owned();
    assert_eq!(supersede(&other).map(drop), Err(120));
    chain.as_caller(COMPANY, &["bidder"]);
    assert_eq!(supersede(&superseding(&third, b"four")).map(drop), Err(119));
}

#[test]
fn records_are_found_by_section_project_kind_and_digest() {
    let chain = chain();
    for file in [b"one", b"two"] {
        deposit(&chain, &sample(file)).expect("deposited");
    }
    let mut elsewhere = sample(b"one");
    elsewhere.tender = Some("other".to_owned());
    elsewhere.project = None;
    deposit(&chain, &elsewhere).expect("deposited");

    let (first, second, third) = (evidence_number(1), evidence_number(2), evidence_number(3));
    let nothing = ListEvidence::default();
    let by_tender = ListEvidence {
        tender: Some(TENDER.to_owned()),
        ..nothing.clone()
    };
    assert_eq!(numbers(&list(&chain, &by_tender)), [&first, &second]);
    let project = sample(b"").project;
    let by_project = ListEvidence {
        project,
        ..nothing.clone()
    };
    assert_eq!(numbers(&list(&chain, &by_project)), [&first, &second]);
    let by_kind = ListEvidence {
        kind: Some(kind()),
        ..nothing.clone()
    };
    assert_eq!(numbers(&list(&chain, &by_kind)), [&first, &second, &third]);
    let prefix = Digest32::of(b"one").to_string()[7..13].to_owned();
    let by_prefix = ListEvidence {
        digest_prefix: Some(prefix),
        ..nothing.clone()
    };
    assert_eq!(numbers(&list(&chain, &by_prefix)), [&first, &third]);
    for digest in [
        Digest32::of(b"two").to_string(),
        sample(b"").digests.sm3.expect("sm3"),
    ] {
        let args = FindByDigest {
            digest,
            after: None,
            limit: Some(9),
        };
        let page: Page = chain
            .view("evidence", "find_by_digest", &args)
            .expect("view");
        assert!(numbers(&page).contains(&&*second));
    }
    let both = ListEvidence {
        kind: Some(kind()),
        ..by_tender
    };
    for (args, code) in [(nothing, 121), (both, 121)] {
        let refusal = chain
            .view::<_, Page>("evidence", "list", &args)
            .expect_err("filters");
        assert_eq!(refusal.code, code);
    }
}

#[test]
fn pages_join_without_gap_for_every_filter() {
    let chain = chain();
    let items: Vec<_> = (0u64..7).map(|n| sample(&n.to_be_bytes())).collect();
    let mut same = sample(b"same");
    let mut alike = Vec::new();
    for n in 0..5 {
        same.tender = Some(format!("section-{n}"));
        alike.push(same.clone());
    }
    for items in [items, alike] {
        chain
            .call::<_, Vec<Deposited>>("evidence", "deposit_batch", &DepositBatch { items })
            .expect("deposited");
    }
    let prefix = Digest32::of(b"same").to_string()[7..].to_owned();
    for (mut args, expected) in [
        (
            ListEvidence {
                tender: Some(TENDER.to_owned()),
                ..ListEvidence::default()
            },
            7,
        ),
        (
            ListEvidence {
                digest_prefix: Some(prefix),
                ..ListEvidence::default()
            },
            5,
        ),
    ] {
        args.limit = Some(2);
        let mut seen = Vec::new();
        loop {
            let page = list(&chain, &args);
            assert!(page.records.len() <= 2);
            seen.extend(page.records.into_iter().map(|one| one.number));
            args.after = page.next;
            if args.after.is_none() {
                break;
            }
        }
        assert_eq!(seen.len(), expected);
        assert!(seen.is_sorted());
    }
}

#[test]
fn a_mistyped_number_is_refused_and_not_just_unfound() {
    let chain = chain();
    let args = NumberArgs {
        number: "E00000000000196".to_owned(),
    };
    let refusal = chain
        .view::<_, Option<Record>>("evidence", "get", &args)
        .expect_err("check digits");
    assert_eq!(refusal.code, 116);
}
