//! What an operator does with a node's data: check it, copy it, put it back, say from where on to sign.

use std::path::Path;

use anyhow::{Context as _, bail};
use yilian_primitives::Height;
use yilian_storage::{Manifest, Restored, Store, restore};

use crate::admin::{self, Request};
use crate::config::Config;
use crate::node;

/// What is said of a database that was restored.
const WAITS: &str = "启动后只跟随、不签名，待确认安全后自动恢复签名 / Once started the node follows and signs nothing, and signs \
                     again by itself when that is safe";

/// Opens everything and starts nothing.
pub(crate) fn check(path: &Path) -> anyhow::Result<()> {
    let parts = node::Parts::open(path)?;
    let tip = parts.tip_height();
    println!(
        "正常 / fine: {} ({}), height {tip}",
        parts.spec().chain_id,
        parts.spec().digest()
    );
    if parts.is_restored() {
        println!("{WAITS}");
    }
    Ok(())
}

/// Makes a backup in a new folder: by the node if it runs, else here.
pub(crate) fn back_up(path: &Path, to: &Path) -> anyhow::Result<()> {
    let config = Config::read(path)?;
    let to = std::path::absolute(to).with_context(|| to.display().to_string())?;
    let manifest = match admin::ask(&config.admin_socket(), &Request::BackUp(to.clone()))? {
        Some(manifest) => manifest,
        None => {
            let store = node::open_store(&config, &config.spec()?)?;
            store.back_up(&to, env!("CARGO_PKG_VERSION"))?
        }
    };
    println!("已备份 / backed up: {}, {}", to.display(), said(&manifest));
    Ok(())
}

/// Puts a backup in the place of a lost database; without one the node is to catch up from genesis.
pub(crate) fn put_back(path: &Path, from: Option<&Path>) -> anyhow::Result<()> {
    let config = Config::read(path)?;
    let spec = config.spec()?;
    let database = config.database_dir();
    match from {
        Some(from) => {
            let manifest = restore(from, &database, &spec.digest())?;
            println!("已恢复 / restored: {}", said(&manifest));
        }
        None => {
            node::begin_anew(&config, spec)?;
            println!("已从创世开始 / begun at genesis: {}", database.display());
        }
    }
    // Votes at heights that the database does not know are what the mark stands for.
    let votes = config.consensus_dir();
    if votes.exists() {
        let removed = std::fs::remove_dir_all(&votes);
        removed.with_context(|| votes.display().to_string())?;
    }
    println!("{WAITS}");
    Ok(())
}

fn said(manifest: &Manifest) -> String {
    let bytes: u64 = manifest.files.iter().map(|file| file.bytes).sum();
    let (chain, height, hash) = (
        &manifest.chain_id,
        manifest.height,
        manifest.header_hash.to_hex(),
    );
    format!("{chain}, height {height}, header {hash}, {bytes} bytes")
}

/// Takes the operator's word that nothing was signed at a height or above.
pub(crate) fn sign_from(path: &Path, height: Height) -> anyhow::Result<()> {
    let config = Config::read(path)?;
    let store: Store = node::open_store(&config, &config.spec()?)?;
    if store.restored()?.is_none() {
        bail!(
            "数据库不是恢复而来，节点照常签名 / this database was not restored: its node signs as it is, and nothing was changed"
        );
    }
    let sign_from = Some(height);
    store.mark_restored(&Restored { sign_from })?;
    println!(
        "自高度 {height} 起签名 / it will sign from height {height} on. 若本密钥曾在该高度或以上签名，即为双签 / If this key has signed \
         at that height or above, it signs twice"
    );
    Ok(())
}
