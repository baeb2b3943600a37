//! A file that was swapped between submission and opening is found, and named.

use yilian_crypto::Digest;

use yilian_tests::harness::{Network, Section, bids, sent_ok};

#[test]
fn a_bid_that_was_swapped_is_found() {
    let network = Network::started();
    let section = Section::published(&network, 12);
    let bids = bids(4);
    for bid in &bids {
        sent_ok(&section.commit(bid, false));
    }
    section.wait_for_deadline();
    section.close(&bids);
    section.reveal(&bids);
    section.open();
    let mut files: Vec<_> = bids
        .iter()
        .map(|bid| (bid.bidder.clone(), bid.digest))
        .collect();
    files[2].1 = Digest::sha256(b"another file");
    let found = section.check("opened", &files);
    let mismatches = found["mismatches"].as_array().expect("list");
    assert_eq!(mismatches.len(), 1, "{found}");
    assert_eq!(mismatches[0]["bidder"], files[2].0.as_str());
    assert_eq!(mismatches[0]["expected"], bids[2].digest.to_string());
    assert_eq!(mismatches[0]["actual"], files[2].1.to_string());
}
