//! Derive a contract's exports and interface.
//!
//! The documentation of these macros stands with the crate `yilian-contract`, which exports them again.

mod contract;
mod docs;
mod error;
mod json;
mod method;

use proc_macro::TokenStream;

/// Gives a type its JSON form: strict reading, canonical writing, and a schema for the interface.
///
/// Structs become objects, with unknown fields refused and `Option` fields left out when `None`. A struct of one
/// unnamed field is written as that field. Enums of bare variants become texts in snake_case; a variant with fields
/// becomes an object with one key, `{"open":{"at_ms":1}}`. Documentation comments become descriptions.
///
/// A type may not hold itself (as in a tree): its schema would have no end, and the compiler reports a cycle.
#[proc_macro_derive(Json)]
pub fn json(item: TokenStream) -> TokenStream {
    finish(syn::parse(item).and_then(json::derive))
}

/// Gives each variant of an enum a code (at least 100), a text in Chinese and English, and its article of law.
///
/// `#[error(code = 101, zh = "…", en = "…", law = "…")]`, `law` being optional. A variant is bare or holds one
/// `String`: the refusal's detail. A variant `#[error(transparent)] Name(Refusal)` passes on what a called contract
/// refused, and lets `?` do so.
#[proc_macro_derive(ContractError, attributes(error))]
pub fn contract_error(item: TokenStream) -> TokenStream {
    finish(syn::parse(item).and_then(error::derive))
}

/// Makes the public functions of an `impl` block the methods of a rule.
///
/// `#[rule(name = "deadline", version = "1.0.0", zh = "期限判定", en = "Deadline judgement")]`. A method takes one
/// `Json` argument or none and returns `Result<impl Json, impl ContractError>`. Its first line of documentation is its
/// title: `/// zh: 判定递交时间 | en: Judge a submission's time`.
#[proc_macro_attribute]
pub fn rule(attributes: TokenStream, item: TokenStream) -> TokenStream {
    expand(contract::Kind::Rule, attributes, item)
}

/// Makes the public functions of an `impl` block the methods of a ledger.
///
/// As [`macro@rule`], but each method takes the context first: `&mut Context`, or `&Context` if it changes nothing. Those
/// marked `#[view]` may be asked by anyone, without a transaction.
#[proc_macro_attribute]
pub fn ledger(attributes: TokenStream, item: TokenStream) -> TokenStream {
    expand(contract::Kind::Ledger, attributes, item)
}

fn expand(kind: contract::Kind, attributes: TokenStream, item: TokenStream) -> TokenStream {
    let expanded = contract::Title::parse(attributes.into())
        .and_then(|title| contract::expand(kind, &title, syn::parse(item)?));
    finish(expanded)
}

fn finish(result: syn::Result<proc_macro2::TokenStream>) -> TokenStream {
    result
        .unwrap_or_else(|error| error.to_compile_error())
        .into()
}
