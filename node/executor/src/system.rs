//! The built-in contract `system`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use yilian_abi::env::SYSTEM_CALLER;
use yilian_abi::records::{self, ContractRecord};
use yilian_abi::{ContractKind, ContractRefusal, Reserved, state_key};
use yilian_crypto::Digest;
use yilian_release_records::method::{ADVANCE, RESHARE};
use yilian_vm::CallEnd;

use crate::parent::StateError;
use crate::session::Session;
use crate::{access, membership, release};

/// Methods, beside those of validators and centres.
const METHODS: [&str; 3] = ["deploy", ADVANCE, RESHARE];

/// Fuel for each byte of a deployed program: checking and compiling is much work.
const DEPLOY_BYTE: u64 = 2_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Deploy {
    name: String,
    kind: ContractKind,
    wasm: String,
}

/// Runs a method of `system`; gives how it ended and the fuel it burned.
pub(crate) fn call(
    session: &mut Session,
    method: &str,
    args: &[u8],
    fuel_limit: u64,
) -> Result<(CallEnd, u64), StateError> {
    let refused =
        |reserved, detail: String| CallEnd::Refused(ContractRefusal::reserved(reserved, detail));
    let caller = session.caller.clone();
    if release::is_of_validators(state_key::SYSTEM, method) {
        return release::call(session, method, args, fuel_limit);
    }
    if method == ADVANCE && caller.key != SYSTEM_CALLER {
        let detail = format!("{method} is the chain's own call");
        return Ok((refused(Reserved::Forbidden, detail), 0));
    }
    let of_centres = membership::is_of_centres(state_key::SYSTEM, method);
    if !METHODS.contains(&method) && !of_centres {
        let detail = format!("system has no method {method}");
        return Ok((refused(Reserved::UnknownMethod, detail), 0));
    }
    let permitted = access::permit(
        &mut |key| session.read(key),
        &caller,
        state_key::SYSTEM,
        method,
    )?;
    if let Err(refusal) = permitted {
        return Ok((CallEnd::Refused(refusal), 0));
    }
    if of_centres {
        return membership::call(session, method, args, fuel_limit);
    }
    if method != "deploy" {
        return release::call(session, method, args, fuel_limit);
    }
    match deploy(session, args, fuel_limit) {
        Ok((hash, fuel)) => {
            let result = records::to_bytes(&serde_json::json!({ "code_hash": hash }));
            Ok((CallEnd::Done(result), fuel))
        }
        Err(DeployEnd::OutOfFuel) => Ok((CallEnd::Trapped("out of fuel".to_owned()), fuel_limit)),
        Err(DeployEnd::Refused(detail)) => Ok((refused(Reserved::BadArguments, detail), 0)),
    }
}

enum DeployEnd {
    Refused(String),
    OutOfFuel,
}

fn deploy(session: &mut Session, args: &[u8], fuel_limit: u64) -> Result<(Digest, u64), DeployEnd> {
    let args: Deploy = serde_json::from_slice(args).map_err(|error| {
        DeployEnd::Refused(format!(
            "expected {{\"name\", \"kind\": \"rule\"|\"ledger\", \"wasm\": base64}}: {error}"
        ))
    })?;
    if !is_name(&args.name) || args.name == state_key::SYSTEM {
        return Err(DeployEnd::Refused(format!(
            "name {:?}: expected lower-case letters, digits, - and _, beginning with a letter, at most 64, \
             and not \"system\"",
            args.name
        )));
    }
    let program = STANDARD
        .decode(&args.wasm)
        .map_err(|_| DeployEnd::Refused("wasm: expected standard base64".to_owned()))?;
    let fuel = program.len() as u64 * DEPLOY_BYTE;
    if fuel > fuel_limit {
        return Err(DeployEnd::OutOfFuel);
    }
    let record = install(session, &args.name, args.kind, &program).map_err(DeployEnd::Refused)?;
    Ok((record.code_hash, fuel))
}

fn is_name(name: &str) -> bool {
    name.len() <= 64
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_')
}

fn install(
    session: &mut Session,
    name: &str,
    kind: ContractKind,
    program: &[u8],
) -> Result<ContractRecord, String> {
    let vm = session.surroundings.vm.clone();
    let checked = vm.check(program).map_err(|error| error.to_string())?;
    vm.program(program).map_err(|error| error.to_string())?;
    if checked.interface.kind != kind {
        return Err(format!(
            "the program says it is a {} and the call says {kind}",
            checked.interface.kind
        ));
    }
    let record = ContractRecord {
        name: name.to_owned(),
        kind,
        code_hash: Digest::sha256(program),
        version: checked.interface.version.clone(),
        height: session.surroundings.height,
    };
    for (key, value) in entries(&record, program, checked.interface_json) {
        session.overlay.set(key, Some(value));
    }
    Ok(record)
}

/// The state entries of a deployed program.
pub(crate) fn entries(
    record: &ContractRecord,
    program: &[u8],
    interface_json: Vec<u8>,
) -> [(Vec<u8>, Vec<u8>); 3] {
    [
        (state_key::contract(&record.name), records::to_bytes(record)),
        (state_key::code(&record.code_hash), program.to_vec()),
        (state_key::interface(&record.code_hash), interface_json),
    ]
}
