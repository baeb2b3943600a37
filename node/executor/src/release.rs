//! Threshold releases: the ceremony that makes the key, the shares' signatures, and the ledger that is called back.
//!
//! What validators send is judged here like every other call: it has a receipt, and who sent something false is named in
//! the state. Nothing here knows a secret; those are in the node.

mod ceremony;
mod ending;
mod first;
mod partial;
mod request;
mod view;

pub(crate) use ceremony::share_among_members;
pub(crate) use first::{by_files, on_chain};
pub(crate) use request::ask;
pub(crate) use view::BlockView;
pub use view::{Entries, StateView, View};
pub use yilian_ceremony::parameters_of;

use serde::de::DeserializeOwned;
use serde_json::Value;
use yilian_abi::state_key::SYSTEM;
use yilian_abi::{ContractRefusal, Reserved, records};
use yilian_ceremony::MessageError;
use yilian_crypto::PublicKey;
use yilian_primitives::{Cause, Height, TransactionPayload, ValidatorSet};
use yilian_release::RESERVED_PREFIX;
use yilian_release_records::{Announce, Ceremony, Phase, Release, ceremony_key, method};
use yilian_vm::CallEnd;

use crate::membership;
use crate::overlay::BlockOverlay;
use crate::parent::{ParentState, StateError};
use crate::session::Session;
use crate::transaction::Call;

/// Fuel of every call here: checking a log of seventeen members, the dearest, takes about 10 ms.
pub const FUEL: u64 = yilian_chain_spec::RELEASE_FUEL;

/// Why a step is not taken.
pub(crate) enum Stop {
    /// The call was wrong.
    Refused(String),
    /// This node is at fault.
    State(StateError),
}

impl From<StateError> for Stop {
    fn from(error: StateError) -> Self {
        Stop::State(error)
    }
}

impl From<MessageError> for Stop {
    fn from(error: MessageError) -> Self {
        Stop::Refused(error.to_string())
    }
}

/// A step: what the receipt's result says.
pub(crate) type Step = Result<Value, Stop>;

pub(crate) fn refused<T>(reason: impl Into<String>) -> Result<T, Stop> {
    Err(Stop::Refused(reason.into()))
}

/// Whether a method is one that validators call with their own keys, whoever they are in ledger `identity`.
pub(crate) fn is_of_validators(contract: &str, name: &str) -> bool {
    contract == SYSTEM && method::OF_VALIDATORS.contains(&name)
}

/// Whether a key may call a validator's method at all. Only announcements need no part in anything but the set: the
/// ceremony knows who deals and holds, also of those that decide no more, and the membership who is a candidate.
pub(crate) fn may_call(validators: &ValidatorSet, name: &str, sender: &str) -> bool {
    let key = sender.parse::<PublicKey>();
    let decides = || key.is_ok_and(|key| validators.iter().any(|one| one.public_key == key));
    name != method::ANNOUNCE || decides()
}

/// What is said to others who call a validator's method.
pub(crate) fn no_validator(sender: &str) -> ContractRefusal {
    let detail = format!("{sender} is no validator's key");
    ContractRefusal::reserved(Reserved::Forbidden, detail)
}

/// Runs a method; gives how it ended and the fuel it burned. The caller has been let in.
pub(crate) fn call(
    session: &mut Session,
    name: &str,
    args: &[u8],
    fuel_limit: u64,
) -> Result<(CallEnd, u64), StateError> {
    if fuel_limit < FUEL {
        return Ok((CallEnd::Trapped("out of fuel".to_owned()), fuel_limit));
    }
    let step = match name {
        method::ADVANCE => ceremony::advance(session),
        method::RESHARE => ceremony::reshare(session),
        _ => match session.caller.key.parse::<PublicKey>() {
            Err(_) => refused("the sender is no key"),
            Ok(sender) => of_validator(session, name, &sender, args),
        },
    };
    ended(step, FUEL)
}

/// How a call ended whose step is known, and the fuel it burned.
pub(crate) fn ended(step: Step, fuel: u64) -> Result<(CallEnd, u64), StateError> {
    match step {
        Ok(result) => Ok((CallEnd::Done(records::to_bytes(&result)), fuel)),
        Err(Stop::State(error)) => Err(error),
        Err(Stop::Refused(detail)) => {
            let refusal = ContractRefusal::reserved(Reserved::BadArguments, detail);
            Ok((CallEnd::Refused(refusal), fuel))
        }
    }
}

fn of_validator(session: &mut Session, name: &str, sender: &PublicKey, args: &[u8]) -> Step {
    match name {
        method::ANNOUNCE => ceremony::announce(session, sender, &parse(args)?),
        method::DEAL => ceremony::deal(session, sender, &parse(args)?),
        method::ACKNOWLEDGE => ceremony::acknowledge(session, sender, &parse(args)?),
        method::LOG => ceremony::log(session, sender, &parse(args)?),
        method::PARTIAL => partial::give(session, sender, &parse(args)?),
        method::READY => {
            let args: Announce = parse(args)?;
            ceremony::may_announce(&args)?;
            membership::ready(session, sender)?;
            ceremony::joined(session, sender, &args)
        }
        other => refused(format!("system has no method {other}")),
    }
}

pub(crate) fn parse<T: DeserializeOwned>(args: &[u8]) -> Result<T, Stop> {
    serde_json::from_slice(args).map_err(|error| Stop::Refused(format!("arguments: {error}")))
}

/// Whether a validator's transaction can still do something: what comes too late is not worth a place in a block.
pub(crate) fn is_timely(
    view: &mut dyn View,
    payload: &TransactionPayload,
) -> Result<Result<(), String>, StateError> {
    let args = records::to_bytes(&payload.args);
    let judged = match payload.method.as_str() {
        method::ANNOUNCE => parse(&args).and_then(|args| ceremony::may_announce(&args)),
        method::DEAL => parse(&args).and_then(|args: yilian_release_records::Deal| {
            ceremony::may_give(view, Phase::Deal, args.round, &payload.sender).map(|_| ())
        }),
        method::ACKNOWLEDGE => {
            parse(&args).and_then(|args: yilian_release_records::Acknowledge| {
                ceremony::may_give(view, Phase::Acknowledge, args.round, &payload.sender)
                    .map(|_| ())
            })
        }
        method::LOG => parse(&args).and_then(|args: yilian_release_records::Log| {
            ceremony::may_give(view, Phase::Log, args.round, &payload.sender).map(|_| ())
        }),
        method::PARTIAL => parse(&args)
            .and_then(|args| partial::may_give(view, &payload.sender, &args).map(|_| ())),
        method::READY => parse(&args)
            .and_then(|args| ceremony::may_announce(&args))
            .and_then(|()| membership::may_join(view, &payload.sender)),
        _ => Ok(()),
    };
    match judged {
        Ok(()) => Ok(Ok(())),
        Err(Stop::Refused(reason)) => Ok(Err(reason)),
        Err(Stop::State(error)) => Err(error),
    }
}

/// The call of the chain itself that ends a phase whose time is over, if there is one at this height.
pub(crate) fn due(block: &BlockOverlay, height: Height) -> Result<Option<Call>, StateError> {
    let stored = block.value(&ceremony_key())?;
    let ceremony = stored.and_then(|stored| records::from_bytes::<Ceremony>(&stored.value));
    let over = ceremony.filter(|ceremony| height > ceremony.ends_at);
    Ok(over.map(|ceremony| {
        let name = format!("{RESERVED_PREFIX}ceremony/{}/{height}", ceremony.round);
        Call::of_chain(
            Cause::Release(name),
            SYSTEM,
            method::ADVANCE,
            b"{}".to_vec(),
            FUEL,
        )
    }))
}

/// The arguments with which a ledger is called back, as canonical JSON; none while the release waits. They follow from the
/// record in the state, so nobody has to keep them.
pub fn call_back_args(release: &Release) -> Option<Vec<u8>> {
    let released = release.released.as_ref()?;
    Some(records::to_bytes(&serde_json::json!({
        "identity": release.identity,
        "seed": released.seed.to_hex(),
        "signature": released.signature,
        "group_key": released.group_key,
        "requested_at": release.requested_at,
    })))
}

/// The call back of the ledger that asked for a release.
pub(crate) fn call_back(release: &Release, fuel_limit: u64) -> Option<Call> {
    Some(Call::of_chain(
        Cause::Release(release.identity.clone()),
        &release.contract,
        &release.method,
        call_back_args(release)?,
        fuel_limit,
    ))
}

/// Whether blocks have to go on without transactions, so that phases end.
pub(crate) fn ceremony_runs(parent: &dyn ParentState) -> Result<bool, StateError> {
    Ok(parent.value(&ceremony_key())?.is_some())
}
