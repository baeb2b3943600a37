//! Who sends, and what they may call. Permissions are data in the state, so who could do what is provable.

use yilian_abi::records::{self, KeyBinding, Organisation, Permission, Status};
use yilian_abi::{ContractRefusal, Reserved, state_key};
use yilian_primitives::{Refusal, RefusalCode};

use crate::parent::StateError;

/// Reads one state key; the call's overlay also notes the read.
pub(crate) type Read<'r> = dyn FnMut(&[u8]) -> Result<Option<Vec<u8>>, StateError> + 'r;

/// The organisation behind a key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Caller {
    /// Text of the key, or `system`; empty for a query.
    pub(crate) key: String,
    /// The organisation; none for the chain itself and for queries.
    pub(crate) organisation: Option<Organisation>,
}

/// Finds the organisation of a key.
pub(crate) fn identify(
    read: &mut Read<'_>,
    key: &str,
) -> Result<Result<Caller, ContractRefusal>, StateError> {
    let refused = |reserved, detail: String| Ok(Err(ContractRefusal::reserved(reserved, detail)));
    let Some(binding) = read(&state_key::key_binding(key))? else {
        return refused(Reserved::UnknownSender, format!("key {key}"));
    };
    let Some(binding) = records::from_bytes::<KeyBinding>(&binding) else {
        return refused(Reserved::UnknownSender, format!("record of key {key}"));
    };
    if binding.status != Status::Active {
        return refused(Reserved::KeyRevoked, format!("key {key}"));
    }
    let code = &binding.organisation;
    let organisation = read(&state_key::organisation(code))?;
    let Some(organisation) = organisation.and_then(|o| records::from_bytes::<Organisation>(&o))
    else {
        return refused(Reserved::UnknownSender, format!("organisation {code}"));
    };
    if organisation.status != Status::Active {
        return refused(
            Reserved::OrganisationSuspended,
            format!("organisation {code}"),
        );
    }
    Ok(Ok(Caller {
        key: key.to_owned(),
        organisation: Some(organisation),
    }))
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
