//! What there is to build, and where.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// The workspace of contracts.
pub(crate) struct Workspace {
    /// Folder of its `Cargo.toml`.
    pub(crate) root: PathBuf,
    /// Cargo's own output folder.
    pub(crate) target: PathBuf,
    /// Where finished contracts go.
    pub(crate) output: PathBuf,
    /// Its contracts: every member with a `cdylib`.
    pub(crate) contracts: Vec<Package>,
}

/// A contract's package.
pub(crate) struct Package {
    pub(crate) name: String,
    /// File name of its wasm, without the ending.
    pub(crate) library: String,
    /// Cargo's profile: `release`, or what the package says in `[package.metadata.contract]`.
    pub(crate) profile: String,
}

impl Workspace {
    /// Finds the workspace that this tool belongs to.
    pub(crate) fn find() -> Result<Self, String> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .ancestors()
            .nth(2)
            .ok_or("this tool lies two folders below the workspace")?
            .to_owned();
        let metadata = metadata(&root)?;
        let target = metadata["target_directory"]
            .as_str()
            .ok_or("cargo metadata names no target directory")?;
        let output = root.join("target/yilian");
        std::fs::create_dir_all(&output)
            .map_err(|error| format!("{}: {error}", output.display()))?;
        let packages = metadata["packages"].as_array().map(Vec::as_slice);
        Ok(Workspace {
            target: PathBuf::from(target),
            output,
            contracts: packages
                .unwrap_or_default()
                .iter()
                .filter_map(contract)
                .collect(),
            root,
        })
    }
}

/// A package, if it makes a `cdylib`.
fn contract(package: &Value) -> Option<Package> {
    let is_contract = |target: &&Value| {
        let kinds = target["kind"].as_array().map(Vec::as_slice);
        kinds
            .unwrap_or_default()
            .iter()
            .any(|kind| kind == "cdylib")
    };
    let target = package["targets"].as_array()?.iter().find(is_contract)?;
    let profile = &package["metadata"]["contract"]["profile"];
    Some(Package {
        name: package["name"].as_str()?.to_owned(),
        library: target["name"].as_str()?.replace('-', "_"),
        profile: profile.as_str().unwrap_or("release").to_owned(),
    })
}

fn metadata(root: &Path) -> Result<Value, String> {
    let output = cargo(root)
        .args(["metadata", "--no-deps", "--format-version=1", "--locked"])
        .output()
        .map_err(|error| format!("cargo metadata: {error}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    serde_json::from_slice(&output.stdout).map_err(|error| format!("cargo metadata: {error}"))
}

/// Cargo as `rust-toolchain.toml` of this workspace chooses it, without what the environment says about flags,
/// profiles and wrappers.
pub(crate) fn cargo(root: &Path) -> Command {
    let mut command = Command::new("cargo");
    command.current_dir(root);
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        let steers_the_build = ["CARGO_PROFILE_", "CARGO_BUILD_", "CARGO_TARGET_WASM32_"]
            .iter()
            .any(|prefix| text.starts_with(prefix))
            || text.starts_with("RUST") && text != "RUSTUP_HOME"
            || matches!(
                &*text,
                "CARGO" | "CARGO_ENCODED_RUSTFLAGS" | "CARGO_INCREMENTAL"
            );
        if steers_the_build && text != "CARGO_BUILD_JOBS" {
            command.env_remove(&name);
        }
    }
    command
}
