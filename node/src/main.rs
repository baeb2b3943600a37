//! Wire the parts of a validator, start it, stop it.

mod acknowledger;
mod backend;
mod chain;
mod clock;
mod config;
mod evidence;
mod fault;
mod history;
mod journal;
mod membership;
mod misbehaviours;
mod node;
mod peers;
mod proofs;
mod releases;
mod shareholder;
mod state;
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
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Run { config } => run(&config),
        Command::Check { config } => check(&config),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("yiliand: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn check(path: &std::path::Path) -> anyhow::Result<()> {
    let parts = node::Parts::open(path)?;
    let tip = parts.tip_height();
    println!(
        "正常 / fine: {} ({}), height {tip}",
        parts.spec().chain_id,
        parts.spec().digest()
    );
    Ok(())
}

fn run(path: &std::path::Path) -> anyhow::Result<()> {
    let parts = node::Parts::open(path)?;
    parts.start_log();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let outcome = runtime.block_on(node::run(parts));
    // Queries that still run on blocking threads must not keep a stopped node alive.
    runtime.shutdown_timeout(std::time::Duration::from_secs(5));
    outcome
}
