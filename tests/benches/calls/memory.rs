//! The state of one ledger in memory, as the engine's host.

use std::collections::BTreeMap;

use yilian_contract::{Env, json};
use yilian_vm::{CallEnd, Entry, Host, Pair, Trap};

/// Unified code of the organisation that calls.
pub(crate) const CENTRE: &str = "12620000224333349J";

/// A ledger that stands alone: it calls no other contract and asks for nothing later.
pub(crate) struct Memory {
    env: Env,
    state: BTreeMap<Vec<u8>, Vec<u8>>,
}

impl Memory {
    pub(crate) fn new(env: Env, contract: &str) -> Self {
        let contract = contract.to_owned();
        Memory {
            env: Env { contract, ..env },
            state: BTreeMap::new(),
        }
    }

    /// Goes on to the next transaction.
    pub(crate) fn next(&mut self) {
        self.env.log_index += 1;
    }
}

fn alone<T>() -> Result<T, Trap> {
    Err(Trap("no chain is around this ledger".to_owned()))
}

impl Host for Memory {
    fn env(&mut self) -> Vec<u8> {
        json::to_vec(&self.env)
    }

    fn state_get(&mut self, key: &[u8]) -> Result<Option<Vec<u8>>, Trap> {
        Ok(self.state.get(key).cloned())
    }

    fn state_set(&mut self, key: &[u8], value: &[u8]) -> Result<(), Trap> {
        self.state.insert(key.to_vec(), value.to_vec());
        Ok(())
    }

    fn state_remove(&mut self, key: &[u8]) -> Result<(), Trap> {
        self.state.remove(key);
        Ok(())
    }

    fn state_scan(&mut self, from: &[u8], to: &[u8], limit: u32) -> Result<Vec<Pair>, Trap> {
        let entries = self.state.range(from.to_vec()..to.to_vec());
        let entries = entries.map(|(key, value)| (key.clone(), value.clone()));
        Ok(entries.take(limit as usize).collect())
    }

    fn emit(&mut self, _: &str, _: &[u8]) -> Result<(), Trap> {
        Ok(())
    }

    fn code_hash(&mut self, _: &str) -> Result<Option<String>, Trap> {
        Ok(None)
    }

    fn release_request(&mut self, _: &str, _: &str) -> Result<(), Trap> {
        alone()
    }

    fn schedule(&mut self, _: &str, _: &str, _: u64) -> Result<(), Trap> {
        alone()
    }

    fn unschedule(&mut self, _: &str) -> Result<(), Trap> {
        alone()
    }

    fn enter_rule(&mut self, _: &str, _: &str, _: &[u8]) -> Result<Entry<Self>, Trap> {
        alone()
    }

    fn enter_ledger(&mut self, _: &str, _: &str, _: &[u8]) -> Result<Entry<Self>, Trap> {
        alone()
    }

    fn leave(&mut self, _: &CallEnd) {}
}
