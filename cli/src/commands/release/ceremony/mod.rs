//! `yilian release ceremony`: centres make their key before the chain begins, with files that they carry to each other.
//!
//! All files of a ceremony lie in one folder, in which every centre collects those of the others. A step reads what the
//! steps before it left there, checks every file against its centre, and adds this centre's own. Done again it finds its
//! own file there and the same bytes; it never takes the place of another one.

mod ack;
mod announce;
mod deal;
mod files;
mod finish;
mod info;
mod log;
mod parts;
mod place;
mod show;
mod verify;

use clap::Subcommand;

use crate::answer::Answer;
use crate::context::{Context, Outcome};

/// Subcommands of `release ceremony`.
#[derive(Debug, Subcommand)]
pub(crate) enum CeremonyCommand {
    /// 仪式的成员与比对码；各中心先电话比对 | Members and the digest that all centres compare by telephone first
    Info(info::CeremonyInfo),
    /// 第一步：公布加密公钥；没有 release.key 时生成 | Step 1: announce a sealing key; makes release.key when absent
    Announce(announce::CeremonyAnnounce),
    /// 第二步：向各中心分发份额 | Step 2: deal shares to all centres
    Deal(deal::CeremonyDeal),
    /// 第三步：核对并确认收到的份额 | Step 3: check the shares that came, and acknowledge them
    Ack(ack::CeremonyAck),
    /// 第四步：公布日志；未确认者的份额随之公开 | Step 4: show the log; shares of those who did not acknowledge stand in it
    Log(log::CeremonyLog),
    /// 第五步：合成 ceremony.json，核对本中心的份额 | Step 5: make ceremony.json, and check this centre's own share
    Finish(finish::CeremonyFinish),
    /// 任何人核验 ceremony.json | Anybody: check ceremony.json
    Verify(verify::CeremonyVerify),
}

impl CeremonyCommand {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        match self {
            CeremonyCommand::Info(args) => args.run(context),
            CeremonyCommand::Announce(args) => args.run(context),
            CeremonyCommand::Deal(args) => args.run(context),
            CeremonyCommand::Ack(args) => args.run(context),
            CeremonyCommand::Log(args) => args.run(context),
            CeremonyCommand::Finish(args) => args.run(context),
            CeremonyCommand::Verify(args) => args.run(context),
        }
    }
}
