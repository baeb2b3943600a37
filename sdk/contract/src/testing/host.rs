//! What a contract reaches through its context on a test chain.

use std::rc::Rc;

use super::Event;
use super::world::{Answer, Call, Code, World};
use crate::limits::{
    ARGS_BYTES_MAX, EVENT_BYTES_MAX, SCAN_ENTRIES_MAX, STATE_KEY_BYTES_MAX, STATE_VALUE_BYTES_MAX,
};
use crate::{Env, Refusal, Release, Value, json};

/// First byte of keys of an index.
const INDEX: u8 = b'~';

/// The host of one call.
pub(crate) struct Host {
    world: Rc<World>,
    env: Env,
    view: bool,
    /// Nothing is recorded of the call.
    query: bool,
    depth: usize,
}

impl Host {
    pub(super) fn new(world: Rc<World>, env: Env, call: &Call<'_>, view: bool) -> Self {
        Host {
            world,
            env,
            view,
            query: call.query,
            depth: call.depth,
        }
    }

    fn reading(&self, index: bool) {
        assert!(
            self.query || !index,
            "trap: an index is read by queries only: it is not part of the proven state"
        );
    }

    /// The contract's prefix before a key.
    fn prefixed(&self, key: &[u8]) -> Vec<u8> {
        assert!(
            key.len() <= STATE_KEY_BYTES_MAX,
            "trap: storage key of {} bytes, at most {STATE_KEY_BYTES_MAX}",
            key.len()
        );
        state_key(&self.env.contract, key)
    }

    fn changing(&self) {
        assert!(!self.view, "trap: a view may not change anything");
    }

    pub(crate) fn state_get(&self, key: &[u8]) -> Option<Vec<u8>> {
        self.reading(key.first() == Some(&INDEX));
        let key = self.prefixed(key);
        self.world.state.borrow().get(&key).cloned()
    }

    pub(crate) fn state_set(&self, key: &[u8], value: &[u8]) {
        self.changing();
        assert!(
            value.len() <= STATE_VALUE_BYTES_MAX,
            "trap: value of {} bytes, at most {STATE_VALUE_BYTES_MAX}",
            value.len()
        );
        self.world.write(self.prefixed(key), Some(value.to_vec()));
    }

    pub(crate) fn state_remove(&self, key: &[u8]) {
        self.changing();
        self.world.write(self.prefixed(key), None);
    }

    pub(crate) fn state_scan(
        &self,
        from: &[u8],
        to: &[u8],
        limit: u32,
        each: &mut dyn FnMut(&[u8], &[u8]),
    ) {
        assert!(
            limit <= SCAN_ENTRIES_MAX,
            "trap: scan of {limit} entries, at most {SCAN_ENTRIES_MAX}"
        );
        self.reading(from < &[INDEX + 1][..] && to > &[INDEX][..]);
        let skip = self.env.contract.len() + 1;
        let (from, to) = (self.prefixed(from), self.prefixed(to));
        let state = self.world.state.borrow();
        for (key, value) in state.range(from..to).take(limit as usize) {
            each(&key[skip..], value);
        }
    }

    pub(crate) fn emit(&self, name: &str, data: &[u8]) {
        self.changing();
        assert!(
            data.len() <= EVENT_BYTES_MAX && name.len() <= 64,
            "trap: event of {} bytes, at most {EVENT_BYTES_MAX}",
            data.len()
        );
        self.world.emit(Event {
            contract: self.env.contract.clone(),
            name: name.to_owned(),
            data: json::from_slice::<Value>(data).expect("the SDK writes JSON"),
        });
    }

    pub(crate) fn code_hash(&self, contract: &str) -> Option<String> {
        self.world.names.borrow().get(contract).cloned()
    }

    pub(crate) fn call_rule(
        &self,
        code_hash: &str,
        method: &str,
        args: &[u8],
    ) -> Result<Vec<u8>, Refusal> {
        bounded(args);
        self.world.judge(code_hash, method, args)
    }

    pub(crate) fn call_ledger(&self, ledger: &str, method: &str, args: &[u8]) -> Answer {
        bounded(args);
        let view = matches!(
            self.world.named(ledger),
            Some(Code::Ledger { views, .. }) if views(method)
        );
        assert!(
            view || !self.view,
            "trap: a view may call only views, {ledger}.{method} is none"
        );
        let env = Env {
            contract: ledger.to_owned(),
            calling_contract: Some(self.env.contract.clone()),
            ..self.env.clone()
        };
        self.world.run(
            env,
            &Call {
                method,
                args,
                view,
                query: self.query,
                depth: self.depth + 1,
            },
        )
    }

    pub(crate) fn release_request(&self, identity: &str, method: &str) {
        self.changing();
        let release = Release {
            identity: identity.to_owned(),
            seed: String::new(),
            signature: "ab".repeat(48),
            group_key: "cd".repeat(96),
            requested_at: self.env.height,
        };
        self.world.request(&self.env.contract, method, release);
    }

    pub(crate) fn schedule(&self, name: &str, method: &str, at_ms: u64) {
        self.changing();
        let entry = Some((at_ms, method.to_owned()));
        self.world.schedule(&self.env.contract, name, entry);
    }

    pub(crate) fn unschedule(&self, name: &str) {
        self.changing();
        self.world.schedule(&self.env.contract, name, None);
    }
}

fn bounded(args: &[u8]) {
    assert!(
        args.len() <= ARGS_BYTES_MAX,
        "trap: arguments of {} bytes, at most {ARGS_BYTES_MAX}",
        args.len()
    );
}

/// Key of a contract's entry in the state of the whole chain.
pub(super) fn state_key(contract: &str, key: &[u8]) -> Vec<u8> {
    [contract.as_bytes(), &[0], key].concat()
}
