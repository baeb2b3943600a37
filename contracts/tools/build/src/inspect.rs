//! Looks at a contract's code as a node does before it takes it.

use std::collections::BTreeSet;

use serde_json::Value;
use wasmparser::{ExternalKind, Operator, Parser, Payload, TypeRef, Validator, WasmFeatures};

/// The section that holds the interface.
const INTERFACE: &str = "yilian.interface";
/// The module that holds the host's functions.
const HOST: &str = "yilian1";
/// What a rule may ask of its host: nothing that differs from one call to the next.
const RULE_IMPORTS: [&str; 7] = [
    "input",
    "take",
    "ret",
    "refuse",
    "hash",
    "verify_signature",
    "debug",
];
/// What only a ledger may ask.
const LEDGER_IMPORTS: [&str; 10] = [
    "env",
    "state_get",
    "state_set",
    "state_remove",
    "state_scan",
    "emit",
    "code_hash",
    "call_rule",
    "call_ledger",
    "release_request",
];
/// Largest contract a node takes, in bytes.
const CODE_BYTES_MAX: usize = 1 << 20;

/// A contract that passed.
#[derive(Debug)]
pub(crate) struct Contract {
    pub(crate) name: String,
    pub(crate) kind: String,
}

/// What the sections of a module say.
#[derive(Default)]
struct Module {
    interfaces: Vec<Value>,
    imports: Vec<(String, String)>,
    exports: Vec<(String, ExternalKind)>,
    has_start: bool,
    table_operators: Vec<&'static str>,
}

/// Checks a contract's code.
pub(crate) fn inspect(bytes: &[u8]) -> Result<Contract, String> {
    if bytes.len() > CODE_BYTES_MAX {
        return Err(format!(
            "{} bytes: expected at most {CODE_BYTES_MAX}",
            bytes.len()
        ));
    }
    Validator::new_with_features(accepted())
        .validate_all(bytes)
        .map_err(|error| format!("not in the accepted wasm: {error}"))?;
    let module = read(bytes).map_err(|error| error.to_string())?;
    let [interface] = &module.interfaces[..] else {
        return Err(format!(
            "{} sections {INTERFACE:?}: expected one, from #[rule] or #[ledger]",
            module.interfaces.len()
        ));
    };
    let (Some(name), Some(kind @ ("rule" | "ledger"))) =
        (interface["name"].as_str(), interface["kind"].as_str())
    else {
        return Err("the interface names no contract and kind".to_owned());
    };
    check_imports(&module, kind)?;
    check_exports(&module, interface)?;
    if module.has_start {
        return Err("a start function: expected none".to_owned());
    }
    if let Some(operator) = module.table_operators.first() {
        return Err(format!(
            "the instruction {operator}: expected a table that stays as it is"
        ));
    }
    Ok(Contract {
        name: name.to_owned(),
        kind: kind.to_owned(),
    })
}

/// No floats, no SIMD, no threads, no exceptions: what the chain accepts.
fn accepted() -> WasmFeatures {
    WasmFeatures::MUTABLE_GLOBAL
        | WasmFeatures::SIGN_EXTENSION
        | WasmFeatures::BULK_MEMORY
        | WasmFeatures::MULTI_VALUE
        | WasmFeatures::REFERENCE_TYPES
        | WasmFeatures::GC_TYPES
}

fn read(bytes: &[u8]) -> Result<Module, wasmparser::BinaryReaderError> {
    let mut module = Module::default();
    for payload in Parser::new(0).parse_all(bytes) {
        match payload? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    let import = import?;
                    let name = match import.ty {
                        TypeRef::Func(_) => import.name.to_owned(),
                        _ => format!("{} (no function)", import.name),
                    };
                    module.imports.push((import.module.to_owned(), name));
                }
            }
            Payload::ExportSection(exports) => {
                for export in exports {
                    let export = export?;
                    module.exports.push((export.name.to_owned(), export.kind));
                }
            }
            Payload::StartSection { .. } => module.has_start = true,
            Payload::CodeSectionEntry(body) => {
                for operator in body.get_operators_reader()? {
                    module.table_operators.extend(table_operator(&operator?));
                }
            }
            Payload::CustomSection(section) if section.name() == INTERFACE => {
                let interface = serde_json::from_slice(section.data());
                module.interfaces.push(interface.unwrap_or(Value::Null));
            }
            _ => {}
        }
    }
    Ok(module)
}

/// The name of an instruction that touches a table beyond an indirect call.
fn table_operator(operator: &Operator<'_>) -> Option<&'static str> {
    match operator {
        Operator::TableGet { .. } => Some("table.get"),
        Operator::TableSet { .. } => Some("table.set"),
        Operator::TableGrow { .. } => Some("table.grow"),
        Operator::TableFill { .. } => Some("table.fill"),
        Operator::TableCopy { .. } => Some("table.copy"),
        Operator::TableInit { .. } => Some("table.init"),
        _ => None,
    }
}

fn check_imports(module: &Module, kind: &str) -> Result<(), String> {
    let lawful = |name: &str| {
        RULE_IMPORTS.contains(&name) || kind == "ledger" && LEDGER_IMPORTS.contains(&name)
    };
    match module
        .imports
        .iter()
        .find(|(from, name)| from != HOST || !lawful(name))
    {
        Some((from, name)) => Err(format!("the import {from}.{name}: no {kind} may use it")),
        None => Ok(()),
    }
}

fn check_exports(module: &Module, interface: &Value) -> Result<(), String> {
    let methods = interface["methods"].as_array().map(Vec::as_slice);
    let mut expected: BTreeSet<_> = methods
        .unwrap_or_default()
        .iter()
        .filter_map(|method| method["name"].as_str())
        .collect();
    let mut memory = false;
    for (name, kind) in &module.exports {
        match kind {
            ExternalKind::Func if expected.remove(name.as_str()) => {}
            ExternalKind::Memory if name == "memory" => memory = true,
            // The linker's marks of where data ends and the heap begins.
            ExternalKind::Global if name.starts_with("__") => {}
            _ => {
                return Err(format!(
                    "the export {name:?}: expected methods and memory only"
                ));
            }
        }
    }
    if !memory {
        return Err("no export \"memory\"".to_owned());
    }
    match expected.first() {
        Some(missing) => Err(format!("the method {missing:?} is not exported")),
        None => Ok(()),
    }
}
