//! `node.toml` and the files it names.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use serde::Deserialize;
use yilian_chain_spec::ChainSpec;
use yilian_crypto::SecretKey;
use yilian_storage::{BODY_HISTORY_BLOCKS_MIN, HISTORY_BLOCKS_MIN};

use crate::peers::Places;
use crate::witnesses::WitnessConfig;

/// Configuration of one node. Relative paths are relative to the file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    /// Name in logs; by default the centre's.
    #[serde(default)]
    pub(crate) name: Option<String>,
    /// Name of this node's centre, if its key does not stand in the chain specification: it joins the running chain, or
    /// has changed its key.
    #[serde(default)]
    pub(crate) centre: Option<String>,
    /// Where nodes of other centres are found, by name of the centre, if elsewhere than the chain says.
    #[serde(default)]
    pub(crate) places: Places,
    /// The chain specification.
    pub(crate) chain_spec: PathBuf,
    /// Directory of the database and the engine's log.
    pub(crate) data_dir: PathBuf,
    /// The validator's key: 64 hexadecimal digits, readable by the owner alone.
    pub(crate) key_file: PathBuf,
    /// Directory of the contracts that the specification names; read at genesis alone.
    pub(crate) contracts_dir: PathBuf,
    /// Where consensus listens, as a multiaddress.
    pub(crate) p2p_listen: String,
    /// Where the pool listens, as a multiaddress.
    pub(crate) mempool_listen: String,
    /// Where the interface listens, as `address:port`.
    pub(crate) api_listen: std::net::SocketAddr,
    /// What is logged, in the syntax of `RUST_LOG`; by default `info` for Yilian and `warn` for the rest.
    #[serde(default)]
    pub(crate) log: Option<String>,
    /// Blocks below the tip whose state stays provable; without it all of them. Log, headers and certificates are kept for
    /// ever.
    #[serde(default)]
    pub(crate) state_history_blocks: Option<u64>,
    /// Blocks below the tip whose transactions, results and events are kept; without it all of them.
    #[serde(default)]
    pub(crate) body_history_blocks: Option<u64>,
    /// Witnesses that are asked to cosign the log.
    #[serde(default)]
    pub(crate) witnesses: Vec<WitnessConfig>,
    /// How often they are asked, in ms; nobody is asked while no block is decided.
    #[serde(default = "witness_interval_ms")]
    pub(crate) witness_interval_ms: u64,
}

const fn witness_interval_ms() -> u64 {
    60_000
}

impl Config {
    /// Reads the file.
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("configuration {}", path.display()))?;
        let mut config: Config =
            toml::from_str(&text).with_context(|| format!("configuration {}", path.display()))?;
        let windows = [
            (
                "state_history_blocks",
                config.state_history_blocks,
                HISTORY_BLOCKS_MIN,
            ),
            (
                "body_history_blocks",
                config.body_history_blocks,
                BODY_HISTORY_BLOCKS_MIN,
            ),
        ];
        for (name, blocks, least) in windows {
            if let Some(got) = blocks.filter(|got| *got < least) {
                bail!(
                    "configuration {}: {name} is {got}: expected at least {least}",
                    path.display()
                );
            }
        }
        let folder = path.parent().unwrap_or(Path::new("."));
        for named in [
            &mut config.chain_spec,
            &mut config.data_dir,
            &mut config.key_file,
            &mut config.contracts_dir,
        ] {
            *named = folder.join(&*named);
        }
        Ok(config)
    }

    /// Directory of the engine's log.
    pub(crate) fn consensus_dir(&self) -> PathBuf {
        self.data_dir.join("consensus")
    }

    /// Directory of the database.
    pub(crate) fn database_dir(&self) -> PathBuf {
        self.data_dir.join("db")
    }

    /// Where the running node listens for its operator.
    pub(crate) fn admin_socket(&self) -> PathBuf {
        self.data_dir.join("admin.sock")
    }

    /// A file that the chain specification names and that travels with it.
    pub(crate) fn beside_spec(&self, file: &str) -> PathBuf {
        self.chain_spec.with_file_name(file)
    }

    /// Reads the chain specification.
    pub(crate) fn spec(&self) -> anyhow::Result<ChainSpec> {
        let path = self.chain_spec.display();
        let text = std::fs::read_to_string(&self.chain_spec)
            .with_context(|| format!("chain specification {path}"))?;
        ChainSpec::parse(&text).with_context(|| format!("chain specification {path}"))
    }

    /// Reads the validator's key. A file that others can read is refused: they may hold the key too.
    pub(crate) fn key(&self) -> anyhow::Result<SecretKey> {
        let path = self.key_file.display();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let metadata =
                std::fs::metadata(&self.key_file).with_context(|| format!("key file {path}"))?;
            let mode = metadata.permissions().mode() & 0o777;
            if mode & 0o077 != 0 {
                bail!(
                    "key file {path} has mode {mode:03o}: expected 600, so that nobody else can read it (chmod 600)"
                );
            }
        }
        let text =
            std::fs::read_to_string(&self.key_file).with_context(|| format!("key file {path}"))?;
        let mut seed = [0; 32];
        if hex::decode_to_slice(text.trim(), &mut seed).is_err() {
            bail!("key file {path}: expected 64 hexadecimal digits");
        }
        Ok(SecretKey::from_seed(seed))
    }
}
