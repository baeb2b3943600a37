//! Calls that ledgers asked the chain to make at a time: deadlines close and windows end without anybody sending a
//! transaction.
//!
//! Bounded per block, and fair: ledgers take turns, beginning with another one at each height, each with its oldest call.

use serde::{Serialize, de::DeserializeOwned};
use yilian_abi::records;
use yilian_chain_records::schedule::{
    NAME_BYTES_MAX, Scheduled, WAITING_MAX, Waiting, at_key, due_range, name_key, waiting_key,
    waiting_range,
};
use yilian_chain_spec::SCHEDULED_FUEL;
use yilian_primitives::{Cause, Height, TimestampMs};

use crate::overlay::BlockOverlay;
use crate::parent::{ParentState, StateError};
use crate::release::{StateView, Stop, View, refused};
use crate::session::Session;
use crate::transaction::Call;

/// Most scheduled calls of one block.
const CALLS_MAX: usize = 16;
/// Most ledgers with scheduled calls.
const LEDGERS_MAX: usize = 4_096;

/// Asks for a call; under a name that waits already it is moved.
pub(crate) fn put(session: &mut Session, call: &Scheduled) -> Result<(), Stop> {
    let name = &call.name;
    let printable = !name.chars().any(char::is_control);
    let bare = !name.starts_with('/') && !name.ends_with('/');
    if name.is_empty() || name.len() > NAME_BYTES_MAX || !printable || !bare {
        return refused(
            "name of a scheduled call: expected 1 to 128 bytes of printable text without / at its ends",
        );
    }
    if !forget(session, &call.contract, name)? {
        let waiting = waiting(session, &call.contract)?;
        if waiting >= WAITING_MAX {
            return refused(format!("{waiting} scheduled calls wait: this is the most"));
        }
        set_waiting(session, &call.contract, waiting + 1);
    }
    let stored = records::to_bytes(call);
    let overlay = &mut session.overlay;
    overlay.set(
        at_key(&call.contract, call.at_ms, name),
        Some(stored.clone()),
    );
    overlay.set(name_key(&call.contract, name), Some(stored));
    Ok(())
}

/// Forgets a call that waits; one that does not is no error.
pub(crate) fn cancel(session: &mut Session, contract: &str, name: &str) -> Result<(), Stop> {
    if forget(session, contract, name)? {
        let waiting = waiting(session, contract)?;
        set_waiting(session, contract, waiting.saturating_sub(1));
    }
    Ok(())
}

/// Removes the entries of a name; gives whether there were any.
fn forget(session: &mut Session, contract: &str, name: &str) -> Result<bool, Stop> {
    let Some(old) = get::<Scheduled>(session, &name_key(contract, name))? else {
        return Ok(false);
    };
    session.overlay.set(at_key(contract, old.at_ms, name), None);
    session.overlay.set(name_key(contract, name), None);
    Ok(true)
}

fn waiting(session: &mut Session, contract: &str) -> Result<u64, Stop> {
    let stored = get::<Waiting>(session, &waiting_key(contract))?;
    Ok(stored.map_or(0, |waiting| waiting.count))
}

fn set_waiting(session: &mut Session, contract: &str, count: u64) {
    let value = (count > 0).then(|| stored(contract, count));
    session.overlay.set(waiting_key(contract), value);
}

fn stored(contract: &str, count: u64) -> Vec<u8> {
    records::to_bytes(&Waiting {
        contract: contract.to_owned(),
        count,
    })
}

fn get<T: DeserializeOwned + Serialize>(
    session: &mut Session,
    key: &[u8],
) -> Result<Option<T>, Stop> {
    let bytes = session.read(key)?;
    Ok(bytes.and_then(|bytes| records::from_bytes(&bytes)))
}

/// The calls that a block makes before its transactions, in order.
pub(crate) fn due(
    block: &BlockOverlay,
    height: Height,
    now_ms: TimestampMs,
) -> Result<Vec<Scheduled>, StateError> {
    let mut view = crate::release::BlockView(block);
    let mut ledgers = ledgers(&mut view)?;
    if ledgers.is_empty() {
        return Ok(Vec::new());
    }
    let first = usize::try_from(height % ledgers.len() as u64).unwrap_or(0);
    ledgers.rotate_left(first);
    let mut queues = Vec::with_capacity(ledgers.len());
    for ledger in &ledgers {
        queues.push(of_ledger(&mut view, ledger, now_ms, CALLS_MAX)?.into_iter());
    }
    let mut calls = Vec::new();
    while calls.len() < CALLS_MAX {
        let turn: Vec<Scheduled> = queues.iter_mut().filter_map(Iterator::next).collect();
        if turn.is_empty() {
            break;
        }
        calls.extend(turn);
    }
    calls.truncate(CALLS_MAX);
    Ok(calls)
}

/// Whether a call still waits: one before it in the block may have forgotten or moved it.
pub(crate) fn stands(block: &BlockOverlay, call: &Scheduled) -> Result<bool, StateError> {
    let key = at_key(&call.contract, call.at_ms, &call.name);
    Ok(block.value(&key)?.is_some())
}

fn ledgers(view: &mut dyn View) -> Result<Vec<String>, StateError> {
    let (from, to) = waiting_range();
    let entries = view.range(&from, &to, LEDGERS_MAX)?;
    let read = |(_, value): (_, Vec<u8>)| records::from_bytes::<Waiting>(&value);
    let found = entries.into_iter().filter_map(read);
    Ok(found.map(|waiting| waiting.contract).collect())
}

fn of_ledger(
    view: &mut dyn View,
    ledger: &str,
    now_ms: TimestampMs,
    limit: usize,
) -> Result<Vec<Scheduled>, StateError> {
    let (from, to) = due_range(ledger, now_ms);
    let entries = view.range(&from, &to, limit)?;
    let read = |(_, value): (_, Vec<u8>)| records::from_bytes::<Scheduled>(&value);
    Ok(entries.into_iter().filter_map(read).collect())
}

/// Whether a block at this time has a call to make.
pub(crate) fn is_due(parent: &dyn ParentState, now_ms: TimestampMs) -> Result<bool, StateError> {
    let mut view = StateView(parent);
    for ledger in ledgers(&mut view)? {
        if !of_ledger(&mut view, &ledger, now_ms, 1)?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The call itself.
pub(crate) fn call(scheduled: &Scheduled) -> Call {
    Call::of_chain(
        Cause::Schedule(scheduled.name.clone()),
        &scheduled.contract,
        &scheduled.method,
        args(&scheduled.name),
        SCHEDULED_FUEL,
    )
}

/// The arguments with which a ledger is called at a time, as canonical JSON. They follow from the receipt's cause.
pub fn args(name: &str) -> Vec<u8> {
    records::to_bytes(&serde_json::json!({ "name": name }))
}
