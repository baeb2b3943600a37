//! The chain as consensus needs it.

use thiserror::Error;
use yilian_primitives::{Address, BlockRef, CommitCertificate, Height, ValidatorSet};

/// One chain. Calls are made from one thread of their own, one at a time, and may block.
///
/// A [`ChainError`] from any call stops the engine: it says that this node, not a peer, is at fault.
pub trait Chain: Send + 'static {
    /// Name of the chain; it stands under every signature.
    fn chain_id(&self) -> String;

    /// Last committed height; 0 when only genesis is there.
    fn tip(&self) -> Height;

    /// First height whose block can be served to peers that catch up.
    fn earliest(&self) -> Height;

    /// Who decides `height`. Known up to `tip() + 1`.
    fn validators(&self, height: Height) -> Result<ValidatorSet, ChainError>;

    /// Executes waiting transactions on the tip and gives a proposal for `tip() + 1`, the only height asked for.
    fn build(&mut self, height: Height, proposer: Address) -> Result<Candidate, ChainError>;

    /// Decodes, verifies and re-executes a proposal that another validator first proposed.
    ///
    /// With `clock` the header's time is also held against the own clock; without it (a value that was decided, or that
    /// more than two thirds prevoted) the time only has to follow the parent's. An error means that this node is at
    /// fault; a faulty proposal is [`Verdict::Refused`]. `proposer` is who streams the value; a value that is proposed
    /// again in a later round names its first proposer in the header, so the two differ then.
    fn check(
        &mut self,
        height: Height,
        proposer: Address,
        bytes: &[u8],
        clock: bool,
    ) -> Result<Verdict, ChainError>;

    /// Keeps an undecided proposal so that it survives a crash; forgotten on commit of its height.
    ///
    /// Keeping the same height, round and value again replaces it.
    fn keep(&mut self, proposal: &KeptProposal) -> Result<(), ChainError>;

    /// The kept proposals of a height and round.
    fn kept(&self, height: Height, round: u32) -> Result<Vec<KeptProposal>, ChainError>;

    /// A kept proposal of this value, of any round; a valid one if there is one.
    fn kept_value(
        &self,
        height: Height,
        value: &BlockRef,
    ) -> Result<Option<KeptProposal>, ChainError>;

    /// Commits a decided value in one atomic, synced batch. Afterwards `tip()` is its height.
    ///
    /// Called once per height, in order. The bytes were kept before.
    fn commit(&mut self, certificate: CommitCertificate, bytes: &[u8]) -> Result<(), ChainError>;

    /// Block bytes and certificate of a decided height, for peers that catch up. `None` if it is not there.
    fn decided(&self, height: Height) -> Result<Option<(Vec<u8>, CommitCertificate)>, ChainError>;

    /// Whether a block should be made now: transactions wait, or a release is due.
    fn has_work(&self) -> bool;

    /// Keeps evidence that a validator signed two things for one step.
    fn misbehaviour(&mut self, height: Height, address: Address, what: &str);
}

/// A block that this node proposes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// What is voted on.
    pub value: BlockRef,
    /// The encoded block.
    pub bytes: Vec<u8>,
}

/// What the chain says about a proposal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The block may be decided; the value is computed from the header in the bytes.
    Valid(BlockRef),
    /// The block must not be decided.
    Refused {
        /// Value that the bytes claim, or zeros where they have no header.
        value: BlockRef,
        /// Why, for the operator's log.
        reason: String,
    },
}

/// A proposal that is not decided yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptProposal {
    /// Height it is for.
    pub height: Height,
    /// Round in which it was proposed.
    pub round: u32,
    /// Earlier round in which more than two thirds prevoted it, when it is proposed again.
    pub valid_round: Option<u32>,
    /// Who proposed it in this round.
    pub proposer: Address,
    /// What is voted on.
    pub value: BlockRef,
    /// The encoded block.
    pub bytes: Vec<u8>,
    /// Whether the chain found it valid.
    pub valid: bool,
}

/// A fault of this node: it must stop. The message is for the operator.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct ChainError {
    /// What is wrong, and what to do.
    pub message: String,
}

impl ChainError {
    /// An error with this message.
    pub fn new(message: impl Into<String>) -> Self {
        ChainError {
            message: message.into(),
        }
    }

    /// More than two thirds executed this very block and this node cannot: it runs another version, its machine
    /// computes wrongly, or its state is damaged. It cannot go on, and waiting would not help.
    pub fn outvoted(height: Height, reason: &str) -> Self {
        ChainError::new(format!(
            "本节点执行结果与全网不同，已停止 / this node disagrees with more than two thirds of the validators at height \
             {height} and stops: {reason}. 请核对程序版本与硬件，勿删除数据 / Compare the program's version with the other \
             centres' and check this machine; keep the data"
        ))
    }
}
