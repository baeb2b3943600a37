//! What the fuzzer left, run through the same checks without a fuzzer.

#![cfg(feature = "replay")]

#[path = "../../../tests/fuzz/src/targets.rs"]
#[allow(unreachable_pub, reason = "the fuzzer calls them from other crates")]
mod targets;

use std::path::PathBuf;

#[test]
fn the_corpora_of_the_fuzzer_are_without_a_finding() {
    let folder = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").expect("set by cargo"))
        .join("../../tests/fuzz/corpus");
    for (name, check) in targets::TARGETS {
        let files = std::fs::read_dir(folder.join(name)).expect("a corpus for each target");
        let mut count = 0;
        for file in files {
            check(&std::fs::read(file.expect("reads").path()).expect("reads"));
            count += 1;
        }
        assert!(count > 0, "{name} has a corpus");
    }
}
