use super::*;
use crate::types::Commitments;
use crate::{BidConsistency, CommitmentsResult, PAGE_BIDS_MAX, Revealed};
use domain::Hex32;
use yilian_contract::Refusal;
use yilian_contract::testing::TestChain;

const TENDER: &str = "A01-12620000224333830C-20230101-000123-G";

fn digest(seed: u8) -> Digest32 {
    Digest32([seed; 32])
}

fn bid(number: u32) -> Bid {
    let bidder = format!("91620100MA{number:08}");
    let file = Digest32::of(bidder.as_bytes());
    let content = Digest32::of(&file.0);
    let salt = Hex32([7; 32]);
    Bid {
        commitment: commitment(TENDER, &bidder, &file, &salt),
        bidder,
        digest: file,
        salt,
        opened: file,
        manifest: Some(content),
        content: Some(content),
        evaluated: Some(content),
        archived: Some(content),
    }
}

fn page(bids: Vec<Bid>) -> CheckPage {
    CheckPage {
        tender: TENDER.to_owned(),
        stage: Stage::Archived,
        held: bids.len() as u32,
        accumulator: Accumulator::default(),
        bids,
        last: true,
    }
}

fn checked(page: &CheckPage) -> Result<CheckResult, Refusal> {
    let chain = TestChain::new();
    chain.deploy_rule(BidConsistency);
    chain.judge("bid-consistency", "check", page)
}

#[test]
fn a_file_that_stayed_the_same_passes() {
    let result = checked(&page((1..=3).map(bid).collect())).unwrap();
    assert_eq!(result.passed, Some(true));
    assert!(result.mismatches.is_empty());
    assert_eq!(result.accumulator.count, 3);
}

/// Computed with Python's hashlib from the layout in the crate's documentation.
#[test]
fn the_commitment_is_as_specified() {
    let made = commitment(
        TENDER,
        "91620100MA90000090",
        &digest(0x11),
        &Hex32([0x22; 32]),
    );
    assert_eq!(
        made.to_string(),
        "sha256:71063367b0118a7275c6112e6ed6e9c386087d0c533bb72caad1e438ca48d23b"
    );
}

#[test]
fn commitments_of_many_are_those_of_each() {
    let chain = TestChain::new();
    chain.deploy_rule(BidConsistency);
    let bids: Vec<Bid> = (1..=4).map(bid).collect();
    let input = Commitments {
        tender: TENDER.to_owned(),
        bids: bids
            .iter()
            .map(|bid| Revealed {
                bidder: bid.bidder.clone(),
                digest: bid.digest,
                salt: bid.salt,
            })
            .collect(),
    };
    let result: CommitmentsResult = chain
        .judge("bid-consistency", "commitments", &input)
        .unwrap();
    let expected: Vec<_> = bids.iter().map(|bid| bid.commitment).collect();
    assert_eq!(result.commitments, expected);
}

#[test]
fn each_broken_link_is_named_with_reason_and_article() {
    type Change = fn(&mut Bid);
    let cases: [(Change, Link, &str); 6] = [
        (|bid| bid.salt = Hex32([8; 32]), Link::Sealed, "第三十六条"),
        (|bid| bid.opened = digest(9), Link::Opened, "第三十六条"),
        (
            |bid| bid.manifest = Some(digest(9)),
            Link::Content,
            "电子签名法",
        ),
        (|bid| bid.manifest = None, Link::Content, "电子签名法"),
        (
            |bid| bid.archived = Some(digest(9)),
            Link::Archived,
            "电子签名法",
        ),
        (|bid| bid.archived = None, Link::Archived, "电子签名法"),
    ];
    for (change, link, article) in cases {
        let mut swapped = page((1..=3).map(bid).collect());
        change(&mut swapped.bids[1]);
        let result = checked(&swapped).unwrap();
        assert_eq!(result.passed, Some(false));
        let [mismatch] = &result.mismatches[..] else {
            panic!("{:?}", result.mismatches);
        };
        assert_eq!(
            (mismatch.link, &mismatch.bidder),
            (link, &swapped.bids[1].bidder)
        );
        assert!(mismatch.law.contains(article), "{}", mismatch.law);
        assert!(mismatch.zh.contains(&swapped.bids[1].bidder));
    }
}

#[test]
fn a_file_swapped_before_the_experts_breaks_both_links_around_it() {
    let mut swapped = page(vec![bid(1)]);
    swapped.bids[0].evaluated = Some(digest(9));
    let result = checked(&swapped).unwrap();
    let links: Vec<_> = result.mismatches.iter().map(|one| one.link).collect();
    assert_eq!(links, [Link::Evaluated, Link::Archived]);
}

#[test]
fn a_stage_asks_only_for_its_links() {
    let mut early = page(vec![bid(1)]);
    (early.bids[0].evaluated, early.bids[0].archived) = (None, None);
    early.stage = Stage::Opened;
    assert_eq!(checked(&early).unwrap().passed, Some(true));
    early.stage = Stage::Evaluated;
    let result = checked(&early).unwrap();
    assert_eq!(result.mismatches[0].link, Link::Evaluated);
    assert!(result.mismatches[0].en.contains("no digest was given"));
}

#[test]
fn without_a_manifest_the_file_itself_is_followed() {
    let mut plain = bid(1);
    (plain.manifest, plain.content) = (None, None);
    (plain.evaluated, plain.archived) = (Some(plain.opened), Some(plain.opened));
    assert_eq!(checked(&page(vec![plain])).unwrap().passed, Some(true));
}

#[test]
fn a_missing_or_invented_bid_is_counted_and_named() {
    for (held, difference, words) in [(4, -1, "1 missing"), (1, 2, "2 too many")] {
        let mut input = page((1..=3).map(bid).collect());
        input.held = held;
        let result = checked(&input).unwrap();
        let count = result.count.unwrap();
        assert_eq!((result.passed, count.difference), (Some(false), difference));
        assert!(count.en.ends_with(words), "{}", count.en);
        assert!(count.law.contains("招标投标法 第三十六条"));
    }
}

#[test]
fn ten_thousand_bids_come_to_the_same_however_they_are_paged() {
    let bids: Vec<Bid> = (0..10_000).map(bid).collect();
    let run = |size: usize| {
        let mut accumulator = Accumulator::default();
        let mut passed = None;
        let pages = bids.chunks(size);
        let all = pages.len();
        for (number, chunk) in pages.enumerate() {
            let mut input = page(chunk.to_vec());
            input.held = 10_000;
            input.accumulator = accumulator;
            input.last = number + 1 == all;
            let result = check(input).ok().unwrap();
            accumulator = result.accumulator;
            passed = result.passed;
        }
        (accumulator, passed)
    };
    let (accumulator, passed) = run(PAGE_BIDS_MAX);
    assert_eq!((accumulator.count, passed), (10_000, Some(true)));
    assert_eq!(run(333), (accumulator, passed));
}

#[test]
fn a_full_page_of_differences_still_fits_one_call() {
    let mut input = page((0..60).map(bid).collect());
    for bid in &mut input.bids {
        (bid.salt, bid.opened) = (Hex32([1; 32]), digest(1));
        (bid.manifest, bid.evaluated, bid.archived) = (None, Some(digest(2)), None);
    }
    let result = checked(&input).unwrap();
    assert_eq!(result.mismatches.len(), PAGE_MISMATCHES_MAX);
    let mut more = page((0..61).map(bid).collect());
    for bid in &mut more.bids {
        (bid.salt, bid.opened) = (Hex32([1; 32]), digest(1));
        (bid.manifest, bid.evaluated, bid.archived) = (None, Some(digest(2)), None);
    }
    assert_eq!(checked(&more).unwrap_err().code, 123);
}

#[test]
fn a_bidder_twice_or_out_of_order_is_refused() {
    assert_eq!(checked(&page(vec![bid(1), bid(1)])).unwrap_err().code, 122);
    assert_eq!(checked(&page(vec![bid(2), bid(1)])).unwrap_err().code, 122);
    let mut next = page(vec![bid(5)]);
    next.accumulator.last_bidder = bid(6).bidder;
    assert_eq!(checked(&next).unwrap_err().code, 122);
}

#[test]
fn too_long_a_page_is_refused() {
    let bids = (0..=PAGE_BIDS_MAX as u32).map(bid).collect();
    assert_eq!(checked(&page(bids)).unwrap_err().code, 121);
}
