//! The specification of a local network, with keys made here.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use yilian_abi::ContractKind;
use yilian_chain_spec::{
    ChainSpec, Contract, ContractKind as SpecKind, Permission, parse_permissions, presets,
};
use yilian_crypto::SecretKey;

use super::{InitArgs, Ports};
use crate::commands::contract::read_program;
use crate::context::{Context, Outcome, now_ms};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::keyfile;
use crate::messages::M;

/// Every secret of a local network.
pub(crate) struct Keys {
    /// Validator keys by name of their centre.
    pub(crate) validators: BTreeMap<String, SecretKey>,
    /// Keys of the organisations.
    pub(crate) organisations: Vec<NamedKey>,
}

/// A key of an organisation.
pub(crate) struct NamedKey {
    /// Name of its file.
    pub(crate) name: String,
    /// Code of the organisation.
    pub(crate) organisation: String,
    /// The key.
    pub(crate) key: SecretKey,
}

/// Everything that a local network begins with. Nothing is written yet.
pub(crate) struct Genesis {
    /// The specification.
    pub(crate) spec: ChainSpec,
    /// Its secrets.
    pub(crate) keys: Keys,
    /// Programs by name of their file.
    pub(crate) programs: BTreeMap<String, Vec<u8>>,
}

/// Makes specification and keys.
pub(super) fn make(context: &Context, args: &InitArgs) -> Outcome<Genesis> {
    let mut validators = BTreeMap::new();
    let mut spec = presets::local(|name| {
        let key = keyfile::generate();
        let public = key.public_key();
        validators.insert(name.to_owned(), key);
        public
    });
    spec.genesis_time_ms = now_ms();
    for (place, centre) in (0u16..).zip(&mut spec.centres) {
        let ports = Ports::of(args.base_port, place);
        centre.p2p = multiaddr(ports.p2p);
        centre.mempool = multiaddr(ports.mempool);
    }
    let organisations = organisation_keys(&mut spec);
    let mut programs = BTreeMap::new();
    if let Some(source) = &args.contracts {
        programs = add_contracts(context, &mut spec, source)?;
        let permissions = permissions(context, source, args.permissions.as_deref())?;
        // The file may speak of contracts that are not deployed here.
        let here = |permission: &Permission| {
            spec.contracts
                .iter()
                .any(|contract| contract.name == permission.contract)
        };
        let permissions: Vec<_> = permissions.into_iter().filter(here).collect();
        spec.permissions.extend(permissions);
    }
    spec.check().map_err(|error| {
        Failure::new(
            Exit::Failure,
            context.text(M::SpecUnsound, &[("reason", &error)]),
        )
    })?;
    let keys = Keys {
        validators,
        organisations,
    };
    Ok(Genesis {
        spec,
        keys,
        programs,
    })
}

/// How a listener of this machine is written in a specification.
pub(super) fn multiaddr(port: u16) -> String {
    format!("/ip4/127.0.0.1/tcp/{port}")
}

/// Gives each organisation one key, named after its centre or its first role.
fn organisation_keys(spec: &mut ChainSpec) -> Vec<NamedKey> {
    let names = organisation_names(spec);
    let mut keys = Vec::new();
    for (organisation, name) in spec.organisations.iter_mut().zip(names) {
        let key = keyfile::generate();
        organisation.keys.push(key.public_key());
        keys.push(NamedKey {
            name,
            organisation: organisation.code.clone(),
            key,
        });
    }
    keys
}

fn organisation_names(spec: &ChainSpec) -> Vec<String> {
    let role = |organisation: &yilian_chain_spec::Organisation| {
        organisation
            .roles
            .first()
            .map_or("organisation", |role| role.as_str())
            .replace('_', "-")
    };
    let mut count: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for organisation in &spec.organisations {
        count.entry(role(organisation)).or_default().0 += 1;
    }
    let mut names = Vec::new();
    for organisation in &spec.organisations {
        let centre = spec
            .centres
            .iter()
            .find(|centre| centre.organisation == organisation.code);
        let role = role(organisation);
        let (all, seen) = count.entry(role.clone()).or_default();
        *seen += 1;
        names.push(match centre {
            Some(centre) => format!("centre-{}", centre.name),
            None if *all == 1 => role,
            None => format!("{role}-{seen}"),
        });
    }
    names
}

fn add_contracts(
    context: &Context,
    spec: &mut ChainSpec,
    source: &Path,
) -> Outcome<BTreeMap<String, Vec<u8>>> {
    let entries = std::fs::read_dir(source)
        .map_err(|error| crate::context::unreadable(context.lang, source, &error))?;
    let paths = entries.flatten().map(|entry| entry.path());
    let mut files: Vec<PathBuf> = paths
        .filter(|path| path.extension().is_some_and(|ending| ending == "wasm"))
        .collect();
    files.sort();
    if files.is_empty() {
        let shown = source.display();
        let text = context.text(M::InitNoContracts, &[("path", &shown)]);
        return Err(Failure::new(Exit::NotFound, text).hint(context.name(M::InitNoContractsHint)));
    }
    let mut programs = BTreeMap::new();
    for path in files {
        let program = read_program(context, &path)?;
        let name = program.interface.name.clone();
        let file = format!("{name}.wasm");
        programs.insert(file.clone(), program.bytes);
        spec.contracts.push(Contract {
            name,
            kind: match program.interface.kind {
                ContractKind::Rule => SpecKind::Rule,
                ContractKind::Ledger => SpecKind::Ledger,
            },
            file,
            code_hash: program.hash,
        });
    }
    Ok(programs)
}

/// Permissions that the contracts bring along.
fn permissions(context: &Context, source: &Path, named: Option<&Path>) -> Outcome<Vec<Permission>> {
    let around = [
        "permissions.toml",
        "../permissions.toml",
        "../../permissions.toml",
    ];
    let path = match named {
        Some(path) => Some(path.to_owned()),
        None => around
            .iter()
            .map(|name| source.join(name))
            .find(|path| path.is_file()),
    };
    let Some(path) = path else {
        return Ok(Vec::new());
    };
    let text = context.read_text(&path)?;
    parse_permissions(&text)
        .map_err(|error| Failure::new(Exit::Failure, format!("{}: {error}", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_organisation_of_the_local_network_has_a_name_of_its_own() {
        let mut spec = presets::local(|_| keyfile::generate().public_key());
        let keys = organisation_keys(&mut spec);
        let names: BTreeSet<_> = keys.iter().map(|key| key.name.as_str()).collect();
        assert_eq!(names.len(), spec.organisations.len());
        for name in [
            "centre-lanzhou",
            "agency",
            "bidder-1",
            "bidder-2",
            "governance",
        ] {
            assert!(names.contains(name), "{name} in {names:?}");
        }
        assert!(spec.check().is_ok());
    }
}
