//! Imports go strictly down, and the lower half of the house knows nothing of the upper.

use std::collections::BTreeMap;

use cargo_metadata::{DependencyKind, MetadataCommand, Package};

use crate::tree::{assert_none, root};

/// Crates of this workspace by name, with their floors.
fn packages() -> BTreeMap<String, (Package, u64)> {
    let metadata = MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .no_deps()
        .other_options(["--offline".to_owned()])
        .exec()
        .expect("cargo metadata reads the workspace");
    let with_floor = |package: Package| {
        let floor = package
            .metadata
            .pointer("/yilian/floor")
            .and_then(|floor| floor.as_u64());
        let name = package.name.to_string();
        let floor = floor.unwrap_or_else(|| {
            panic!("{name}: expected [package.metadata.yilian] floor = <number> in its Cargo.toml")
        });
        (name, (package, floor))
    };
    metadata.packages.into_iter().map(with_floor).collect()
}

/// Folder of a crate below the root, with `/` between its parts.
fn folder(package: &Package) -> String {
    let manifest = package.manifest_path.clone().into_std_path_buf();
    let folder = manifest
        .parent()
        .and_then(|path| path.strip_prefix(root()).ok());
    folder
        .map(|path| path.to_string_lossy().replace('\\', "/"))
        .unwrap_or_default()
}

#[test]
fn imports_go_strictly_down() {
    let packages = packages();
    let mut findings = Vec::new();
    for (name, (package, floor)) in &packages {
        for dependency in &package.dependencies {
            let Some((_, below)) = packages.get(&dependency.name) else {
                continue;
            };
            // A unit test may stand on its own floor, never on a higher one.
            let fits = match dependency.kind {
                DependencyKind::Development => below <= floor,
                _ => below < floor,
            };
            if !fits {
                findings.push(format!(
                    "{name} (floor {floor}) imports {} (floor {below})",
                    dependency.name
                ));
            }
        }
    }
    assert_none("an import goes from a floor to a lower one", &findings);
}

#[test]
fn the_sdk_never_imports_the_node() {
    let packages = packages();
    let mut findings = Vec::new();
    for (name, (package, _)) in &packages {
        if !folder(package).starts_with("sdk") {
            continue;
        }
        for dependency in &package.dependencies {
            let target = packages
                .get(&dependency.name)
                .map(|(package, _)| folder(package));
            if target.is_some_and(|target| target.starts_with("node") || target == "cli") {
                findings.push(format!("{name} imports {}", dependency.name));
            }
        }
    }
    assert_none("sdk is all one needs without running a node", &findings);
}

#[test]
fn what_outsiders_trust_has_no_runtime_and_no_engine() {
    let packages = packages();
    let foreign = [
        "tokio", "wasmtime", "rocksdb", "libp2p", "axum", "jmt", "ureq", "rand",
    ];
    let mut findings = Vec::new();
    for crate_name in [
        "yilian-crypto",
        "yilian-primitives",
        "yilian-merkle",
        "yilian-abi",
        "yilian-chain-spec",
        "yilian-verify",
    ] {
        let Some((package, _)) = packages.get(crate_name) else {
            findings.push(format!("{crate_name} is missing"));
            continue;
        };
        let normal = package
            .dependencies
            .iter()
            .filter(|d| d.kind == DependencyKind::Normal);
        for dependency in normal.filter(|d| foreign.contains(&d.name.as_str())) {
            findings.push(format!("{crate_name} imports {}", dependency.name));
        }
    }
    assert_none(
        "the verifier's crates do no I/O and run no async",
        &findings,
    );
}

#[test]
fn members_stand_in_floor_order() {
    let packages = packages();
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).expect("the root manifest");
    let members = manifest
        .split_once("members = [")
        .expect("a list of members")
        .1;
    let members = members.split_once(']').expect("the end of the list").0;
    let names = members.split('"').skip(1).step_by(2);
    let floors: Vec<u64> = names
        .map(|member| {
            let found = packages
                .values()
                .find(|(package, _)| folder(package) == member);
            found
                .unwrap_or_else(|| panic!("member {member} is no crate of the workspace"))
                .1
        })
        .collect();
    assert_eq!(floors.len(), packages.len());
    assert!(
        floors.is_sorted(),
        "the manifest reads as the architecture: {floors:?}"
    );
}

#[test]
fn a_crate_says_what_it_is_for_in_the_same_words_everywhere() {
    let mut findings = Vec::new();
    for (name, (package, _)) in packages() {
        let description = package.description.clone().unwrap_or_default();
        if description.is_empty() || description.split(' ').count() > 14 {
            findings.push(format!(
                "{name}: description of 1 to 14 words, got {description:?}"
            ));
        }
        let source = package.manifest_path.with_file_name("src");
        let first = ["lib.rs", "main.rs"]
            .iter()
            .find_map(|file| std::fs::read_to_string(source.join(file)).ok())
            .unwrap_or_default();
        if first.lines().next() != Some(&format!("//! {description}")) {
            findings.push(format!(
                "{name}: first line of src differs from {description:?}"
            ));
        }
    }
    assert_none(
        "Cargo description and first line of the crate are equal",
        &findings,
    );
}
