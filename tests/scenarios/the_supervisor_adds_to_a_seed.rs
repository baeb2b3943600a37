//! The supervising department adds to the seed of a draw, so that centres alone cannot foresee it, whoever they are.

use serde_json::json;
use yilian_crypto::Digest;

use yilian_tests::harness::{Network, Section, refusal_name};

#[test]
fn the_supervisor_adds_to_a_seed() {
    let network = Network::started();
    let group = network.wait_for_group(0).group.expect("a group");
    let section = Section::published(&network, 300);
    let value = "5e".repeat(32);
    // tag ‖ 0x00 ‖ part(tender) ‖ part(value)
    let mut bytes = b"YILIAN/draw-contribution/v1\0".to_vec();
    for part in [section.id().as_bytes(), &[0x5e; 32]] {
        bytes.extend_from_slice(&u32::try_from(part.len()).expect("short").to_be_bytes());
        bytes.extend_from_slice(part);
    }
    let commitment = Digest::sha256(&bytes);
    section.ok(
        "supervisor",
        "commit_contribution",
        json!({"tender": section.id(), "commitment": commitment}),
    );
    section.freeze(&network, 300);
    let draw = json!({"tender": section.id()});
    let early = section.call("centre-lanzhou", "draw", draw.clone());
    assert_eq!(refusal_name(&early), "Contribution");
    section.ok(
        "supervisor",
        "reveal_contribution",
        json!({"tender": section.id(), "value": value}),
    );
    let started = section.ok("centre-lanzhou", "draw", draw);
    let identity = started["draw_id"].as_str().expect("an identity");
    let mut record = section.drawn();
    assert!(network.release_verifies(identity, &record, &group.key));
    // The seed is not that of the centres alone.
    record["contribution"]["value"] = json!("");
    assert!(!network.release_verifies(identity, &record, &group.key));
}
