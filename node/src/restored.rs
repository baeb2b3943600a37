//! A validator that may have signed what its database does not know: it follows, and signs nothing until that is safe.
//!
//! The old node voted at heights up to one above the last block it had. So this one sends a transaction that nobody could
//! foresee. The block that holds it was made after this start, thus stands above every block that the old node had, and no
//! vote of the old node is for a later height. That needs no clock and nobody's word, but that the old node is gone: if the
//! key is seen signing that block or one after it, a second node runs, and this one stops.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use prometheus_client::metrics::gauge::Gauge;
use tokio::time::timeout;
use yilian_abi::records;
use yilian_chain_records::membership::{BlockEntry, block_key};
use yilian_crypto::Digest;
use yilian_executor::release::{StateView, View as _};
use yilian_mempool::gossip::Gossip;
use yilian_primitives::{Address, Height, TxId, VerifiedTransaction};
use yilian_release_records::{Announce, method};

use crate::clock;
use crate::shareholder;
use crate::state::Shared;

/// Blocks after the one with the own word in which the key must not be seen signing. A certificate holds a quorum and not
/// all, so one would be too few.
const WATCHED: Height = 4;
/// Longest time between two looks: a word that expired is said anew, also while no block comes.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// Own words that may still come into a block.
const WORDS_MAX: usize = 8;

/// A validator that waits.
struct Waiting {
    shared: Shared,
    /// What it says: to which key its shares are to be sealed. Saying it again changes nothing.
    word: Announce,
    /// The transactions that said it.
    said: Vec<TxId>,
}

/// What is to be done now.
enum Next {
    Sign,
    Send(Box<VerifiedTransaction>),
    Wait,
}

/// Waits until a restored validator may sign, and takes the mark away. Never ends for another one.
///
/// # Errors
/// If another node signs with this validator's key, or the database fails.
pub(crate) async fn until_it_may_sign(
    restored: bool,
    shared: Shared,
    gossip: Arc<Gossip>,
    word: Announce,
) -> anyhow::Result<()> {
    let gauge = Gauge::<i64>::default();
    gauge.set(i64::from(restored));
    yilian_consensus::register_metrics("yilian", |registry| {
        let help = "Whether this validator was restored and signs nothing yet";
        registry.register("restored", help, gauge);
    });
    if !restored {
        return std::future::pending().await;
    }
    tracing::warn!(
        "本节点由备份恢复：先跟随，暂不签名 / this validator was restored: it follows, and signs nothing until a block holds its \
         word. If all centres were restored, no block comes: see `yiliand sign-from`"
    );
    let mut heights = shared.heights.subscribe();
    let said = Vec::new();
    let mut waiting = Waiting { shared, word, said };
    loop {
        let looked = tokio::task::spawn_blocking(move || {
            let next = waiting.look();
            (waiting, next)
        });
        let (back, next) = looked.await.context("a restored validator")?;
        waiting = back;
        match next? {
            Next::Sign => return Ok(()),
            Next::Send(transaction) => gossip.publish(*transaction),
            Next::Wait => {}
        }
        // A height, none for a while, or some that were missed: it looks again either way.
        let _ = timeout(LOOK_EVERY, heights.recv()).await;
    }
}

impl Waiting {
    fn look(&mut self) -> anyhow::Result<Next> {
        let store = &self.shared.store;
        let mark = store.restored()?.unwrap_or_default();
        let tip = self.shared.tip()?.header().height;
        if mark.sign_from.is_some_and(|from| tip + 1 >= from) {
            return self.lift(Digest::sha256(&rand::random::<[u8; 32]>()));
        }
        let Some((word, height)) = self.heard()? else {
            return self.say();
        };
        self.refuse_second_node(height, tip)?;
        match tip >= height + WATCHED {
            true => self.lift(word.0),
            false => Ok(Next::Wait),
        }
    }

    /// The own word in a block, with the block's height.
    fn heard(&self) -> anyhow::Result<Option<(TxId, Height)>> {
        for id in &self.said {
            if let Some(found) = self.shared.store.transaction(id)? {
                return Ok(Some((*id, found.execution.receipt.height)));
            }
        }
        Ok(None)
    }

    /// Says it, unless it waits for a block already. Who is no validator now has nothing to sign and nothing to say.
    fn say(&mut self) -> anyhow::Result<Next> {
        let pool = &self.shared.pool;
        pool.expire(clock::now_ms());
        let own = Address::of(&self.shared.key.public_key());
        let decides = self.shared.tip()?.next_validators().get(&own).is_some();
        if !decides || self.said.iter().any(|id| pool.contains(id)) {
            return Ok(Next::Wait);
        }
        let args = serde_json::to_value(&self.word)?;
        let envelope = shareholder::signed(&self.shared, method::ANNOUNCE, args);
        let transaction = envelope.verify()?;
        if let Err(refusal) = self.shared.admit(&transaction).and_then(|sponsor| {
            pool.insert(transaction.clone(), sponsor, clock::now_ms())?
                .wait()
        }) {
            tracing::warn!(%refusal, "a restored validator cannot say that it is back");
            return Ok(Next::Wait);
        }
        if self.said.len() >= WORDS_MAX {
            self.said.remove(0);
        }
        self.said.push(transaction.id());
        Ok(Next::Send(Box::new(transaction)))
    }

    /// This node signs nothing, so whatever is signed with its key from this height on another one signed.
    fn refuse_second_node(&self, from: Height, tip: Height) -> anyhow::Result<()> {
        let own = Address::of(&self.shared.key.public_key());
        let mut seen = (tip > from && self.seen_in_block(&own)? > from).then_some(tip);
        for height in from..=tip {
            let certificate = self.shared.store.certificate(height)?;
            let signatures = certificate.iter().flat_map(|found| &found.signatures);
            if signatures.into_iter().any(|(signer, _)| *signer == own) {
                seen = Some(height);
            }
        }
        let Some(height) = seen else { return Ok(()) };
        bail!(
            "另一节点正在使用本节点的密钥签名（高度 {height}）。请停止其中一个：一把密钥只能有一个节点 / another node signs with this \
             validator's key, at height {height}. Stop one of them: one key, one running node. This one has signed nothing"
        );
    }

    /// The last block that a validator proposed, or that carries a certificate with its signature, as the chain notes it.
    fn seen_in_block(&self, validator: &Address) -> anyhow::Result<Height> {
        let state = self.shared.state()?;
        let entry = StateView(state.as_ref()).get(&block_key())?;
        let entry = entry.and_then(|bytes| records::from_bytes::<BlockEntry>(&bytes));
        let entry = entry.context("the entry of the last block")?;
        Ok(entry.missing_since(validator, 0).unwrap_or(entry.height))
    }

    fn lift(&self, head: Digest) -> anyhow::Result<Next> {
        let tip = self.shared.tip()?;
        let (height, time_ms) = (tip.header().height, tip.header().time_ms);
        self.shared.store.lift_restored(&(head, time_ms))?;
        tracing::info!(
            height,
            "恢复签名 / this validator signs again, from the next height on"
        );
        Ok(Next::Sign)
    }
}
