//! `yilian bid`: bid files that only their opening opens.

mod give_key;
mod key_file;
mod open;
mod seal;

use std::path::Path;

use clap::Subcommand;
use yilian_bid_file::BidFileError;

use crate::answer::Answer;
use crate::context::{Context, Outcome};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::messages::M;

/// Subcommands of `bid`.
#[derive(Debug, Subcommand)]
pub(crate) enum BidCommand {
    /// 加密投标文件：外层到开标时由各中心共同开启，内层由投标人持有 | Seal a bid file: the centres open the outer layer at the opening, the inner key is the bidder's
    Seal(seal::BidSeal),
    /// 解密时限内提供内层密钥；时限届满时全部密钥同时可读 | Give the inner key in the window; all keys become readable together when it is over
    GiveKey(give_key::BidGiveKey),
    /// 开标后解密投标文件，并与密封时核对 | Open a bid file after the opening, and compare it with what was sealed
    Open(open::BidOpen),
}

impl BidCommand {
    pub(crate) fn run(self, context: &Context) -> Outcome<Answer> {
        match self {
            BidCommand::Seal(args) => args.run(context),
            BidCommand::GiveKey(args) => args.run(context),
            BidCommand::Open(args) => args.run(context),
        }
    }
}

/// A file that could not be sealed or opened, in the reader's language.
fn failure(context: &Context, path: &Path, error: &BidFileError) -> Failure {
    let (exit, message) = match error {
        BidFileError::Io(_) => (Exit::Failure, M::BidFileIo),
        BidFileError::Form(_) => (Exit::Usage, M::BidFileForm),
        BidFileError::OuterKey => (Exit::Forged, M::BidOuterKey),
        BidFileError::InnerKey => (Exit::Forged, M::BidInnerKey),
        BidFileError::Damaged(_) => (Exit::Forged, M::BidFileDamaged),
    };
    let shown = path.display();
    let values: [(&str, &dyn core::fmt::Display); 2] = [("path", &shown), ("reason", error)];
    Failure::new(exit, context.text(message, &values))
}
