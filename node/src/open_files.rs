//! How many files and connections the process may have open. Many systems begin with 1,024, which a busy node needs more than.

use anyhow::{Context as _, bail};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// What the database and the interface may open, and half a thousand for peers, logs and all else.
const NEEDED: u64 =
    yilian_storage::OPEN_FILES_MAX as u64 + yilian_api::CONNECTIONS_MAX as u64 + 512;

/// Raises the limit as far as it is needed.
///
/// # Errors
/// If the system does not allow so many.
pub(crate) fn allow() -> anyhow::Result<()> {
    let limit = getrlimit(Resource::Nofile);
    if limit.current.is_none_or(|current| current >= NEEDED) {
        return Ok(());
    }
    if let Some(most) = limit.maximum.filter(|most| *most < NEEDED) {
        bail!(
            "系统只允许本进程打开 {most} 个文件，至少需要 {NEEDED} 个：请提高限制（systemd 的 LimitNOFILE，或 ulimit -n）/ this process \
             may open {most} files: expected at least {NEEDED}. Raise the limit (LimitNOFILE of systemd, or ulimit -n)"
        );
    }
    let raised = Rlimit {
        current: Some(NEEDED),
        ..limit
    };
    setrlimit(Resource::Nofile, raised).context("limit of open files")
}
