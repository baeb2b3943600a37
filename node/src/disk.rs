//! A disk that failed: the node stops, and says so in words and by its exit code.

use std::process::ExitCode;

use thiserror::Error;
use yilian_consensus::EngineFailure;
use yilian_storage::{StorageError, Store};

/// Exit code of a node whose disk failed: `EX_IOERR` of sysexits.h.
const EXIT_DISK: u8 = 74;

/// A write failed, so nothing is written or promised any more.
#[derive(Debug, Error)]
#[error(
    "写入磁盘失败，节点已停止；未落盘的内容从未对外承诺。请检查磁盘空间、权限与硬件后再启动 / a write to the disk failed and the \
     node stops: {0}. Nothing was promised that is not on it. Check its space, permissions and health, then start again"
)]
pub(crate) struct DiskFailed(pub(crate) StorageError);

/// The engine's log could not be written or trusted.
#[derive(Debug, Error)]
#[error("共识日志写入失败或已损坏，节点已停止 / {0}")]
struct LogFailed(EngineFailure);

/// Why the engine ended, said as one of the disk if it was that.
pub(crate) fn of_disk(store: &Store, failure: EngineFailure) -> anyhow::Error {
    match (store.failure(), failure) {
        (Some(error), _) => DiskFailed(error).into(),
        (None, failure @ EngineFailure::Safety { .. }) => LogFailed(failure).into(),
        (None, failure) => anyhow::Error::new(failure),
    }
}

/// The code with which the process ends for an error.
pub(crate) fn exit_code(error: &anyhow::Error) -> ExitCode {
    match error.is::<DiskFailed>() || error.is::<LogFailed>() {
        true => ExitCode::from(EXIT_DISK),
        false => ExitCode::FAILURE,
    }
}
