//! Write a rule or a ledger in Rust.
//!
//! A *rule* is a pure function: JSON in, JSON out. A *ledger* holds state and calls rules. Both are plain Rust
//! functions in one `impl` block; [`rule`] and [`ledger`] make them callable on the chain and put their published
//! interface into the code. `#[derive(Json)]` gives types a JSON form, `#[derive(ContractError)]` gives refusals a
//! code, a text in Chinese and English, and the article of law they rest on.
//!
//! ```
//! use yilian_contract::prelude::*;
//!
//! #[derive(Json, Clone, Debug, PartialEq)]
//! pub struct Judge {
//!     /// 投标截止时间 | deadline, Unix time in ms
//!     pub deadline_ms: u64,
//!     /// 递交时间 | time of submission, Unix time in ms
//!     pub submitted_ms: u64,
//! }
//!
//! #[derive(ContractError)]
//! pub enum DeadlineError {
//!     #[error(code = 101, zh = "已过投标截止时间", en = "after the deadline for bids", law = "招标投标法 第二十八条")]
//!     TooLate,
//! }
//!
//! pub struct Deadline;
//!
//! #[rule(name = "deadline", version = "1.0.0", zh = "期限判定", en = "Deadline judgement")]
//! impl Deadline {
//!     /// zh: 判定递交时间 | en: Judge a submission's time
//!     pub fn judge(input: Judge) -> Result<bool, DeadlineError> {
//!         if input.submitted_ms > input.deadline_ms {
//!             return Err(DeadlineError::TooLate);
//!         }
//!         Ok(true)
//!     }
//! }
//!
//! let chain = testing::TestChain::new();
//! chain.deploy_rule(Deadline);
//! let late = chain.judge::<_, bool>("deadline", "judge", &Judge { deadline_ms: 10, submitted_ms: 11 });
//! assert_eq!(late.unwrap_err().code, 101);
//! ```
//!
//! Native tests need no node: see [`testing::TestChain`].

// The derives name this crate by its outside name, here too.
extern crate self as yilian_contract;

mod collections;
mod context;
mod digest;
mod env;
mod host;
pub mod interface;
pub mod json;
pub mod limits;
mod refusal;
pub mod run;
pub mod schema;
mod signature;
#[cfg(not(target_arch = "wasm32"))]
pub mod testing;

pub use collections::{Item, Map, ordered};
pub use context::Context;
pub use digest::{Digest32, from_hex, hex, hmac_sha256, sha256, sha256_text};
pub use env::{Due, Env, Release};
pub use interface::{Contract, Ledger, Rule};
pub use json::{Json, JsonError, Value};
pub use refusal::{ContractError, ErrorInfo, Refusal};
pub use signature::verify_signature;
pub use yilian_contract_macros::{ContractError, Json, ledger, rule};

/// Everything a contract needs: `use yilian_contract::prelude::*;`.
pub mod prelude {
    pub use std::collections::BTreeMap;

    #[cfg(not(target_arch = "wasm32"))]
    pub use crate::testing;
    pub use crate::{
        Context, Contract, ContractError, Digest32, Due, Env, Item, Json, Ledger, Map, Refusal,
        Release, Rule, Value, hmac_sha256, ledger, ordered, rule, sha256, sha256_text,
        verify_signature,
    };
}
