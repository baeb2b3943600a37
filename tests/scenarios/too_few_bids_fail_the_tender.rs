//! Fewer than three bids: the section can only be declared failed (招标投标法 第二十八条).

use serde_json::json;
use yilian_primitives::Outcome;

use yilian_tests::harness::{Network, Section, bids, sent_ok};

#[test]
fn too_few_bids_fail_the_tender() {
    let network = Network::started();
    let section = Section::published(&network, 12);
    let bids = bids(2);
    for bid in &bids {
        sent_ok(&section.commit(bid, false));
    }
    section.wait_for_deadline();
    let closed = section.close(&bids);
    assert_eq!(closed["must_fail"], true, "{closed}");
    let opened = section.call("centre-lanzhou", "open", json!({"tender": section.id()}));
    let receipt = opened.receipt.as_ref().expect("final");
    let may_go_on = receipt.outcome == Outcome::Ok && opened.result["must_fail"] != true;
    assert!(
        !may_go_on,
        "two bids must not be opened for a contest: {:?}",
        receipt.outcome
    );
    section.ok(
        "agency",
        "fail",
        json!({"tender": section.id(), "ground": "too_few_bidders",
               "reason": {"zh": "投标人少于三个", "en": "fewer than three bidders"}}),
    );
    let shown = section.view("get", json!({"tender": section.id()}));
    assert_eq!(shown["record"]["status"], "failed", "{shown}");
}
