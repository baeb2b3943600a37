//! The host's functions, as wasm imports of module `yilian1`.
//!
//! A function that yields bytes leaves them in the host's transfer buffer and returns their length; [`taken`] makes
//! room and fetches them. This is the only module with unsafe code. Every pointer given to the host comes from a live
//! slice together with that slice's length, and the host neither keeps it nor writes behind it.
#![allow(unsafe_code)]

use crate::{Refusal, json};

#[link(wasm_import_module = "yilian1")]
unsafe extern "C" {
    fn input() -> usize;
    fn env() -> usize;
    fn take(to: *mut u8);
    fn ret(data: *const u8, length: usize);
    #[link_name = "refuse"]
    fn refuse_with(data: *const u8, length: usize);
    fn debug(data: *const u8, length: usize);
    fn hash(suite: u32, data: *const u8, length: usize, out: *mut u8);
    #[link_name = "verify_signature"]
    fn verify(
        key: *const u8,
        key_length: usize,
        message: *const u8,
        message_length: usize,
        signature: *const u8,
        signature_length: usize,
    ) -> u32;
    fn state_get(key: *const u8, length: usize) -> i32;
    fn state_set(key: *const u8, key_length: usize, value: *const u8, value_length: usize);
    fn state_remove(key: *const u8, length: usize);
    fn state_scan(
        from: *const u8,
        from_length: usize,
        to: *const u8,
        to_length: usize,
        limit: u32,
    ) -> usize;
    fn emit(name: *const u8, name_length: usize, data: *const u8, data_length: usize);
    fn code_hash(name: *const u8, length: usize) -> i32;
    fn call_rule(
        code_hash: *const u8,
        code_hash_length: usize,
        method: *const u8,
        method_length: usize,
        args: *const u8,
        args_length: usize,
    ) -> i64;
    fn call_ledger(
        name: *const u8,
        name_length: usize,
        method: *const u8,
        method_length: usize,
        args: *const u8,
        args_length: usize,
    ) -> i64;
    fn release_request(
        identity: *const u8,
        identity_length: usize,
        method: *const u8,
        method_length: usize,
    );
    fn schedule(
        name: *const u8,
        name_length: usize,
        method: *const u8,
        method_length: usize,
        high: u32,
        low: u32,
    );
    fn unschedule(name: *const u8, name_length: usize);
}

/// SHA-256's number in `hash`.
const SHA256: u32 = 1;

/// Fetches what the host left in its transfer buffer.
fn taken(length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    // SAFETY: the buffer holds `length` bytes, and `bytes` has room for them.
    unsafe { take(bytes.as_mut_ptr()) };
    bytes
}

/// As [`taken`]; a negative length means that there is nothing.
fn taken_if_any(length: i32) -> Option<Vec<u8>> {
    usize::try_from(length).ok().map(taken)
}

/// The arguments of this call.
pub(crate) fn arguments() -> Vec<u8> {
    // SAFETY: no pointers.
    taken(unsafe { input() })
}

/// The circumstances of this call, as JSON.
pub(crate) fn environment() -> Vec<u8> {
    // SAFETY: no pointers.
    taken(unsafe { env() })
}

/// Gives the result.
pub(crate) fn give(result: &[u8]) {
    // SAFETY: pointer and length of a live slice.
    unsafe { ret(result.as_ptr(), result.len()) }
}

/// Says no and ends the call.
pub(crate) fn refuse(refusal: Refusal) -> ! {
    let bytes = json::to_vec(&refusal);
    // SAFETY: pointer and length of a live slice.
    unsafe { refuse_with(bytes.as_ptr(), bytes.len()) };
    // The host does not come back from there.
    core::arch::wasm32::unreachable()
}

/// Tells the operator's log something. No part of the outcome.
pub(crate) fn log(text: &str) {
    // SAFETY: pointer and length of a live slice.
    unsafe { debug(text.as_ptr(), text.len()) }
}

/// SHA-256.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut digest = [0; 32];
    // SAFETY: pointer and length of a live slice; the host writes 32 bytes to `digest`.
    unsafe { hash(SHA256, bytes.as_ptr(), bytes.len(), digest.as_mut_ptr()) };
    digest
}

/// Whether a tagged key made a tagged signature.
pub(crate) fn verify_signature(key: &[u8; 33], message: &[u8], signature: &[u8; 65]) -> bool {
    // SAFETY: pointers and lengths of live slices.
    let verdict = unsafe {
        verify(
            key.as_ptr(),
            key.len(),
            message.as_ptr(),
            message.len(),
            signature.as_ptr(),
            signature.len(),
        )
    };
    verdict == 1
}

/// The node that runs this contract.
pub(crate) struct Host;

impl Host {
    pub(crate) fn state_get(&self, key: &[u8]) -> Option<Vec<u8>> {
        // SAFETY: pointer and length of a live slice.
        taken_if_any(unsafe { state_get(key.as_ptr(), key.len()) })
    }

    pub(crate) fn state_set(&self, key: &[u8], value: &[u8]) {
        // SAFETY: pointers and lengths of live slices.
        unsafe { state_set(key.as_ptr(), key.len(), value.as_ptr(), value.len()) }
    }

    pub(crate) fn state_remove(&self, key: &[u8]) {
        // SAFETY: pointer and length of a live slice.
        unsafe { state_remove(key.as_ptr(), key.len()) }
    }

    pub(crate) fn state_scan(
        &self,
        from: &[u8],
        to: &[u8],
        limit: u32,
        each: &mut dyn FnMut(&[u8], &[u8]),
    ) {
        // SAFETY: pointers and lengths of live slices.
        let length = unsafe { state_scan(from.as_ptr(), from.len(), to.as_ptr(), to.len(), limit) };
        let bytes = taken(length);
        let mut rest = bytes.as_slice();
        while let Some((key, tail)) = piece(rest) {
            let Some((value, tail)) = piece(tail) else {
                break;
            };
            each(key, value);
            rest = tail;
        }
    }

    pub(crate) fn emit(&self, name: &str, data: &[u8]) {
        // SAFETY: pointers and lengths of live slices.
        unsafe { emit(name.as_ptr(), name.len(), data.as_ptr(), data.len()) }
    }

    pub(crate) fn code_hash(&self, contract: &str) -> Option<String> {
        // SAFETY: pointer and length of a live slice.
        let bytes = taken_if_any(unsafe { code_hash(contract.as_ptr(), contract.len()) })?;
        String::from_utf8(bytes).ok()
    }

    pub(crate) fn call_rule(
        &self,
        code_hash: &str,
        method: &str,
        args: &[u8],
    ) -> Result<Vec<u8>, Refusal> {
        // SAFETY: pointers and lengths of live slices.
        answer(unsafe {
            call_rule(
                code_hash.as_ptr(),
                code_hash.len(),
                method.as_ptr(),
                method.len(),
                args.as_ptr(),
                args.len(),
            )
        })
    }

    pub(crate) fn call_ledger(
        &self,
        ledger: &str,
        method: &str,
        args: &[u8],
    ) -> Result<Vec<u8>, Refusal> {
        // SAFETY: pointers and lengths of live slices.
        answer(unsafe {
            call_ledger(
                ledger.as_ptr(),
                ledger.len(),
                method.as_ptr(),
                method.len(),
                args.as_ptr(),
                args.len(),
            )
        })
    }

    pub(crate) fn release_request(&self, identity: &str, method: &str) {
        // SAFETY: pointers and lengths of live slices.
        unsafe {
            release_request(
                identity.as_ptr(),
                identity.len(),
                method.as_ptr(),
                method.len(),
            )
        }
    }

    pub(crate) fn schedule(&self, name: &str, method: &str, at_ms: u64) {
        let (high, low) = ((at_ms >> 32) as u32, at_ms as u32);
        // SAFETY: pointers and lengths of live slices.
        unsafe {
            schedule(
                name.as_ptr(),
                name.len(),
                method.as_ptr(),
                method.len(),
                high,
                low,
            )
        }
    }

    pub(crate) fn unschedule(&self, name: &str) {
        // SAFETY: pointer and length of a live slice.
        unsafe { unschedule(name.as_ptr(), name.len()) }
    }
}

/// Splits a length-prefixed piece off.
fn piece(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, tail) = bytes.split_first_chunk::<4>()?;
    tail.split_at_checked(u32::from_le_bytes(*length) as usize)
}

/// What a called contract said: status in the upper half, length in the lower.
fn answer(packed: i64) -> Result<Vec<u8>, Refusal> {
    let bytes = taken((packed & 0xffff_ffff) as usize);
    if packed >> 32 == 0 {
        return Ok(bytes);
    }
    match json::from_slice(&bytes) {
        Ok(refusal) => Err(refusal),
        Err(error) => panic!("a refusal in another form: {error}"),
    }
}
