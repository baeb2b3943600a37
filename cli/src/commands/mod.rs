//! The commands, one module each.

mod ack;
mod admission;
mod bid;
mod block;
mod certificate;
mod chain_spec;
mod contract;
mod draw;
mod evidence;
mod expert;
mod init;
mod keys;
mod log;
mod release;
mod status;
mod tender;
mod tx;
mod validator;
mod verify;
mod witness;

use clap::Subcommand;

pub(crate) use contract::{WRAPPER_MARK, wrapper};

use crate::answer::Answer;
use crate::context::{Context, Outcome};

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// 建立本地网络：密钥、链规范、节点配置 | Make a local network: keys, specification, node files
    Init(init::InitArgs),
    /// 密钥 | Keys
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    /// 链规范 | Chain specifications
    #[command(subcommand)]
    ChainSpec(chain_spec::ChainSpecCommand),
    /// 节点状态 | Where a node stands
    Status(status::StatusArgs),
    /// 区块 | Blocks
    #[command(subcommand)]
    Block(block::BlockCommand),
    /// 提交证书 | Certificates of finality
    #[command(subcommand)]
    Certificate(certificate::CertificateCommand),
    /// 交易 | Transactions
    #[command(subcommand)]
    Tx(tx::TxCommand),
    /// 合约 | Contracts
    #[command(subcommand)]
    Contract(contract::ContractCommand),
    /// 标段：从登记到定标 | Sections: from registration to award
    #[command(subcommand)]
    Tender(tender::TenderCommand),
    /// 存证与证据文件 | Evidence, and files that prove it
    #[command(subcommand)]
    Evidence(evidence::EvidenceCommand),
    /// 离线验证证据文件，逐项列出所证事项 | Verify an evidence file offline, naming what each step proves
    Verify(verify::VerifyArgs),
    /// 跟踪日志，发现分叉或回退即报警 | Follow the log, and raise an alarm on a fork or rollback
    #[command(subcommand)]
    Log(log::LogCommand),
    /// 见证人：副署只增不改的日志 | Be a witness: cosign a log that only grows
    #[command(subcommand)]
    Witness(witness::WitnessCommand),
    /// 门限释放：密钥份额、等待与核验 | Threshold releases: shares, what waits, verification
    #[command(subcommand)]
    Release(release::ReleaseCommand),
    /// 验证节点：加入、离开与更换密钥 | Validators: join, leave, change keys
    #[command(subcommand)]
    Validator(validator::ValidatorCommand),
    /// 评标专家：身份只密封给通知人 | Experts: who was drawn, sealed for the notifier alone
    #[command(subcommand)]
    Expert(expert::ExpertCommand),
    /// 一次性公钥：不透露单位与标段地递交投标 | One-time keys: submit bids without naming sender or section
    #[command(subcommand)]
    Admission(admission::AdmissionCommand),
    /// 投标文件：加密、提供密钥、解密 | Bid files: seal, give the key, open
    #[command(subcommand)]
    Bid(bid::BidCommand),
    /// 回执：核验何时递交 | Acknowledgements: when something was submitted
    #[command(subcommand)]
    Ack(ack::AckCommand),
    /// 重演抽取 | Draws, run again
    #[command(subcommand)]
    Draw(draw::DrawCommand),
}

impl Command {
    /// Does it.
    pub(crate) fn run(self, context: &Context) -> Outcome<Answer> {
        match self {
            Command::Init(args) => args.run(context),
            Command::Keys(command) => command.run(context),
            Command::ChainSpec(command) => command.run(context),
            Command::Status(args) => args.run(context),
            Command::Block(command) => command.run(context),
            Command::Certificate(command) => command.run(context),
            Command::Tx(command) => command.run(context),
            Command::Contract(command) => command.run(context),
            Command::Tender(command) => command.run(context),
            Command::Evidence(command) => command.run(context),
            Command::Verify(args) => args.run(context),
            Command::Log(command) => command.run(context),
            Command::Witness(command) => command.run(context),
            Command::Release(command) => command.run(context),
            Command::Validator(command) => command.run(context),
            Command::Expert(command) => command.run(context),
            Command::Admission(command) => command.run(context),
            Command::Bid(command) => command.run(context),
            Command::Ack(command) => command.run(context),
            Command::Draw(command) => command.run(context),
        }
    }
}
