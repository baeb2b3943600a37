//! What the chain offers to a running ledger.

use std::sync::Arc;

use yilian_abi::ContractRefusal;

use crate::call::CallEnd;
use crate::engine::Program;

/// A call that cannot go on. The text goes into the receipt, so it must be the same on every node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trap(pub String);

/// A program and the method to run in it.
pub struct Target<H: Host> {
    /// The program.
    pub program: Arc<Program<H>>,
    /// Name of the method.
    pub method: String,
    /// Canonical JSON arguments.
    pub args: Vec<u8>,
}

/// Answer to the wish to enter another contract.
pub enum Entry<H: Host> {
    /// The host has opened a frame; [`Host::leave`] closes it.
    Enter(Target<H>),
    /// No frame was opened.
    Refused(ContractRefusal),
}

/// A key of the state and its value.
pub type Pair = (Vec<u8>, Vec<u8>);

/// The chain, as a ledger sees it. Every call is deterministic in the block and the state before it.
pub trait Host: Sized + Send + 'static {
    /// Canonical JSON of [`yilian_abi::Env`].
    fn env(&mut self) -> Vec<u8>;
    /// Value of a key of the current contract.
    fn state_get(&mut self, key: &[u8]) -> Result<Option<Vec<u8>>, Trap>;
    /// Writes a value.
    fn state_set(&mut self, key: &[u8], value: &[u8]) -> Result<(), Trap>;
    /// Removes a value.
    fn state_remove(&mut self, key: &[u8]) -> Result<(), Trap>;
    /// Entries from a key up to, and without, another one, in key order.
    fn state_scan(&mut self, from: &[u8], to: &[u8], limit: u32) -> Result<Vec<Pair>, Trap>;
    /// Tells the world something.
    fn emit(&mut self, name: &str, data: &[u8]) -> Result<(), Trap>;
    /// Code hash text of the contract of a name.
    fn code_hash(&mut self, name: &str) -> Result<Option<String>, Trap>;
    /// Asks for a release.
    fn release_request(&mut self, identity: &str, method: &str) -> Result<(), Trap>;
    /// Asks for a call of the current contract at a time; under a name that waits already it is moved.
    fn schedule(&mut self, name: &str, method: &str, at_ms: u64) -> Result<(), Trap>;
    /// Forgets a scheduled call of the current contract.
    fn unschedule(&mut self, name: &str) -> Result<(), Trap>;
    /// Opens a frame for a pure rule, by code hash text.
    fn enter_rule(&mut self, code: &str, method: &str, args: &[u8]) -> Result<Entry<Self>, Trap>;
    /// Opens a frame for another ledger, by name.
    fn enter_ledger(&mut self, name: &str, method: &str, args: &[u8]) -> Result<Entry<Self>, Trap>;
    /// Closes the frame that was opened last. Unless it is done, its writes are undone.
    fn leave(&mut self, end: &CallEnd);
}
