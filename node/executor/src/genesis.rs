//! Block 0: what the chain specification says, as state.

use std::collections::BTreeMap;

use thiserror::Error;
use yilian_abi::interface::Title;
use yilian_abi::records::{self, ContractRecord, KeyBinding, Organisation, Permission, Status};
use yilian_abi::{ContractKind, state_key};
use yilian_chain_spec::{ChainSpec, Contract, ContractKind as SpecKind};
use yilian_crypto::Digest;
use yilian_merkle::log::{self, Frontier};
use yilian_primitives::cbor::Cbor;
use yilian_primitives::{Address, Block, GenesisLeaf, Header};
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
    /// The state cannot be made.
    #[error("{0}")]
    State(#[from] StateError),
}

type Entries = BTreeMap<Vec<u8>, Vec<u8>>;

/// Makes block 0. `program` gives the bytes of a contract of the specification.
pub fn genesis(
    executor: &Executor,
    program: &mut dyn FnMut(&Contract) -> Result<Vec<u8>, String>,
) -> Result<CommittedBlock, GenesisError> {
    let spec = executor.spec();
    let mut entries = Entries::new();
    organisations(spec, &mut entries);
    permissions(spec, &mut entries);
    for contract in &spec.contracts {
        let installed = install(executor, contract, program, &mut entries);
        installed.map_err(|reason| GenesisError::Contract {
            name: contract.name.clone(),
            reason,
        })?;
    }
    entries.insert(state_key::parameters(), spec.parameters.to_json());
    entries.extend([membership::first(spec)]);
    let window = spec.parameters.release_phase_blocks;
    entries.extend([release::first_ceremony(&spec.validators(), window)]);
    let changes = entries
        .into_iter()
        .map(|(key, value)| {
            let writer = WRITER;
            (key, Some(StoredValue { value, writer }))
        })
        .collect();
    let (state_root, tree) = tree::first(&changes)?;
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
        state_root,
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

fn install(
    executor: &Executor,
    contract: &Contract,
    program: &mut dyn FnMut(&Contract) -> Result<Vec<u8>, String>,
    entries: &mut Entries,
) -> Result<(), String> {
    let program = program(contract)?;
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
