//! Organisations: registered once, suspended and restored.

mod types;

pub use types::*;

use yilian_contract::prelude::*;

use crate::code::{UsccFault, check_uscc};
use crate::{
    GOVERNANCE, IdentityError, PUBLIC_ROLES, REGISTRARS, SUSPENDERS, TRADING_ROLES, require_role,
    text,
};

/// Read by the protocol: `organisation/<USCC>`.
pub(crate) const ORGANISATIONS: Map<Organisation> = Map::new("organisation");
pub(crate) const ATTESTATIONS: Map<Attestation> = Map::new("attestation");
pub(crate) const SUSPENSIONS: Map<Suspension> = Map::new("suspension");
/// Most organisations on a page.
const PAGE_MAX: u32 = 100;
/// Entries that a filtered page looks at before it ends short.
const LOOK_MAX: u32 = 1_000;

pub(crate) fn register(
    ctx: &mut Context,
    args: RegisterOrganisation,
) -> Result<Organisation, IdentityError> {
    require_role(ctx, &REGISTRARS)?;
    check_code(ctx, &args)?;
    if ORGANISATIONS.contains(ctx, &[&args.code]) {
        return Err(IdentityError::AlreadyRegistered(args.code));
    }
    let organisation = Organisation {
        roles: checked_roles(ctx, args.roles, &[])?,
        code: args.code,
        name: checked_name(args.name)?,
        status: OrganisationStatus::Active,
        division: checked_division(args.division)?,
    };
    save(ctx, "organisation_registered", &organisation);
    Ok(organisation)
}

/// GB 32100-2015: the check character must fit, or a registrar says why the code is nevertheless lawful.
fn check_code(ctx: &mut Context, args: &RegisterOrganisation) -> Result<(), IdentityError> {
    match (check_uscc(&args.code), &args.attestation) {
        (Ok(()), None) => Ok(()),
        (Ok(()), Some(_)) => Err(IdentityError::MalformedText(
            "attestation: the code passes its check and needs none".to_owned(),
        )),
        (Err(UsccFault::Form), _) => Err(IdentityError::MalformedCode(format!(
            "{:?}: expected 18 characters of 0-9 and A-Z without I, O, S, V, Z",
            args.code
        ))),
        (Err(UsccFault::CheckCharacter { computed }), None) => Err(IdentityError::CheckCharacter(
            format!("{}: the last character would be {computed}", args.code),
        )),
        (Err(UsccFault::CheckCharacter { .. }), Some(attestation)) => {
            text::needed("attestation", attestation)?;
            let attestation = Attestation {
                text: attestation.clone(),
                by: ctx.env().organisation.clone(),
                time_ms: ctx.env().time_ms,
            };
            ATTESTATIONS.set(ctx, &[&args.code], &attestation);
            Ok(())
        }
    }
}

/// Roles in order and once each. Whoever does not govern may neither give nor take a role of public power.
fn checked_roles(
    ctx: &Context,
    mut roles: Vec<String>,
    before: &[String],
) -> Result<Vec<String>, IdentityError> {
    roles.sort();
    roles.dedup();
    for role in &roles {
        if !is_role(role) {
            return Err(IdentityError::UnknownRole(format!("{role:?}")));
        }
    }
    let given = roles.iter().filter(|role| !before.contains(role));
    let taken = before.iter().filter(|role| !roles.contains(role));
    for role in given.chain(taken) {
        if PUBLIC_ROLES.contains(&role.as_str()) && !ctx.env().has_role(GOVERNANCE) {
            return Err(IdentityError::RoleNotYoursToGrant(role.clone()));
        }
    }
    Ok(roles)
}

/// Whether there is such a role.
pub(crate) fn is_role(role: &str) -> bool {
    PUBLIC_ROLES.contains(&role) || TRADING_ROLES.contains(&role)
}

fn checked_name(name: Name) -> Result<Name, IdentityError> {
    text::needed("name.zh", &name.zh)?;
    text::optional("name.en", &name.en)?;
    Ok(name)
}

fn checked_division(division: Option<String>) -> Result<String, IdentityError> {
    let division = division.unwrap_or_default();
    text::division(&division)?;
    Ok(division)
}

pub(crate) fn update(
    ctx: &mut Context,
    args: UpdateOrganisation,
) -> Result<Organisation, IdentityError> {
    require_role(ctx, &REGISTRARS)?;
    let before = known(ctx, &args.code)?;
    let roles = checked_roles(ctx, args.roles, &before.roles)?;
    let governs = |roles: &[String]| roles.iter().any(|role| role == GOVERNANCE);
    if is_own(ctx, &args.code) && governs(&before.roles) && !governs(&roles) {
        return Err(IdentityError::LockOut(
            "an organisation does not take governance from itself".to_owned(),
        ));
    }
    let organisation = Organisation {
        roles,
        name: checked_name(args.name)?,
        division: checked_division(args.division)?,
        ..before
    };
    save(ctx, "organisation_updated", &organisation);
    Ok(organisation)
}

pub(crate) fn suspend(
    ctx: &mut Context,
    args: SuspendOrganisation,
) -> Result<Organisation, IdentityError> {
    require_role(ctx, &SUSPENDERS)?;
    text::needed("reason", &args.reason)?;
    let basis = args.basis.unwrap_or_default();
    text::optional("basis", &basis)?;
    let mut organisation = known(ctx, &args.code)?;
    if is_own(ctx, &args.code) {
        return Err(IdentityError::LockOut(
            "an organisation does not suspend itself".to_owned(),
        ));
    }
    require_power_over(ctx, &organisation)?;
    if organisation.status == OrganisationStatus::Suspended {
        return Err(IdentityError::AlreadySuspended(args.code));
    }
    let suspension = Suspension {
        reason: args.reason,
        basis,
        by: ctx.env().organisation.clone(),
        since_ms: ctx.env().time_ms,
    };
    SUSPENSIONS.set(ctx, &[&args.code], &suspension);
    organisation.status = OrganisationStatus::Suspended;
    save(ctx, "organisation_suspended", &organisation);
    Ok(organisation)
}

pub(crate) fn restore(
    ctx: &mut Context,
    args: RestoreOrganisation,
) -> Result<Organisation, IdentityError> {
    require_role(ctx, &SUSPENDERS)?;
    text::needed("reason", &args.reason)?;
    let mut organisation = known(ctx, &args.code)?;
    require_power_over(ctx, &organisation)?;
    if organisation.status == OrganisationStatus::Active {
        return Err(IdentityError::NotSuspended(args.code));
    }
    SUSPENSIONS.remove(ctx, &[&args.code]);
    organisation.status = OrganisationStatus::Active;
    save(ctx, "organisation_restored", &organisation);
    Ok(organisation)
}

/// A supervisor has no power over those who govern the chain.
fn require_power_over(ctx: &Context, other: &Organisation) -> Result<(), IdentityError> {
    if other.roles.iter().any(|role| role == GOVERNANCE) {
        require_role(ctx, &[GOVERNANCE])?;
    }
    Ok(())
}

/// The registered organisation of this code.
pub(crate) fn known(ctx: &Context, code: &str) -> Result<Organisation, IdentityError> {
    ORGANISATIONS
        .get(ctx, &[code])
        .ok_or_else(|| IdentityError::UnknownOrganisation(code.to_owned()))
}

pub(crate) fn is_own(ctx: &Context, code: &str) -> bool {
    ctx.env().organisation == code
}

fn save(ctx: &mut Context, event: &str, organisation: &Organisation) {
    ORGANISATIONS.set(ctx, &[&organisation.code], organisation);
    ctx.emit(event, organisation);
}

pub(crate) fn list(
    ctx: &Context,
    args: ListOrganisations,
) -> Result<OrganisationPage, IdentityError> {
    let limit = args.limit.unwrap_or(PAGE_MAX).clamp(1, PAGE_MAX);
    let looked_at = if args.role.is_some() { LOOK_MAX } else { limit };
    let found = ORGANISATIONS.scan(ctx, &[], args.after.as_deref(), looked_at);
    let exhausted = found.len() < looked_at as usize;
    let mut last = None;
    let mut organisations = Vec::new();
    for (_, organisation) in found {
        if organisations.len() == limit as usize {
            return Ok(OrganisationPage {
                organisations,
                next: last,
            });
        }
        last = Some(organisation.code.clone());
        let wanted = |role: &String| organisation.roles.contains(role);
        if args.role.as_ref().is_none_or(wanted) {
            organisations.push(organisation);
        }
    }
    Ok(OrganisationPage {
        organisations,
        next: last.filter(|_| !exhausted),
    })
}
