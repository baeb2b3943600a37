//! Opening the parts in order, running them, and stopping them in the opposite order.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tracing_subscriber::EnvFilter;
use yilian_api::backend::Backend;
use yilian_chain_spec::{Centre, ChainSpec};
use yilian_consensus::{EngineConfig, EngineHandle, LogError, Timing};
use yilian_crash_point::{Point, Write, pass};
use yilian_crypto::SecretKey;
use yilian_executor::Executor;
use yilian_mempool::gossip::{Admit, Gossip, GossipConfig};
use yilian_mempool::{Pool, PoolLimits};
use yilian_primitives::Height;
use yilian_release_holder::Secret;
use yilian_storage::Store;

use crate::acknowledger::Acknowledger;
use crate::admin;
use crate::backend::NodeBackend;
use crate::chain::LocalChain;
use crate::clock;
use crate::config::Config;
use crate::database::{begin, open_store};
use crate::disk::{DiskFailed, of_disk};
use crate::journal::PoolJournal;
use crate::peers;
use crate::restored;
use crate::shareholder;
use crate::signal;
use crate::state::{Shared, sponsor};
use crate::threads::Threads;
use crate::witnesses;

/// What is logged unless the configuration says otherwise.
const LOG: &str = "warn,yiliand=info,yilian_consensus=info,yilian_mempool=info,yilian_api=info";

/// Name of the share holder's secret in the data directory.
const SECRET_FILE: &str = "release.key";

/// How often it is looked whether the disk failed.
const DISK_POLL: Duration = Duration::from_millis(200);

/// Everything that is there before the first task starts.
pub(crate) struct Parts {
    config: Config,
    /// Name of this node's centre.
    centre: String,
    shared: Shared,
    secret: Secret,
    /// Whether the validator signs nothing yet, because its database was restored.
    restored: bool,
}

/// Why a node ended in order.
pub(crate) enum Ended {
    /// It was told to stop.
    Stopped,
    /// It was restored, and may sign from now on: it is to begin again.
    MaySign,
}

impl Parts {
    /// Reads configuration, specification and key, opens the database, and writes genesis into a new one.
    pub(crate) fn open(path: &Path) -> anyhow::Result<Self> {
        let config = Config::read(path)?;
        let spec = Arc::new(config.spec()?);
        let key = config.key()?;
        let centre = own_centre(&spec, &key, &config)?;
        let executor = Executor::new(Arc::clone(&spec))?;
        let store = open_store(&config, &spec)?;
        if store.tip().is_none() {
            begin(&config, &executor, &store)?;
        }
        check_log(&config, &store)?;
        let restored = store.restored()?.is_some();
        let journal = Arc::new(PoolJournal(store.clone()));
        let pool = Arc::new(Pool::new(PoolLimits::default(), Some(journal)));
        let kept = store.kept_transactions()?;
        pass(Point::Before(Write::ReleaseKey))?;
        let (secret, _) = Secret::read_or_make(&config.data_dir.join(SECRET_FILE))?;
        pass(Point::After(Write::ReleaseKey))?;
        let shared = Shared::new(executor, store, pool, key);
        restore(&shared, kept)?;
        Ok(Parts {
            config,
            centre,
            shared,
            secret,
            restored,
        })
    }

    pub(crate) fn spec(&self) -> &ChainSpec {
        self.shared.executor.spec()
    }

    pub(crate) fn tip_height(&self) -> Height {
        self.shared.store.tip().map_or(0, |tip| tip.header().height)
    }

    pub(crate) fn is_restored(&self) -> bool {
        self.restored
    }

    /// Starts logging to standard error.
    pub(crate) fn start_log(&self) {
        let filter = self.config.log.as_deref().unwrap_or(LOG);
        let filter = EnvFilter::try_from_default_env()
            .or_else(|_| EnvFilter::try_new(filter))
            .unwrap_or_else(|_| EnvFilter::new(LOG));
        tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_writer(std::io::stderr)
            .with_ansi(false)
            .init();
    }

    fn others(&self) -> anyhow::Result<Vec<Centre>> {
        Ok(peers::others(&self.shared, &self.config.places)?)
    }
}

/// Whose node this is: a centre of the specification by its key, or one that came later by what the configuration says.
fn own_centre(spec: &ChainSpec, key: &SecretKey, config: &Config) -> anyhow::Result<String> {
    let public = key.public_key();
    let known = spec.centre_with_key(&public);
    match known.map(|centre| &centre.name).or(config.centre.as_ref()) {
        Some(name) => Ok(name.clone()),
        None => bail!(
            "key file {}: its key {public} is no validator's of chain {}: expected the key of one of its centres, or \
             centre = \"<name>\" in the configuration of a node whose centre joins the running chain or changes its key",
            config.key_file.display(),
            spec.chain_id
        ),
    }
}

/// A database that lost committed blocks opens at an older height. Voting there again could be a second signature.
fn check_log(config: &Config, store: &Store) -> anyhow::Result<()> {
    let home = config.consensus_dir();
    let tip = store.tip().map_or(0, |tip| tip.header().height);
    let logged = match yilian_consensus::logged_height(&home) {
        Err(error @ LogError::Damaged { .. }) => bail!(
            "共识日志 {home} 已损坏，本节点可能丢失已投出的投票。请用 yiliand backup 备份数据库，移走 {database}，再运行 yiliand \
             restore --from 该备份；确认安全之前本节点不签名 / the log of the current height in {home} is damaged ({error}): votes \
             that this validator cast may be gone. Back the database up with `yiliand backup`, move {database} away, and run \
             `yiliand restore --from` that backup; the node signs nothing until that is safe",
            home = home.display(),
            database = config.database_dir().display(),
        ),
        read => read.with_context(|| format!("log of the current height in {}", home.display()))?,
    };
    match logged {
        Some(logged) if logged > tip.saturating_add(1) => bail!(
            "数据库止于高度 {tip}，而本节点已在高度 {logged} 投票：已提交的区块丢失。请移走数据库 {database}，再运行 yiliand \
             restore（--from 备份；无备份则重新同步）/ the database ends at height {tip}, but this validator has voted at height \
             {logged}: committed blocks are lost. Move the database {database} away and run `yiliand restore`, --from a backup, \
             or without one to catch up from genesis; the node signs nothing until that is safe",
            database = config.database_dir().display()
        ),
        _ => Ok(()),
    }
}

/// Puts back the transactions that waited when the node stopped.
fn restore(
    shared: &Shared,
    kept: Vec<yilian_primitives::VerifiedTransaction>,
) -> anyhow::Result<()> {
    let state = shared.state()?;
    let now_ms = clock::now_ms();
    let mut waiting = Vec::with_capacity(kept.len());
    for transaction in kept {
        if !state.has_transaction(&transaction.id())? {
            let code = shared.executor.sponsor(&state, &transaction, now_ms)?;
            let sponsor = sponsor(&transaction, code);
            waiting.push((transaction, sponsor));
        }
    }
    shared.pool.restore(waiting, now_ms);
    Ok(())
}

/// Runs until a signal or a failure.
pub(crate) async fn run(parts: Parts, threads: &Threads) -> anyhow::Result<Ended> {
    let name = parts
        .config
        .name
        .clone()
        .unwrap_or_else(|| parts.centre.clone());
    tracing::info!(
        chain = %parts.spec().chain_id, spec = %parts.spec().digest(), %name,
        height = parts.tip_height(), "starting"
    );
    let address = parts.config.api_listen;
    let listener = threads.api.spawn(TcpListener::bind(address)).await?;
    let listener = listener.with_context(|| format!("api_listen {address}"))?;
    let interval = Duration::from_millis(parts.config.witness_interval_ms.max(1));
    let witnesses = witnesses::start(parts.shared.clone(), &parts.config.witnesses, interval)?;
    let gossip = Arc::new(start_gossip(&parts, threads).await?);
    let word = shareholder::announcement(&parts.shared, &parts.secret)?;
    let restored = parts.restored;
    let (shared, told) = (parts.shared.clone(), Arc::clone(&gossip));
    let may_sign = restored::until_it_may_sign(restored, shared, told, word);
    let engine = Arc::new(start_engine(&parts).await?);
    let acknowledger = Acknowledger::start(
        parts.spec().chain_id.clone(),
        parts.shared.key.clone(),
        parts.shared.store.clone(),
        Arc::clone(&parts.shared.guard),
    )?;
    let places = parts.config.places.clone();
    let followed = (Arc::clone(&engine), Arc::clone(&gossip));
    let roster = peers::follow(parts.shared.clone(), places, followed.0, followed.1);
    let admin = listen_to_operator(&parts);
    let holder = shareholder::start(parts.shared.clone(), parts.secret, Arc::clone(&gossip));
    let backend: Arc<dyn Backend> = Arc::new(NodeBackend {
        acknowledger,
        shared: parts.shared.clone(),
        name,
        restored,
        gossip: Arc::clone(&gossip),
        consensus: engine.status(),
    });
    yilian_consensus::register_metrics("", |registry| {
        parts.shared.pool.metrics().register(registry);
    });
    let (stop, mut stopped) = watch::channel(false);
    let api = threads
        .api
        .spawn(yilian_api::serve(listener, backend, async move {
            // An error would mean that the node is gone.
            let _ = stopped.wait_for(|stop| *stop).await;
        }));
    let arrivals = tokio::spawn(ring_on_arrival(parts.shared.clone()));
    let outcome = tokio::select! {
        () = signal::stop() => Ok(Ended::Stopped),
        waited = may_sign => waited.map(|()| Ended::MaySign),
        failure = engine.failed() => {
            tracing::error!(%failure, "consensus failed");
            Err(of_disk(&parts.shared.store, failure))
        }
        () = gossip_ended(&gossip) => Err(anyhow::anyhow!("gossip of transactions ended")),
        failed = disk_failed(&parts.shared.store) => Err(failed.into()),
    };
    tracing::info!("stopping");
    stop.send_replace(true);
    arrivals.abort();
    if let Some(admin) = admin {
        admin.abort();
    }
    holder.abort();
    roster.abort();
    // An error says that it was aborted, which is what was asked.
    let _ = roster.await;
    drop(witnesses);
    if let Some(engine) = Arc::into_inner(engine) {
        engine.stop().await;
    }
    // The interface logs its own errors, and the node stops anyway.
    let _ = api.await;
    if let Some(gossip) = Arc::into_inner(gossip) {
        gossip.stop().await;
    }
    outcome
}

async fn start_gossip(parts: &Parts, threads: &Threads) -> anyhow::Result<Gossip> {
    let shared = parts.shared.clone();
    let admit: Admit = Arc::new(move |transaction| {
        let sponsor = shared.admit(&transaction)?;
        shared
            .pool
            .insert_shared(transaction, sponsor, clock::now_ms())
            .map(|_| ())
    });
    let config = GossipConfig {
        chain_id: parts.spec().chain_id.clone(),
        key: parts.shared.key.clone(),
        listen: parts.config.mempool_listen.clone(),
        peers: peers::of_gossip(&parts.others()?),
    };
    let pool = Arc::clone(&parts.shared.pool);
    let started = threads.gossip.spawn(Gossip::start(config, pool, admit));
    started.await?.context("mempool_listen")
}

async fn start_engine(parts: &Parts) -> anyhow::Result<EngineHandle> {
    let parameters = &parts.spec().parameters;
    let ms = Duration::from_millis;
    let config = EngineConfig {
        moniker: parts.centre.clone(),
        secret_key: parts.shared.key.clone(),
        signs: !parts.restored,
        listen: parts.config.p2p_listen.clone(),
        peers: peers::of_engine(&parts.others()?),
        home: parts.config.consensus_dir(),
        timing: Timing {
            propose: ms(parameters.propose_timeout_ms),
            prevote: ms(parameters.prevote_timeout_ms),
            precommit: ms(parameters.precommit_timeout_ms),
            delta: ms(parameters.timeout_delta_ms),
            block_interval: ms(parameters.block_interval_ms),
            idle_interval: ms(parameters.idle_interval_ms),
        },
        block_bytes_max: usize::try_from(parameters.block_bytes_max).unwrap_or(usize::MAX),
        wake: Arc::clone(&parts.shared.wake),
    };
    Ok(yilian_consensus::start(config, LocalChain::new(parts.shared.clone())).await?)
}

/// Without its socket the node still does its work, so trouble with it is only told.
fn listen_to_operator(parts: &Parts) -> Option<JoinHandle<()>> {
    let path = parts.config.admin_socket();
    let spec = parts.shared.executor.spec();
    match admin::listen(
        &path,
        parts.shared.store.clone(),
        spec.parameters.valid_for_max_ms,
    ) {
        Ok(task) => Some(task),
        Err(error) => {
            let path = path.display();
            tracing::warn!(%path, %error, "no backup and no snapshot can be made while the node runs");
            None
        }
    }
}

/// Wakes the proposer when a transaction arrives, from a client or from a peer.
async fn ring_on_arrival(shared: Shared) {
    let mut arrivals = shared.pool.subscribe();
    while arrivals.changed().await.is_ok() {
        shared.wake.notify_one();
    }
}

/// Waits until the database refused a write: what waits for it then waits in vain.
async fn disk_failed(store: &Store) -> DiskFailed {
    loop {
        if let Some(error) = store.failure() {
            tracing::error!(%error, "a write to the database failed");
            return DiskFailed(error);
        }
        tokio::time::sleep(DISK_POLL).await;
    }
}

async fn gossip_ended(gossip: &Gossip) {
    while !gossip.is_finished() {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}
