//! The one door between a contract and its host.
//!
//! On the chain the door is a set of imported functions (`wasm`); in native tests it is a
//! [`TestChain`](crate::testing::TestChain) (`native`). Both offer the same [`Host`].

#[cfg(target_arch = "wasm32")]
mod wasm;
#[cfg(target_arch = "wasm32")]
pub(crate) use wasm::*;

#[cfg(not(target_arch = "wasm32"))]
mod native;
#[cfg(not(target_arch = "wasm32"))]
pub(crate) use native::*;
