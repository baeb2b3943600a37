//! The inner key of a sealed bid, as its bidder keeps it.

use std::path::Path;

use serde::{Deserialize, Serialize};
use yilian_crypto::decode_lower_hex;
use zeroize::Zeroizing;

use crate::context::{Context, Outcome};
use crate::keyfile;

/// The file, as JSON.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeyFile {
    /// The chain.
    pub(super) chain_id: String,
    /// The section.
    pub(super) tender: String,
    /// Key of the group that opens outer layers.
    pub(super) group_key: String,
    /// The key, 64 hexadecimal digits.
    inner_key: String,
}

impl KeyFile {
    pub(super) fn new(chain_id: &str, tender: &str, group_key: String, inner: &[u8; 32]) -> Self {
        KeyFile {
            chain_id: chain_id.to_owned(),
            tender: tender.to_owned(),
            group_key,
            inner_key: hex::encode(inner),
        }
    }

    /// Writes a new file that its owner alone can read.
    pub(super) fn write(&self, context: &Context, path: &Path) -> Outcome<()> {
        let text = serde_json::to_string_pretty(self).expect("texts always serialise");
        keyfile::write_private(context.lang, path, &format!("{text}\n"))
    }

    /// Reads the file, and its key.
    pub(super) fn read(context: &Context, path: &Path) -> Outcome<(Self, Zeroizing<[u8; 32]>)> {
        let file: KeyFile = context.read_as(path)?;
        let key = decode_lower_hex(&file.inner_key).ok_or_else(|| {
            context.not_json(
                &path.display(),
                &"inner_key: expected 64 hexadecimal digits",
            )
        })?;
        Ok((file, Zeroizing::new(key)))
    }
}
