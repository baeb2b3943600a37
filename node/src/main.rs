//! Wire the parts of a validator, start it, stop it.

mod acknowledger;
mod admin;
mod backend;
mod chain;
mod clock;
mod commands;
mod config;
mod database;
mod disk;
mod evidence;
mod fault;
mod history;
mod journal;
mod membership;
mod misbehaviours;
mod node;
mod open_files;
mod peers;
mod proofs;
mod releases;
mod restored;
mod shareholder;
mod signal;
mod state;
mod threads;
mod tlog;
mod witnesses;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// A block is made of many small pieces of memory on threads of their own; also the database takes its own from here.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// 一链验证节点 | A validator of a Yilian chain.
#[derive(Parser)]
#[command(name = "yiliand", version, about, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// 运行节点，直至收到停止信号 | Run the node until it is told to stop
    Run {
        /// 节点配置文件 | Configuration of the node
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
    },
    /// 检查配置、链规格与数据库，不启动 | Check configuration, chain specification and database, and start nothing
    Check {
        /// 节点配置文件 | Configuration of the node
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
    },
    /// 备份数据库，节点可在运行 | Back up the database, also of a running node
    Backup {
        /// 节点配置文件 | Configuration of the node
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
        /// 备份写入的新目录 | New folder for the backup
        #[arg(long, value_name = "DIR")]
        to: PathBuf,
    },
    /// 恢复数据库；不带备份则从创世重新同步 | Restore the database; without a backup catch up from genesis
    Restore {
        /// 节点配置文件 | Configuration of the node
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
        /// 备份目录 | Folder of the backup
        #[arg(long, value_name = "DIR")]
        from: Option<PathBuf>,
    },
    /// 生成可验证的快照，节点可在运行 | Make a snapshot that others can prove, also of a running node
    Snapshot {
        /// 节点配置文件 | Configuration of the node
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
        /// 快照写入的新目录 | New folder for the snapshot
        #[arg(long, value_name = "DIR")]
        to: PathBuf,
    },
    /// 逐项验证快照，并由其建立数据库 | Prove a snapshot, and make the database from it
    Begin {
        /// 节点配置文件 | Configuration of the node
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
        /// 快照目录 | Folder of the snapshot
        #[arg(long, value_name = "DIR")]
        from: PathBuf,
        /// 声明本节点密钥从未签名；否则先跟随、后签名 | Say that this node's key never signed; otherwise it follows first
        #[arg(long)]
        new_key: bool,
        /// 另一中心同一高度快照的状态摘要 | Digest of the state in another centre's snapshot of the same height
        #[arg(long, value_name = "DIGEST")]
        state: Option<yilian_crypto::Digest>,
    },
    /// 声明恢复的节点自某高度起未曾签名 | Say from which height on a restored validator signed nothing yet
    SignFrom {
        /// 节点配置文件 | Configuration of the node
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
        /// 高度 | The height
        #[arg(long)]
        height: u64,
    },
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Run { config } => run(&config),
        Command::Check { config } => commands::check(&config),
        Command::Backup { config, to } => commands::back_up(&config, &to),
        Command::Restore { config, from } => commands::put_back(&config, from.as_deref()),
        Command::Snapshot { config, to } => commands::make_snapshot(&config, &to),
        Command::Begin {
            config,
            from,
            new_key,
            state,
        } => commands::begin_from(&config, &from, new_key, state),
        Command::SignFrom { config, height } => commands::sign_from(&config, height),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("yiliand: {error:#}");
            disk::exit_code(&error)
        }
    }
}

fn run(path: &std::path::Path) -> anyhow::Result<()> {
    open_files::allow()?;
    let parts = node::Parts::open(path)?;
    parts.start_log();
    match threads::run(parts)? {
        node::Ended::Stopped => Ok(()),
        node::Ended::MaySign => Err(begin_again()),
    }
}

/// Replaces this process by a new one of the same program: whether the engine signs is settled when it starts. Returns only
/// if that fails.
fn begin_again() -> anyhow::Error {
    use std::os::unix::process::CommandExt as _;
    let begun = std::env::current_exe().map(|program| {
        let mut command = std::process::Command::new(program);
        command.args(std::env::args_os().skip(1)).exec()
    });
    let error = begun.unwrap_or_else(|error| error);
    anyhow::Error::new(error).context("请重新启动节点 / restart the node: it may sign again")
}
