//! Every proposer leaves bids out for the last minute before the deadline and beyond: those that f+1 validators
//! acknowledged are in time (电子签名法 第十一条), the same without is late, and f forged words change nothing.

use serde_json::json;
use yilian_acknowledgement::Acknowledgement;
use yilian_crypto::Digest;

use yilian_tests::harness::{
    Network, Section, bids, now_ms, program, read_key, refusal_name, text, wait_for, wait_within,
};

/// From the first bid to the deadline, at least.
const BEFORE_MS: u64 = 60_000;
/// From the deadline to the first block with a bid.
const BEYOND_MS: u64 = 15_000;

#[test]
fn a_censored_bid_is_in_time_by_its_acknowledgements() {
    let mut network = Network::new();
    let faulty = program("yiliand-faulty");
    // Long enough for the start; the deadline lies before its end.
    let until_ms = now_ms() + 60_000 + BEFORE_MS + BEYOND_MS;
    let censored = until_ms.to_string();
    for node in &mut network.nodes {
        node.start_program(&faulty, &[("YILIAN_FAULT_CENSOR_UNTIL_MS", &censored)]);
    }
    network
        .nodes
        .iter()
        .for_each(|node| node.wait_for_height(1));
    let left_s = (until_ms - BEYOND_MS).saturating_sub(now_ms()) / 1_000;
    let profile = network.acknowledged_profile(60_000);
    let section = Section::published_with(&network, left_s, profile);
    let bids = bids(4);
    assert!(
        now_ms() + BEFORE_MS <= section.deadline_ms,
        "the start took too long"
    );
    let acknowledged: Vec<_> = bids[..3]
        .iter()
        .map(|bid| network.acknowledge(bid, &[0, 1, 2, 3], 30))
        .collect();
    for one in &acknowledged {
        assert!(
            one.submission.acknowledgements.len() >= 2,
            "{:?}",
            one.failures
        );
    }
    // The fourth is sent in time too, and nobody is asked to acknowledge it.
    let silent = network.sender(0, "trading-system");
    let builder = silent.builder(
        "tender",
        "commit",
        json!({"commitment": bids[3].commitment()}),
    );
    let envelope = silent.sign(&builder.valid_for_ms(600_000), now_ms());
    silent
        .client
        .submit(&envelope, yilian_client::Wait::Accepted)
        .expect("accepted");
    assert!(now_ms() < section.deadline_ms);
    let sealed = |number: usize| {
        let args = json!({"commitment": bids[number].commitment()});
        let answer = network.client(0).query("tender", "sealed", &args);
        answer.ok().map(|found| found.result)
    };
    // The chain closes the section while every bid is held back.
    wait_within(std::time::Duration::from_secs(180), "the close", || {
        let view = section.view("get", json!({"tender": section.id()}));
        (view["record"]["status"] == "closed").then_some(())
    });
    assert!(
        sealed(0).is_none() && sealed(3).is_none(),
        "they were to be censored"
    );
    for number in 0..4 {
        let found = wait_for("a censored bid", || sealed(number));
        assert!(found["received"]["time_ms"].as_u64() > Some(section.deadline_ms));
    }
    for (bid, one) in bids.iter().zip(&acknowledged) {
        section.bring(bid, one);
    }
    // One validator dates its word back for the fourth, and strangers join it.
    let subject = {
        let args = yilian_primitives::json::canonical(&json!({"commitment": bids[3].commitment()}));
        yilian_acknowledgement::submission("tender", "commit", &args)
    };
    let liar = read_key(&network.nodes[3].folder.join("validator.key"));
    let forged: Vec<_> = [liar, network.key("trading-system"), network.key("agency")]
        .iter()
        .map(|key| {
            let time_ms = section.deadline_ms - 5_000;
            Acknowledgement::sign("yilian-local", &subject, time_ms, Digest::ZERO, key)
        })
        .collect();
    section.ok(
        "trading-system",
        "acknowledge",
        json!({"submissions": [{"commitment": bids[3].commitment(), "withdrawal": false,
                                "acknowledgements": forged}]}),
    );
    wait_for("the grace", || {
        (now_ms() > section.deadline_ms + 62_000).then_some(())
    });
    section.close(&bids);
    section.reveal(&bids[..3]);
    let late = section.call(
        "trading-system",
        "reveal",
        json!({"tender": section.id(), "bids": [bids[3].revealed()]}),
    );
    assert_eq!(refusal_name(&late), "TooLate");
    ack_files_are_judged_offline(&network, &acknowledged[0], section.deadline_ms);
}

/// The file that a bidder keeps is enough, with the chain's specification alone.
fn ack_files_are_judged_offline(
    network: &Network,
    collected: &yilian_client::Collected,
    deadline_ms: u64,
) {
    let court = tempfile::tempdir().expect("a folder");
    let chain = network.path().join("chain.toml");
    let judged = |file: &yilian_acknowledgement::AcknowledgedSubmission, deadline_ms: u64| {
        let path = court.path().join("bid.ack");
        std::fs::write(&path, file.to_json().to_string()).expect("written");
        let (path, chain) = (path.display().to_string(), chain.display().to_string());
        let deadline = deadline_ms.to_string();
        let arguments = [
            "ack",
            "verify",
            &path,
            "--trust",
            &chain,
            "--deadline",
            &deadline,
        ];
        let output = network.cli(0, &arguments);
        output
            .status
            .code()
            .unwrap_or_else(|| panic!("{}", text(&output)))
    };
    let file = &collected.submission;
    assert_eq!(judged(file, deadline_ms), 0);
    assert_eq!(judged(file, 1), 6);
    let mut changed = file.clone();
    changed.acknowledgements[0].time_ms -= 1;
    assert_eq!(judged(&changed, deadline_ms), 4);
    let mut alone = file.clone();
    alone.acknowledgements.truncate(1);
    assert_eq!(judged(&alone, deadline_ms), 5);
}
