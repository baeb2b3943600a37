//! Programs of contracts: at upload, and on the verifier's engine.

use yilian_abi::{ContractKind, module as upload};
use yilian_verify::replay::{ReplayLimits, Rule};

/// Largest program here, in bytes.
const PROGRAM_BYTES_MAX: usize = 65_536;

/// A program as it is uploaded. A rule that may be deployed is one that verifiers can run again.
pub fn module(bytes: &[u8]) -> bool {
    let Ok(checked) = upload::check(bytes, PROGRAM_BYTES_MAX) else {
        return false;
    };
    let again = yilian_abi::Interface::parse(&checked.interface_json);
    assert_eq!(again.as_ref(), Ok(&checked.interface));
    if checked.interface.kind == ContractKind::Rule {
        let rule = Rule::load(bytes);
        assert!(rule.is_ok(), "no verifier runs it again: {rule:?}");
    }
    true
}

/// A rule's program on the second engine.
pub fn replay(bytes: &[u8]) -> bool {
    let Ok(rule) = Rule::load(bytes) else {
        return false;
    };
    for method in &rule.interface().methods {
        let mut limits = ReplayLimits {
            fuel: 100_000,
            memory_pages: 4,
            result_bytes: 1_000,
        };
        let _ = rule.call(&method.name, b"{\"a\":1}", &mut limits);
    }
    true
}
