//! Proposals about validators, and what is said to them.

use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;
use serde_json::{Value, json};
use yilian_chain_records::membership::{
    Addresses, Change, Named, Numbered, Propose, Rotation, method,
};
use yilian_chain_spec::Centre;

use crate::answer::Answer;
use crate::call::{SendOptions, Signed};
use crate::context::{Context, Outcome};

/// Sends a call of the built-in contract.
fn call<T: Serialize>(
    context: &Context,
    method: &str,
    args: &T,
    options: &SendOptions,
) -> Outcome<Answer> {
    let args = serde_json::to_value(args).unwrap_or(Value::Null);
    let call = Signed {
        contract: "system",
        method,
        args,
        key: None,
    };
    call.send(context, options)
}

fn propose(context: &Context, change: Change, options: &SendOptions) -> Outcome<Answer> {
    call(context, method::PROPOSE, &Propose { change }, options)
}

/// The card of a centre, as `validator prepare` writes it.
fn card(context: &Context, path: &Path) -> Outcome<Centre> {
    context.read_as(path)
}

/// Arguments of `validator admit`.
#[derive(Debug, Args)]
pub(crate) struct Admit {
    /// 新中心的登记卡 centre.json | The new centre's card, centre.json
    card: PathBuf,
    #[command(flatten)]
    options: SendOptions,
}

impl Admit {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        let centre = card(context, &self.card)?;
        propose(context, Change::Admit(Box::new(centre)), &self.options)
    }
}

/// Arguments of `validator remove`.
#[derive(Debug, Args)]
pub(crate) struct Remove {
    /// 中心名称 | Name of the centre
    name: String,
    #[command(flatten)]
    options: SendOptions,
}

impl Remove {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        let named = Named { name: self.name };
        propose(context, Change::Remove(named), &self.options)
    }
}

/// Arguments of `validator rotate`.
#[derive(Debug, Args)]
pub(crate) struct Rotate {
    /// 新节点的登记卡 centre.json | The new node's card, centre.json
    card: PathBuf,
    #[command(flatten)]
    options: SendOptions,
}

impl Rotate {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        let centre = card(context, &self.card)?;
        let rotation = Rotation {
            name: centre.name,
            key: centre.key,
            p2p: centre.p2p,
            mempool: centre.mempool,
        };
        propose(context, Change::Rotate(rotation), &self.options)
    }
}

/// Arguments of `validator move`.
#[derive(Debug, Args)]
pub(crate) struct Move {
    /// 中心名称 | Name of the centre
    name: String,
    /// 共识地址，如 /ip4/10.0.0.1/tcp/27000 | Address of consensus, as /ip4/10.0.0.1/tcp/27000
    #[arg(long, value_name = "MULTIADDR")]
    p2p: String,
    /// 交易池地址 | Address of the transaction pool
    #[arg(long, value_name = "MULTIADDR")]
    mempool: String,
    #[command(flatten)]
    options: SendOptions,
}

impl Move {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        let to = Addresses {
            name: self.name,
            p2p: self.p2p,
            mempool: self.mempool,
        };
        propose(context, Change::Move(to), &self.options)
    }
}

/// Arguments of `validator approve`.
#[derive(Debug, Args)]
pub(crate) struct Approve {
    /// 提案编号 | Number of the proposal
    proposal: u64,
    #[command(flatten)]
    options: SendOptions,
}

impl Approve {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        let proposal = self.proposal;
        call(
            context,
            method::APPROVE,
            &Numbered { proposal },
            &self.options,
        )
    }
}

/// Arguments of `validator withdraw`.
#[derive(Debug, Args)]
pub(crate) struct Withdraw {
    /// 提案编号 | Number of the proposal
    proposal: u64,
    #[command(flatten)]
    options: SendOptions,
}

impl Withdraw {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        let args = json!({"proposal": self.proposal});
        call(context, method::WITHDRAW, &args, &self.options)
    }
}
