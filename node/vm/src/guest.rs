//! Bytes across the border to a running contract, each with its fuel and its limit.

use wasmtime::{Caller, Memory};
use yilian_primitives::json;

use crate::call::{CallState, Stop};
use crate::fuel;
use crate::host::Host;

/// A contract that has called a host function.
pub(crate) type Guest<'c, H> = Caller<'c, CallState<H>>;

/// Longest name of a method, contract or event in bytes.
pub(crate) const NAME_BYTES_MAX: u64 = 128;

pub(crate) fn trap(reason: impl Into<String>) -> wasmtime::Error {
    wasmtime::Error::from(Stop::Trapped(reason.into()))
}

pub(crate) fn host<'g, H: Host>(guest: &'g mut Guest<'_, H>) -> wasmtime::Result<&'g mut H> {
    let host = guest.data_mut().host.as_mut();
    host.ok_or_else(|| trap("a ledger's function was called outside the chain"))
}

pub(crate) fn length(len: i32) -> u64 {
    u64::from(len.cast_unsigned())
}

pub(crate) fn charge<H: Host>(guest: &mut Guest<'_, H>, fuel: u64) -> wasmtime::Result<()> {
    let left = guest.get_fuel()?;
    match left.checked_sub(fuel) {
        Some(left) => guest.set_fuel(left),
        None => {
            guest.set_fuel(0)?;
            Err(wasmtime::Error::from(wasmtime::Trap::OutOfFuel))
        }
    }
}

/// Leaves bytes in the transfer buffer and gives their length.
pub(crate) fn give<H: Host>(guest: &mut Guest<'_, H>, bytes: Vec<u8>) -> wasmtime::Result<i32> {
    charge(guest, fuel::CALL + bytes.len() as u64 * fuel::BYTE)?;
    let length = i32::try_from(bytes.len()).map_err(|_| trap("transfer larger than 2 GiB"))?;
    guest.data_mut().buffer = bytes;
    Ok(length)
}

pub(crate) fn memory<H: Host>(guest: &mut Guest<'_, H>) -> wasmtime::Result<Memory> {
    let export = guest.data().memory;
    let memory = export.and_then(|export| guest.get_module_export(&export)?.into_memory());
    memory.ok_or_else(|| trap("export \"memory\" is missing"))
}

pub(crate) fn write<H: Host>(
    guest: &mut Guest<'_, H>,
    ptr: i32,
    bytes: &[u8],
) -> wasmtime::Result<()> {
    charge(guest, fuel::CALL + bytes.len() as u64 * fuel::BYTE)?;
    let memory = memory(guest)?;
    let start = usize::try_from(ptr.cast_unsigned()).unwrap_or(usize::MAX);
    memory
        .write(guest, start, bytes)
        .map_err(|_| trap("a host function was given an address outside memory"))
}

pub(crate) fn read<H: Host>(
    guest: &mut Guest<'_, H>,
    what: &str,
    ptr: i32,
    len: i32,
    limit: u64,
) -> wasmtime::Result<Vec<u8>> {
    let len = length(len);
    if len > limit {
        return Err(trap(format!(
            "{what} of {len} bytes: expected at most {limit}"
        )));
    }
    charge(guest, fuel::CALL + len * fuel::BYTE)?;
    let memory = memory(guest)?;
    let start = usize::try_from(ptr.cast_unsigned()).unwrap_or(usize::MAX);
    let end = start.saturating_add(usize::try_from(len).unwrap_or(usize::MAX));
    let bytes = memory.data(&*guest).get(start..end);
    bytes
        .map(<[u8]>::to_vec)
        .ok_or_else(|| trap("a host function was given an address outside memory"))
}

pub(crate) fn read_key<H: Host>(
    guest: &mut Guest<'_, H>,
    ptr: i32,
    len: i32,
) -> wasmtime::Result<Vec<u8>> {
    let limit = guest.data().vm.limits().key_bytes_max;
    read(guest, "state key", ptr, len, limit)
}

pub(crate) fn read_text<H: Host>(
    guest: &mut Guest<'_, H>,
    what: &str,
    ptr: i32,
    len: i32,
) -> wasmtime::Result<String> {
    let bytes = read(guest, what, ptr, len, NAME_BYTES_MAX)?;
    String::from_utf8(bytes).map_err(|_| trap(format!("{what} is not UTF-8")))
}

pub(crate) fn read_json<H: Host>(
    guest: &mut Guest<'_, H>,
    what: &str,
    ptr: i32,
    len: i32,
    limit: u64,
) -> wasmtime::Result<Vec<u8>> {
    let bytes = read(guest, what, ptr, len, limit)?;
    let value =
        json::parse_strict(&bytes).map_err(|error| trap(format!("{what}: not JSON: {error}")))?;
    Ok(json::canonical(&value))
}
