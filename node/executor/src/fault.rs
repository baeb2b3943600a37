//! A deliberately wrong executor, for tests of the network's answer to one. Without the feature it does nothing.

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
