//! With two of four validators dead no block is made; the others acknowledge all the same, and the bid is in the chain when
//! it goes on.

use serde_json::json;

use yilian_tests::harness::{Network, Section, bids, now_ms, text, wait_for};

#[test]
fn acknowledgements_need_no_blocks() {
    let mut network = Network::started();
    network.wait_for_group(0);
    let keys = network.validator_keys();
    Section::published(&network, 600);
    network.nodes[2].kill();
    network.nodes[3].kill();
    let halted = network.nodes[0].height();
    let before = now_ms();
    let bids = bids(2);
    let one = network.acknowledge(&bids[0], &[0, 1], 60);
    let two = network.acknowledge(&bids[1], &[0, 1], 60);
    for collected in [&one, &two] {
        let given = &collected.submission.acknowledgements;
        assert_eq!(given.len(), 2, "{:?}", collected.failures);
        assert!(
            given
                .iter()
                .all(|one| one.time_ms >= before && keys.contains(&one.validator))
        );
    }
    assert!(network.nodes[0].height() <= halted + 1);
    // Each validator's words are one chain.
    let chained = two.submission.acknowledgements.iter().all(|later| {
        let mut earlier = one.submission.acknowledgements.iter();
        let same = earlier.find(|one| one.validator == later.validator);
        same.is_some_and(|earlier| {
            let digest = earlier.digest("yilian-local", &one.submission.submission());
            later.previous == digest && later.time_ms >= earlier.time_ms
        })
    });
    assert!(chained, "{one:?} {two:?}");
    // A bidder whose file has one word asks for more, and keeps what there is.
    let file = network.path().join("one.ack");
    let mut alone = one.submission.clone();
    alone.acknowledgements.truncate(1);
    std::fs::write(&file, alone.to_json().to_string()).expect("written");
    let asked: Vec<String> = (0..2).map(|node| network.nodes[node].api.clone()).collect();
    let arguments = [
        "--key",
        "trading-system",
        "ack",
        "collect",
        file.to_str().expect("a path"),
    ];
    let ask = ["--ask", &asked[0], "--ask", &asked[1]];
    let output = network.cli(0, &[&arguments[..], &ask].concat());
    assert!(output.status.success(), "{}", text(&output));
    let more = std::fs::read(&file).expect("there");
    let more = yilian_acknowledgement::AcknowledgedSubmission::from_bytes(&more).expect("a file");
    assert_eq!(more.acknowledgements.len(), 2);
    assert!(
        more.acknowledgements
            .iter()
            .all(|given| one.submission.acknowledgements.contains(given))
    );
    // Asked again, also after a crash, they say the same.
    network.nodes[0].kill();
    network.nodes[0].start();
    wait_for("the restarted node", || network.nodes[0].status());
    let again = network.acknowledge(&bids[0], &[0, 1], 60);
    let sorted = |collected: &yilian_client::Collected| {
        let mut given = collected.submission.acknowledgements.clone();
        given.sort_by_key(|one| one.validator);
        given
    };
    assert_eq!(sorted(&again), sorted(&one));
    network.nodes[2].start();
    for bid in &bids {
        wait_for("the bid", || {
            let args = json!({"commitment": bid.commitment()});
            network.client(0).query("tender", "sealed", &args).ok()
        });
    }
}
