//! The published vectors of draws are what the rule gives natively.

use std::path::Path;

use serde_json::{Value, json};

/// Inputs and outputs as text: the bytes that the chain hashes.
#[test]
fn the_published_draws_are_the_rules_own() {
    let made: Vec<Value> = draws::vectors()
        .into_iter()
        .map(|(name, input)| {
            let text = draws::text(&input);
            let output = draws::text(&draws::draw(input));
            json!({"name": name, "input": text, "output": output})
        })
        .collect();
    let made = serde_json::to_string_pretty(&made).expect("JSON") + "\n";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../tests/vectors/draws.json");
    if std::env::var_os("YILIAN_WRITE_VECTORS").is_some() {
        std::fs::write(&path, &made).expect("written");
    }
    let published = std::fs::read_to_string(&path).expect("the published draws");
    assert!(
        made == published,
        "the rule gives other draws than the published ones"
    );
}
