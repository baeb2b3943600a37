//! A contract's sources, as cargo sees them.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use crate::context::{Context, Outcome};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::messages::M;

/// What cargo knows about a folder of contracts.
#[derive(Debug)]
pub(crate) struct Project {
    /// Folder in which cargo runs.
    pub(crate) folder: PathBuf,
    /// Root of its workspace: where the lock file lies.
    pub(crate) workspace: PathBuf,
    /// Cargo's output folder.
    pub(crate) target: PathBuf,
    /// Root of the tree that the SDK lies in, if it is used from a folder.
    pub(crate) sdk_tree: Option<PathBuf>,
    /// The contracts: packages with a `cdylib`.
    pub(crate) packages: Vec<Package>,
}

/// A contract's package.
#[derive(Debug)]
pub(crate) struct Package {
    /// Its name.
    pub(crate) name: String,
    /// File name of its wasm, without the ending.
    pub(crate) library: String,
}

impl Project {
    /// Reads the project of a folder: its own contract, or all contracts of the workspace whose root it is.
    pub(crate) fn open(context: &Context, folder: &Path) -> Outcome<Self> {
        let missing = |path: &Path| {
            let shown = path.display();
            Failure::new(
                Exit::NotFound,
                context.text(M::NoManifest, &[("path", &shown)]),
            )
            .hint(context.name(M::NoManifestHint))
        };
        let folder = folder.canonicalize().map_err(|_| missing(folder))?;
        let manifest = folder.join("Cargo.toml");
        if !manifest.is_file() {
            return Err(missing(&folder));
        }
        let metadata = metadata(context, &folder)?;
        let path = |name: &str| {
            metadata[name]
                .as_str()
                .map(PathBuf::from)
                .unwrap_or_default()
        };
        let packages = metadata["packages"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        let members = metadata["workspace_members"].as_array().map(Vec::as_slice);
        let is_member = |package: &&Value| members.unwrap_or_default().contains(&package["id"]);
        let is_own =
            |package: &&Value| package["manifest_path"].as_str().map(Path::new) == Some(&manifest);
        let own: Vec<&Value> = packages.iter().filter(is_own).collect();
        let chosen = if own.is_empty() {
            packages.iter().filter(is_member).collect()
        } else {
            own
        };
        let chosen: Vec<Package> = chosen.into_iter().filter_map(contract).collect();
        if chosen.is_empty() {
            return Err(missing(&folder));
        }
        Ok(Project {
            workspace: path("workspace_root"),
            target: path("target_directory"),
            sdk_tree: sdk_tree(packages),
            packages: chosen,
            folder,
        })
    }
}

/// A package, if it makes a `cdylib`.
fn contract(package: &Value) -> Option<Package> {
    let makes = |target: &&Value, kind: &str| {
        let kinds = target["kind"].as_array().map(Vec::as_slice);
        kinds.unwrap_or_default().iter().any(|one| one == kind)
    };
    let target = package["targets"]
        .as_array()?
        .iter()
        .find(|target| makes(target, "cdylib"))?;
    Some(Package {
        name: package["name"].as_str()?.to_owned(),
        library: target["name"].as_str()?.replace('-', "_"),
    })
}

/// The tree of the SDK: `<tree>/sdk/contract/Cargo.toml`.
fn sdk_tree(packages: &[Value]) -> Option<PathBuf> {
    let sdk = packages
        .iter()
        .find(|package| package["name"] == "yilian-contract")?;
    let manifest = Path::new(sdk["manifest_path"].as_str()?);
    manifest.ancestors().nth(3).map(Path::to_owned)
}

fn metadata(context: &Context, folder: &Path) -> Outcome<Value> {
    let mut command = tool("cargo", folder);
    command.args([
        "metadata",
        "--format-version=1",
        "--filter-platform",
        super::compile::TARGET,
    ]);
    let output = answer(context, command)?;
    serde_json::from_slice(&output).map_err(|error| failed(context, "cargo metadata", &error))
}

/// A tool as the folder's `rust-toolchain.toml` chooses it, without what the environment says about flags, profiles
/// and wrappers: they would change the bytes.
pub(crate) fn tool(program: &str, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder);
    for (name, _) in std::env::vars_os() {
        if steers_the_build(&name) {
            command.env_remove(&name);
        }
    }
    command
}

fn steers_the_build(name: &OsStr) -> bool {
    let text = name.to_string_lossy();
    let prefixes = ["CARGO_PROFILE_", "CARGO_BUILD_", "CARGO_TARGET_WASM32_"];
    let named = ["CARGO", "CARGO_ENCODED_RUSTFLAGS", "CARGO_INCREMENTAL"];
    text != "CARGO_BUILD_JOBS"
        && (prefixes.iter().any(|prefix| text.starts_with(prefix))
            || text.starts_with("RUST") && text != "RUSTUP_HOME"
            || named.contains(&&*text))
}

/// What a tool prints, if it succeeds.
pub(crate) fn answer(context: &Context, mut command: Command) -> Outcome<Vec<u8>> {
    let name = command.get_program().to_string_lossy().into_owned();
    let Output {
        status,
        stdout,
        stderr,
    } = command
        .output()
        .map_err(|error| missing_tool(context, &name, &error))?;
    if status.success() {
        return Ok(stdout);
    }
    let text = String::from_utf8_lossy(&stderr);
    Err(failed(context, &name, &text.trim()))
}

/// Runs a tool that speaks for itself.
pub(crate) fn run(context: &Context, mut command: Command) -> Outcome<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command
        .status()
        .map_err(|error| missing_tool(context, &name, &error))?;
    if status.success() {
        Ok(())
    } else {
        Err(failed(context, &name, &status))
    }
}

/// A tool failed.
pub(crate) fn failed(context: &Context, tool: &str, reason: &dyn core::fmt::Display) -> Failure {
    let text = context.text(M::ToolFailed, &[("tool", &tool), ("reason", reason)]);
    Failure::new(Exit::Failure, text)
}

fn missing_tool(context: &Context, tool: &str, error: &std::io::Error) -> Failure {
    let text = context.text(M::ToolMissing, &[("tool", &tool), ("reason", error)]);
    Failure::new(Exit::Failure, text).hint(context.name(M::ToolMissingHint))
}
