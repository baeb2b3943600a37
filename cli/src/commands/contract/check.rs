//! `yilian contract check`

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;
use yilian_abi::module;
use yilian_abi::{ContractKind, Interface, imports};
use yilian_crypto::Digest;

use crate::answer::{Answer, Block, Step};
use crate::context::{Context, Outcome};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::messages::M;

/// Largest program that chains take unless their parameters say less, in bytes.
const PROGRAM_BYTES_MAX: usize = 1 << 20;

/// Arguments of `contract check`.
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// wasm 文件 | The wasm file
    file: PathBuf,
}

/// A program that may be deployed.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    /// The file's bytes.
    pub(crate) bytes: Vec<u8>,
    /// SHA-256 of them.
    pub(crate) hash: Digest,
    /// The interface it publishes.
    pub(crate) interface: Interface,
}

impl Program {
    /// Rule or ledger, in the reader's language.
    pub(crate) fn kind_name(&self, context: &Context) -> String {
        kind_name(context, self.interface.kind)
    }
}

/// Rule or ledger, in the reader's language.
pub(crate) fn kind_name(context: &Context, kind: ContractKind) -> String {
    context.name(match kind {
        ContractKind::Rule => M::KindRule,
        ContractKind::Ledger => M::KindLedger,
    })
}

/// Reads a program and checks it as a node would.
pub(crate) fn read_program(context: &Context, path: &Path) -> Outcome<Program> {
    let bytes = context.read_bytes(path)?;
    let checked = module::check(&bytes, PROGRAM_BYTES_MAX).map_err(|error| {
        let text = context.text(M::ContractUnfit, &[("reason", &error)]);
        Failure::new(Exit::Failure, format!("{}: {text}", path.display()))
            .hint(context.name(M::ContractUnfitHint))
    })?;
    Ok(Program {
        hash: Digest::sha256(&bytes),
        interface: checked.interface,
        bytes,
    })
}

impl CheckArgs {
    pub(crate) fn run(self, context: &Context) -> Outcome<Answer> {
        let program = read_program(context, &self.file)?;
        Ok(report(context, &program, &self.file))
    }
}

/// What was checked of a program, and what it is.
pub(crate) fn report(context: &Context, program: &Program, path: &Path) -> Answer {
    let Program {
        bytes,
        hash,
        interface,
    } = program;
    let kind = program.kind_name(context);
    let size = bytes.len();
    let data = json!({"file": path, "code_hash": hash, "size": size, "kind": interface.kind,
        "name": interface.name, "version": interface.version,
        "methods": interface.methods.iter().map(|m| &m.name).collect::<Vec<_>>()});
    let holds = |what: String| Step {
        holds: Some(true),
        what,
        detail: String::new(),
    };
    let steps = vec![
        holds(context.text(M::CheckSize, &[("limit", &PROGRAM_BYTES_MAX)])),
        holds(context.name(M::CheckNoFloats)),
        holds(context.text(M::CheckImports, &[("module", &imports::MODULE)])),
        holds(context.name(M::CheckInterface)),
    ];
    let values: [(&str, &dyn core::fmt::Display); 3] = [
        ("kind", &kind),
        ("name", &interface.name),
        ("version", &interface.version),
    ];
    Answer::new("contract-check", data)
        .text(context.text(M::ContractFits, &values))
        .with(Block::Steps(steps))
        .fields([
            (context.name(M::CodeHash), hash.to_string()),
            (
                context.name(M::Size),
                context.text(M::BytesValue, &[("bytes", &size)]),
            ),
            (context.name(M::KeyFile), path.display().to_string()),
        ])
}
