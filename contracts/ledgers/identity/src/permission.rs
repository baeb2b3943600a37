//! Who may call which method of which contract.

use yilian_contract::prelude::*;

use crate::organisation::{is_role, known};
use crate::{GOVERNANCE, IdentityError, require_role, text};

/// Read by the protocol: `permission/<contract>/<method or *>`.
pub(crate) const PERMISSIONS: Map<Permission> = Map::new("permission");
/// Most organisations that one permission names.
const ORGANISATIONS_MAX: usize = 256;

/// Who may call, as the protocol reads it: an organisation that is listed or has one of the roles. With both lists
/// empty any active registered organisation may; without an entry nobody may.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Permission {
    /// 角色 | roles, in alphabetical order
    pub roles: Vec<String>,
    /// 主体 | codes of organisations, in order
    pub organisations: Vec<String>,
}

/// Arguments of `set_permission`.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct SetPermission {
    /// 合约 | name of the contract
    pub contract: String,
    /// 方法 | name of the method, or `*` for all that have no entry of their own
    pub method: String,
    /// 角色 | roles that may call
    pub roles: Vec<String>,
    /// 主体 | codes of organisations that may call
    pub organisations: Vec<String>,
}

/// Where a permission stands, or is asked for.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct PermissionPlace {
    /// 合约 | name of the contract
    pub contract: String,
    /// 方法 | name of the method
    pub method: String,
}

/// What holds for a method.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct EffectivePermission {
    /// 所在条目 | the entry that holds: the method's own, or `*`
    pub method: String,
    /// 角色 | roles that may call
    pub roles: Vec<String>,
    /// 主体 | codes of organisations that may call
    pub organisations: Vec<String>,
}

pub(crate) fn set(ctx: &mut Context, args: SetPermission) -> Result<Permission, IdentityError> {
    require_role(ctx, &[GOVERNANCE])?;
    text::contract_name(&args.contract)?;
    text::method_name(&args.method)?;
    let permission = Permission {
        roles: checked_roles(args.roles)?,
        organisations: checked_organisations(ctx, args.organisations)?,
    };
    let place = PermissionPlace {
        contract: args.contract,
        method: args.method,
    };
    if place.governs() && !permission.roles.iter().any(|role| role == GOVERNANCE) {
        return Err(IdentityError::LockOut(
            "governance must keep the right to set permissions".to_owned(),
        ));
    }
    PERMISSIONS.set(ctx, &place.key(), &permission);
    ctx.emit(
        "permission_set",
        &PermissionEvent::of(place, Some(&permission)),
    );
    Ok(permission)
}

pub(crate) fn remove(ctx: &mut Context, place: &PermissionPlace) -> Result<(), IdentityError> {
    require_role(ctx, &[GOVERNANCE])?;
    if !PERMISSIONS.contains(ctx, &place.key()) {
        return Err(IdentityError::UnknownPermission(place.key().join(".")));
    }
    if place.governs() {
        return Err(IdentityError::LockOut(
            "governance must keep the right to set permissions".to_owned(),
        ));
    }
    PERMISSIONS.remove(ctx, &place.key());
    ctx.emit(
        "permission_removed",
        &PermissionEvent::of(place.clone(), None),
    );
    Ok(())
}

impl PermissionPlace {
    fn key(&self) -> [&str; 2] {
        [&self.contract, &self.method]
    }

    /// Whether who may set permissions hangs on this entry.
    fn governs(&self) -> bool {
        self.contract == "identity" && matches!(&*self.method, "*" | "set_permission")
    }
}

fn checked_roles(mut roles: Vec<String>) -> Result<Vec<String>, IdentityError> {
    roles.sort();
    roles.dedup();
    match roles.iter().find(|role| !is_role(role)) {
        Some(role) => Err(IdentityError::UnknownRole(format!("{role:?}"))),
        None => Ok(roles),
    }
}

fn checked_organisations(
    ctx: &Context,
    mut organisations: Vec<String>,
) -> Result<Vec<String>, IdentityError> {
    organisations.sort();
    organisations.dedup();
    if organisations.len() > ORGANISATIONS_MAX {
        return Err(IdentityError::MalformedText(format!(
            "organisations: expected at most {ORGANISATIONS_MAX}"
        )));
    }
    for code in &organisations {
        known(ctx, code)?;
    }
    Ok(organisations)
}

pub(crate) fn effective(
    ctx: &Context,
    place: &PermissionPlace,
) -> Result<Option<EffectivePermission>, IdentityError> {
    text::contract_name(&place.contract)?;
    text::method_name(&place.method)?;
    let found = [&*place.method, "*"].into_iter().find_map(|method| {
        let permission = PERMISSIONS.get(ctx, &[&place.contract, method])?;
        Some(EffectivePermission {
            method: method.to_owned(),
            roles: permission.roles,
            organisations: permission.organisations,
        })
    });
    Ok(found)
}

/// Data of the events `permission_set` and `permission_removed`.
#[derive(Json)]
struct PermissionEvent {
    contract: String,
    method: String,
    roles: Option<Vec<String>>,
    organisations: Option<Vec<String>>,
}

impl PermissionEvent {
    fn of(place: PermissionPlace, permission: Option<&Permission>) -> Self {
        PermissionEvent {
            contract: place.contract,
            method: place.method,
            roles: permission.map(|permission| permission.roles.clone()),
            organisations: permission.map(|permission| permission.organisations.clone()),
        }
    }
}
