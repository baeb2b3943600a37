//! The published interface of a contract, written at compile time.
//!
//! The macros describe a contract as one constant; [`render`] turns it into canonical JSON while the compiler runs,
//! and the text goes into the wasm as custom section `yilian.interface`. So plain `cargo build` makes the whole
//! contract, and the interface is under the code hash.

mod render;

use render::Out;

use crate::schema::Schema;
use crate::{Context, ErrorInfo, Refusal};

/// Version of the interface between contract and host.
pub const ABI_VERSION: u32 = 1;

/// What a contract is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A pure function.
    Rule,
    /// State and access control.
    Ledger,
}

/// All that a contract publishes of itself.
#[derive(Debug)]
pub struct Interface {
    /// Rule or ledger.
    pub kind: Kind,
    /// Name on the chain.
    pub name: &'static str,
    /// Version of its source.
    pub version: &'static str,
    /// Title in Chinese.
    pub zh: &'static str,
    /// Title in English.
    pub en: &'static str,
    /// Its methods, in source order.
    pub methods: &'static [Method],
    /// Its errors, one list per error type.
    pub errors: &'static [&'static [ErrorInfo]],
}

/// A method of a contract.
#[derive(Debug)]
pub struct Method {
    /// Name, as exported.
    pub name: &'static str,
    /// Whether it changes nothing. A rule's methods all do not.
    pub view: bool,
    /// Title in Chinese.
    pub zh: &'static str,
    /// Title in English.
    pub en: &'static str,
    /// Schema of the arguments.
    pub args: &'static Schema,
    /// Schema of the result.
    pub result: &'static Schema,
}

/// A contract. Implemented by [`rule`](crate::rule) and [`ledger`](crate::ledger).
pub trait Contract {
    /// The interface.
    const INTERFACE: &'static Interface;
    /// The interface as canonical JSON, as it stands in the wasm.
    const INTERFACE_JSON: &'static [u8];

    /// The interface as canonical JSON text.
    fn interface() -> String {
        String::from_utf8_lossy(Self::INTERFACE_JSON).into_owned()
    }
}

/// A rule. Implemented by [`rule`](crate::rule).
pub trait Rule: Contract {
    /// Runs a method on JSON arguments; `None` if there is no such method.
    fn invoke(method: &str, args: &[u8]) -> Option<Result<Vec<u8>, Refusal>>;
}

/// A ledger. Implemented by [`ledger`](crate::ledger).
pub trait Ledger: Contract {
    /// Runs a method on JSON arguments; `None` if there is no such method.
    fn invoke(ctx: &mut Context, method: &str, args: &[u8]) -> Option<Result<Vec<u8>, Refusal>>;
}

/// Ok and error type of what a method returns.
pub trait MethodResult {
    /// What it returns if all is well.
    type Ok;
    /// Its errors.
    type Error;
}

impl<T, E> MethodResult for Result<T, E> {
    type Ok = T;
    type Error = E;
}

/// Number of bytes that [`render`] writes.
pub const fn length(interface: &Interface) -> usize {
    let mut out = Out::<0>::new();
    out.interface(interface);
    out.at
}

/// The interface as canonical JSON. `N` is its [`length`].
pub const fn render<const N: usize>(interface: &Interface) -> [u8; N] {
    let mut out = Out::<N>::new();
    out.interface(interface);
    assert!(out.at == N, "the buffer is not as long as the interface");
    out.bytes
}

/// Checks at compile time that no code stands for two errors.
pub const fn assert_codes_unique(interface: &Interface) {
    let lists = interface.errors;
    let mut i = 0;
    while i < lists.len() {
        let mut j = i + 1;
        while j < lists.len() {
            assert_disjoint(lists[i], lists[j]);
            j += 1;
        }
        i += 1;
    }
}

const fn assert_disjoint(a: &[ErrorInfo], b: &[ErrorInfo]) {
    let mut i = 0;
    while i < a.len() {
        let mut j = 0;
        while j < b.len() {
            assert!(
                a[i].code != b[j].code,
                "two error types of this contract share a code"
            );
            j += 1;
        }
        i += 1;
    }
}
