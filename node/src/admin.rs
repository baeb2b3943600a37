//! What an operator asks of the running node, on a socket that only its own user can open.
//!
//! One request and one answer on each connection, both one line of JSON. There is no port: whoever reaches the socket can
//! read the data directory anyway.

use std::fmt::Display;
use std::io::{BufRead as _, BufReader, ErrorKind, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{UnixListener, UnixStream as Connection};
use tokio::task::JoinHandle;
use yilian_storage::Store;

/// Longest request, in bytes: a path.
const REQUEST_BYTES_MAX: u64 = 16 << 10;
/// How long a request may take to come.
const REQUEST_WAIT: Duration = Duration::from_secs(5);

/// What is asked.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Request {
    /// Make a backup in a new folder, by its absolute path. The answer is its manifest.
    BackUp(PathBuf),
    /// Make a snapshot in a new folder, by its absolute path. The answer is its manifest.
    Snapshot(PathBuf),
}

/// What came of it; the error is for the operator.
type Answer<M> = Result<M, String>;

/// Listens until the task is aborted. `valid_for_ms` is how long a transaction may wait, in ms.
///
/// # Errors
/// If the socket cannot be made: its path is too long, or the directory cannot be written.
pub(crate) fn listen(
    path: &Path,
    store: Store,
    valid_for_ms: u64,
) -> std::io::Result<JoinHandle<()>> {
    // The database is open, so no other node listens here: what is left is a dead one's.
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(path)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
    Ok(tokio::spawn(async move {
        loop {
            match listener.accept().await {
                // One after another: two backups at once would only be slower.
                Ok((connection, _)) => {
                    if let Err(error) = serve(connection, &store, valid_for_ms).await {
                        tracing::warn!(%error, "an operator's request was not answered");
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "the operator's socket");
                    tokio::time::sleep(REQUEST_WAIT).await;
                }
            }
        }
    }))
}

async fn serve(mut connection: Connection, store: &Store, valid_for_ms: u64) -> anyhow::Result<()> {
    let mut line = String::new();
    let (read, mut write) = connection.split();
    let mut read = tokio::io::BufReader::new(read.take(REQUEST_BYTES_MAX));
    tokio::time::timeout(REQUEST_WAIT, read.read_line(&mut line)).await??;
    let (store, program) = (store.clone(), env!("CARGO_PKG_VERSION"));
    let mut text = match serde_json::from_str(&line) {
        Ok(Request::BackUp(folder)) => made(move || store.back_up(&folder, program)).await?,
        Ok(Request::Snapshot(folder)) => {
            made(move || store.make_snapshot(&folder, program, valid_for_ms)).await?
        }
        Err(error) => serde_json::to_vec(&Answer::<()>::Err(format!("request: {error}")))?,
    };
    text.push(b'\n');
    write.write_all(&text).await?;
    Ok(())
}

/// Does the work beside the others'; gives the answer as it is sent.
async fn made<M: Serialize + Send + 'static, E: Display + Send + 'static>(
    work: impl FnOnce() -> Result<M, E> + Send + 'static,
) -> anyhow::Result<Vec<u8>> {
    let made: Answer<M> = tokio::task::spawn_blocking(work)
        .await?
        .map_err(|error| error.to_string());
    match &made {
        Ok(_) => tracing::info!("copied for the operator"),
        Err(error) => tracing::warn!(%error, "nothing was copied for the operator"),
    }
    Ok(serde_json::to_vec(&made)?)
}

/// Asks the running node; none if no node runs.
pub(crate) fn ask<M: DeserializeOwned>(
    path: &Path,
    request: &Request,
) -> anyhow::Result<Option<M>> {
    let mut stream = match UnixStream::connect(path) {
        Ok(stream) => stream,
        Err(error)
            if [ErrorKind::NotFound, ErrorKind::ConnectionRefused].contains(&error.kind()) =>
        {
            return Ok(None);
        }
        Err(error) => return Err(error).with_context(|| format!("socket {}", path.display())),
    };
    let mut text = serde_json::to_vec(request)?;
    text.push(b'\n');
    stream.write_all(&text)?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line)?;
    let answer: Answer<M> =
        serde_json::from_str(&line).context("the node ended without an answer")?;
    answer.map(Some).map_err(anyhow::Error::msg)
}
