//! Compiles a contract so that its bytes say nothing about this machine.
//!
//! The code hash stands on the chain, so a build must not depend on where it is made: compiler, lock file and profile
//! are pinned by the sources, flags from the environment are dropped, and paths of this machine get neutral names. The
//! same is done by `contracts/tools/build`, and both give the same bytes.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use super::project::{self, Package, Project, tool};
use crate::context::{Context, Outcome, unreadable};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::messages::M;

/// Target of contracts.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";
/// The linker's option for the stack, in bytes: a quarter of what the target takes by itself.
const STACK: &str = "-Clink-arg=-zstack-size=262144";
/// Set (to anything) where this program stands in for the compiler.
pub(crate) const WRAPPER_MARK: &str = "YILIAN_BUILD_WRAPPER";

/// Builds one contract and gives its bytes.
pub(crate) fn compile(context: &Context, project: &Project, package: &Package) -> Outcome<Vec<u8>> {
    if !project.workspace.join("Cargo.lock").is_file() {
        let mut lock = tool("cargo", &project.folder);
        lock.arg("generate-lockfile");
        project::run(context, lock)?;
    }
    let target = project.target.join("yilian-build");
    let wrapper = std::env::current_exe()
        .map_err(|error| unreadable(context.lang, Path::new("yilian"), &error))?;
    let mut build = tool("cargo", &project.workspace);
    build
        .args([
            "build",
            "--locked",
            "--release",
            "--lib",
            "--target",
            TARGET,
        ])
        .args(["--package", &package.name])
        .arg("--target-dir")
        .arg(&target)
        .env("CARGO_ENCODED_RUSTFLAGS", flags(context, project)?)
        .env("RUSTC_WRAPPER", wrapper)
        .env(WRAPPER_MARK, "1");
    if context.quiet || context.json {
        build.arg("--quiet");
    }
    project::run(context, build)?;
    let path = target
        .join(TARGET)
        .join("release")
        .join(format!("{}.wasm", package.library));
    let bytes = context.read_bytes(&path)?;
    refuse_machine_paths(context, project, &bytes)?;
    Ok(bytes)
}

/// Compiler flags, parted as `CARGO_ENCODED_RUSTFLAGS` wants it. A later renaming wins over an earlier one.
fn flags(context: &Context, project: &Project) -> Outcome<String> {
    let mut renamed = vec![(project.workspace.clone(), "/contract".to_owned())];
    if let Some(tree) = &project.sdk_tree {
        renamed.push((tree.clone(), "/yilian".to_owned()));
    }
    renamed.push(standard_library(context, project)?);
    renamed.extend(
        registries()
            .into_iter()
            .map(|path| (path, "/registry".to_owned())),
    );
    let mut flags = vec![STACK.to_owned()];
    for (from, to) in renamed {
        flags.push(format!("--remap-path-prefix={}={to}", from.display()));
    }
    Ok(flags.join("\u{1f}"))
}

/// Sources of the standard library, and what the precompiled one calls them.
fn standard_library(context: &Context, project: &Project) -> Outcome<(PathBuf, String)> {
    let ask = |args: &[&str]| {
        let mut rustc = tool("rustc", &project.workspace);
        rustc.args(args);
        let bytes = project::answer(context, rustc)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    };
    let version = ask(&["-vV"])?;
    let commit = version
        .lines()
        .find_map(|line| line.strip_prefix("commit-hash:"));
    let sysroot = PathBuf::from(ask(&["--print", "sysroot"])?.trim());
    let named = format!("/rustc/{}", commit.unwrap_or_default().trim());
    Ok((sysroot.join("lib/rustlib/src/rust"), named))
}

fn home() -> Option<PathBuf> {
    std::env::var_os("HOME").map(PathBuf::from)
}

fn cargo_home() -> Option<PathBuf> {
    let named = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    named.or_else(|| Some(home()?.join(".cargo")))
}

/// Folders of downloaded sources: one per registry, named with a hash of its address.
fn registries() -> Vec<PathBuf> {
    let Some(sources) = cargo_home().map(|home| home.join("registry/src")) else {
        return Vec::new();
    };
    let entries = std::fs::read_dir(sources).into_iter().flatten().flatten();
    let mut found: Vec<_> = entries.map(|entry| entry.path()).collect();
    found.sort();
    found
}

/// Refuses code in which a path of this machine, or one that looks like somebody's home, is left.
fn refuse_machine_paths(context: &Context, project: &Project, bytes: &[u8]) -> Outcome<()> {
    let mut needles: Vec<String> = vec!["/home/".into(), "/root/".into(), "/Users/".into()];
    let own = [
        Some(project.workspace.clone()),
        project.sdk_tree.clone(),
        cargo_home(),
        home(),
    ];
    for path in own.into_iter().flatten() {
        // A home of "/" would be found everywhere and gives nothing away.
        if path.as_os_str() != OsStr::new("/") && !path.as_os_str().is_empty() {
            needles.push(path.to_string_lossy().into_owned());
        }
    }
    let holds = |needle: &&String| {
        bytes
            .windows(needle.len())
            .any(|part| part == needle.as_bytes())
    };
    match needles.iter().find(holds) {
        Some(needle) => {
            let text = context.text(M::MachinePath, &[("path", needle)]);
            Err(Failure::new(Exit::Failure, text))
        }
        None => Ok(()),
    }
}

/// Calls the compiler in cargo's place, without what cargo knows of this machine.
///
/// For a crate outside the workspace, as the SDK is, cargo's `-C metadata=<hash>` covers the absolute path of its folder;
/// it goes into symbol names, and these decide the order of functions. Name, version and features take its place.
pub(crate) fn wrapper(arguments: &[OsString]) -> ExitCode {
    let Some((rustc, arguments)) = arguments.split_first() else {
        return ExitCode::from(Exit::Usage.code());
    };
    let identity = identity(arguments);
    let arguments = arguments.iter().map(|argument| {
        let is_metadata = argument.to_string_lossy().starts_with("metadata=");
        match &identity {
            Some(identity) if is_metadata => OsStr::new(identity),
            _ => argument,
        }
    });
    match Command::new(rustc).args(arguments).status() {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(status) => ExitCode::from(status.code().map_or(1, |code| code.clamp(1, 255) as u8)),
        Err(error) => {
            eprintln!("{}: {error}", rustc.to_string_lossy());
            ExitCode::FAILURE
        }
    }
}

/// What takes the place of cargo's hash; `None` where cargo compiles no package.
fn identity(arguments: &[OsString]) -> Option<String> {
    let name = std::env::var("CARGO_PKG_NAME").ok()?;
    let version = std::env::var("CARGO_PKG_VERSION").ok()?;
    let features = arguments.iter().map(|argument| argument.to_string_lossy());
    let mut features: Vec<_> = features
        .filter(|text| text.starts_with("feature="))
        .collect();
    features.sort();
    Some(format!("metadata={name}-{version}-{}", features.join("-")))
}
