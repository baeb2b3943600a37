//! Clients that deposit evidence while something goes wrong, what they saw, and what must hold of it.

mod check;
mod clients;
mod history;
mod judgement;

pub use check::{Chain, executed_once, one_chain};
pub use clients::{Clients, place};
pub use history::{History, Operation, Place, Told};
pub use judgement::{chain, judge, settle};
