//! Compiles a contract so that its bytes say nothing about this machine.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::workspace::{Package, Workspace, cargo};
use crate::wrapper;

const TARGET: &str = "wasm32-unknown-unknown";
/// The linker's option for the stack, in bytes: a quarter of what the target takes by itself.
const STACK: &str = "-Clink-arg=-zstack-size=262144";

/// Builds one contract and gives its bytes.
///
/// One at a time, so that no feature that one contract asks of a crate reaches another.
pub(crate) fn compile(workspace: &Workspace, package: &Package) -> Result<Vec<u8>, String> {
    let target = workspace.target.join("yilian-build");
    let wrapper = std::env::current_exe().map_err(|error| format!("this program: {error}"))?;
    let status = cargo(&workspace.root)
        .args(["build", "--quiet", "--locked", "--lib"])
        .args(["--profile", &package.profile])
        .args(["--target", TARGET, "--package", &package.name])
        .arg("--target-dir")
        .arg(&target)
        .env("CARGO_ENCODED_RUSTFLAGS", flags(workspace)?)
        .env("RUSTC_WRAPPER", wrapper)
        .env(wrapper::MARK, "1")
        .status()
        .map_err(|error| format!("cargo build: {error}"))?;
    if !status.success() {
        return Err(format!("{} does not build", package.name));
    }
    let path = target
        .join(TARGET)
        .join(&package.profile)
        .join(format!("{}.wasm", package.library));
    std::fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))
}

/// Compiler flags, parted as `CARGO_ENCODED_RUSTFLAGS` wants it.
fn flags(workspace: &Workspace) -> Result<String, String> {
    let mut flags = vec![STACK.to_owned()];
    for (from, to) in renamed_paths(workspace)? {
        flags.push(format!("--remap-path-prefix={}={to}", from.display()));
    }
    Ok(flags.join("\u{1f}"))
}

/// Folders of this machine and the neutral names they get in panic messages.
fn renamed_paths(workspace: &Workspace) -> Result<Vec<(PathBuf, String)>, String> {
    let repository = repository(workspace)?;
    let rustc = Rustc::ask(workspace)?;
    let mut paths = vec![
        (repository.to_owned(), "/yilian".to_owned()),
        (
            rustc.sysroot.join("lib/rustlib/src/rust"),
            // What the precompiled standard library calls its own sources.
            format!("/rustc/{}", rustc.commit),
        ),
    ];
    for registry in registries() {
        paths.push((registry, "/registry".to_owned()));
    }
    Ok(paths)
}

fn repository(workspace: &Workspace) -> Result<&Path, String> {
    workspace
        .root
        .parent()
        .ok_or_else(|| "the contracts lie in a repository".to_owned())
}

fn cargo_home() -> Option<PathBuf> {
    std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(home()?.join(".cargo")))
}

fn home() -> Option<PathBuf> {
    std::env::var_os("HOME").map(PathBuf::from)
}

/// Folders of downloaded sources: one per registry, named with a hash of its address.
fn registries() -> Vec<PathBuf> {
    let Some(sources) = cargo_home().map(|home| home.join("registry/src")) else {
        return Vec::new();
    };
    let mut found: Vec<_> = std::fs::read_dir(sources)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .collect();
    found.sort();
    found
}

/// The compiler in use.
struct Rustc {
    sysroot: PathBuf,
    commit: String,
}

impl Rustc {
    fn ask(workspace: &Workspace) -> Result<Self, String> {
        let version = answer(workspace, &["-vV"])?;
        let field = |name: &str| {
            let line = version.lines().find_map(|line| line.strip_prefix(name));
            line.map(|value| value.trim().to_owned())
        };
        let pinned = pinned_channel(workspace)?;
        let release = field("release:").unwrap_or_default();
        if release != pinned {
            return Err(format!(
                "rustc {release} is in use: expected {pinned}, as rust-toolchain.toml says"
            ));
        }
        Ok(Rustc {
            sysroot: PathBuf::from(answer(workspace, &["--print", "sysroot"])?.trim()),
            commit: field("commit-hash:").ok_or("rustc names no commit")?,
        })
    }
}

fn answer(workspace: &Workspace, arguments: &[&str]) -> Result<String, String> {
    // Through cargo's own environment, so that it is the compiler which cargo will use.
    let mut command = cargo(&workspace.root);
    let mut rustc = Command::new("rustc");
    for (name, value) in command.arg("").get_envs() {
        match value {
            Some(value) => rustc.env(name, value),
            None => rustc.env_remove(name),
        };
    }
    let output = rustc
        .current_dir(&workspace.root)
        .args(arguments)
        .output()
        .map_err(|error| format!("rustc: {error}"))?;
    String::from_utf8(output.stdout).map_err(|error| format!("rustc: {error}"))
}

fn pinned_channel(workspace: &Workspace) -> Result<String, String> {
    let path = workspace.root.join("rust-toolchain.toml");
    let text =
        std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    text.lines()
        .find_map(|line| line.strip_prefix("channel = \"")?.strip_suffix('"'))
        .map(str::to_owned)
        .ok_or_else(|| "rust-toolchain.toml names no channel".to_owned())
}

/// Refuses code in which a path of this machine, or one that looks like somebody's home, is left.
pub(crate) fn refuse_machine_paths(workspace: &Workspace, bytes: &[u8]) -> Result<(), String> {
    let mut needles = vec!["/home/".into(), "/root/".into(), "/Users/".into()];
    let own = [
        Some(repository(workspace)?.to_owned()),
        Some(workspace.target.clone()),
        cargo_home(),
        home(),
    ];
    for path in own.into_iter().flatten() {
        // A home of "/" would be found everywhere and gives nothing away.
        if path.as_os_str() != OsStr::new("/") {
            needles.push(path.to_string_lossy().into_owned());
        }
    }
    let found = needles.iter().find(|needle| {
        bytes
            .windows(needle.len())
            .any(|window| window == needle.as_bytes())
    });
    match found {
        Some(needle) => Err(format!(
            "the code holds the path {needle:?} of this machine"
        )),
        None => Ok(()),
    }
}
