//! Build every contract, the same bytes on any machine.
//!
//! `cargo run -p build-contracts` builds all contracts of this workspace into `target/yilian/<name>.wasm`, inspects
//! each as a node would, and writes their hashes to `code-hashes.toml`. With `--check` it writes no hashes but
//! compares: exit code 0 if all are as committed, 1 if not. With `--no-hashes` it does neither.
//!
//! The code hash of a contract stands on the chain, so a build must not depend on the machine: compiler, lock file
//! and profile are pinned, flags from the environment are dropped, and the paths of this machine are replaced by
//! neutral ones, in messages and in symbol names. That none is left is checked.

mod compile;
mod hashes;
mod inspect;
mod workspace;
mod wrapper;

use std::process::ExitCode;

use hashes::Hashes;
use workspace::Workspace;

const USAGE: &str = "usage: cargo run -p build-contracts [-- --check | --no-hashes]";

fn main() -> ExitCode {
    if std::env::var_os(wrapper::MARK).is_some() {
        return wrapper::run(std::env::args_os().skip(1).collect());
    }
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let hashes = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => Hashes::Write,
        ["--check"] => Hashes::Compare,
        ["--no-hashes"] => Hashes::Leave,
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match run(hashes) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(hashes: Hashes) -> Result<(), String> {
    let workspace = Workspace::find()?;
    let mut built = Vec::new();
    for package in &workspace.contracts {
        let bytes = compile::compile(&workspace, package)?;
        let contract =
            inspect::inspect(&bytes).map_err(|error| format!("{}: {error}", package.name))?;
        compile::refuse_machine_paths(&workspace, &bytes)
            .map_err(|error| format!("{}: {error}", package.name))?;
        let path = workspace.output.join(format!("{}.wasm", contract.name));
        std::fs::write(&path, &bytes).map_err(|error| format!("{}: {error}", path.display()))?;
        let hash = hashes::code_hash(&bytes);
        println!(
            "{hash}  {:>7}  {} {}",
            bytes.len(),
            contract.kind,
            contract.name
        );
        built.push((contract.name, hash));
    }
    built.sort();
    if let Some(twice) = built.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        return Err(format!("two contracts are named {:?}", twice[0].0));
    }
    hashes::keep(&workspace.root.join("code-hashes.toml"), &built, hashes)
}
