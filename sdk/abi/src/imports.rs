//! The functions a contract may import.

/// Import module of version 1.
pub const MODULE: &str = "yilian1";
/// Custom section with the interface JSON.
pub const INTERFACE_SECTION: &str = "yilian.interface";
/// Exported memory.
pub const MEMORY: &str = "memory";
/// Answer of a host function for "there is none".
pub const ABSENT: i32 = -1;
/// Status of a nested call that gave a result.
pub const STATUS_OK: i64 = 0;
/// Status of a nested call that was refused.
pub const STATUS_REFUSED: i64 = 1;
/// Suite number of SHA-256 in `hash`.
pub const SUITE_SHA256: i32 = 1;

/// Type of a value that crosses the border.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueType {
    /// 32-bit integer.
    I32,
    /// 64-bit integer.
    I64,
}

/// One host function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Import {
    /// Name within [`MODULE`].
    pub name: &'static str,
    /// Number of `i32` parameters; there are no others.
    pub params: usize,
    /// Result, if any.
    pub result: Option<ValueType>,
    /// Whether a pure rule may use it.
    pub for_rules: bool,
}

const fn import(
    name: &'static str,
    params: usize,
    result: Option<ValueType>,
    for_rules: bool,
) -> Import {
    Import {
        name,
        params,
        result,
        for_rules,
    }
}

const I32: Option<ValueType> = Some(ValueType::I32);
const I64: Option<ValueType> = Some(ValueType::I64);

/// Every host function, in the order of the documentation.
pub const IMPORTS: [Import; 19] = [
    import("input", 0, I32, true),
    import("take", 1, None, true),
    import("ret", 2, None, true),
    import("refuse", 2, None, true),
    import("hash", 4, None, true),
    import("verify_signature", 6, I32, true),
    import("debug", 2, None, true),
    import("env", 0, I32, false),
    import("state_get", 2, I32, false),
    import("state_set", 4, None, false),
    import("state_remove", 2, None, false),
    import("state_scan", 5, I32, false),
    import("emit", 4, None, false),
    import("code_hash", 2, I32, false),
    import("call_rule", 6, I64, false),
    import("call_ledger", 6, I64, false),
    import("release_request", 4, None, false),
    import("schedule", 6, None, false),
    import("unschedule", 2, None, false),
];

/// The host function of a name.
pub fn find(name: &str) -> Option<&'static Import> {
    IMPORTS.iter().find(|import| import.name == name)
}

/// Packs status and length of a nested call.
pub const fn pack(status: i64, length: u32) -> i64 {
    (status << 32) | length as i64
}
