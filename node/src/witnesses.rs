//! Asking witnesses to cosign the log, by c2sp.org/tlog-witness.
//!
//! One thread asks them in turn, so that all cosign the same checkpoint. A witness that does not answer delays nobody but
//! the next one, and consensus not at all. What a witness answers is kept only after its signature was verified.

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context as _, bail};
use serde::Deserialize;
use ureq::Agent;
use yilian_crypto::Digest;
use yilian_crypto::cosignature::{Cosignature, Cosigner};
use yilian_crypto::signed_note;
use yilian_merkle::log;
use yilian_primitives::Height;
use yilian_witness::Request;

use crate::state::Shared;

/// Longest answer that is read, in bytes.
const ANSWER_BYTES_MAX: u64 = 16 << 10;
/// Longest wait for one witness.
const PATIENCE: Duration = Duration::from_secs(10);

/// A witness of the configuration.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WitnessConfig {
    /// Where it listens, as `http://host:port`; requests go to `/add-checkpoint` below it.
    url: String,
    /// Its verifier key, as it prints it: `name+id+key`.
    key: String,
}

struct Witness {
    url: String,
    cosigner: Cosigner,
    /// Leaves that it cosigned last, as far as this node knows.
    size: u64,
    /// Whether the last request failed, so that a failure is logged once.
    failing: bool,
}

/// The running thread; it ends when this is dropped.
pub(crate) struct Witnesses {
    stop: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Witnesses {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // It logs its own errors; a panic there has been printed.
            let _ = thread.join();
        }
    }
}

/// Begins to ask witnesses, if there are any.
pub(crate) fn start(
    shared: Shared,
    configured: &[WitnessConfig],
    interval: Duration,
) -> anyhow::Result<Witnesses> {
    let mut witnesses = Vec::new();
    for one in configured {
        let cosigner: Cosigner = one
            .key
            .parse()
            .with_context(|| format!("configuration: witness {}", one.url))?;
        if witnesses
            .iter()
            .any(|w: &Witness| w.cosigner.name == cosigner.name)
        {
            bail!("configuration: witness {} stands twice", cosigner.name);
        }
        witnesses.push(Witness {
            url: format!("{}/add-checkpoint", one.url.trim_end_matches('/')),
            cosigner,
            size: 0,
            failing: false,
        });
    }
    let (stop, stopped) = sync_channel(1);
    let ask = move || run(&shared, &mut witnesses, interval, &stopped);
    let thread = match configured.is_empty() {
        true => None,
        false => Some(
            std::thread::Builder::new()
                .name("witnesses".to_owned())
                .spawn(ask)?,
        ),
    };
    Ok(Witnesses {
        stop: Some(stop),
        thread,
    })
}

fn run(shared: &Shared, witnesses: &mut [Witness], interval: Duration, stopped: &Receiver<()>) {
    let agent: Agent = Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(PATIENCE))
        .max_redirects(0)
        .proxy(None)
        .user_agent(concat!("yiliand/", env!("CARGO_PKG_VERSION")))
        .build()
        .into();
    let mut asked = 0;
    while let Err(RecvTimeoutError::Timeout) = stopped.recv_timeout(interval) {
        let height = shared.store.tip().map_or(0, |tip| tip.header().height);
        if height == asked {
            continue;
        }
        let mut cosignatures = Vec::new();
        for witness in &mut *witnesses {
            match witness.cosign(shared, &agent, height) {
                Ok(cosignature) => {
                    witness.failing = false;
                    cosignatures.push((witness.cosigner.clone(), cosignature));
                }
                Err(error) if !witness.failing => {
                    witness.failing = true;
                    let name = &witness.cosigner.name;
                    tracing::warn!(witness = %name, "no cosignature: {error:#}");
                }
                Err(_) => {}
            }
        }
        if cosignatures.is_empty() {
            continue;
        }
        asked = height;
        if let Err(error) = shared.store.cosign(height, &cosignatures) {
            tracing::error!(%error, "cosignatures cannot be kept");
        }
    }
}

impl Witness {
    /// Asks for a cosignature; once more, if the witness stands at another size than was believed.
    fn cosign(
        &mut self,
        shared: &Shared,
        agent: &Agent,
        height: Height,
    ) -> anyhow::Result<Cosignature> {
        let header = shared
            .store
            .header(height)?
            .context("the header is missing")?;
        let note = shared.checkpoint_of(height)?;
        let checkpoint = note.context("the certificate is missing")?;
        let text = signed_note::decode(&checkpoint)?.text;
        for _ in 0..2 {
            let request = Request {
                old_size: self.size,
                hashes: extension(shared, self.size, header.log_size)?,
                checkpoint: checkpoint.clone(),
            };
            let sent = agent.post(&self.url).send(request.to_string().as_bytes());
            let mut answer = sent.with_context(|| self.url.clone())?;
            let status = answer.status().as_u16();
            let body = answer.body_mut().with_config().limit(ANSWER_BYTES_MAX);
            let body = body.read_to_string().with_context(|| self.url.clone())?;
            match status {
                200 => {
                    let cosignature = self.read(&text, &body)?;
                    self.size = header.log_size;
                    return Ok(cosignature);
                }
                409 => {
                    let size: u64 = body.trim().parse().with_context(|| {
                        format!("{}: expected the witness's size, got {body:?}", self.url)
                    })?;
                    if size > header.log_size {
                        bail!(
                            "it saw {size} leaves and this node has {}: this node is behind, or there are two logs",
                            header.log_size
                        );
                    }
                    self.size = size;
                }
                _ => bail!("{} answered {status}: {}", self.url, body.trim()),
            }
        }
        bail!("{} refuses the size that it named itself", self.url)
    }

    /// The witness's own line of its answer, verified.
    fn read(&self, text: &str, lines: &str) -> anyhow::Result<Cosignature> {
        let note = signed_note::decode(&format!("{text}\n{lines}"))?;
        let line = note
            .signatures
            .iter()
            .find(|line| self.cosigner.named_in(line));
        let cosignature = line.and_then(Cosignature::of_line);
        let cosignature = cosignature.context("its answer has no cosignature of its key")?;
        if !cosignature.holds(&self.cosigner.public_key, text) {
            bail!("its cosignature does not hold");
        }
        Ok(cosignature)
    }
}

fn extension(shared: &Shared, old: u64, new: u64) -> anyhow::Result<Vec<Digest>> {
    match old {
        0 => Ok(Vec::new()),
        old => Ok(log::prove_consistency(&shared.store, old, new)?.hashes),
    }
}
