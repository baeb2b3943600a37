//! One call from outside, from its cause to its receipt.

use yilian_abi::env::SYSTEM_CALLER;
use yilian_abi::state_key::SYSTEM;
use yilian_acknowledgement::submission;
use yilian_chain_records::admission::Token;
use yilian_crypto::{Digest, Signature};
use yilian_merkle::log;
use yilian_primitives::limits::OUTCOME_TEXT_BYTES_MAX;
use yilian_primitives::{
    Cause, Commitment, Outcome, Receipt, RuleCall, Trace, VerifiedTransaction, entry_root_leaf,
    json,
};
use yilian_release_records::Release;
use yilian_vm::{CallEnd, Host};

use crate::access::{self, Caller};
use crate::overlay::BlockOverlay;
use crate::parent::StateError;
use crate::release::Stop;
use crate::session::{Sent, Session};
use crate::surroundings::Surroundings;
use crate::{release, schedule, system};

/// Where a call stands in its block and log.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub(crate) index: u32,
    pub(crate) log_index: u64,
}

/// A call to be made.
pub(crate) struct Call {
    pub(crate) cause: Cause,
    pub(crate) contract: String,
    pub(crate) method: String,
    /// Canonical JSON.
    pub(crate) args: Vec<u8>,
    pub(crate) fuel_limit: u64,
    /// Text of the sender's key, or `system`.
    pub(crate) sender: String,
    /// Salts the lists of reads and writes.
    pub(crate) signature: Option<Signature>,
}

/// What a call left.
pub(crate) struct Ran {
    pub(crate) block: BlockOverlay,
    pub(crate) receipt: Receipt,
    pub(crate) trace: Trace,
    /// The release that it completed; its ledger is to be called next.
    pub(crate) released: Option<Release>,
}

impl Call {
    pub(crate) fn of(transaction: &VerifiedTransaction) -> Self {
        let payload = transaction.payload();
        Call {
            cause: Cause::Transaction(transaction.id()),
            contract: payload.contract.clone(),
            method: payload.method.clone(),
            args: json::canonical(&payload.args),
            fuel_limit: payload.fuel_limit,
            sender: payload.sender.to_string(),
            signature: Some(transaction.envelope().signature),
        }
    }

    /// A call that the chain itself makes.
    pub(crate) fn of_chain(
        cause: Cause,
        contract: &str,
        method: &str,
        args: Vec<u8>,
        fuel_limit: u64,
    ) -> Self {
        Call {
            cause,
            contract: contract.to_owned(),
            method: method.to_owned(),
            args,
            fuel_limit,
            sender: SYSTEM_CALLER.to_owned(),
            signature: None,
        }
    }
}

struct Finished {
    end: CallEnd,
    fuel_used: u64,
    code_hash: Digest,
    session: Session,
}

/// Makes a call on the block so far and applies its writes to it.
pub(crate) fn run(
    call: Call,
    place: Place,
    surroundings: &Surroundings,
    block: BlockOverlay,
) -> Result<Ran, StateError> {
    let sent = match &call.cause {
        Cause::Transaction(id) => Sent {
            tx_id: id.to_string(),
            submission: submission(&call.contract, &call.method, &call.args).to_string(),
        },
        Cause::Release(_) | Cause::Schedule(_) => Sent::default(),
    };
    let session = Session::new(surroundings.clone(), block, sent, place.log_index);
    let mut finished = perform(session, &call)?;
    if let Some(fault) = finished.session.fault.take() {
        return Err(fault);
    }
    Ok(conclude(call, place, surroundings, finished))
}

fn perform(mut session: Session, call: &Call) -> Result<Finished, StateError> {
    if let Cause::Schedule(name) = &call.cause {
        // Whatever comes of the call, it is not made again.
        if let Err(Stop::State(error)) = schedule::cancel(&mut session, &call.contract, name) {
            return Err(error);
        }
    }
    let refused = |refusal, session| {
        Ok(Finished {
            end: CallEnd::Refused(refusal),
            fuel_used: 0,
            code_hash: Digest::ZERO,
            session,
        })
    };
    let alone = Caller::alone(&call.sender);
    let caller = if call.sender == SYSTEM_CALLER {
        Ok(alone)
    } else if release::is_of_validators(&call.contract, &call.method) {
        let validators = &session.surroundings.validators;
        match release::may_call(validators, &call.method, &call.sender) {
            true => Ok(alone),
            false => Err(release::no_validator(&call.sender)),
        }
    } else {
        let token = || {
            let args = serde_json::from_slice(&call.args).ok()?;
            Token::of_args(&args)
        };
        let now_ms = session.surroundings.time_ms;
        access::identify(&mut |key| session.read(key), &call.sender, token, now_ms)?
    };
    match caller {
        Ok(caller) => {
            session.caller = caller;
            session.count_use()?;
        }
        Err(refusal) => {
            session.caller.key.clone_from(&call.sender);
            return refused(refusal, session);
        }
    }
    if call.contract == SYSTEM {
        let savepoint = session.overlay.savepoint();
        let (end, fuel_used) =
            system::call(&mut session, &call.method, &call.args, call.fuel_limit)?;
        if !matches!(end, CallEnd::Done(_)) {
            session.overlay.roll_back(savepoint);
        }
        return Ok(Finished {
            end,
            fuel_used,
            code_hash: Digest::ZERO,
            session,
        });
    }
    let target = match session.enter(&call.contract, &call.method, &call.args)? {
        Ok(target) => target,
        Err(refusal) => return refused(refusal, session),
    };
    let code_hash = target.program.hash();
    let vm = session.surroundings.vm.clone();
    let called = vm.call(
        &target.program,
        &target.method,
        target.args,
        call.fuel_limit,
        Some(session),
    );
    let Some(mut session) = called.host else {
        return Err(StateError("the engine lost the call's session".to_owned()));
    };
    if let CallEnd::Broken(reason) = called.end {
        return Err(StateError(reason));
    }
    session.leave(&called.end);
    Ok(Finished {
        end: called.end,
        fuel_used: called.fuel_used,
        code_hash,
        session,
    })
}

fn conclude(call: Call, place: Place, surroundings: &Surroundings, finished: Finished) -> Ran {
    let session = finished.session;
    let released = session.released;
    let organisation = session.caller.acts_for().cloned();
    let (outcome, result) = match finished.end {
        CallEnd::Done(result) => (Outcome::Ok, result),
        CallEnd::Refused(refusal) => (
            Outcome::Refused {
                code: refusal.code,
                message: shorten(refusal.message()),
                name: shorten_to(refusal.name, yilian_primitives::limits::NAME_BYTES_MAX),
            },
            Vec::new(),
        ),
        CallEnd::Trapped(reason) | CallEnd::Broken(reason) => (
            Outcome::Trapped {
                reason: shorten(reason),
            },
            Vec::new(),
        ),
    };
    let (reads, writes) = session.overlay.into_parts();
    let mut block = session.block;
    block.apply(&writes, place.log_index);
    let trace = Trace {
        result,
        rule_calls: session.rule_calls,
        reads,
        writes,
        events: session.events,
    };
    let receipt = Receipt {
        height: surroundings.height,
        index: place.index,
        time_ms: surroundings.time_ms,
        cause: call.cause,
        caller: session.caller.key,
        organisation: organisation.map_or(String::new(), |o| o.code),
        contract: call.contract,
        method: call.method,
        code_hash: finished.code_hash,
        args: Digest::sha256(&call.args),
        outcome,
        result: Digest::sha256(&trace.result),
        rule_calls: rule_digests(&trace),
        reads: reads_commitment(&trace, call.signature.as_ref()),
        writes: writes_commitment(&trace, call.signature.as_ref()),
        events: commitment(trace.events.iter().map(|event| event.root_leaf())),
        fuel_used: finished.fuel_used,
    };
    Ran {
        block,
        receipt,
        trace,
        released,
    }
}

/// Whether a trace is what a receipt commits to; `signature` is the transaction's, if one made the call. All of a trace is
/// committed to but the names under which rules were called.
pub fn trace_is_the_receipts(
    trace: &Trace,
    receipt: &Receipt,
    signature: Option<&Signature>,
) -> bool {
    receipt.result == Digest::sha256(&trace.result)
        && receipt.rule_calls == rule_digests(trace)
        && receipt.reads == reads_commitment(trace, signature)
        && receipt.writes == writes_commitment(trace, signature)
        && receipt.events == commitment(trace.events.iter().map(|event| event.root_leaf()))
}

fn rule_digests(trace: &Trace) -> Vec<RuleCall> {
    let digests = |call: &yilian_primitives::RuleCallTrace| RuleCall {
        code_hash: call.code_hash,
        method: call.method.clone(),
        input: Digest::sha256(&call.input),
        output: Digest::sha256(&call.output),
    };
    trace.rule_calls.iter().map(digests).collect()
}

fn reads_commitment(trace: &Trace, signature: Option<&Signature>) -> Commitment {
    let leaves = trace.reads.iter().zip(0u64..).map(|(read, place)| {
        entry_root_leaf(
            signature,
            place,
            &read.key,
            read.value.as_ref(),
            read.writer,
        )
    });
    commitment(leaves)
}

/// Places of writes count from 2^32, so that no read and write share a salt.
fn writes_commitment(trace: &Trace, signature: Option<&Signature>) -> Commitment {
    let leaves = trace.writes.iter().zip(1u64 << 32..).map(|(write, place)| {
        let value = write.value.as_deref().map(Digest::sha256);
        entry_root_leaf(signature, place, &write.key, value.as_ref(), None)
    });
    commitment(leaves)
}

fn commitment(leaves: impl Iterator<Item = Vec<u8>>) -> Commitment {
    let hashes: Vec<Digest> = leaves.map(|leaf| log::leaf_hash(&leaf)).collect();
    Commitment {
        count: hashes.len() as u64,
        root: log::root(&hashes),
    }
}

fn shorten(text: String) -> String {
    shorten_to(text, OUTCOME_TEXT_BYTES_MAX)
}

fn shorten_to(mut text: String, bytes_max: usize) -> String {
    let mut end = bytes_max.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    text
}
