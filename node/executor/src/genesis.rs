//! Block 0: what the chain specification says, as state.

use std::collections::BTreeMap;

use thiserror::Error;
use yilian_abi::interface::Title;
use yilian_abi::records::{self, ContractRecord, KeyBinding, Organisation, Permission, Status};
use yilian_abi::{ContractKind, state_key};
use yilian_ceremony::{TRANSCRIPT_BYTES_MAX, Transcript};
use yilian_chain_spec::{CeremonyFile, ChainSpec, Contract, ContractKind as SpecKind};
use yilian_crypto::Digest;
use yilian_merkle::log::{self, Frontier};
use yilian_primitives::cbor::Cbor;
use yilian_primitives::{Address, Block, GenesisLeaf, Header, limits};
use yilian_vm::EXECUTION_ENGINE;

use crate::block::{CommittedBlock, ExecutedBlock, Outcome};
use crate::parent::{StateError, StoredValue};
use crate::{Executor, membership, release, system, tree};

/// Log index of the genesis leaf, the writer of everything at genesis.
const WRITER: u64 = 0;

/// The chain cannot begin.
#[derive(Debug, Error)]
pub enum GenesisError {
    /// A contract's file is not the one that the specification names, or does not fit.
    #[error("contract {name}: {reason}")]
    Contract {
        /// Its name in the specification.
        name: String,
        /// What is wrong and what would be right.
        reason: String,
    },
    /// The transcript of the ceremony is not the one that the specification names, or gives no group.
    #[error("ceremony {file}: {reason}")]
    Ceremony {
        /// Its name in the specification.
        file: String,
        /// What is wrong and what would be right.
        reason: String,
    },
    /// The state cannot be made.
    #[error("{0}")]
    State(#[from] StateError),
}

type Entries = BTreeMap<Vec<u8>, Vec<u8>>;

/// A file that the specification names, and that has to be there when the chain begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GenesisFile<'s> {
    /// The program of a contract, in the node's directory of contracts.
    Contract(&'s str),
    /// The transcript of a ceremony, beside the specification.
    Ceremony(&'s str),
}

impl GenesisFile<'_> {
    /// Most bytes that such a file may have; whoever reads it need not read on.
    pub const fn bytes_max(&self) -> usize {
        match self {
            GenesisFile::Contract(_) => limits::CONTENT_BYTES_MAX,
            GenesisFile::Ceremony(_) => TRANSCRIPT_BYTES_MAX,
        }
    }
}

/// Gives the bytes of a file.
pub type ReadFile<'r> = dyn FnMut(GenesisFile<'_>) -> Result<Vec<u8>, String> + 'r;

/// Makes block 0. `read` gives the files that the specification names.
pub fn genesis(
    executor: &Executor,
    read: &mut ReadFile<'_>,
) -> Result<CommittedBlock, GenesisError> {
    let spec = executor.spec();
    let mut entries = Entries::new();
    organisations(spec, &mut entries);
    permissions(spec, &mut entries);
    for contract in &spec.contracts {
        let installed = install(executor, contract, read, &mut entries);
        installed.map_err(|reason| GenesisError::Contract {
            name: contract.name.clone(),
            reason,
        })?;
    }
    entries.insert(state_key::parameters(), spec.parameters.to_json());
    entries.extend([membership::first(spec)]);
    entries.extend(first_key(spec, read)?);
    let changes = entries
        .into_iter()
        .map(|(key, value)| {
            let writer = WRITER;
            (key, Some(StoredValue { value, writer }))
        })
        .collect();
    let tree = tree::first(&changes)?;
    let leaf = GenesisLeaf {
        chain_id: spec.chain_id.clone(),
        chain_spec: executor.spec_digest,
    }
    .encode();
    let mut frontier = Frontier::default();
    let log_nodes = frontier.append(log::leaf_hash(&leaf));
    let validators = spec.validators();
    let header = Header {
        chain_id: spec.chain_id.clone(),
        chain_spec: executor.spec_digest,
        height: 0,
        time_ms: spec.genesis_time_ms,
        proposer: Address::NONE,
        parent_hash: Digest::ZERO,
        parent_commit_hash: Digest::ZERO,
        transaction_count: 0,
        transactions_root: log::root(&[]),
        log_size: frontier.size(),
        log_root: frontier.root(),
        state_root: tree.root,
        validators_hash: validators.hash(),
        next_validators_hash: validators.hash(),
        parameters_hash: executor.parameters_hash,
        execution_engine: EXECUTION_ENGINE.to_owned(),
    };
    Ok(CommittedBlock {
        executed: ExecutedBlock {
            block: Block {
                header,
                parent_certificate: None,
                transactions: Vec::new(),
            },
            outcome: Outcome {
                executions: Vec::new(),
                leaves: vec![leaf],
                log_nodes,
                frontier,
                changes,
                tree,
                next_validators: validators,
            },
        },
        certificate: None,
    })
}

fn organisations(spec: &ChainSpec, entries: &mut Entries) {
    for organisation in &spec.organisations {
        let record = Organisation {
            code: organisation.code.clone(),
            name: Title {
                zh: organisation.zh.clone(),
                en: organisation.en.clone(),
            },
            roles: organisation.roles.iter().map(ToString::to_string).collect(),
            status: Status::Active,
            division: organisation.division.clone(),
        };
        entries.insert(
            state_key::organisation(&organisation.code),
            records::to_bytes(&record),
        );
        for key in &organisation.keys {
            let binding = KeyBinding {
                organisation: organisation.code.clone(),
                status: Status::Active,
                label: String::new(),
            };
            entries.insert(
                state_key::key_binding(&key.to_string()),
                records::to_bytes(&binding),
            );
        }
    }
}

fn permissions(spec: &ChainSpec, entries: &mut Entries) {
    for permission in &spec.permissions {
        let record = Permission {
            roles: permission.roles.iter().map(ToString::to_string).collect(),
            organisations: permission.organisations.clone(),
        };
        entries.insert(
            state_key::permission(&permission.contract, &permission.method),
            records::to_bytes(&record),
        );
    }
}

/// The group that a ceremony by files gave, or the ceremony that begins on the chain.
fn first_key(spec: &ChainSpec, read: &mut ReadFile<'_>) -> Result<release::Entries, GenesisError> {
    match &spec.ceremony {
        None => {
            let window = spec.parameters.release_phase_blocks;
            Ok(release::on_chain(&spec.validators(), window))
        }
        Some(named) => held(spec, named, read).map_err(|reason| GenesisError::Ceremony {
            file: named.file.clone(),
            reason,
        }),
    }
}

fn held(
    spec: &ChainSpec,
    named: &CeremonyFile,
    read: &mut ReadFile<'_>,
) -> Result<release::Entries, String> {
    let bytes = read(GenesisFile::Ceremony(&named.file))?;
    let digest = Digest::sha256(&bytes);
    if digest != named.digest {
        return Err(format!(
            "the file has digest {digest}: the chain specification expects {}",
            named.digest
        ));
    }
    let transcript = Transcript::from_bytes(&bytes).map_err(|error| error.to_string())?;
    let entries = release::by_files(&transcript, &spec.chain_id, &spec.validators());
    entries.map_err(|error| {
        let at_fault = error.member().and_then(|key| spec.centre_with_key(&key));
        match at_fault {
            Some(centre) => format!("centre {}: {error}", centre.name),
            None => error.to_string(),
        }
    })
}

fn install(
    executor: &Executor,
    contract: &Contract,
    read: &mut ReadFile<'_>,
    entries: &mut Entries,
) -> Result<(), String> {
    let program = read(GenesisFile::Contract(&contract.file))?;
    let hash = Digest::sha256(&program);
    if hash != contract.code_hash {
        return Err(format!(
            "file {} has digest {hash}: the chain specification expects {}",
            contract.file, contract.code_hash
        ));
    }
    let kind = match contract.kind {
        SpecKind::Rule => ContractKind::Rule,
        SpecKind::Ledger => ContractKind::Ledger,
    };
    // Compiled too: a program that only fails when it is first called would stop every validator at once.
    executor
        .vm
        .program(&program)
        .map_err(|error| error.to_string())?;
    let checked = executor
        .vm
        .check(&program)
        .map_err(|error| error.to_string())?;
    if checked.interface.kind != kind {
        return Err(format!(
            "the program is a {} and the chain specification says {kind}",
            checked.interface.kind
        ));
    }
    let record = ContractRecord {
        name: contract.name.clone(),
        kind,
        code_hash: hash,
        version: checked.interface.version.clone(),
        height: 0,
    };
    entries.extend(system::entries(&record, &program, checked.interface_json));
    Ok(())
}
