//! State, events and contracts of a test chain, with undo.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::Event;
use crate::limits::{CALL_DEPTH_MAX, EVENTS_MAX, WRITES_MAX};
use crate::{Context, Env, Refusal, Release};

/// A method call's outcome; `None` if there is no such method.
pub(super) type Invoked = Option<Result<Vec<u8>, Refusal>>;

/// A deployed contract.
#[derive(Clone, Copy)]
pub(super) enum Code {
    Rule(fn(&str, &[u8]) -> Invoked),
    Ledger {
        invoke: fn(&mut Context, &str, &[u8]) -> Invoked,
        views: fn(&str) -> bool,
    },
}

/// How to take one change back.
enum Undo {
    State(Vec<u8>, Option<Vec<u8>>),
    Event,
    Release,
    Schedule(Place, Option<Entry>),
}

/// Contract and name of a scheduled call.
pub(super) type Place = (String, String);
/// Time and method of a scheduled call.
pub(super) type Entry = (u64, String);

/// Everything a test chain knows.
#[derive(Default)]
pub(super) struct World {
    /// Code by code hash text.
    pub(super) codes: RefCell<BTreeMap<String, Code>>,
    /// Code hash in force by contract name.
    pub(super) names: RefCell<BTreeMap<String, String>>,
    pub(super) state: RefCell<BTreeMap<Vec<u8>, Vec<u8>>>,
    pub(super) events: RefCell<Vec<Event>>,
    /// Asked-for releases: contract, method, request.
    pub(super) releases: RefCell<Vec<(String, String, Release)>>,
    pub(super) schedule: RefCell<BTreeMap<Place, Entry>>,
    journal: RefCell<Vec<Undo>>,
}

impl World {
    /// Begins a transaction: what went before can no longer be undone.
    pub(super) fn begin(&self) {
        self.journal.borrow_mut().clear();
    }

    fn record(&self, undo: Undo) {
        let mut journal = self.journal.borrow_mut();
        assert!(
            journal.len() < WRITES_MAX + EVENTS_MAX,
            "trap: more than {WRITES_MAX} writes in one transaction"
        );
        journal.push(undo);
    }

    pub(super) fn write(&self, key: Vec<u8>, value: Option<Vec<u8>>) {
        let mut state = self.state.borrow_mut();
        let old = match value {
            Some(value) => state.insert(key.clone(), value),
            None => state.remove(&key),
        };
        self.record(Undo::State(key, old));
    }

    pub(super) fn emit(&self, event: Event) {
        self.events.borrow_mut().push(event);
        self.record(Undo::Event);
    }

    pub(super) fn request(&self, contract: &str, method: &str, release: Release) {
        let entry = (contract.to_owned(), method.to_owned(), release);
        self.releases.borrow_mut().push(entry);
        self.record(Undo::Release);
    }

    pub(super) fn schedule(&self, contract: &str, name: &str, entry: Option<Entry>) {
        let place = (contract.to_owned(), name.to_owned());
        let old = self.plan(&place, entry);
        self.record(Undo::Schedule(place, old));
    }

    fn plan(&self, place: &Place, entry: Option<Entry>) -> Option<Entry> {
        let mut schedule = self.schedule.borrow_mut();
        match entry {
            Some(entry) => schedule.insert(place.clone(), entry),
            None => schedule.remove(place),
        }
    }

    fn roll_back(&self, mark: usize) {
        loop {
            let mut journal = self.journal.borrow_mut();
            if journal.len() == mark {
                return;
            }
            match journal.pop() {
                Some(Undo::State(key, Some(old))) => {
                    self.state.borrow_mut().insert(key, old);
                }
                Some(Undo::State(key, None)) => {
                    self.state.borrow_mut().remove(&key);
                }
                Some(Undo::Event) => {
                    self.events.borrow_mut().pop();
                }
                Some(Undo::Schedule(place, old)) => {
                    self.plan(&place, old);
                }
                Some(Undo::Release) => {
                    self.releases.borrow_mut().pop();
                }
                None => return,
            }
        }
    }

    pub(super) fn code(&self, code_hash: &str) -> Option<Code> {
        self.codes.borrow().get(code_hash).copied()
    }

    pub(super) fn named(&self, contract: &str) -> Option<Code> {
        let hash = self.names.borrow().get(contract).cloned()?;
        self.code(&hash)
    }

    /// Runs a rule's method.
    pub(super) fn judge(&self, code_hash: &str, method: &str, args: &[u8]) -> Answer {
        match self.code(code_hash) {
            None => Err(host_refusal(2, "UnknownContract", code_hash)),
            Some(Code::Ledger { .. }) => Err(host_refusal(8, "NotARule", code_hash)),
            Some(Code::Rule(invoke)) => caught(|| invoke(method, args), method),
        }
    }

    /// Runs a ledger's method; a refusal undoes what it did.
    pub(super) fn run(self: &Rc<Self>, env: Env, call: &Call<'_>) -> Answer {
        assert!(call.depth <= CALL_DEPTH_MAX, "trap: calls nested too deep");
        let (invoke, views) = match self.named(&env.contract) {
            None => return Err(host_refusal(2, "UnknownContract", &env.contract)),
            Some(Code::Rule(_)) => return Err(host_refusal(10, "NotALedger", &env.contract)),
            Some(Code::Ledger { invoke, views }) => (invoke, views),
        };
        if call.view && !views(call.method) {
            return Err(host_refusal(11, "ViewOnly", call.method));
        }
        let mark = self.journal.borrow().len();
        let host = super::Host::new(self.clone(), env.clone(), call, views(call.method));
        let mut ctx = Context::new(env, host);
        let outcome = caught(|| invoke(&mut ctx, call.method, call.args), call.method);
        if outcome.is_err() {
            self.roll_back(mark);
        }
        outcome
    }
}

/// What a call gives: result bytes or a refusal.
pub(super) type Answer = Result<Vec<u8>, Refusal>;

/// A call of a ledger.
pub(super) struct Call<'c> {
    pub(super) method: &'c str,
    pub(super) args: &'c [u8],
    pub(super) view: bool,
    /// Nothing is recorded of it.
    pub(super) query: bool,
    pub(super) depth: usize,
}

/// Runs code that may end in a refusal from within; any other panic goes on.
fn caught(run: impl FnOnce() -> Invoked, method: &str) -> Answer {
    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)) {
        Ok(Some(outcome)) => outcome,
        Ok(None) => Err(host_refusal(3, "UnknownMethod", method)),
        Err(payload) => match payload.downcast::<Refusal>() {
            Ok(refusal) => Err(*refusal),
            Err(payload) => std::panic::resume_unwind(payload),
        },
    }
}

/// One of the host's own refusals.
pub(super) fn host_refusal(code: u32, name: &str, detail: &str) -> Refusal {
    Refusal {
        code,
        name: name.to_owned(),
        zh: String::new(),
        en: String::new(),
        law: String::new(),
        detail: detail.to_owned(),
    }
}
