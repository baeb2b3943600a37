//! A deliberately wrong executor, for tests of the answer to one. Without the feature it does nothing.

use yilian_crypto::Digest;
use yilian_primitives::Height;

/// The state root of a block; a wrong one where the environment of a test build asks for it.
#[cfg(not(feature = "faulty-executor"))]
pub(crate) fn state_root(_: Height, root: Digest) -> Digest {
    root
}

/// From the height in `YILIAN_FAULT_HEIGHT` on, another root than every other node's.
#[cfg(feature = "faulty-executor")]
pub(crate) fn state_root(height: Height, root: Digest) -> Digest {
    let from = std::env::var("YILIAN_FAULT_HEIGHT").ok();
    match from.and_then(|text| text.parse::<Height>().ok()) {
        Some(from) if height >= from => Digest::sha256(root.as_bytes()),
        _ => root,
    }
}

/// What a rule is run with; in a test build, something else than what is recorded as its input.
#[cfg(not(feature = "faulty-executor"))]
pub(crate) fn rule_args(args: &[u8]) -> Vec<u8> {
    args.to_vec()
}

/// Where `YILIAN_FAULT_DEADLINE_MS` is set, every deadline that a rule judges by is so much later.
#[cfg(feature = "faulty-executor")]
pub(crate) fn rule_args(args: &[u8]) -> Vec<u8> {
    let falsified = || {
        let later: u64 = std::env::var("YILIAN_FAULT_DEADLINE_MS")
            .ok()?
            .parse()
            .ok()?;
        let text = core::str::from_utf8(args).ok()?;
        let (before, rest) = text.split_once("\"deadline_ms\":")?;
        let end = rest.find(|c: char| !c.is_ascii_digit())?;
        let deadline: u64 = rest.get(..end)?.parse().ok()?;
        let deadline = deadline.checked_add(later)?;
        let after = rest.get(end..)?;
        Some(format!("{before}\"deadline_ms\":{deadline}{after}").into_bytes())
    };
    falsified().unwrap_or_else(|| args.to_vec())
}

/// Whether a transaction that was executed before is known to have been.
#[cfg(not(feature = "faulty-executor"))]
pub(crate) fn remembers() -> bool {
    true
}

/// Where `YILIAN_FAULT_PLANTED` is `double`, nothing is known of what was executed before.
#[cfg(feature = "faulty-executor")]
pub(crate) fn remembers() -> bool {
    std::env::var("YILIAN_FAULT_PLANTED").as_deref() != Ok("double")
}
