//! What the fuzzer left, run through the same checks without a fuzzer.

use std::path::{Path, PathBuf};

use yilian_decoders::TARGETS;

/// Most inputs of one corpus; `scripts/fuzz merge` keeps those that matter.
const FILES_MAX: usize = 200;

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz")
}

#[test]
fn the_corpora_of_the_fuzzer_are_without_a_finding() {
    let mut wrong = Vec::new();
    for (name, check) in TARGETS {
        let folder = fuzz().join("corpus").join(name);
        let files = std::fs::read_dir(folder).expect("a corpus for each target");
        let (mut count, mut read) = (0, 0);
        for file in files {
            let path = file.expect("reads").path();
            let is_read = check(&std::fs::read(&path).expect("reads"));
            // A real encoding that is read no longer: examples/seeds.rs writes them anew.
            let is_seed = path
                .file_name()
                .is_some_and(|name| name.to_string_lossy().starts_with("seed-"));
            if is_seed && !is_read {
                wrong.push(format!("{} is not read", path.display()));
            }
            count += 1;
            read += usize::from(is_read);
        }
        // Without one that is read, the checks after reading were never made.
        if read == 0 || count > FILES_MAX {
            wrong.push(format!("{name}: {read} of {count} inputs are read"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_target_has_its_program_for_the_fuzzer() {
    let files = std::fs::read_dir(fuzz().join("src/bin")).expect("programs");
    let mut programs: Vec<_> = files
        .map(|file| {
            file.expect("reads")
                .file_name()
                .into_string()
                .expect("text")
        })
        .collect();
    programs.sort();
    let names = TARGETS.map(|(name, _)| format!("{name}.rs"));
    assert_eq!(programs, names);
    for (name, program) in TARGETS.iter().zip(&programs) {
        let text = std::fs::read_to_string(fuzz().join("src/bin").join(program)).expect("reads");
        let target = if name.0 == "json" {
            "strict_json"
        } else {
            name.0
        };
        assert!(
            text.contains(&format!("yilian_decoders::{target}(bytes)")),
            "{program}"
        );
    }
}
