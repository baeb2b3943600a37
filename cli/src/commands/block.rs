//! `yilian block`

use clap::Subcommand;
use serde_json::{Value, json};
use yilian_client::BlockView;

use crate::answer::{Answer, Block};
use crate::context::{Context, Outcome};
use crate::messages::M;
use crate::{show, tx_view};

/// Subcommands of `block`.
#[derive(Debug, Subcommand)]
pub(crate) enum BlockCommand {
    /// 显示一个区块 | Show a block
    Show {
        /// 高度；不给则为最新 | Height; the last one if it is not given
        height: Option<u64>,
    },
    /// 列出区块，新的在前 | List blocks, the newest first
    List {
        /// 从此高度起；不给则为最新的几个 | From this height on; the last ones if it is not given
        #[arg(long)]
        from: Option<u64>,
        /// 条数 | How many
        #[arg(long, default_value_t = 20)]
        limit: u64,
    },
}

impl BlockCommand {
    pub(crate) fn run(self, context: &Context) -> Outcome<Answer> {
        match self {
            BlockCommand::Show { height } => one(context, height),
            BlockCommand::List { from, limit } => list(context, from, limit),
        }
    }
}

fn one(context: &Context, height: Option<u64>) -> Outcome<Answer> {
    let client = context.client();
    let tip = || client.status().map(|status| status.height);
    let block = height
        .map_or_else(tip, Ok)
        .and_then(|height| client.block(height))
        .map_err(|error| context.node_failure(error))?;
    Ok(render(context, &block))
}

fn render(context: &Context, block: &BlockView) -> Answer {
    let header = &block.header;
    let name = |message| context.name(message);
    let mut data = serde_json::to_value(block).unwrap_or(Value::Null);
    data["header_hash"] = json!(block.header_hash());
    let rows: Vec<_> = block
        .receipts
        .iter()
        .map(|r| tx_view::row(context, r))
        .collect();
    let answer = Answer::new("block", data).fields([
        (name(M::Height), header.height.to_string()),
        (name(M::Time), show::time(header.time_ms)),
        (name(M::HeaderHash), block.header_hash().to_string()),
        (name(M::ParentHash), header.parent_hash.to_string()),
        (name(M::Proposer), header.proposer.to_string()),
        (name(M::LogSize), header.log_size.to_string()),
        (name(M::LogRoot), header.log_root.to_string()),
        (name(M::StateRoot), header.state_root.to_string()),
        (name(M::Transactions), header.transaction_count.to_string()),
    ]);
    if rows.is_empty() {
        return answer;
    }
    let head = [
        "#".to_owned(),
        name(M::TxCall),
        name(M::TxOutcome),
        name(M::TxSender),
        name(M::TxId),
    ];
    answer.with(Block::Table {
        head: head.into(),
        rows,
    })
}

fn list(context: &Context, from: Option<u64>, limit: u64) -> Outcome<Answer> {
    let client = context.client();
    let limit = limit.clamp(1, yilian_client::BLOCKS_MAX);
    let from = match from {
        Some(from) => from,
        None => {
            let tip = client
                .status()
                .map_err(|error| context.node_failure(error))?
                .height;
            tip.saturating_sub(limit.saturating_sub(1))
        }
    };
    let mut blocks = client
        .blocks(from, limit)
        .map_err(|error| context.node_failure(error))?;
    blocks.sort_by_key(|block| core::cmp::Reverse(block.height));
    let row = |b: &yilian_primitives::Header| {
        vec![
            b.height.to_string(),
            show::time(b.time_ms),
            b.transaction_count.to_string(),
            b.log_size.to_string(),
            show::short(&b.hash().to_string()),
        ]
    };
    let rows = blocks.iter().map(row).collect();
    let head = [
        M::Height,
        M::Time,
        M::Transactions,
        M::LogSize,
        M::HeaderHash,
    ];
    let data: Vec<_> = blocks
        .iter()
        .map(|b| json!({"header": b, "header_hash": b.hash()}))
        .collect();
    Ok(Answer::new("blocks", json!(data)).table(head.map(|m| context.name(m)), rows))
}
