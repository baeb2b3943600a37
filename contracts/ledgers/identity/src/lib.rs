//! Know organisations, their keys, and who may call what.
//!
//! The protocol itself reads what this ledger keeps, on every call of every contract, so the form
//! of these maps is part of the protocol:
//!
//! | key | value |
//! |---|---|
//! | `organisation/<USCC>` | [`Organisation`] |
//! | `key/<ed25519:hex>` | [`Key`] |
//! | `permission/<contract>/<method or *>` | [`Permission`] |
//! | `admission/<root>` | [`Admission`] |
//!
//! A genesis writes the same entries. Why someone was registered, suspended or bound stands in maps beside them.
//! The node checks first whether the caller may call a method at all; what is checked here is what the method means:
//! nobody grants a public power without holding it, a revoked key never comes back, and no call can leave the chain
//! without anyone who governs it.

mod admission;
mod binding;
mod code;
mod error;
mod organisation;
mod permission;
mod text;

pub use admission::{Admission, AdmitKeys, AskAdmission};
pub use binding::{
    BindKey, Binding, Key, KeyPage, KeyStatus, ListKeys, Revocation, RevokeKey, possession_message,
};
pub use code::{UsccFault, check_uscc};
pub use error::IdentityError;
pub use organisation::{
    Attestation, ListOrganisations, Name, Organisation, OrganisationCode, OrganisationPage,
    OrganisationStatus, RegisterOrganisation, RestoreOrganisation, SuspendOrganisation, Suspension,
    UpdateOrganisation,
};
pub use permission::{EffectivePermission, Permission, PermissionPlace, SetPermission};

use yilian_contract::prelude::*;

/// The roles of public power. Only an organisation that governs the chain may grant them.
pub const PUBLIC_ROLES: [&str; 5] = ["auditor", "centre", "governance", "supervisor", "witness"];
/// The roles of those who trade. A centre may grant them.
pub const TRADING_ROLES: [&str; 5] = [
    "agency",
    "bidder",
    "expert_pool",
    "tenderer",
    "trading_system",
];
/// The role that governs the chain.
pub const GOVERNANCE: &str = "governance";
/// The roles that register organisations and bind keys.
pub const REGISTRARS: [&str; 2] = [GOVERNANCE, "centre"];
/// The roles that suspend and restore organisations.
pub const SUSPENDERS: [&str; 2] = [GOVERNANCE, "supervisor"];

/// The ledger.
pub struct Identity;

#[ledger(name = "identity", version = "1.0.0", zh = "主体身份", en = "Identity")]
impl Identity {
    /// zh: 登记主体 | en: Register an organisation
    pub fn register_organisation(
        ctx: &mut Context,
        args: RegisterOrganisation,
    ) -> Result<Organisation, IdentityError> {
        organisation::register(ctx, args)
    }

    /// zh: 变更主体登记 | en: Change an organisation's registration
    pub fn update_organisation(
        ctx: &mut Context,
        args: UpdateOrganisation,
    ) -> Result<Organisation, IdentityError> {
        organisation::update(ctx, args)
    }

    /// zh: 暂停主体 | en: Suspend an organisation
    pub fn suspend_organisation(
        ctx: &mut Context,
        args: SuspendOrganisation,
    ) -> Result<Organisation, IdentityError> {
        organisation::suspend(ctx, args)
    }

    /// zh: 恢复主体 | en: Restore a suspended organisation
    pub fn restore_organisation(
        ctx: &mut Context,
        args: RestoreOrganisation,
    ) -> Result<Organisation, IdentityError> {
        organisation::restore(ctx, args)
    }

    /// zh: 绑定密钥 | en: Bind a key to an organisation
    pub fn bind_key(ctx: &mut Context, args: BindKey) -> Result<Key, IdentityError> {
        binding::bind(ctx, args)
    }

    /// zh: 吊销密钥 | en: Revoke a key, for ever
    pub fn revoke_key(ctx: &mut Context, args: RevokeKey) -> Result<Key, IdentityError> {
        binding::revoke(ctx, args)
    }

    /// zh: 设定调用权限 | en: Set who may call a method
    pub fn set_permission(
        ctx: &mut Context,
        args: SetPermission,
    ) -> Result<Permission, IdentityError> {
        permission::set(ctx, args)
    }

    /// zh: 撤除调用权限 | en: Remove a permission, so that nobody may call
    pub fn remove_permission(
        ctx: &mut Context,
        args: PermissionPlace,
    ) -> Result<(), IdentityError> {
        permission::remove(ctx, &args)
    }

    /// zh: 准入一次性公钥 | en: Admit a batch of one-time keys
    pub fn admit_keys(ctx: &mut Context, args: AdmitKeys) -> Result<Admission, IdentityError> {
        admission::admit(ctx, args)
    }

    /// zh: 查询一次性公钥批次 | en: Look up a batch of one-time keys
    #[view]
    pub fn get_admission(
        ctx: &Context,
        args: AskAdmission,
    ) -> Result<Option<Admission>, IdentityError> {
        Ok(admission::find(ctx, &args.batch))
    }

    /// zh: 查询主体 | en: Look up an organisation
    #[view]
    pub fn get_organisation(
        ctx: &Context,
        args: OrganisationCode,
    ) -> Result<Option<Organisation>, IdentityError> {
        Ok(organisation::ORGANISATIONS.get(ctx, &[&args.code]))
    }

    /// zh: 查询暂停原因 | en: Look up why an organisation is suspended
    #[view]
    pub fn get_suspension(
        ctx: &Context,
        args: OrganisationCode,
    ) -> Result<Option<Suspension>, IdentityError> {
        Ok(organisation::SUSPENSIONS.get(ctx, &[&args.code]))
    }

    /// zh: 查询校验码说明 | en: Look up who vouched for a code that fails its check character
    #[view]
    pub fn get_attestation(
        ctx: &Context,
        args: OrganisationCode,
    ) -> Result<Option<Attestation>, IdentityError> {
        Ok(organisation::ATTESTATIONS.get(ctx, &[&args.code]))
    }

    /// zh: 列出主体 | en: List organisations in order of their codes
    #[view]
    pub fn list_organisations(
        ctx: &Context,
        args: ListOrganisations,
    ) -> Result<OrganisationPage, IdentityError> {
        organisation::list(ctx, args)
    }

    /// zh: 查询密钥 | en: Look up a key
    #[view]
    pub fn get_key(ctx: &Context, args: KeyText) -> Result<Option<Key>, IdentityError> {
        Ok(binding::KEYS.get(ctx, &[&args.key]))
    }

    /// zh: 查询密钥的绑定 | en: Look up how a key was bound
    #[view]
    pub fn get_binding(ctx: &Context, args: KeyText) -> Result<Option<Binding>, IdentityError> {
        Ok(binding::BINDINGS.get(ctx, &[&args.key]))
    }

    /// zh: 列出密钥 | en: List keys, all or one organisation's
    #[view]
    pub fn list_keys(ctx: &Context, args: ListKeys) -> Result<KeyPage, IdentityError> {
        Ok(binding::list(ctx, args))
    }

    /// zh: 查询调用权限 | en: Look up who may call a method
    #[view]
    pub fn permission(
        ctx: &Context,
        args: PermissionPlace,
    ) -> Result<Option<EffectivePermission>, IdentityError> {
        permission::effective(ctx, &args)
    }
}

/// Names a key.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct KeyText {
    /// 公钥 | `ed25519:<64 hex>`
    pub key: String,
}

/// Refuses callers whose organisation has none of the roles.
fn require_role(ctx: &Context, roles: &[&str]) -> Result<(), IdentityError> {
    if ctx.env().has_any_role(roles) {
        return Ok(());
    }
    Err(IdentityError::NotEntitled(format!(
        "expected one of the roles {}",
        roles.join(", ")
    )))
}

#[cfg(test)]
mod tests;
