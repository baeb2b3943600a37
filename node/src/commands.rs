//! What an operator does with a node's data: check it, copy it, put it back, begin from a snapshot, say from where on to
//! sign.

use std::path::Path;

use anyhow::{Context as _, bail};
use yilian_crypto::Digest;
use yilian_primitives::{Address, Height};
use yilian_storage::{Begin, Manifest, Restored, SnapshotManifest, Store, begin, restore};

use crate::admin::{self, Request};
use crate::config::Config;
use crate::database::{begin_anew, open_store};
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
            let store = open_store(&config, &config.spec()?)?;
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
            begin_anew(&config, spec)?;
            println!("已从创世开始 / begun at genesis: {}", database.display());
        }
    }
    forget_votes(&config)?;
    println!("{WAITS}");
    Ok(())
}

/// Votes at heights that the database does not know are what the mark stands for.
fn forget_votes(config: &Config) -> anyhow::Result<()> {
    let votes = config.consensus_dir();
    if votes.exists() {
        let removed = std::fs::remove_dir_all(&votes);
        removed.with_context(|| votes.display().to_string())?;
    }
    Ok(())
}

/// Makes a snapshot in a new folder: by the node if it runs, else here.
pub(crate) fn make_snapshot(path: &Path, to: &Path) -> anyhow::Result<()> {
    let config = Config::read(path)?;
    let to = std::path::absolute(to).with_context(|| to.display().to_string())?;
    let request = Request::Snapshot(to.clone());
    let manifest = match admin::ask(&config.admin_socket(), &request)? {
        Some(manifest) => manifest,
        None => {
            let spec = config.spec()?;
            let valid_for_ms = spec.parameters.valid_for_max_ms;
            let store = open_store(&config, &spec)?;
            store.make_snapshot(&to, env!("CARGO_PKG_VERSION"), valid_for_ms)?
        }
    };
    println!("快照已生成 / snapshot made: {}", to.display());
    say(&manifest);
    Ok(())
}

/// Makes the database of a node from a snapshot, of which nothing is believed.
pub(crate) fn begin_from(
    path: &Path,
    from: &Path,
    new_key: bool,
    state: Option<Digest>,
) -> anyhow::Result<()> {
    let config = Config::read(path)?;
    let spec = config.spec()?;
    let own = Address::of(&config.key()?.public_key());
    let manifest = begin(&Begin {
        from,
        to: &config.database_dir(),
        spec: &spec,
        new_key: new_key.then_some(own),
        state,
        done: &|file| eprintln!("已验证 / proven: {file}"),
    })?;
    forget_votes(&config)?;
    println!(
        "已由快照开始 / begun from a snapshot: {}",
        config.database_dir().display()
    );
    say(&manifest);
    match new_key {
        true => println!("启动后即随链同步 / Once started the node follows the chain from there"),
        false => println!("{WAITS}"),
    }
    Ok(())
}

/// What another centre compares: what no header proves, and which chain of this name it is.
fn say(manifest: &SnapshotManifest) {
    println!(
        "{}, height {}, header {}, bodies from height {}, {} bytes",
        manifest.chain_id,
        manifest.height,
        manifest.header_hash.to_hex(),
        manifest.bodies_from,
        manifest.bytes()
    );
    println!(
        "状态摘要，请与另一中心在同一高度的快照核对 / digest of the state, to be compared with another centre's snapshot of this \
         height: {}",
        manifest.state
    );
}

/// A backup in one line.
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
    let store: Store = open_store(&config, &config.spec()?)?;
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
