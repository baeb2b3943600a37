//! Calls the compiler in cargo's place, without what cargo knows of this machine.
//!
//! Cargo tells crates of one name apart by `-C metadata=<hash>`. For a crate outside the workspace, as the SDK is
//! here, that hash covers the absolute path of its folder; it goes into symbol names, these decide the order of
//! functions, and so the code hash would depend on where the tree lies. The wrapper puts name, version and features
//! of the crate there instead.

use std::ffi::{OsStr, OsString};
use std::process::{Command, ExitCode};

/// Set (to anything) where this program stands in for the compiler.
pub(crate) const MARK: &str = "YILIAN_BUILD_WRAPPER";

/// Runs `arguments`, the first of which is the compiler.
pub(crate) fn run(arguments: Vec<OsString>) -> ExitCode {
    let Some((rustc, arguments)) = arguments.split_first() else {
        return ExitCode::from(2);
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
            eprintln!("error: {}: {error}", rustc.to_string_lossy());
            ExitCode::FAILURE
        }
    }
}

/// What takes the place of cargo's hash; `None` where cargo compiles no package.
fn identity(arguments: &[OsString]) -> Option<String> {
    let name = std::env::var("CARGO_PKG_NAME").ok()?;
    let version = std::env::var("CARGO_PKG_VERSION").ok()?;
    let mut features: Vec<_> = arguments
        .iter()
        .map(|argument| argument.to_string_lossy())
        .filter(|argument| argument.starts_with("feature="))
        .collect();
    features.sort();
    Some(format!("metadata={name}-{version}-{}", features.join("-")))
}
