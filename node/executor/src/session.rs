//! One call as contracts see it: the host behind wasm.

use std::sync::Arc;

use yilian_abi::env::SYSTEM_CALLER;
use yilian_abi::records::{self, ContractRecord};
use yilian_abi::{ContractKind, ContractRefusal, Env, Reserved, state_key};
use yilian_crypto::Digest;
use yilian_primitives::limits::RULE_CALLS_MAX;
use yilian_primitives::{Event, RuleCallTrace};
use yilian_release_records::Release;
use yilian_vm::{CallEnd, Entry, Host, Pair, Program, Target, Trap};

use crate::access::{self, Caller};
use crate::fault;
use crate::overlay::{BlockOverlay, CallOverlay};
use crate::parent::StateError;
use crate::release::{self, Stop};
use crate::surroundings::Surroundings;

/// Most bytes of values that one call may write: it bounds traces and the batch of a block.
const WRITTEN_BYTES_MAX: u64 = 16 << 20;

/// What runs, from the outermost contract inwards.
struct Frame {
    contract: String,
    method: String,
    view: bool,
    savepoint: usize,
    events: usize,
    /// Code hash and input of a rule; none for a ledger.
    rule: Option<(Digest, Vec<u8>)>,
}

/// A call with everything it has read, written and said so far.
pub(crate) struct Session {
    pub(crate) surroundings: Surroundings,
    pub(crate) block: BlockOverlay,
    pub(crate) overlay: CallOverlay,
    pub(crate) caller: Caller,
    pub(crate) tx_id: String,
    pub(crate) log_index: u64,
    pub(crate) rule_calls: Vec<RuleCallTrace>,
    pub(crate) events: Vec<Event>,
    /// The release that the call completed.
    pub(crate) released: Option<Release>,
    /// The node's own fault: the block cannot be executed here at all.
    pub(crate) fault: Option<StateError>,
    frames: Vec<Frame>,
    /// Bytes of values written so far, those undone included.
    written: u64,
}

impl Session {
    pub(crate) fn new(
        surroundings: Surroundings,
        block: BlockOverlay,
        tx_id: String,
        log_index: u64,
    ) -> Self {
        Session {
            surroundings,
            block,
            overlay: CallOverlay::default(),
            caller: Caller::default(),
            tx_id,
            log_index,
            rule_calls: Vec::new(),
            events: Vec::new(),
            released: None,
            fault: None,
            frames: Vec::new(),
            written: 0,
        }
    }

    /// Whether the contract that runs has a method.
    fn has_method(&mut self, method: &str) -> Result<bool, Trap> {
        let name = self.current().to_owned();
        let found = self.contract(&name);
        let found = found.and_then(|record| record.map(|one| self.program_of(&one)).transpose());
        let program = found.map_err(|error| self.fail(error))?;
        Ok(program.is_some_and(|program| program.interface().method(method).is_some()))
    }

    pub(crate) fn read(&mut self, key: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
        self.overlay.get(&self.block, key)
    }

    /// The record of a deployed contract.
    pub(crate) fn contract(&mut self, name: &str) -> Result<Option<ContractRecord>, StateError> {
        let bytes = self.read(&state_key::contract(name))?;
        Ok(bytes.and_then(|bytes| records::from_bytes(&bytes)))
    }

    /// A program by its hash; none if it was never deployed. Code is never removed, so this is no read of state.
    pub(crate) fn program(
        &self,
        hash: &Digest,
    ) -> Result<Option<Arc<Program<Session>>>, StateError> {
        let Some(stored) = self.block.value(&state_key::code(hash))? else {
            return Ok(None);
        };
        if let Some(program) = self.surroundings.vm.find(hash) {
            return Ok(Some(program));
        }
        // It was compiled when it was deployed, so a failure now is this node's.
        let program = self.surroundings.vm.program(&stored.value);
        program
            .map(Some)
            .map_err(|error| StateError(format!("deployed code {hash}: {error}")))
    }

    /// The program of a deployed contract. Its record was written together with its code, so the code, which is large,
    /// is loaded only when it has yet to be compiled.
    fn program_of(&self, record: &ContractRecord) -> Result<Arc<Program<Session>>, StateError> {
        if let Some(program) = self.surroundings.vm.find(&record.code_hash) {
            return Ok(program);
        }
        let program = self.program(&record.code_hash)?;
        program.ok_or_else(|| StateError(format!("code {} is missing", record.code_hash)))
    }

    /// Opens a frame for a ledger's method after judging the caller.
    pub(crate) fn enter(
        &mut self,
        name: &str,
        method: &str,
        args: &[u8],
    ) -> Result<Result<Target<Session>, ContractRefusal>, StateError> {
        let refused =
            |reserved, detail: String| Ok(Err(ContractRefusal::reserved(reserved, detail)));
        let Some(record) = self.contract(name)? else {
            return refused(Reserved::UnknownContract, name.to_owned());
        };
        if record.kind != ContractKind::Ledger {
            return refused(Reserved::NotALedger, name.to_owned());
        }
        let program = self.program_of(&record)?;
        let Some(found) = program.interface().method(method) else {
            return refused(Reserved::UnknownMethod, format!("{name}.{method}"));
        };
        let view = found.view;
        if !view {
            if self.frames.iter().any(|frame| frame.view) {
                return refused(Reserved::ViewOnly, format!("{name}.{method}"));
            }
            // A release acts for the ledger that asked, and for no other one.
            if self.caller.key == SYSTEM_CALLER && !self.frames.is_empty() {
                let detail = format!("{name}.{method} from within a release");
                return refused(Reserved::Forbidden, detail);
            }
            let caller = self.caller.clone();
            let permitted = access::permit(&mut |key| self.read(key), &caller, name, method)?;
            if let Err(refusal) = permitted {
                return Ok(Err(refusal));
            }
        }
        self.push(name, method, view, None);
        Ok(Ok(Target {
            program,
            method: method.to_owned(),
            args: args.to_vec(),
        }))
    }

    /// Opens a frame for a view, for a query: nobody is asked for a permission and nothing may be written.
    pub(crate) fn enter_view(
        &mut self,
        name: &str,
        method: &str,
        args: &[u8],
    ) -> Result<Result<Target<Session>, ContractRefusal>, StateError> {
        // The outer frame makes every method inside it a view or a refusal.
        self.push("", "", true, None);
        self.enter(name, method, args)
    }

    fn push(&mut self, contract: &str, method: &str, view: bool, rule: Option<(Digest, Vec<u8>)>) {
        self.frames.push(Frame {
            contract: contract.to_owned(),
            method: method.to_owned(),
            view,
            savepoint: self.overlay.savepoint(),
            events: self.events.len(),
            rule,
        });
    }

    fn current(&self) -> &str {
        self.frames.last().map_or("", |frame| &frame.contract)
    }

    fn own_key(&self, key: &[u8]) -> Vec<u8> {
        state_key::of(self.current(), key)
    }

    /// Notes a fault of this node and ends the call; whoever started it finds the fault and stops.
    fn fail(&mut self, error: StateError) -> Trap {
        self.fault = Some(error);
        Trap("this node cannot read its state".to_owned())
    }

    fn check_writable(&self) -> Result<(), Trap> {
        if self.frames.iter().any(|frame| frame.view) {
            return Err(Trap("a view may not change state".to_owned()));
        }
        let limit = self.surroundings.parameters.writes_max;
        if self.overlay.write_count() as u64 >= limit {
            return Err(Trap(format!("more than {limit} writes")));
        }
        Ok(())
    }

    fn check_depth(&self) -> Result<(), Trap> {
        let limit = self.surroundings.parameters.call_depth_max;
        if self.frames.len() as u64 >= limit {
            return Err(Trap(format!("calls nested deeper than {limit}")));
        }
        Ok(())
    }
}

impl Host for Session {
    fn env(&mut self) -> Vec<u8> {
        let organisation = self.caller.organisation.as_ref();
        let calling = self.frames.iter().rev().nth(1);
        records::to_bytes(&Env {
            chain_id: self.surroundings.chain_id.to_string(),
            height: self.surroundings.height,
            time_ms: self.surroundings.time_ms,
            tx_id: self.tx_id.clone(),
            caller: self.caller.key.clone(),
            organisation: organisation.map_or(String::new(), |o| o.code.clone()),
            roles: organisation.map_or(Vec::new(), |o| o.roles.clone()),
            contract: self.current().to_owned(),
            calling_contract: calling
                .map(|frame| frame.contract.clone())
                .filter(|name| !name.is_empty()),
            log_index: self.log_index,
        })
    }

    fn state_get(&mut self, key: &[u8]) -> Result<Option<Vec<u8>>, Trap> {
        let key = self.own_key(key);
        self.read(&key).map_err(|error| self.fail(error))
    }

    fn state_set(&mut self, key: &[u8], value: &[u8]) -> Result<(), Trap> {
        self.check_writable()?;
        self.written = self.written.saturating_add(value.len() as u64);
        if self.written > WRITTEN_BYTES_MAX {
            return Err(Trap(format!("more than {WRITTEN_BYTES_MAX} bytes written")));
        }
        self.overlay.set(self.own_key(key), Some(value.to_vec()));
        Ok(())
    }

    fn state_remove(&mut self, key: &[u8]) -> Result<(), Trap> {
        self.check_writable()?;
        self.overlay.set(self.own_key(key), None);
        Ok(())
    }

    fn state_scan(&mut self, from: &[u8], to: &[u8], limit: u32) -> Result<Vec<Pair>, Trap> {
        let most = self.surroundings.parameters.scan_entries_max;
        let limit = u64::from(limit).min(most) as usize;
        let prefix = self.current().len() + 1;
        let (from, to) = (self.own_key(from), self.own_key(to));
        let entries = self
            .overlay
            .scan(&self.block, &from, &to, limit)
            .map_err(|error| self.fail(error))?;
        let own = |(key, value): (Vec<u8>, Vec<u8>)| (key[prefix..].to_vec(), value);
        Ok(entries.into_iter().map(own).collect())
    }

    fn emit(&mut self, name: &str, data: &[u8]) -> Result<(), Trap> {
        self.check_writable()?;
        let parameters = &self.surroundings.parameters;
        if self.events.len() as u64 >= parameters.events_max {
            return Err(Trap(format!("more than {} events", parameters.events_max)));
        }
        if data.len() as u64 > parameters.event_bytes_max || name.len() > 64 {
            return Err(Trap(format!(
                "event of {} bytes: expected at most {}, and a name of at most 64",
                data.len(),
                parameters.event_bytes_max
            )));
        }
        self.events.push(Event {
            contract: self.current().to_owned(),
            name: name.to_owned(),
            data: data.to_vec(),
        });
        Ok(())
    }

    fn code_hash(&mut self, name: &str) -> Result<Option<String>, Trap> {
        let record = self.contract(name).map_err(|error| self.fail(error))?;
        Ok(record.map(|record| record.code_hash.to_string()))
    }

    fn release_request(&mut self, identity: &str, method: &str) -> Result<(), Trap> {
        self.check_writable()?;
        if !self.has_method(method)? {
            return Err(Trap(format!(
                "release {identity}: this ledger has no method {method}"
            )));
        }
        let contract = self.current().to_owned();
        match release::ask(self, &contract, identity, method) {
            Ok(()) => Ok(()),
            Err(Stop::Refused(reason)) => Err(Trap(reason)),
            Err(Stop::State(error)) => Err(self.fail(error)),
        }
    }

    fn enter_rule(&mut self, code: &str, method: &str, args: &[u8]) -> Result<Entry<Self>, Trap> {
        self.check_depth()?;
        if self.rule_calls.len() >= RULE_CALLS_MAX {
            return Err(Trap(format!("more than {RULE_CALLS_MAX} calls of rules")));
        }
        let refused = |reserved, detail: String| {
            Ok(Entry::Refused(ContractRefusal::reserved(reserved, detail)))
        };
        let Ok(hash) = code.parse::<Digest>() else {
            return refused(Reserved::UnknownContract, format!("code hash {code:?}"));
        };
        let program = self.program(&hash).map_err(|error| self.fail(error))?;
        let Some(program) = program else {
            return refused(Reserved::UnknownContract, format!("code {hash}"));
        };
        if program.kind() != ContractKind::Rule {
            return refused(Reserved::NotARule, program.interface().name.clone());
        }
        if program.interface().method(method).is_none() {
            return refused(Reserved::UnknownMethod, method.to_owned());
        }
        let name = program.interface().name.clone();
        self.push(&name, method, false, Some((hash, args.to_vec())));
        Ok(Entry::Enter(Target {
            program,
            method: method.to_owned(),
            args: fault::rule_args(args),
        }))
    }

    fn enter_ledger(&mut self, name: &str, method: &str, args: &[u8]) -> Result<Entry<Self>, Trap> {
        self.check_depth()?;
        match self.enter(name, method, args) {
            Ok(Ok(target)) => Ok(Entry::Enter(target)),
            Ok(Err(refusal)) => Ok(Entry::Refused(refusal)),
            Err(error) => Err(self.fail(error)),
        }
    }

    fn leave(&mut self, end: &CallEnd) {
        let Some(frame) = self.frames.pop() else {
            return;
        };
        if let Some((code_hash, input)) = frame.rule {
            let output = match end {
                CallEnd::Done(result) => result.clone(),
                CallEnd::Refused(refusal) => records::to_bytes(refusal),
                CallEnd::Trapped(_) | CallEnd::Broken(_) => return,
            };
            self.rule_calls.push(RuleCallTrace {
                code_hash,
                name: frame.contract,
                method: frame.method,
                input,
                output,
            });
        } else if !matches!(end, CallEnd::Done(_)) {
            self.overlay.roll_back(frame.savepoint);
            self.events.truncate(frame.events);
        }
    }
}
