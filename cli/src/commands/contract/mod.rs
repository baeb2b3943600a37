//! `yilian contract`

mod build;
mod check;
mod compile;
mod deploy;
mod invoke;
mod project;
mod scaffold;
mod show;

use clap::Subcommand;

use crate::answer::Answer;
use crate::context::{Context, Outcome};

pub(crate) use check::read_program;
pub(crate) use compile::{WRAPPER_MARK, wrapper};
pub(crate) use invoke::CallArgs;

/// Subcommands of `contract`.
#[derive(Debug, Subcommand)]
pub(crate) enum ContractCommand {
    /// 建立合约工程 | Make the sources of a new contract
    New(scaffold::NewArgs),
    /// 构建合约：任何机器上得到同样的字节 | Build a contract: the same bytes on any machine
    Build(build::BuildArgs),
    /// 检查 wasm 是否可以部署 | Check whether a wasm file may be deployed
    Check(check::CheckArgs),
    /// 运行合约的测试 | Run a contract's tests
    Test(build::TestArgs),
    /// 部署合约 | Deploy a contract
    Deploy(deploy::DeployArgs),
    /// 调用合约的方法 | Call a contract's method
    Call(CallArgs),
    /// 显示合约的接口 | Show a contract's interface
    Show(show::ShowArgs),
    /// 列出已部署的合约 | List the deployed contracts
    List,
}

impl ContractCommand {
    pub(crate) fn run(self, context: &Context) -> Outcome<Answer> {
        match self {
            ContractCommand::New(args) => args.run(context),
            ContractCommand::Build(args) => args.run(context),
            ContractCommand::Check(args) => args.run(context),
            ContractCommand::Test(args) => args.run(context),
            ContractCommand::Deploy(args) => args.run(context),
            ContractCommand::Call(args) => args.run(context),
            ContractCommand::Show(args) => args.run(context),
            ContractCommand::List => show::list(context),
        }
    }
}
