//! What an operator asks of the running node, on a socket that only its own user can open.
//!
//! One request and one answer on each connection, both one line of JSON. There is no port: whoever reaches the socket can
//! read the data directory anyway.

use std::io::{BufRead as _, BufReader, ErrorKind, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{UnixListener, UnixStream as Connection};
use tokio::task::JoinHandle;
use yilian_storage::{Manifest, Store};

/// Longest request, in bytes: a path.
const REQUEST_BYTES_MAX: u64 = 16 << 10;
/// How long a request may take to come.
const REQUEST_WAIT: Duration = Duration::from_secs(5);

/// What is asked.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Request {
    /// Make a backup in a new folder, by its absolute path.
    BackUp(PathBuf),
}

/// What came of it; the error is for the operator.
type Answer = Result<Manifest, String>;

/// Listens until the task is aborted.
///
/// # Errors
/// If the socket cannot be made: its path is too long, or the directory cannot be written.
pub(crate) fn listen(path: &Path, store: Store) -> std::io::Result<JoinHandle<()>> {
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
                    if let Err(error) = serve(connection, &store).await {
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

async fn serve(mut connection: Connection, store: &Store) -> anyhow::Result<()> {
    let mut line = String::new();
    let (read, mut write) = connection.split();
    let mut read = tokio::io::BufReader::new(read.take(REQUEST_BYTES_MAX));
    tokio::time::timeout(REQUEST_WAIT, read.read_line(&mut line)).await??;
    let answer = match serde_json::from_str(&line) {
        Ok(Request::BackUp(folder)) => back_up(store.clone(), folder).await?,
        Err(error) => Err(format!("request: {error}")),
    };
    let mut text = serde_json::to_vec(&answer)?;
    text.push(b'\n');
    write.write_all(&text).await?;
    Ok(())
}

async fn back_up(store: Store, folder: PathBuf) -> anyhow::Result<Answer> {
    let work = move || store.back_up(&folder, env!("CARGO_PKG_VERSION"));
    let made = tokio::task::spawn_blocking(work).await?;
    match &made {
        Ok(manifest) => tracing::info!(height = manifest.height, "backed up"),
        Err(error) => tracing::warn!(%error, "no backup was made"),
    }
    Ok(made.map_err(|error| error.to_string()))
}

/// Asks the running node; none if no node runs.
pub(crate) fn ask(path: &Path, request: &Request) -> anyhow::Result<Option<Manifest>> {
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
    let answer: Answer = serde_json::from_str(&line).context("the node ended without an answer")?;
    answer.map(Some).map_err(anyhow::Error::msg)
}
