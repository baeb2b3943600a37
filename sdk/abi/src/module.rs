//! What a program must be before it may run anywhere.
//!
//! The accepted features are pinned here and not left to the engine's defaults: a toolchain or engine that switches a
//! feature on must not change what nodes accept.

use thiserror::Error;
use wasmparser::{
    ExternalKind, FuncType, Operator, Parser, Payload, TypeRef, ValType, Validator, WasmFeatures,
};

use crate::imports::{self, INTERFACE_SECTION, MEMORY, MODULE, ValueType};
use crate::{ContractKind, Interface};

/// Most functions of a program.
const FUNCTIONS_MAX: usize = 10_000;
/// Most elements of its tables.
const TABLE_ELEMENTS_MAX: u64 = 10_000;

/// The program may not be deployed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{reason}")]
pub struct ModuleError {
    /// What is wrong and what would be right.
    pub reason: String,
}

fn wrong(reason: impl Into<String>) -> ModuleError {
    ModuleError {
        reason: reason.into(),
    }
}

fn invalid(error: wasmparser::BinaryReaderError) -> ModuleError {
    wrong(format!("not a valid WebAssembly module: {error}"))
}

/// Features of version 1: what current toolchains emit for integer code, and nothing more.
pub fn features() -> WasmFeatures {
    WasmFeatures::MUTABLE_GLOBAL
        | WasmFeatures::SIGN_EXTENSION
        | WasmFeatures::BULK_MEMORY
        | WasmFeatures::MULTI_VALUE
        | WasmFeatures::REFERENCE_TYPES
        | WasmFeatures::GC_TYPES
        | WasmFeatures::FLOATS
        | WasmFeatures::SATURATING_FLOAT_TO_INT
}

/// A program that fits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedModule {
    /// The interface it publishes.
    pub interface: Interface,
    /// The interface as it stands in the section.
    pub interface_json: Vec<u8>,
}

#[derive(Default)]
struct Seen {
    types: Vec<FuncType>,
    functions: Vec<u32>,
    imported: Vec<String>,
    exports: Vec<(String, ExternalKind, u32)>,
    names: std::collections::BTreeMap<u32, String>,
    interface: Option<Vec<u8>>,
    floats: Option<(u32, String)>,
}

/// Checks size, features, imports, exports and interface of a program.
///
/// Floating point is refused and the function that uses it is named: results would have to be equal on every engine
/// for ever, and nothing in tendering law needs it (money is in 分, rates are scaled integers).
pub fn check(program: &[u8], bytes_max: usize) -> Result<CheckedModule, ModuleError> {
    if program.len() > bytes_max {
        let got = program.len();
        return Err(wrong(format!(
            "program of {got} bytes: expected at most {bytes_max}"
        )));
    }
    Validator::new_with_features(features())
        .validate_all(program)
        .map_err(invalid)?;
    let seen = read(program)?;
    if let Some((function, what)) = &seen.floats {
        let name = seen.function_name(*function);
        return Err(wrong(format!(
            "function {name} uses floating point ({what}): contracts may use integers only"
        )));
    }
    let json = seen.interface.clone().ok_or_else(|| {
        wrong(format!(
            "custom section {INTERFACE_SECTION} is missing: build with `yilian contract build`"
        ))
    })?;
    let interface = Interface::parse(&json).map_err(|error| wrong(error.to_string()))?;
    seen.check_imports(interface.kind)?;
    seen.check_exports(&interface)?;
    Ok(CheckedModule {
        interface,
        interface_json: json,
    })
}

impl Seen {
    fn function_name(&self, function: u32) -> String {
        let exported = self
            .exports
            .iter()
            .find(|(_, kind, index)| *kind == ExternalKind::Func && *index == function);
        match (self.names.get(&function), exported) {
            (Some(name), _) => format!("{name:?}"),
            (None, Some((name, _, _))) => format!("{name:?}"),
            (None, None) => format!("number {function}"),
        }
    }

    fn check_imports(&self, kind: ContractKind) -> Result<(), ModuleError> {
        for name in &self.imported {
            let import = imports::find(name).ok_or_else(|| {
                wrong(format!(
                    "import {MODULE}.{name}: the host has no such function"
                ))
            })?;
            if kind == ContractKind::Rule && !import.for_rules {
                return Err(wrong(format!(
                    "import {MODULE}.{name}: a rule is pure and may not use it; make it a ledger, \
                     or give the rule what it needs as input"
                )));
            }
        }
        Ok(())
    }

    fn check_exports(&self, interface: &Interface) -> Result<(), ModuleError> {
        let exported = |name: &str, kind| {
            self.exports
                .iter()
                .find(|export| export.0 == name && export.1 == kind)
        };
        exported(MEMORY, ExternalKind::Memory)
            .ok_or_else(|| wrong("export \"memory\" is missing"))?;
        for method in &interface.methods {
            let export = exported(&method.name, ExternalKind::Func)
                .ok_or_else(|| wrong(format!("method {} is not exported", method.name)))?;
            let ty = self.function_type(export.2);
            if !ty.is_some_and(|ty| ty.params().is_empty() && ty.results().is_empty()) {
                return Err(wrong(format!(
                    "export {}: expected a function without parameters and results",
                    method.name
                )));
            }
        }
        Ok(())
    }

    fn function_type(&self, function: u32) -> Option<&FuncType> {
        let ty = *self.functions.get(function as usize)?;
        self.types.get(ty as usize)
    }
}

fn read(program: &[u8]) -> Result<Seen, ModuleError> {
    let mut seen = Seen::default();
    let mut bodies = 0u32;
    for payload in Parser::new(0).parse_all(program) {
        match payload.map_err(invalid)? {
            Payload::TypeSection(types) => {
                for ty in types.into_iter_err_on_gc_types() {
                    seen.types.push(ty.map_err(invalid)?);
                }
            }
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    let import = import.map_err(invalid)?;
                    read_import(&mut seen, import.module, import.name, import.ty)?;
                }
            }
            Payload::FunctionSection(functions) => {
                for ty in functions {
                    seen.functions.push(ty.map_err(invalid)?);
                }
            }
            Payload::TableSection(tables) => {
                for table in tables {
                    let initial = table.map_err(invalid)?.ty.initial;
                    if initial > TABLE_ELEMENTS_MAX {
                        return Err(wrong(format!(
                            "table of {initial} elements: expected at most {TABLE_ELEMENTS_MAX}"
                        )));
                    }
                }
            }
            Payload::GlobalSection(globals) => {
                for global in globals {
                    let ty = global.map_err(invalid)?.ty.content_type;
                    if !is_integer(ty) && !ty.is_reference_type() {
                        return Err(wrong(format!(
                            "a global of type {ty}: contracts may use integers only"
                        )));
                    }
                }
            }
            Payload::ExportSection(exports) => {
                for export in exports {
                    let export = export.map_err(invalid)?;
                    seen.exports
                        .push((export.name.to_owned(), export.kind, export.index));
                }
            }
            Payload::StartSection { .. } => {
                return Err(wrong("a start function: contracts may not have one"));
            }
            Payload::CodeSectionEntry(body) => {
                let function = seen.imported.len() as u32 + bodies;
                bodies += 1;
                if seen.floats.is_none() {
                    seen.floats = find_float(&seen, function, &body)?.map(|what| (function, what));
                }
            }
            Payload::CustomSection(section) if section.name() == INTERFACE_SECTION => {
                keep_interface(&mut seen, section.data())?;
            }
            Payload::CustomSection(section) if section.name() == "name" => {
                read_names(&mut seen, &section);
            }
            _ => {}
        }
    }
    if seen.functions.len() > FUNCTIONS_MAX {
        let got = seen.functions.len();
        return Err(wrong(format!(
            "{got} functions: expected at most {FUNCTIONS_MAX}"
        )));
    }
    Ok(seen)
}

fn read_import(seen: &mut Seen, module: &str, name: &str, ty: TypeRef) -> Result<(), ModuleError> {
    if module != MODULE {
        return Err(wrong(format!(
            "import {module}.{name}: expected imports from {MODULE:?} only"
        )));
    }
    let TypeRef::Func(ty) = ty else {
        return Err(wrong(format!(
            "import {module}.{name}: expected a function"
        )));
    };
    let fits = seen.types.get(ty as usize).is_some_and(|ty| {
        imports::find(name).is_none_or(|import| {
            let results: Vec<ValType> = import.result.into_iter().map(value_type).collect();
            ty.params().len() == import.params
                && ty.params().iter().all(|p| *p == ValType::I32)
                && ty.results() == results.as_slice()
        })
    });
    if !fits {
        return Err(wrong(format!(
            "import {module}.{name} has another signature than the host's"
        )));
    }
    seen.imported.push(name.to_owned());
    seen.functions.push(ty);
    Ok(())
}

fn value_type(ty: ValueType) -> ValType {
    match ty {
        ValueType::I32 => ValType::I32,
        ValueType::I64 => ValType::I64,
    }
}

fn keep_interface(seen: &mut Seen, interface: &[u8]) -> Result<(), ModuleError> {
    match seen.interface.replace(interface.to_vec()) {
        None => Ok(()),
        Some(_) => Err(wrong(format!(
            "custom section {INTERFACE_SECTION} stands twice"
        ))),
    }
}

fn read_names(seen: &mut Seen, section: &wasmparser::CustomSectionReader<'_>) {
    let wasmparser::KnownCustom::Name(names) = section.as_known() else {
        return;
    };
    // Names are for messages only, so a malformed section is passed over.
    for name in names.into_iter().flatten() {
        if let wasmparser::Name::Function(map) = name {
            for naming in map.into_iter().flatten() {
                seen.names.insert(naming.index, naming.name.to_owned());
            }
        }
    }
}

fn is_integer(ty: ValType) -> bool {
    matches!(ty, ValType::I32 | ValType::I64)
}

fn find_float(
    seen: &Seen,
    function: u32,
    body: &wasmparser::FunctionBody<'_>,
) -> Result<Option<String>, ModuleError> {
    let is_float = |ty: &ValType| matches!(ty, ValType::F32 | ValType::F64);
    if let Some(ty) = seen.function_type(function)
        && let Some(ty) = ty
            .params()
            .iter()
            .chain(ty.results())
            .find(|ty| is_float(ty))
    {
        return Ok(Some(format!("signature with {ty}")));
    }
    for local in body.get_locals_reader().map_err(invalid)? {
        let (_, ty) = local.map_err(invalid)?;
        if is_float(&ty) {
            return Ok(Some(format!("local of type {ty}")));
        }
    }
    for operator in body.get_operators_reader().map_err(invalid)? {
        let operator = operator.map_err(invalid)?;
        if let Some(name) = float_name(&operator) {
            return Ok(Some(name));
        }
    }
    Ok(None)
}

/// Name of an operator that touches floating point. Every such operator's name holds `F32` or `F64`.
fn float_name(operator: &Operator<'_>) -> Option<String> {
    let text = format!("{operator:?}");
    let name: &str = text.split([' ', '{', '(']).next().unwrap_or_default();
    (name.contains("F32") || name.contains("F64")).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interface(kind: &str) -> String {
        format!(
            r#"{{"abi":1,"kind":"{kind}","name":"sample","version":"1.0.0","methods":[{{"name":"run","args":{{}},"result":{{}}}}]}}"#
        )
    }

    fn program(kind: &str, text: &str) -> Vec<u8> {
        let escaped = interface(kind).replace('"', "\\22");
        let text = format!("(module {text} (@custom \"yilian.interface\" \"{escaped}\"))");
        wat::parse_str(text).expect("test program")
    }

    fn refused(kind: &str, text: &str) -> String {
        check(&program(kind, text), 1 << 20)
            .expect_err("must be refused")
            .reason
    }

    const GOOD: &str = r#"(memory (export "memory") 1) (func (export "run"))"#;

    #[test]
    fn a_minimal_program_fits() {
        let checked = check(&program("rule", GOOD), 1 << 20).expect("fits");
        assert_eq!(checked.interface.name, "sample");
    }

    #[test]
    fn floats_are_refused_and_the_function_is_named() {
        let reason = refused(
            "rule",
            r#"(memory (export "memory") 1) (func (export "run") (drop (f64.add (f64.const 1) (f64.const 2))))"#,
        );
        assert!(
            reason.contains("\"run\"") && reason.contains("F64"),
            "{reason}"
        );
        let reason = refused(
            "rule",
            r#"(memory (export "memory") 1) (func $rate (param f32)) (func (export "run"))"#,
        );
        assert!(
            reason.contains("rate") && reason.contains("f32"),
            "{reason}"
        );
    }

    #[test]
    fn a_rule_may_not_read_state_and_a_ledger_may() {
        let text = r#"(import "yilian1" "state_get" (func (param i32 i32) (result i32)))
                      (memory (export "memory") 1) (func (export "run"))"#;
        assert!(refused("rule", text).contains("pure"));
        check(&program("ledger", text), 1 << 20).expect("ledgers read state");
    }

    #[test]
    fn foreign_imports_start_functions_simd_and_missing_exports_are_refused() {
        let wasi = r#"(import "wasi_snapshot_preview1" "clock_time_get" (func)) (memory (export "memory") 1) (func (export "run"))"#;
        assert!(refused("rule", wasi).contains("wasi_snapshot_preview1"));
        let unknown = r#"(import "yilian1" "clock" (func)) (memory (export "memory") 1) (func (export "run"))"#;
        assert!(refused("rule", unknown).contains("no such function"));
        let start = r#"(memory (export "memory") 1) (func $s (export "run")) (start $s)"#;
        assert!(refused("rule", start).contains("start function"));
        let simd = r#"(memory (export "memory") 1) (func (export "run") (drop (v128.const i32x4 0 0 0 0)))"#;
        assert!(refused("rule", simd).contains("SIMD"));
        assert!(refused("rule", r#"(memory (export "memory") 1)"#).contains("not exported"));
        assert!(refused("rule", r#"(func (export "run"))"#).contains("memory"));
    }

    #[test]
    fn junk_oversized_and_bare_programs_are_refused() {
        assert!(check(b"not wasm", 100).is_err());
        assert!(check(&program("rule", GOOD), 10).is_err_and(|e| e.reason.contains("at most 10")));
        let bare = wat::parse_str(format!("(module {GOOD})")).expect("test program");
        assert!(check(&bare, 1 << 20).is_err_and(|e| e.reason.contains("yilian.interface")));
    }
}
