//! The host functions, one closure each over [`Host`].

use wasmtime::{Engine, Linker};
use yilian_abi::ContractKind;
use yilian_abi::imports::{ABSENT, MODULE, STATUS_OK, STATUS_REFUSED, SUITE_SHA256, pack};
use yilian_abi::records;
use yilian_crypto::{Digest, PublicKey, Signature};

use crate::call::{CallEnd, CallState, Stop};
use crate::fuel;
use crate::guest::{
    Guest, NAME_BYTES_MAX, charge, give, host, length, read, read_json, read_key, read_text, trap,
    write,
};
use crate::host::{Entry, Host, Target, Trap};

/// Longest text of a refusal in bytes.
const REFUSAL_BYTES_MAX: u64 = 16_384;
/// Longest debug line in bytes.
const DEBUG_BYTES_MAX: u64 = 4_096;

fn host_trap(trap: Trap) -> wasmtime::Error {
    wasmtime::Error::from(Stop::Trapped(trap.0))
}

/// Builds the imports of one kind of contract.
pub(crate) fn build<H: Host>(
    engine: &Engine,
    kind: ContractKind,
) -> wasmtime::Result<Linker<CallState<H>>> {
    let mut linker = Linker::new(engine);
    pure(&mut linker)?;
    if kind == ContractKind::Ledger {
        surroundings(&mut linker)?;
        state(&mut linker)?;
        calls(&mut linker)?;
    }
    Ok(linker)
}

fn pure<H: Host>(linker: &mut Linker<CallState<H>>) -> wasmtime::Result<()> {
    linker.func_wrap(MODULE, "input", |mut guest: Guest<'_, H>| {
        let input = guest.data().input.clone();
        give(&mut guest, input)
    })?;
    linker.func_wrap(MODULE, "take", |mut guest: Guest<'_, H>, ptr: i32| {
        let buffer = std::mem::take(&mut guest.data_mut().buffer);
        write(&mut guest, ptr, &buffer)
    })?;
    linker.func_wrap(
        MODULE,
        "ret",
        |mut guest: Guest<'_, H>, ptr: i32, len: i32| {
            let limit = guest.data().vm.limits().result_bytes_max;
            let result = read(&mut guest, "result", ptr, len, limit)?;
            guest.data_mut().result = Some(result);
            Ok(())
        },
    )?;
    linker.func_wrap(
        MODULE,
        "refuse",
        |mut guest: Guest<'_, H>, ptr: i32, len: i32| -> wasmtime::Result<()> {
            let bytes = read(&mut guest, "refusal", ptr, len, REFUSAL_BYTES_MAX)?;
            Err(wasmtime::Error::from(Stop::Refused(bytes)))
        },
    )?;
    linker.func_wrap(
        MODULE,
        "debug",
        |mut guest: Guest<'_, H>, ptr: i32, len: i32| {
            let text = read(&mut guest, "debug line", ptr, len, DEBUG_BYTES_MAX)?;
            tracing::debug!(target: "contract", "{}", String::from_utf8_lossy(&text));
            Ok(())
        },
    )?;
    linker.func_wrap(
        MODULE,
        "hash",
        |mut guest: Guest<'_, H>, suite: i32, ptr: i32, len: i32, out: i32| {
            if suite != SUITE_SHA256 {
                return Err(trap(format!(
                    "hash suite {suite}: expected {SUITE_SHA256} (SHA-256)"
                )));
            }
            charge(&mut guest, length(len) * fuel::HASH_BYTE)?;
            let bytes = read(&mut guest, "bytes to hash", ptr, len, u64::MAX)?;
            write(&mut guest, out, Digest::sha256(&bytes).as_bytes())
        },
    )?;
    linker.func_wrap(
        MODULE,
        "verify_signature",
        |mut guest: Guest<'_, H>, kp: i32, kl: i32, mp: i32, ml: i32, sp: i32, sl: i32| {
            charge(&mut guest, fuel::SIGNATURE + length(ml) * fuel::HASH_BYTE)?;
            let key = read(&mut guest, "key", kp, kl, NAME_BYTES_MAX)?;
            let message = read(&mut guest, "message", mp, ml, u64::MAX)?;
            let signature = read(&mut guest, "signature", sp, sl, NAME_BYTES_MAX)?;
            let holds = match (
                PublicKey::from_tagged(&key),
                Signature::from_tagged(&signature),
            ) {
                (Ok(key), Ok(signature)) => key.verify(&message, &signature).is_ok(),
                _ => false,
            };
            Ok(i32::from(holds))
        },
    )?;
    Ok(())
}

fn surroundings<H: Host>(linker: &mut Linker<CallState<H>>) -> wasmtime::Result<()> {
    linker.func_wrap(MODULE, "env", |mut guest: Guest<'_, H>| {
        let env = host(&mut guest)?.env();
        give(&mut guest, env)
    })?;
    linker.func_wrap(
        MODULE,
        "emit",
        |mut guest: Guest<'_, H>, np: i32, nl: i32, dp: i32, dl: i32| {
            let name = read_text(&mut guest, "event name", np, nl)?;
            let limit = guest.data().vm.limits().result_bytes_max;
            let data = read_json(&mut guest, "event data", dp, dl, limit)?;
            host(&mut guest)?.emit(&name, &data).map_err(host_trap)
        },
    )?;
    linker.func_wrap(
        MODULE,
        "code_hash",
        |mut guest: Guest<'_, H>, np: i32, nl: i32| {
            charge(&mut guest, fuel::STATE_READ)?;
            let name = read_text(&mut guest, "contract name", np, nl)?;
            match host(&mut guest)?.code_hash(&name).map_err(host_trap)? {
                Some(text) => give(&mut guest, text.into_bytes()),
                None => Ok(ABSENT),
            }
        },
    )?;
    linker.func_wrap(
        MODULE,
        "release_request",
        |mut guest: Guest<'_, H>, ip: i32, il: i32, mp: i32, ml: i32| {
            charge(&mut guest, fuel::RELEASE)?;
            let identity = read_text(&mut guest, "release identity", ip, il)?;
            let method = read_text(&mut guest, "method name", mp, ml)?;
            host(&mut guest)?
                .release_request(&identity, &method)
                .map_err(host_trap)
        },
    )?;
    linker.func_wrap(
        MODULE,
        "schedule",
        |mut guest: Guest<'_, H>, np: i32, nl: i32, mp: i32, ml: i32, high: i32, low: i32| {
            charge(&mut guest, fuel::SCHEDULE)?;
            let name = read_text(&mut guest, "name of a scheduled call", np, nl)?;
            let method = read_text(&mut guest, "method name", mp, ml)?;
            let at_ms = (length(high) << 32) | length(low);
            host(&mut guest)?
                .schedule(&name, &method, at_ms)
                .map_err(host_trap)
        },
    )?;
    linker.func_wrap(
        MODULE,
        "unschedule",
        |mut guest: Guest<'_, H>, np: i32, nl: i32| {
            charge(&mut guest, fuel::SCHEDULE)?;
            let name = read_text(&mut guest, "name of a scheduled call", np, nl)?;
            host(&mut guest)?.unschedule(&name).map_err(host_trap)
        },
    )?;
    Ok(())
}

fn state<H: Host>(linker: &mut Linker<CallState<H>>) -> wasmtime::Result<()> {
    linker.func_wrap(
        MODULE,
        "state_get",
        |mut guest: Guest<'_, H>, kp: i32, kl: i32| {
            charge(&mut guest, fuel::STATE_READ)?;
            let key = read_key(&mut guest, kp, kl)?;
            match host(&mut guest)?.state_get(&key).map_err(host_trap)? {
                Some(value) => {
                    charge(&mut guest, value.len() as u64 * fuel::STATE_READ_BYTE)?;
                    give(&mut guest, value)
                }
                None => Ok(ABSENT),
            }
        },
    )?;
    linker.func_wrap(
        MODULE,
        "state_set",
        |mut guest: Guest<'_, H>, kp: i32, kl: i32, vp: i32, vl: i32| {
            charge(
                &mut guest,
                fuel::STATE_WRITE + length(vl) * fuel::STATE_WRITE_BYTE,
            )?;
            let key = read_key(&mut guest, kp, kl)?;
            let limit = guest.data().vm.limits().value_bytes_max;
            let value = read(&mut guest, "state value", vp, vl, limit)?;
            host(&mut guest)?.state_set(&key, &value).map_err(host_trap)
        },
    )?;
    linker.func_wrap(
        MODULE,
        "state_remove",
        |mut guest: Guest<'_, H>, kp: i32, kl: i32| {
            charge(&mut guest, fuel::STATE_WRITE)?;
            let key = read_key(&mut guest, kp, kl)?;
            host(&mut guest)?.state_remove(&key).map_err(host_trap)
        },
    )?;
    linker.func_wrap(
        MODULE,
        "state_scan",
        |mut guest: Guest<'_, H>, fp: i32, fl: i32, tp: i32, tl: i32, limit: i32| {
            charge(&mut guest, fuel::STATE_READ)?;
            let from = read_key(&mut guest, fp, fl)?;
            let to = read_key(&mut guest, tp, tl)?;
            let limit = limit.cast_unsigned();
            let entries = host(&mut guest)?
                .state_scan(&from, &to, limit)
                .map_err(host_trap)?;
            let mut packed = Vec::new();
            for (key, value) in &entries {
                for part in [key, value] {
                    let len = u32::try_from(part.len()).map_err(|_| trap("scan entry too long"))?;
                    packed.extend_from_slice(&len.to_le_bytes());
                    packed.extend_from_slice(part);
                }
            }
            let cost = entries.len() as u64 * fuel::SCAN_ENTRY
                + packed.len() as u64 * fuel::STATE_READ_BYTE;
            charge(&mut guest, cost)?;
            give(&mut guest, packed)
        },
    )?;
    Ok(())
}

fn calls<H: Host>(linker: &mut Linker<CallState<H>>) -> wasmtime::Result<()> {
    linker.func_wrap(
        MODULE,
        "call_rule",
        |mut guest: Guest<'_, H>, cp: i32, cl: i32, mp: i32, ml: i32, ap: i32, al: i32| {
            let (code, method, args) = read_call(&mut guest, (cp, cl), (mp, ml), (ap, al))?;
            let entry = host(&mut guest)?.enter_rule(&code, &method, &args);
            nested(&mut guest, entry.map_err(host_trap)?)
        },
    )?;
    linker.func_wrap(
        MODULE,
        "call_ledger",
        |mut guest: Guest<'_, H>, np: i32, nl: i32, mp: i32, ml: i32, ap: i32, al: i32| {
            let (name, method, args) = read_call(&mut guest, (np, nl), (mp, ml), (ap, al))?;
            let entry = host(&mut guest)?.enter_ledger(&name, &method, &args);
            nested(&mut guest, entry.map_err(host_trap)?)
        },
    )?;
    Ok(())
}

type Span = (i32, i32);

fn read_call<H: Host>(
    guest: &mut Guest<'_, H>,
    contract: Span,
    method: Span,
    args: Span,
) -> wasmtime::Result<(String, String, Vec<u8>)> {
    charge(guest, fuel::ENTER)?;
    let contract = read_text(guest, "contract", contract.0, contract.1)?;
    let method = read_text(guest, "method name", method.0, method.1)?;
    let limit = guest.data().vm.limits().args_bytes_max;
    let args = read_json(guest, "arguments", args.0, args.1, limit)?;
    Ok((contract, method, args))
}

/// Runs a nested call on the rest of the caller's fuel.
fn nested<H: Host>(guest: &mut Guest<'_, H>, entry: Entry<H>) -> wasmtime::Result<i64> {
    let target = match entry {
        Entry::Enter(target) => target,
        Entry::Refused(refusal) => {
            let length = give(guest, records::to_bytes(&refusal))?;
            return Ok(pack(STATUS_REFUSED, length.cast_unsigned()));
        }
    };
    let Target {
        program,
        method,
        args,
    } = target;
    let fuel = guest.get_fuel()?;
    let vm = guest.data().vm.clone();
    let host = guest.data_mut().host.take();
    let mut called = vm.call(&program, &method, args, fuel, host);
    if let Some(host) = &mut called.host {
        host.leave(&called.end);
    }
    guest.data_mut().host = called.host;
    guest.set_fuel(fuel.saturating_sub(called.fuel_used))?;
    match called.end {
        CallEnd::Done(result) => {
            let length = give(guest, result)?;
            Ok(pack(STATUS_OK, length.cast_unsigned()))
        }
        CallEnd::Refused(refusal) => {
            let length = give(guest, records::to_bytes(&refusal))?;
            Ok(pack(STATUS_REFUSED, length.cast_unsigned()))
        }
        CallEnd::Broken(reason) => Err(wasmtime::Error::from(Stop::Broken(reason))),
        CallEnd::Trapped(reason) => {
            let name = &program.interface().name;
            Err(trap(format!("in {name}.{method}: {reason}")))
        }
    }
}
