//! Check that one bid file is the same from sealing to archive.
//!
//! A chain of five equalities per bid:
//!
//! 1. *sealed*: the commitment made before the deadline is that of the bid revealed;
//! 2. *opened*: the file taken out at opening is the file sealed;
//! 3. *content*: what it decrypts to is what the manifest inside declares;
//! 4. *evaluated*: the file before the experts is the file opened (its content, where there is one);
//! 5. *archived*: the file in the archive is the file evaluated.
//!
//! Besides, the bids counted are as many as those held. Ten thousand bids go through in pages with a running
//! accumulator, whose digest at the end stands for the whole list.
//!
//! # The commitment
//!
//! ```text
//! commitment = SHA-256( "YILIAN/bid-commitment/v1" ‖ 0x00 ‖ part(tender) ‖ part(bidder) ‖ part(digest) ‖ part(salt) )
//! part(x)    = length of x as 4 bytes, most significant first ‖ x
//! ```
//!
//! `tender` is the unified code and `bidder` the unified social credit code, as UTF-8; `digest` the 32 bytes of the
//! SHA-256 of the encrypted bid file; `salt` 32 random bytes, without which few bidders and a guessed file would be
//! found by trial.
//!
//! Sources: 招标投标法 36, 40; 招标投标法实施条例 49, 51; 电子签名法 5, 6; 电子招标投标办法 31, 40.

mod check;
mod commitment;
mod types;

pub use commitment::commitment;
pub use types::{
    Accumulator, Bid, CheckPage, CheckResult, Commitments, CommitmentsResult, CountCheck, Link,
    Mismatch, Revealed, Stage,
};

use yilian_contract::prelude::*;

/// Most bids of one page. Their JSON keeps within the arguments of one call.
pub const PAGE_BIDS_MAX: usize = 500;
/// Most mismatches of one page: each is named, and all must fit one result.
pub const PAGE_MISMATCHES_MAX: usize = 300;

/// What cannot be checked.
#[derive(ContractError)]
pub enum ConsistencyError {
    /// Too long a page.
    #[error(code = 121, zh = "一页投标过多", en = "too many bids on one page")]
    PageTooLong(String),
    /// Bidders not in order, or twice.
    #[error(
        code = 122,
        zh = "投标未按投标人代码严格升序排列，或同一投标人重复",
        en = "bids are not in strict order of bidders, or a bidder stands twice",
        law = "招标投标法实施条例 第五十一条"
    )]
    OutOfOrder(String),
    /// More differences than one result can name.
    #[error(
        code = 123,
        zh = "一页差异过多，请缩小页面",
        en = "too many differences on one page: make it smaller"
    )]
    TooManyMismatches(String),
}

/// The rule.
pub struct BidConsistency;

#[rule(
    name = "bid-consistency",
    version = "1.0.0",
    zh = "投标文件一致性判断",
    en = "Consistency of bid files"
)]
impl BidConsistency {
    /// zh: 计算密封承诺 | en: Compute the commitments of revealed bids
    pub fn commitments(input: Commitments) -> Result<CommitmentsResult, ConsistencyError> {
        commitment::commitments(&input)
    }

    /// zh: 核对一页投标文件 | en: Check one page of bids
    pub fn check(input: CheckPage) -> Result<CheckResult, ConsistencyError> {
        check::check(input)
    }
}
