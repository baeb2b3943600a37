//! A ledger's way to its state, to other contracts and to the chain.

use crate::host::Host;
use crate::{Env, Json, Refusal, json};

/// A ledger's call. Only a method that takes it `&mut` may change anything.
pub struct Context {
    env: Env,
    host: Host,
}

impl Context {
    pub(crate) fn new(env: Env, host: Host) -> Self {
        Context { env, host }
    }

    pub(crate) fn host(&self) -> &Host {
        &self.host
    }

    /// The circumstances of this call.
    pub fn env(&self) -> &Env {
        &self.env
    }

    /// Emits an event: a name of at most 64 bytes, data of at most 16 KiB.
    pub fn emit<T: Json>(&mut self, name: &str, data: &T) {
        self.host.emit(name, &json::to_vec(data));
    }

    /// Code hash of the named contract in force, `sha256:<64 hex>`; `None` if there is none.
    pub fn code_hash(&self, contract: &str) -> Option<String> {
        self.host.code_hash(contract)
    }

    /// Calls a method of the rule with this code hash. Rule, input and output stand in the receipt.
    pub fn call_rule<I: Json, O: Json>(
        &self,
        code_hash: &str,
        method: &str,
        input: &I,
    ) -> Result<O, Refusal> {
        let output = self
            .host
            .call_rule(code_hash, method, &json::to_vec(input))?;
        Ok(read_answer(&output, code_hash, method))
    }

    /// Calls a method of another ledger. If it refuses, what it wrote is undone and the caller goes on.
    pub fn call_ledger<I: Json, O: Json>(
        &self,
        ledger: &str,
        method: &str,
        args: &I,
    ) -> Result<O, Refusal> {
        let output = self.host.call_ledger(ledger, method, &json::to_vec(args))?;
        Ok(read_answer(&output, ledger, method))
    }

    /// Asks for randomness bound to `identity`. In a later block the chain calls `method` of this ledger with a
    /// [`Release`](crate::Release), as caller `system`.
    pub fn request_release(&mut self, identity: &str, method: &str) {
        self.host.release_request(identity, method);
    }

    /// Asks for a call of `method` with a [`Due`](crate::Due) as soon as a block's time is not before `at_ms`, as caller
    /// `system`. The same name again moves the call. It is made once, whatever comes of it.
    pub fn schedule(&mut self, name: &str, method: &str, at_ms: u64) {
        self.host.schedule(name, method, at_ms);
    }

    /// Forgets a scheduled call; one that does not wait is no error.
    pub fn unschedule(&mut self, name: &str) {
        self.host.unschedule(name);
    }
}

/// An answer that does not fit is a fault between two contracts, not of the sender: the call traps.
fn read_answer<O: Json>(output: &[u8], contract: &str, method: &str) -> O {
    match json::from_slice(output) {
        Ok(answer) => answer,
        Err(error) => panic!("{contract}.{method} answered in another form: {error}"),
    }
}
