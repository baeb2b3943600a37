//! Looks at a contract's code as a node does before it takes it.

use std::fmt::Display;

use yilian_abi::ContractKind;
use yilian_abi::module;

/// Largest contract that a chain with default parameters takes, in bytes.
const CODE_BYTES_MAX: usize = 1 << 20;

/// A contract that passed.
#[derive(Debug)]
pub(crate) struct Contract {
    pub(crate) name: String,
    pub(crate) kind: ContractKind,
}

/// Checks features (no floats, no SIMD), imports, exports and interface of a contract's code.
pub(crate) fn inspect(bytes: &[u8]) -> Result<Contract, impl Display> {
    module::check(bytes, CODE_BYTES_MAX).map(|checked| Contract {
        name: checked.interface.name,
        kind: checked.interface.kind,
    })
}
