//! A one-time key with its token, as a file.

use std::path::Path;

use serde::{Deserialize, Serialize};
use yilian_chain_records::admission::Token;
use yilian_crypto::{SecretKey, decode_lower_hex};

use crate::context::{Context, Outcome};
use crate::keyfile;

/// The file, as JSON.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::commands) struct TokenFile {
    /// Seed of the key, 64 hexadecimal digits.
    secret: String,
    /// Proof that the key is in its batch.
    pub(in crate::commands) admission: Token,
}

impl TokenFile {
    pub(super) fn new(key: &SecretKey, admission: Token) -> Self {
        TokenFile {
            secret: hex::encode(key.seed()),
            admission,
        }
    }

    /// Writes a new file that its owner alone can read.
    pub(super) fn write(&self, context: &Context, path: &Path) -> Outcome<()> {
        let text = serde_json::to_string(self).expect("texts always serialise");
        keyfile::write_private(context.lang, path, &format!("{text}\n"))
    }

    /// Reads the file, and its key.
    pub(in crate::commands) fn read(context: &Context, path: &Path) -> Outcome<(Self, SecretKey)> {
        let file: TokenFile = context.read_as(path)?;
        let seed = decode_lower_hex(&file.secret).ok_or_else(|| {
            context.not_json(&path.display(), &"secret: expected 64 hexadecimal digits")
        })?;
        Ok((file, SecretKey::from_seed(seed)))
    }
}
