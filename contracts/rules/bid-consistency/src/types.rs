//! What the rule takes and gives.

use domain::Hex32;
use yilian_contract::prelude::*;

/// A bid as it is revealed after the deadline.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Revealed {
    /// 投标人 | the bidder's unified social credit code
    pub bidder: String,
    /// 加密投标文件摘要 | digest of the encrypted bid file
    pub digest: Digest32,
    /// 盐 | the salt of its commitment
    pub salt: Hex32,
}

/// Bids of one tender.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Commitments {
    /// 统一交易标识码 | the tender
    pub tender: String,
    /// 投标 | the bids, at most 500
    pub bids: Vec<Revealed>,
}

/// Their commitments, in the same order.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct CommitmentsResult {
    /// 密封承诺 | one per bid
    pub commitments: Vec<Digest32>,
}

/// How far the chain of equalities is followed.
#[derive(Json, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Up to the file opened and its content.
    Opened,
    /// Up to the file evaluated.
    Evaluated,
    /// Up to the file archived.
    Archived,
}

impl Stage {
    /// The name in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::Opened => "opened",
            Stage::Evaluated => "evaluated",
            Stage::Archived => "archived",
        }
    }
}

/// A bid with what was seen of it.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Bid {
    /// 投标人 | the bidder's unified social credit code
    pub bidder: String,
    /// 密封承诺 | the commitment made before the deadline
    pub commitment: Digest32,
    /// 加密投标文件摘要 | digest revealed with it
    pub digest: Digest32,
    /// 盐 | the salt revealed with it
    pub salt: Hex32,
    /// 开标文件摘要 | digest of the encrypted file taken out at opening
    pub opened: Digest32,
    /// 清单所载内容摘要 | digest of the content as the manifest within declares it
    pub manifest: Option<Digest32>,
    /// 解密内容摘要 | digest of the content decrypted
    pub content: Option<Digest32>,
    /// 评标文件摘要 | digest of the file before the experts
    pub evaluated: Option<Digest32>,
    /// 归档文件摘要 | digest of the file in the archive
    pub archived: Option<Digest32>,
}

/// What earlier pages came to. All zero and empty before the first.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Accumulator {
    /// 已核对数 | bids so far
    pub count: u32,
    /// 累积摘要 | digest over them
    pub digest: Digest32,
    /// 末位投标人 | the last bidder, or empty
    pub last_bidder: String,
    /// 差异数 | differences so far
    pub mismatches: u32,
}

impl Default for Accumulator {
    fn default() -> Self {
        Accumulator {
            count: 0,
            digest: Digest32([0; 32]),
            last_bidder: String::new(),
            mismatches: 0,
        }
    }
}

/// One page of bids, in strict order of bidders across all pages.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct CheckPage {
    /// 统一交易标识码 | the tender
    pub tender: String,
    /// 核对阶段 | how far the chain is followed
    pub stage: Stage,
    /// 应有份数 | how many bids there must be in all
    pub held: u32,
    /// 累积 | what earlier pages came to
    pub accumulator: Accumulator,
    /// 投标 | the bids of this page, at most 500
    pub bids: Vec<Bid>,
    /// 是否末页 | whether this page is the last
    pub last: bool,
}

/// A link of the chain.
#[derive(Json, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Link {
    /// Commitment and revealed bid.
    Sealed,
    /// Sealed and opened file.
    Opened,
    /// Manifest and decrypted content.
    Content,
    /// Opened and evaluated file.
    Evaluated,
    /// Evaluated and archived file.
    Archived,
}

/// A link that does not hold.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// 投标人 | the bidder
    pub bidder: String,
    /// 环节 | the link
    pub link: Link,
    /// 应为 | the digest expected
    pub expected: Option<Digest32>,
    /// 实为 | the digest found
    pub actual: Option<Digest32>,
    /// 中文理由 | the reason in Chinese
    pub zh: String,
    /// 英文理由 | the reason in English
    pub en: String,
    /// 法律依据 | the articles it rests on
    pub law: String,
}

/// The count of bids against those held.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct CountCheck {
    /// 应有 | bids held
    pub expected: u32,
    /// 实有 | bids checked
    pub actual: u32,
    /// 差额 | checked less held
    pub difference: i64,
    /// 中文理由 | the reason in Chinese
    pub zh: String,
    /// 英文理由 | the reason in English
    pub en: String,
    /// 法律依据 | the articles it rests on
    pub law: String,
}

/// What a page came to.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct CheckResult {
    /// 累积 | for the next page
    pub accumulator: Accumulator,
    /// 差异 | the links of this page that do not hold
    pub mismatches: Vec<Mismatch>,
    /// 份数核对 | on the last page
    pub count: Option<CountCheck>,
    /// 是否全部一致 | on the last page: whether all links of all pages hold, and the count
    pub passed: Option<bool>,
}
