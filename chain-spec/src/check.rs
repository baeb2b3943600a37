//! What a specification must hold beyond its form.

use core::fmt;
use std::collections::BTreeSet;

use yilian_primitives::ValidatorSet;
use yilian_primitives::limits::{CHAIN_ID_BYTES_MAX, JSON_INTEGER_MAX, NAME_BYTES_MAX};

use crate::codes::CodeError;
use crate::{
    Centre, ChainSpec, Contract, Organisation, Permission, Role, SpecError, check_division,
    check_organisation_code,
};

/// Name that a contract may not take: the built-in one has it.
const BUILT_IN: &str = "system";
/// Earliest time of genesis, 2020-01-01T00:00:00Z: smaller numbers are seconds by mistake.
const GENESIS_TIME_MS_MIN: u64 = 1_577_836_800_000;

impl ChainSpec {
    /// Checks everything that [`ChainSpec::parse`] checks, without lines.
    pub fn check(&self) -> Result<(), SpecError> {
        self.check_head()?;
        self.parameters.check()?;
        if let Some(ceremony) = &self.ceremony {
            check_file("ceremony.file", &ceremony.file, ".json")?;
        }
        for (index, organisation) in self.organisations.iter().enumerate() {
            check_organisation(&format!("organisation[{index}]"), organisation)?;
        }
        for (index, centre) in self.centres.iter().enumerate() {
            self.check_centre(&format!("centre[{index}]"), centre)?;
        }
        self.check_distinct_centres()?;
        self.check_distinct_organisations()?;
        for (index, contract) in self.contracts.iter().enumerate() {
            check_contract(&format!("contract[{index}]"), contract)?;
        }
        let names = self.contracts.iter().map(|contract| &contract.name);
        distinct(names, |index| format!("contract[{index}].name"))?;
        for (index, permission) in self.permissions.iter().enumerate() {
            self.check_permission(&format!("permission[{index}]"), permission)?;
        }
        check_distinct_permissions(&self.permissions)
    }

    fn check_head(&self) -> Result<(), SpecError> {
        let id = &self.chain_id;
        let plain = id
            .bytes()
            .all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'));
        let first = id
            .bytes()
            .next()
            .is_some_and(|byte| byte.is_ascii_lowercase());
        if !plain || !first || id.len() > CHAIN_ID_BYTES_MAX {
            let expected =
                format!("1 to {CHAIN_ID_BYTES_MAX} of a-z 0-9 - beginning with a letter");
            return Err(SpecError::new("chain_id", expected, format!("{id:?}")));
        }
        if !(GENESIS_TIME_MS_MIN..=JSON_INTEGER_MAX).contains(&self.genesis_time_ms) {
            let expected = format!("milliseconds since 1970, at least {GENESIS_TIME_MS_MIN}");
            return Err(SpecError::new(
                "genesis_time_ms",
                expected,
                self.genesis_time_ms,
            ));
        }
        Ok(())
    }

    fn check_centre(&self, at: &str, centre: &Centre) -> Result<(), SpecError> {
        centre.check(at)?;
        let runs = |organisation: &Organisation| organisation.roles.contains(&Role::Centre);
        if !self.organisation(&centre.organisation).is_some_and(runs) {
            let expected = "the code of an [[organisation]] with the role \"centre\"";
            let got = format!("{:?}", centre.organisation);
            return Err(SpecError::new(format!("{at}.organisation"), expected, got));
        }
        Ok(())
    }

    /// Names, keys and addresses are all different, and the powers form a validator set.
    fn check_distinct_centres(&self) -> Result<(), SpecError> {
        let centres = || self.centres.iter();
        distinct(centres().map(|c| &c.name), |index| {
            format!("centre[{index}].name")
        })?;
        distinct(centres().map(|c| c.key), |index| {
            format!("centre[{index}].key")
        })?;
        let addresses = centres().flat_map(|c| [&c.p2p, &c.mempool]);
        distinct(addresses, |index| {
            let field = if index.is_multiple_of(2) {
                "p2p"
            } else {
                "mempool"
            };
            format!("centre[{}].{field}", index / 2)
        })?;
        let validators = centres().map(Centre::validator).collect();
        ValidatorSet::new(validators).map_err(|error| not_a_set("centre".to_owned(), error))?;
        Ok(())
    }

    fn check_distinct_organisations(&self) -> Result<(), SpecError> {
        let codes = self
            .organisations
            .iter()
            .map(|organisation| &organisation.code);
        distinct(codes, |index| format!("organisation[{index}].code"))?;
        let mut seen: BTreeSet<_> = self.centres.iter().map(|centre| centre.key).collect();
        for (index, organisation) in self.organisations.iter().enumerate() {
            for (place, key) in organisation.keys.iter().enumerate() {
                if !seen.insert(*key) {
                    let field = format!("organisation[{index}].keys[{place}]");
                    let expected = "a key that stands nowhere else; validator keys only vote";
                    return Err(SpecError::new(field, expected, key));
                }
            }
        }
        Ok(())
    }

    fn check_permission(&self, at: &str, permission: &Permission) -> Result<(), SpecError> {
        let known = |contract: &Contract| contract.name == permission.contract;
        if permission.contract != BUILT_IN && !self.contracts.iter().any(known) {
            let expected = "the name of a [[contract]], or \"system\"";
            let got = format!("{:?}", permission.contract);
            return Err(SpecError::new(format!("{at}.contract"), expected, got));
        }
        check_permission_form(at, permission)?;
        for (index, code) in permission.organisations.iter().enumerate() {
            if self.organisation(code).is_none() {
                let field = format!("{at}.organisations[{index}]");
                let expected = "the code of an [[organisation]]";
                return Err(SpecError::new(field, expected, format!("{code:?}")));
            }
        }
        Ok(())
    }
}

/// Checks what can be checked of a permission without knowing the chain.
pub(crate) fn check_permission_form(at: &str, permission: &Permission) -> Result<(), SpecError> {
    if !is_name(&permission.contract) {
        return Err(bad_name(format!("{at}.contract"), &permission.contract));
    }
    if permission.method != "*" && !is_name(&permission.method) {
        return Err(bad_name(format!("{at}.method"), &permission.method));
    }
    Ok(())
}

/// One permission per contract and method.
pub(crate) fn check_distinct_permissions(permissions: &[Permission]) -> Result<(), SpecError> {
    let pairs = permissions
        .iter()
        .map(|p| format!("{}/{}", p.contract, p.method));
    distinct(pairs, |index| format!("permission[{index}].method"))
}

fn check_organisation(at: &str, organisation: &Organisation) -> Result<(), SpecError> {
    match check_organisation_code(&organisation.code) {
        Ok(()) => {}
        Err(CodeError::OrganisationCheck { .. }) if !organisation.attested_by.is_empty() => {}
        Err(error @ CodeError::OrganisationCheck { .. }) => {
            let expected = format!("{error}, or attested_by = \"<registrar>\"");
            let got = format!("{:?}", organisation.code);
            return Err(SpecError::new(format!("{at}.code"), expected, got));
        }
        Err(error) => {
            let got = format!("{:?}", organisation.code);
            return Err(SpecError::new(format!("{at}.code"), error.to_string(), got));
        }
    }
    check_titles(at, &organisation.zh, &organisation.en)?;
    if !organisation.division.is_empty() {
        division(&format!("{at}.division"), &organisation.division)?;
    }
    if organisation.roles.is_empty() {
        return Err(SpecError::new(
            format!("{at}.roles"),
            "at least one role",
            "none",
        ));
    }
    distinct(organisation.roles.iter(), |index| {
        format!("{at}.roles[{index}]")
    })
}

fn check_contract(at: &str, contract: &Contract) -> Result<(), SpecError> {
    if !is_name(&contract.name) || contract.name == BUILT_IN {
        return Err(bad_name(format!("{at}.name"), &contract.name));
    }
    check_file(&format!("{at}.file"), &contract.file, ".wasm")
}

/// Relative and downward: a specification that came by mail must not name other files of the host.
fn check_file(field: &str, file: &str, ending: &str) -> Result<(), SpecError> {
    let inside = file
        .split('/')
        .all(|part| !part.is_empty() && part != "." && part != "..");
    if !inside || !file.ends_with(ending) || file.contains('\\') {
        let expected = format!("a relative path to a {ending} file, without \"..\"");
        return Err(SpecError::new(field, expected, format!("{file:?}")));
    }
    Ok(())
}

/// Names of contracts and methods, as transactions name them.
fn is_name(name: &str) -> bool {
    let first = name
        .bytes()
        .next()
        .is_some_and(|byte| byte.is_ascii_lowercase());
    let plain = |b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-');
    first && name.len() <= NAME_BYTES_MAX && name.bytes().all(plain)
}

fn bad_name(field: String, got: &str) -> SpecError {
    let expected = format!(
        "1 to {NAME_BYTES_MAX} of a-z 0-9 _ - beginning with a letter, and not the built-in \"{BUILT_IN}\""
    );
    SpecError::new(field, expected, format!("{got:?}"))
}

/// Names for people: not empty, and no character that could forge another line.
pub(crate) fn check_titles(at: &str, zh: &str, en: &str) -> Result<(), SpecError> {
    for (field, text) in [("zh", zh), ("en", en)] {
        let fits = !text.trim().is_empty() && text.len() <= 256;
        if !fits || text.chars().any(char::is_control) {
            let expected = "1 to 256 bytes of text on one line";
            return Err(SpecError::new(
                format!("{at}.{field}"),
                expected,
                format!("{text:?}"),
            ));
        }
    }
    Ok(())
}

pub(crate) fn division(field: &str, code: &str) -> Result<(), SpecError> {
    check_division(code)
        .map_err(|error| SpecError::new(field, error.to_string(), format!("{code:?}")))
}

fn distinct<T: Ord + fmt::Debug>(
    items: impl Iterator<Item = T>,
    field: impl Fn(usize) -> String,
) -> Result<(), SpecError> {
    let mut seen = BTreeSet::new();
    for (index, item) in items.enumerate() {
        let text = format!("{item:?}, which stands there before");
        if !seen.insert(item) {
            return Err(SpecError::new(
                field(index),
                "a value that stands there once",
                text,
            ));
        }
    }
    Ok(())
}

pub(crate) fn not_a_set(field: String, error: yilian_primitives::ValidatorSetError) -> SpecError {
    use yilian_primitives::ValidatorSetError as E;
    let field = match error {
        E::Power { .. } => format!("{field}.power"),
        E::Name { .. } => format!("{field}.name"),
        E::Count { .. } | E::Duplicate { .. } => field,
    };
    SpecError::new(field, "centres that form a validator set", error)
}
