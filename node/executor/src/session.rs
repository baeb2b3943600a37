//! One call with what it has read, written and said so far.

use std::sync::Arc;

use yilian_abi::env::SYSTEM_CALLER;
use yilian_abi::records::{self, ContractRecord};
use yilian_abi::{ContractKind, ContractRefusal, Reserved, state_key};
use yilian_chain_records::admission::{self, Uses};
use yilian_crypto::Digest;
use yilian_primitives::{Event, RuleCallTrace};
use yilian_release_records::Release;
use yilian_vm::{Program, Target, Trap};

use crate::access::{self, Caller};
use crate::overlay::{BlockOverlay, CallOverlay};
use crate::parent::StateError;
use crate::release::Stop;
use crate::surroundings::Surroundings;

/// What runs, from the outermost contract inwards.
pub(crate) struct Frame {
    pub(crate) contract: String,
    pub(crate) method: String,
    view: bool,
    pub(crate) savepoint: usize,
    pub(crate) events: usize,
    /// Code hash and input of a rule; none for a ledger.
    pub(crate) rule: Option<(Digest, Vec<u8>)>,
}

/// What a transaction brings with it; nothing of it where the chain itself calls.
#[derive(Clone, Default)]
pub(crate) struct Sent {
    /// Text of its id.
    pub(crate) tx_id: String,
    /// Text of the digest that validators acknowledge.
    pub(crate) submission: String,
}

/// A call with everything it has read, written and said so far.
pub(crate) struct Session {
    pub(crate) surroundings: Surroundings,
    pub(crate) block: BlockOverlay,
    pub(crate) overlay: CallOverlay,
    pub(crate) caller: Caller,
    pub(crate) sent: Sent,
    pub(crate) log_index: u64,
    pub(crate) rule_calls: Vec<RuleCallTrace>,
    pub(crate) events: Vec<Event>,
    /// The release that the call completed.
    pub(crate) released: Option<Release>,
    /// The node's own fault: the block cannot be executed here at all.
    pub(crate) fault: Option<StateError>,
    pub(crate) frames: Vec<Frame>,
    /// Bytes of values written so far, those undone included.
    pub(crate) written: u64,
}

impl Session {
    pub(crate) fn new(
        surroundings: Surroundings,
        block: BlockOverlay,
        sent: Sent,
        log_index: u64,
    ) -> Self {
        Session {
            surroundings,
            block,
            overlay: CallOverlay::default(),
            caller: Caller::default(),
            sent,
            log_index,
            rule_calls: Vec::new(),
            events: Vec::new(),
            released: None,
            fault: None,
            frames: Vec::new(),
            written: 0,
        }
    }

    /// Counts a call by a one-time key, whatever comes of it.
    pub(crate) fn count_use(&mut self) -> Result<(), StateError> {
        if self.caller.admission.is_none() {
            return Ok(());
        }
        let key = self.caller.key.clone();
        let uses = access::uses(&mut |key| self.read(key), &key)?;
        let stored = records::to_bytes(&Uses {
            uses: uses.saturating_add(1),
        });
        self.overlay.set(admission::uses_key(&key), Some(stored));
        Ok(())
    }

    /// Whether the contract that runs has a method.
    pub(crate) fn has_method(&mut self, method: &str) -> Result<bool, Trap> {
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
    pub(crate) fn program_of(
        &self,
        record: &ContractRecord,
    ) -> Result<Arc<Program<Session>>, StateError> {
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

    pub(crate) fn push(
        &mut self,
        contract: &str,
        method: &str,
        view: bool,
        rule: Option<(Digest, Vec<u8>)>,
    ) {
        self.frames.push(Frame {
            contract: contract.to_owned(),
            method: method.to_owned(),
            view,
            savepoint: self.overlay.savepoint(),
            events: self.events.len(),
            rule,
        });
    }

    pub(crate) fn current(&self) -> &str {
        self.frames.last().map_or("", |frame| &frame.contract)
    }

    pub(crate) fn own_key(&self, key: &[u8]) -> Vec<u8> {
        state_key::of(self.current(), key)
    }

    /// Notes a fault of this node and ends the call; whoever started it finds the fault and stops.
    pub(crate) fn fail(&mut self, error: StateError) -> Trap {
        self.fault = Some(error);
        Trap("this node cannot read its state".to_owned())
    }

    pub(crate) fn or_trap(&mut self, step: Result<(), Stop>) -> Result<(), Trap> {
        match step {
            Ok(()) => Ok(()),
            Err(Stop::Refused(reason)) => Err(Trap(reason)),
            Err(Stop::State(error)) => Err(self.fail(error)),
        }
    }

    /// Whether it is asked without a transaction, so that nothing is recorded of it: then the outermost frame is nobody's.
    fn is_query(&self) -> bool {
        let outermost = self.frames.first();
        outermost.is_some_and(|frame| frame.contract.is_empty())
    }

    /// What is recorded must follow from what the state root commits to, and an index is beside it.
    pub(crate) fn check_readable(&self, index: bool) -> Result<(), Trap> {
        if index && !self.is_query() {
            let reason = "an index is read by queries only: it is not part of the proven state";
            return Err(Trap(reason.to_owned()));
        }
        Ok(())
    }

    pub(crate) fn check_writable(&self) -> Result<(), Trap> {
        if self.frames.iter().any(|frame| frame.view) {
            return Err(Trap("a view may not change state".to_owned()));
        }
        let limit = self.surroundings.parameters.writes_max;
        if self.overlay.write_count() as u64 >= limit {
            return Err(Trap(format!("more than {limit} writes")));
        }
        Ok(())
    }

    pub(crate) fn check_depth(&self) -> Result<(), Trap> {
        let limit = self.surroundings.parameters.call_depth_max;
        if self.frames.len() as u64 >= limit {
            return Err(Trap(format!("calls nested deeper than {limit}")));
        }
        Ok(())
    }
}
