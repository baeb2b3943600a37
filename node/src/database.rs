//! Opening the database of a node, and beginning one with genesis.

use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use yilian_chain_spec::ChainSpec;
use yilian_executor::{Executor, GenesisFile, genesis};
use yilian_storage::{BodyWindow, RestoreError, Restored, Store};

use crate::config::Config;
use crate::disk::DiskFailed;

/// Opens or makes the database of a node.
pub(crate) fn open_store(config: &Config, spec: &ChainSpec) -> anyhow::Result<Store> {
    let window = config.state_history_blocks;
    let store = Store::open(&config.database_dir(), &spec.digest(), window)?;
    if let Some(blocks) = config.body_history_blocks {
        // Twice as long as a transaction may wait: a client that asks late what came of one still learns it.
        let ms = spec.parameters.valid_for_max_ms.saturating_mul(2);
        store.keep_bodies(BodyWindow { blocks, ms });
    }
    Ok(store)
}

/// Makes a database with nothing but genesis for a validator that has signed before.
pub(crate) fn begin_anew(config: &Config, spec: ChainSpec) -> anyhow::Result<()> {
    let database = config.database_dir();
    if database.exists() {
        let path = database.display().to_string();
        return Err(RestoreError::Occupied { path }.into());
    }
    let executor = Executor::new(Arc::new(spec))?;
    let store = open_store(config, executor.spec())?;
    store.mark_restored(&Restored::default())?;
    begin(config, &executor, &store)
}

/// Writes genesis.
pub(crate) fn begin(config: &Config, executor: &Executor, store: &Store) -> anyhow::Result<()> {
    let block = genesis(executor, &mut |named| {
        let path = match named {
            GenesisFile::Contract(file) => config.contracts_dir.join(file),
            GenesisFile::Ceremony(file) => config.beside_spec(file),
        };
        read_bounded(&path, named.bytes_max())
            .map_err(|error| format!("file {}: {error}", path.display()))
    })
    .context("genesis")?;
    store
        .commit(&block)
        .map_err(DiskFailed)
        .context("genesis")?;
    Ok(())
}

/// Reads a file, but not more than a byte beyond its limit: whoever asked for it refuses that.
fn read_bounded(path: &Path, bytes_max: usize) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(bytes_max).unwrap_or(u64::MAX);
    let file = std::fs::File::open(path)?;
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok(bytes)
}
