//! The test chain as tests see it.

use std::cell::RefCell;
use std::rc::Rc;

use super::host::state_key;
use super::world::{Answer, Call, Code, World};
use crate::limits::{ARGS_BYTES_MAX, RESULT_BYTES_MAX};
use crate::{Due, Env, Json, Ledger, Refusal, Rule, Value, hex, json, sha256_text};

/// An event that a ledger emitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Name of the ledger.
    pub contract: String,
    /// Name of the event.
    pub name: String,
    /// Its data.
    pub data: Value,
}

/// A chain in memory. Its setters hold for all calls after them.
pub struct TestChain {
    world: Rc<World>,
    env: RefCell<Env>,
}

impl Default for TestChain {
    fn default() -> Self {
        Self::new()
    }
}

impl TestChain {
    /// A chain `test` at height 1 and time 0, without contracts; the caller has no organisation.
    pub fn new() -> Self {
        let env = Env {
            chain_id: "test".to_owned(),
            height: 1,
            time_ms: 0,
            tx_id: sha256_text(b""),
            submission: sha256_text(b""),
            caller: key_of(""),
            organisation: String::new(),
            roles: Vec::new(),
            contract: String::new(),
            calling_contract: None,
            log_index: 1,
        };
        TestChain {
            world: Rc::default(),
            env: RefCell::new(env),
        }
    }

    /// Deploys a rule. Its code hash is that of its name.
    pub fn deploy_rule<R: Rule>(&self, _: R) -> &Self {
        let name = R::INTERFACE.name;
        self.deploy(name, sha256_text(name.as_bytes()), Code::Rule(R::invoke))
    }

    /// Deploys a rule as a new version: under another code hash, while earlier ones stay callable.
    pub fn deploy_rule_version<R: Rule>(&self, _: R, version: &str) -> &Self {
        let name = R::INTERFACE.name;
        let hash = sha256_text(format!("{name}/{version}").as_bytes());
        self.deploy(name, hash, Code::Rule(R::invoke))
    }

    /// Deploys a ledger. Its code hash is that of its name.
    pub fn deploy_ledger<L: Ledger>(&self, _: L) -> &Self {
        let name = L::INTERFACE.name;
        let code = Code::Ledger {
            invoke: L::invoke,
            views: |method| {
                let mut methods = L::INTERFACE.methods.iter();
                methods.any(|one| one.name == method && one.view)
            },
        };
        self.deploy(name, sha256_text(name.as_bytes()), code)
    }

    fn deploy(&self, name: &str, hash: String, code: Code) -> &Self {
        self.world.codes.borrow_mut().insert(hash.clone(), code);
        self.world.names.borrow_mut().insert(name.to_owned(), hash);
        self
    }

    /// The code hash in force of a deployed contract.
    ///
    /// # Panics
    /// If there is no such contract.
    pub fn code_hash(&self, contract: &str) -> String {
        let hash = self.world.names.borrow().get(contract).cloned();
        hash.unwrap_or_else(|| panic!("no contract {contract:?} on this chain"))
    }

    /// Sets the block time, Unix time in ms.
    pub fn at(&self, time_ms: u64) -> &Self {
        self.env.borrow_mut().time_ms = time_ms;
        self
    }

    /// Sets the height.
    pub fn height(&self, height: u64) -> &Self {
        self.env.borrow_mut().height = height;
        self
    }

    /// Sets the caller's organisation and its roles. The key is one of the organisation's own.
    pub fn as_caller(&self, organisation: &str, roles: &[&str]) -> &Self {
        {
            let mut env = self.env.borrow_mut();
            env.organisation = organisation.to_owned();
            env.roles = roles.iter().map(|&role| role.to_owned()).collect();
            env.caller = key_of(organisation);
        }
        self
    }

    /// Sets the caller's key, and leaves its organisation.
    pub fn signed_by(&self, key: &str) -> &Self {
        self.env.borrow_mut().caller = key.to_owned();
        self
    }

    /// The circumstances of the next call.
    pub fn env(&self) -> Env {
        self.env.borrow().clone()
    }

    /// Sends a transaction: calls a ledger's method.
    pub fn call<I: Json, O: Json>(
        &self,
        ledger: &str,
        method: &str,
        args: &I,
    ) -> Result<O, Refusal> {
        self.transact(self.env(), ledger, method, &json::to_vec(args))
            .map(|bytes| read_result(&bytes))
    }

    /// Asks a ledger's view, as a query does.
    pub fn view<I: Json, O: Json>(
        &self,
        ledger: &str,
        method: &str,
        args: &I,
    ) -> Result<O, Refusal> {
        let env = Env {
            contract: ledger.to_owned(),
            ..self.env()
        };
        self.world.begin();
        let call = Call {
            method,
            args: &json::to_vec(args),
            view: true,
            query: true,
            depth: 1,
        };
        self.world.run(env, &call).map(|bytes| read_result(&bytes))
    }

    /// Calls a method of the named rule in force.
    pub fn judge<I: Json, O: Json>(
        &self,
        rule: &str,
        method: &str,
        args: &I,
    ) -> Result<O, Refusal> {
        self.world
            .judge(&self.code_hash(rule), method, &json::to_vec(args))
            .map(|bytes| read_result(&bytes))
    }

    /// One transaction. Each gets an id and a log index of its own, refused or not.
    fn transact(&self, env: Env, ledger: &str, method: &str, args: &[u8]) -> Answer {
        assert!(
            args.len() <= ARGS_BYTES_MAX,
            "arguments of {} bytes never reach a contract",
            args.len()
        );
        let env = Env {
            contract: ledger.to_owned(),
            tx_id: sha256_text(format!("transaction {}", env.log_index).as_bytes()),
            submission: submission_of(ledger, method, args),
            ..env
        };
        self.env.borrow_mut().log_index += 1;
        self.world.begin();
        let call = Call {
            method,
            args,
            view: false,
            query: false,
            depth: 1,
        };
        self.world.run(env, &call)
    }

    /// Makes the next block, in which all releases asked for come due with this seed.
    ///
    /// Gives what each called method answered, in the order of asking.
    pub fn release(&self, seed: [u8; 32]) -> Vec<Result<Value, Refusal>> {
        self.env.borrow_mut().height += 1;
        let due = self.world.releases.take();
        due.into_iter()
            .map(|(contract, method, mut release)| {
                release.seed = hex(&seed);
                let env = Env {
                    caller: "system".to_owned(),
                    organisation: String::new(),
                    roles: Vec::new(),
                    ..self.env()
                };
                self.transact(env, &contract, &method, &json::to_vec(&release))
                    .map(|bytes| read_result(&bytes))
            })
            .collect()
    }

    /// Makes the next block at a time, in which all calls that were scheduled up to it are made, the oldest first.
    ///
    /// Gives what each called method answered.
    pub fn pass_to(&self, time_ms: u64) -> Vec<Result<Value, Refusal>> {
        self.at(time_ms);
        self.env.borrow_mut().height += 1;
        let mut answers = Vec::new();
        while let Some((contract, name, method)) = self.take_due(time_ms) {
            let env = Env {
                caller: "system".to_owned(),
                organisation: String::new(),
                roles: Vec::new(),
                ..self.env()
            };
            let answer = self.transact(env, &contract, &method, &json::to_vec(&Due { name }));
            answers.push(answer.map(|bytes| read_result(&bytes)));
        }
        answers
    }

    fn take_due(&self, time_ms: u64) -> Option<(String, String, String)> {
        let mut schedule = self.world.schedule.borrow_mut();
        let due = schedule.iter().filter(|(_, (at_ms, _))| *at_ms <= time_ms);
        let place = due.min_by_key(|(_, (at_ms, _))| *at_ms)?.0.clone();
        let (_, method) = schedule.remove(&place)?;
        Some((place.0, place.1, method))
    }

    /// Times of a ledger's scheduled calls by their names.
    pub fn scheduled(&self, ledger: &str) -> Vec<(String, u64)> {
        let schedule = self.world.schedule.borrow();
        let own = schedule
            .iter()
            .filter(|((contract, _), _)| contract == ledger);
        own.map(|((_, name), (at_ms, _))| (name.clone(), *at_ms))
            .collect()
    }

    /// Identities whose release was asked for and has not come.
    pub fn pending_releases(&self) -> Vec<String> {
        let releases = self.world.releases.borrow();
        releases
            .iter()
            .map(|(_, _, one)| one.identity.clone())
            .collect()
    }

    /// All events so far.
    pub fn events(&self) -> Vec<Event> {
        self.world.events.borrow().clone()
    }

    /// What stands under a key of a contract's state.
    pub fn state(&self, contract: &str, key: &str) -> Option<Value> {
        let state = self.world.state.borrow();
        let bytes = state.get(&state_key(contract, key.as_bytes()))?;
        Some(json::from_slice(bytes).expect("contracts store JSON"))
    }

    /// Puts a value under a key of a contract's state, as a genesis does.
    pub fn put_state<T: Json>(&self, contract: &str, key: &str, value: &T) -> &Self {
        let key = state_key(contract, key.as_bytes());
        self.world
            .state
            .borrow_mut()
            .insert(key, json::to_vec(value));
        self
    }
}

/// What validators acknowledge of a transaction: the digest that the chain computes.
pub fn submission_of(ledger: &str, method: &str, args: &[u8]) -> String {
    let mut bytes = b"YILIAN/submission/v1\0".to_vec();
    for part in [ledger.as_bytes(), method.as_bytes(), args] {
        bytes.extend_from_slice(&(part.len() as u32).to_be_bytes());
        bytes.extend_from_slice(part);
    }
    sha256_text(&bytes)
}

/// A key text that belongs to an organisation of a test. Nobody can sign with it.
fn key_of(organisation: &str) -> String {
    sha256_text(organisation.as_bytes()).replace("sha256:", "ed25519:")
}

fn read_result<O: Json>(bytes: &[u8]) -> O {
    assert!(
        bytes.len() <= RESULT_BYTES_MAX,
        "trap: result of {} bytes, at most {RESULT_BYTES_MAX}",
        bytes.len()
    );
    match json::from_slice(bytes) {
        Ok(result) => result,
        Err(error) => panic!("the result has another type: {error}"),
    }
}
