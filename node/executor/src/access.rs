//! Who sends, and what they may call. Permissions are data in the state, so who could do what is provable.

use yilian_abi::records::{self, KeyBinding, Organisation, Permission, Status};
use yilian_abi::{ContractRefusal, Reserved, state_key};
use yilian_chain_records::admission::{self, Admission, Token, USES_MAX, Uses};
use yilian_crypto::PublicKey;
use yilian_primitives::{Refusal, RefusalCode, TimestampMs};

use crate::membership;
use crate::parent::StateError;

/// Reads one state key; the call's overlay also notes the read.
pub(crate) type Read<'r> = dyn FnMut(&[u8]) -> Result<Option<Vec<u8>>, StateError> + 'r;

/// The organisation behind a key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Caller {
    /// Text of the key, or `system`; empty for a query.
    pub(crate) key: String,
    /// The organisation; none for the chain itself and for queries. Of a one-time key the one that admitted it.
    pub(crate) organisation: Option<Organisation>,
    /// The batch of a one-time key.
    pub(crate) admission: Option<Admission>,
}

impl Caller {
    /// A caller that is its key and nothing else.
    pub(crate) fn alone(key: &str) -> Self {
        Caller {
            key: key.to_owned(),
            ..Caller::default()
        }
    }

    /// The organisation for which it acts, as ledgers and receipts see it; nobody's for a one-time key.
    pub(crate) fn acts_for(&self) -> Option<&Organisation> {
        match self.admission {
            None => self.organisation.as_ref(),
            Some(_) => None,
        }
    }
}

/// Finds the organisation of a key, or the batch of a one-time key that brings its token.
pub(crate) fn identify(
    read: &mut Read<'_>,
    key: &str,
    token: impl FnOnce() -> Option<Token>,
    now_ms: TimestampMs,
) -> Result<Result<Caller, ContractRefusal>, StateError> {
    let refused = |reserved, detail: String| Ok(Err(ContractRefusal::reserved(reserved, detail)));
    let Some(binding) = read(&state_key::key_binding(key))? else {
        return match token() {
            Some(token) => admitted(read, key, &token, now_ms),
            None => refused(Reserved::UnknownSender, format!("key {key}")),
        };
    };
    let Some(binding) = records::from_bytes::<KeyBinding>(&binding) else {
        return refused(Reserved::UnknownSender, format!("record of key {key}"));
    };
    if binding.status != Status::Active {
        return refused(Reserved::KeyRevoked, format!("key {key}"));
    }
    let organisation = match active(read, &binding.organisation)? {
        Ok(organisation) => organisation,
        Err(refusal) => return Ok(Err(refusal)),
    };
    Ok(Ok(Caller {
        organisation: Some(organisation),
        ..Caller::alone(key)
    }))
}

/// An organisation that may act.
fn active(
    read: &mut Read<'_>,
    code: &str,
) -> Result<Result<Organisation, ContractRefusal>, StateError> {
    let organisation = read(&state_key::organisation(code))?;
    let organisation = organisation.and_then(|o| records::from_bytes::<Organisation>(&o));
    let detail = format!("organisation {code}");
    Ok(match organisation {
        Some(organisation) if organisation.status == Status::Active => Ok(organisation),
        Some(_) => Err(ContractRefusal::reserved(
            Reserved::OrganisationSuspended,
            detail,
        )),
        None => Err(ContractRefusal::reserved(Reserved::UnknownSender, detail)),
    })
}

/// A one-time key whose token holds, and that was not used too often.
fn admitted(
    read: &mut Read<'_>,
    key: &str,
    token: &Token,
    now_ms: TimestampMs,
) -> Result<Result<Caller, ContractRefusal>, StateError> {
    let unknown = |what: &str| {
        let detail = format!("one-time key {key}: {what}");
        Ok(Err(ContractRefusal::reserved(
            Reserved::UnknownSender,
            detail,
        )))
    };
    let stored = read(&admission::batch_key(&token.batch))?;
    let Some(admission) = stored.and_then(|bytes| records::from_bytes::<Admission>(&bytes)) else {
        return unknown("nobody admitted its batch");
    };
    if now_ms > admission.valid_until_ms {
        return unknown("its batch is no longer valid");
    }
    let proven = key
        .parse::<PublicKey>()
        .is_ok_and(|key| token.proves(&key, admission.keys));
    if !proven {
        return unknown("its token does not prove that it is in the batch");
    }
    if uses(read, key)? >= USES_MAX {
        return unknown("it was used up");
    }
    let issuer = match active(read, &admission.issuer)? {
        Ok(issuer) => issuer,
        Err(refusal) => return Ok(Err(refusal)),
    };
    Ok(Ok(Caller {
        organisation: Some(issuer),
        admission: Some(admission),
        ..Caller::alone(key)
    }))
}

/// How often a one-time key was used.
pub(crate) fn uses(read: &mut Read<'_>, key: &str) -> Result<u64, StateError> {
    let stored = read(&admission::uses_key(key))?;
    let uses = stored.and_then(|bytes| records::from_bytes::<Uses>(&bytes));
    Ok(uses.unwrap_or_default().uses)
}

/// Judges whether a caller may call a method.
pub(crate) fn permit(
    read: &mut Read<'_>,
    caller: &Caller,
    contract: &str,
    method: &str,
) -> Result<Result<(), ContractRefusal>, StateError> {
    if caller.key == yilian_abi::env::SYSTEM_CALLER {
        return Ok(Ok(()));
    }
    if let Some(admission) = &caller.admission
        && (admission.contract != contract || !admission.methods.iter().any(|one| one == method))
    {
        let (ledger, methods) = (&admission.contract, admission.methods.join(", "));
        let detail =
            format!("{contract}.{method} by a one-time key; it may call {ledger}: {methods}");
        return Ok(Err(ContractRefusal::reserved(Reserved::Forbidden, detail)));
    }
    if membership::is_of_centres(contract, method) {
        return membership::permit(read, caller);
    }
    let mut entry = read(&state_key::permission(contract, method))?;
    if entry.is_none() {
        entry = read(&state_key::permission(contract, "*"))?;
    }
    let permission = entry.and_then(|bytes| records::from_bytes::<Permission>(&bytes));
    let allowed = match (&permission, &caller.organisation) {
        (Some(permission), Some(organisation)) => permission.allows(organisation),
        _ => false,
    };
    if allowed {
        return Ok(Ok(()));
    }
    let who = match &caller.organisation {
        Some(organisation) => format!(
            "organisation {} with roles [{}]",
            organisation.code,
            organisation.roles.join(", ")
        ),
        None => "a caller without organisation".to_owned(),
    };
    let may = match permission {
        Some(permission) if permission.organisations.is_empty() => {
            format!("roles [{}] may", permission.roles.join(", "))
        }
        Some(permission) => format!(
            "roles [{}] and organisations [{}] may",
            permission.roles.join(", "),
            permission.organisations.join(", ")
        ),
        None => "nobody may".to_owned(),
    };
    let detail = format!("{contract}.{method} by {who}; {may}");
    Ok(Err(ContractRefusal::reserved(Reserved::Forbidden, detail)))
}

/// The same "no" in the words of the border.
pub(crate) fn at_the_border(refusal: ContractRefusal) -> Refusal {
    let code = match refusal.code {
        code if code == Reserved::Forbidden as u32 => RefusalCode::Forbidden,
        code if code == Reserved::UnknownContract as u32 => RefusalCode::UnknownContract,
        code if code == Reserved::UnknownMethod as u32 => RefusalCode::UnknownMethod,
        code if code == Reserved::ViewOnly as u32 => RefusalCode::UnknownMethod,
        code if code == Reserved::BadArguments as u32 => RefusalCode::MalformedPayload,
        _ => RefusalCode::UnknownSender,
    };
    Refusal::new(
        code,
        format!("{} / {}: {}", refusal.zh, refusal.en, refusal.detail),
    )
}
