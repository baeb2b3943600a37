//! The host functions that a rule may use.

use wasmi::{Caller, Error, Extern, Linker, Memory};
use yilian_abi::imports::{MEMORY, MODULE, SUITE_SHA256};
use yilian_crypto::{Digest, PublicKey, Signature};

use super::CallState;

type Guest<'c> = Caller<'c, CallState>;

/// Longest refusal in bytes.
const REFUSAL_BYTES_MAX: u64 = 16_384;
/// Longest debug line in bytes.
const DEBUG_BYTES_MAX: u64 = 4_096;
/// Longest tagged key or signature that is looked at, in bytes.
const TAGGED_BYTES_MAX: u64 = 128;
/// Work of a byte that crosses the border or is hashed.
const FUEL_PER_BYTE: u64 = 4;
/// Work of one verification of a signature.
const FUEL_PER_SIGNATURE: u64 = 300_000;

/// A host function ends the call.
#[derive(Debug)]
pub(super) enum Stop {
    /// `refuse` was called with these bytes.
    Refused(Vec<u8>),
    /// The call cannot go on.
    Trapped(String),
}

impl core::fmt::Display for Stop {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Stop::Refused(_) => f.write_str("refused"),
            Stop::Trapped(reason) => f.write_str(reason),
        }
    }
}

impl wasmi::errors::HostError for Stop {}

fn trap(reason: impl Into<String>) -> Error {
    Error::host(Stop::Trapped(reason.into()))
}

/// Defines the imports of a rule: what is not here, a rule may not use.
pub(super) fn define(linker: &mut Linker<CallState>) -> Result<(), Error> {
    linker.func_wrap(MODULE, "input", |mut guest: Guest<'_>| {
        let input = guest.data().input.clone();
        give(&mut guest, input)
    })?;
    linker.func_wrap(MODULE, "take", |mut guest: Guest<'_>, ptr: i32| {
        let buffer = core::mem::take(&mut guest.data_mut().buffer);
        write(&mut guest, ptr, &buffer)
    })?;
    linker.func_wrap(MODULE, "ret", |mut guest: Guest<'_>, ptr: i32, len: i32| {
        let limit = guest.data().result_bytes_max;
        let result = read(&mut guest, "result", ptr, len, limit)?;
        guest.data_mut().result = Some(result);
        Ok::<(), Error>(())
    })?;
    linker.func_wrap(MODULE, "refuse", refuse)?;
    linker.func_wrap(
        MODULE,
        "debug",
        |mut guest: Guest<'_>, ptr: i32, len: i32| {
            read(&mut guest, "debug line", ptr, len, DEBUG_BYTES_MAX).map(|_| ())
        },
    )?;
    linker.func_wrap(MODULE, "hash", hash)?;
    linker.func_wrap(MODULE, "verify_signature", verify_signature)?;
    Ok(())
}

fn refuse(mut guest: Guest<'_>, ptr: i32, len: i32) -> Result<(), Error> {
    let bytes = read(&mut guest, "refusal", ptr, len, REFUSAL_BYTES_MAX)?;
    Err(Error::host(Stop::Refused(bytes)))
}

fn hash(mut guest: Guest<'_>, suite: i32, ptr: i32, len: i32, out: i32) -> Result<(), Error> {
    if suite != SUITE_SHA256 {
        return Err(trap(format!(
            "hash suite {suite}: expected {SUITE_SHA256} (SHA-256)"
        )));
    }
    let bytes = read(&mut guest, "bytes to hash", ptr, len, u64::MAX)?;
    write(&mut guest, out, Digest::sha256(&bytes).as_bytes())
}

fn verify_signature(
    mut guest: Guest<'_>,
    key_ptr: i32,
    key_len: i32,
    message_ptr: i32,
    message_len: i32,
    signature_ptr: i32,
    signature_len: i32,
) -> Result<i32, Error> {
    charge(&mut guest, FUEL_PER_SIGNATURE)?;
    let key = read(&mut guest, "key", key_ptr, key_len, TAGGED_BYTES_MAX)?;
    let message = read(&mut guest, "message", message_ptr, message_len, u64::MAX)?;
    let signature = read(
        &mut guest,
        "signature",
        signature_ptr,
        signature_len,
        TAGGED_BYTES_MAX,
    )?;
    let pair = (
        PublicKey::from_tagged(&key),
        Signature::from_tagged(&signature),
    );
    let holds = match pair {
        (Ok(key), Ok(signature)) => key.verify(&message, &signature).is_ok(),
        _ => false,
    };
    Ok(i32::from(holds))
}

fn charge(guest: &mut Guest<'_>, fuel: u64) -> Result<(), Error> {
    let left = guest.get_fuel()?.checked_sub(fuel);
    guest.set_fuel(left.unwrap_or(0))?;
    match left {
        Some(_) => Ok(()),
        None => Err(Error::from(wasmi::TrapCode::OutOfFuel)),
    }
}

/// Leaves bytes in the transfer buffer and gives their length.
fn give(guest: &mut Guest<'_>, bytes: Vec<u8>) -> Result<i32, Error> {
    let length = i32::try_from(bytes.len()).map_err(|_| trap("transfer larger than 2 GiB"))?;
    guest.data_mut().buffer = bytes;
    Ok(length)
}

fn memory(guest: &Guest<'_>) -> Result<Memory, Error> {
    let export = guest.get_export(MEMORY).and_then(Extern::into_memory);
    export.ok_or_else(|| trap("export \"memory\" is missing"))
}

fn outside() -> Error {
    trap("a host function was given an address outside memory")
}

fn write(guest: &mut Guest<'_>, ptr: i32, bytes: &[u8]) -> Result<(), Error> {
    charge(guest, (bytes.len() as u64).saturating_mul(FUEL_PER_BYTE))?;
    let start = usize::try_from(ptr.cast_unsigned()).unwrap_or(usize::MAX);
    let memory = memory(guest)?;
    memory
        .write(&mut *guest, start, bytes)
        .map_err(|_| outside())
}

fn read(
    guest: &mut Guest<'_>,
    what: &str,
    ptr: i32,
    len: i32,
    limit: u64,
) -> Result<Vec<u8>, Error> {
    let len = u64::from(len.cast_unsigned());
    if len > limit {
        return Err(trap(format!(
            "{what} of {len} bytes: expected at most {limit}"
        )));
    }
    charge(guest, len.saturating_mul(FUEL_PER_BYTE))?;
    let memory = memory(guest)?;
    let start = usize::try_from(ptr.cast_unsigned()).unwrap_or(usize::MAX);
    let end = start.saturating_add(usize::try_from(len).unwrap_or(usize::MAX));
    let bytes = memory.data(&*guest).get(start..end);
    bytes.map(<[u8]>::to_vec).ok_or_else(outside)
}
