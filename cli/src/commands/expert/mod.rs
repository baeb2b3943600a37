//! `yilian expert`: names of experts, sealed so that they reach the notifier alone.

mod key;
mod open;
mod seal;

use clap::Subcommand;
use yilian_crypto::Digest;

use super::tender::encode;
use crate::answer::Answer;
use crate::context::{Context, Outcome};

/// What a notice is sealed for; a zero byte and the chain's name follow.
const INFO: &str = "YILIAN/expert-notice/v1";
/// Tag of a blinded entry, as rule expert-draw defines it.
const ENTRY_TAG: &str = "YILIAN/expert-entry/v1";

/// Subcommands of `expert`.
#[derive(Debug, Subcommand)]
pub(crate) enum ExpertCommand {
    /// 生成通知人的密封密钥 | Make a notifier's key, to which notices are sealed
    NewKey(key::NewKey),
    /// 把抽中专家的身份密封给通知人 | Seal who was drawn for the notifier
    Seal(seal::ExpertSeal),
    /// 打开密封通知，并核对就是抽中的名单项 | Open a notice, and check that it is the entry that was drawn
    Open(open::ExpertOpen),
}

impl ExpertCommand {
    pub(crate) fn run(self, context: &Context) -> Outcome<Answer> {
        match self {
            ExpertCommand::NewKey(args) => args.run(context),
            ExpertCommand::Seal(args) => args.run(context),
            ExpertCommand::Open(args) => args.run(context),
        }
    }
}

/// `info` of a notice: what it is for, on which chain, in which draw.
fn info(chain_id: &str, draw_id: &str) -> Vec<u8> {
    [
        INFO.as_bytes(),
        b"\0",
        chain_id.as_bytes(),
        b"\0",
        draw_id.as_bytes(),
    ]
    .concat()
}

/// The blinded entry of an expert in a draw, as it stands in the frozen list.
fn blinded_entry(draw_id: &str, expert: &str, nonce: &[u8; 32]) -> Digest {
    let parts = [draw_id.as_bytes(), expert.as_bytes(), nonce];
    Digest::sha256(&encode(ENTRY_TAG, &parts))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes spelt out from the definition in the rule `expert-draw`.
    #[test]
    fn an_entry_is_the_rules() {
        let mut bytes = b"YILIAN/expert-entry/v1\0\0\0\0\x02d1\0\0\0\x02e1\0\0\0\x20".to_vec();
        bytes.extend_from_slice(&[7; 32]);
        assert_eq!(blinded_entry("d1", "e1", &[7; 32]), Digest::sha256(&bytes));
    }
}
