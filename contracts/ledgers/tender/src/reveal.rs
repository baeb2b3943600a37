//! Revealing: which sealed bids were for this tender, and whether they came in time.

use bid_consistency::{Commitments, CommitmentsResult, Link, Revealed};
use deadline::{Basis, Judgement, Verdict};
use domain::{Bilingual, Hex32, OrganisationCode, check_organisation_code};
use yilian_contract::prelude::*;

use crate::error::TenderError;
use crate::record::{Publication, Status, Tender};
use crate::seal::{self, Received, Sealed};
use crate::{decryption, opening};

/// Most bids revealed in one call: their judgements must fit one call of the rule.
pub const REVEAL_MAX: usize = 200;

/// How the opening of one bid went. Whose step failed has legal effect (电子招标投标办法 第三十一条), so the step is named,
/// and the table of [`Decryption::status`] says whose it was.
#[derive(Json, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decryption {
    /// 已解密: opened.
    Opened,
    /// 投标人未提供密钥: the bidder gave no key in the window.
    NoKey,
    /// 密钥不能解密: its key does not open the file.
    WrongKey,
    /// 解密后无法读取: the file opens, and its content is not what the documents ask for.
    Malformed,
    /// 平台文件缺失: the platform cannot produce the file that was committed to.
    FileMissing,
    /// 平台故障: the platform failed in the window.
    PlatformFailure,
}

impl Decryption {
    /// 电子招标投标办法 第三十一条: 因投标人原因造成投标文件未解密的，视为撤销其投标文件；因投标人之外的原因造成投标文件
    /// 未解密的，视为撤回其投标文件，投标人有权要求责任方赔偿因此遭受的直接损失。
    fn status(self) -> BidStatus {
        match self {
            Decryption::Opened => BidStatus::Opened,
            Decryption::NoKey | Decryption::WrongKey | Decryption::Malformed => {
                BidStatus::BidderFault
            }
            Decryption::FileMissing | Decryption::PlatformFailure => BidStatus::OtherFault,
        }
    }
}

/// Names bids and opens their commitments.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Reveal {
    /// 统一交易标识码 | the tender
    pub tender: String,
    /// 投标 | the bids, at most 200
    pub bids: Vec<RevealedBid>,
}

/// One bid revealed.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct RevealedBid {
    /// 投标人 | the bidder's unified social credit code
    pub bidder: String,
    /// 加密投标文件摘要 | digest of the encrypted bid file
    pub digest: Digest32,
    /// 盐 | the salt of its commitment
    pub salt: Hex32,
    /// 解密情况 | how its opening went
    pub decryption: Decryption,
}

/// Bids revealed so far.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct RevealedSoFar {
    /// 揭示份数 | bids revealed
    pub revealed: u32,
    /// 有效份数 | bids opened
    pub opened: u32,
    /// 应有份数 | bids held
    pub held: u32,
}

/// What became of a bid.
#[derive(Json, Clone, Copy, Debug, PartialEq, Eq)]
pub enum BidStatus {
    /// 已开标: opened.
    Opened,
    /// 因投标人原因未解密，视为撤销.
    BidderFault,
    /// 因投标人之外原因未解密，视为撤回.
    OtherFault,
    /// 截止后撤销: withdrawn after the deadline.
    Revoked,
}

/// A bid of a tender.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Bid {
    /// 投标人 | the bidder's unified social credit code
    pub bidder: String,
    /// 密封承诺 | its commitment
    pub commitment: Digest32,
    /// 加密投标文件摘要 | digest of the encrypted bid file
    pub digest: Digest32,
    /// 盐 | the salt
    pub salt: Hex32,
    /// 状态 | what became of it
    pub status: BidStatus,
    /// 解密情况 | how its opening went
    pub decryption: Decryption,
    /// 认定时间 | its time of receipt, Unix time in ms
    pub decided_time_ms: u64,
    /// 认定依据 | what decided it
    pub basis: Basis,
    /// 密封日志序号 | index in the log of the receipt of its commitment
    pub sealed_log_index: u64,
    /// 开标文件摘要 | digest of the file opened, once checked
    pub opened: Option<Digest32>,
    /// 清单所载内容摘要 | digest its manifest declares
    pub manifest: Option<Digest32>,
    /// 解密内容摘要 | digest of its content
    pub content: Option<Digest32>,
    /// 评标文件摘要 | digest of the file evaluated, once checked
    pub evaluated: Option<Digest32>,
    /// 归档文件摘要 | digest of the file archived, once checked
    pub archived: Option<Digest32>,
    /// 不符环节 | links that did not hold in the last check
    pub broken: Vec<Link>,
}

pub(crate) const BIDS: Map<Bid> = Map::new("bid");

pub(crate) fn reveal(ctx: &mut Context, args: Reveal) -> Result<RevealedSoFar, TenderError> {
    let mut tender = Tender::load(ctx, &args.tender)?;
    tender.must_be(&[Status::Closed])?;
    let publication = tender.publication(ctx)?;
    opening::must_be_listed(tender.opening()?, &publication)?;
    if args.bids.is_empty() || args.bids.len() > REVEAL_MAX {
        return Err(TenderError::BadPage(format!(
            "{} bids: expected 1 to {REVEAL_MAX}",
            args.bids.len()
        )));
    }
    let commitments = commitments(ctx, &publication, &args)?;
    let mut sealed = Vec::with_capacity(args.bids.len());
    for (bid, commitment) in args.bids.iter().zip(&commitments) {
        check_bidder(ctx, &tender, &bid.bidder)?;
        let found = seal::find(ctx, commitment);
        sealed.push(
            found.map_err(|_| TenderError::NotSealed(format!("{}: {commitment}", bid.bidder)))?,
        );
    }
    let verdicts = seal::judge_all(ctx, &tender, &publication, &sealed)?;
    let mut opened = 0;
    for (place, bid) in args.bids.iter().enumerate() {
        let bound = Bound {
            commitment: commitments[place],
            sealed: &sealed[place],
            verdict: &verdicts[place],
        };
        let status = reveal_one(ctx, &tender, &publication, bid, &bound)?;
        opened += u32::from(status == BidStatus::Opened);
    }
    let mut unlisted = 0;
    for commitment in &commitments {
        unlisted += u32::from(!opening::strike(ctx, &args.tender, commitment));
    }
    let opening = tender.opening()?;
    for commitment in &commitments {
        enlist(&mut opening.list, opening.revealed, commitment);
        opening.revealed += 1;
    }
    opening.unlisted += unlisted;
    opening.opened += opened;
    let so_far = RevealedSoFar {
        revealed: opening.revealed,
        opened: opening.opened,
        held: opening.held.unwrap_or(0),
    };
    tender.record(ctx, "revealed", None, None);
    Ok(so_far)
}

/// Appends a commitment to the Merkle tree of all that were revealed, of which the roots of complete subtrees are kept.
///
/// One entry of the state then shows that these bids and no others were revealed (招标投标法 第三十六条).
fn enlist(roots: &mut Vec<Digest32>, size: u32, commitment: &Digest32) {
    let mut root = hash(0, &[commitment]);
    for _ in 0..size.trailing_ones() {
        if let Some(left) = roots.pop() {
            root = hash(1, &[&left, &root]);
        }
    }
    roots.push(root);
}

/// RFC 9162 section 2.1.1: 0 before a leaf, 1 before two nodes.
fn hash(prefix: u8, parts: &[&Digest32]) -> Digest32 {
    let mut bytes = vec![prefix];
    for part in parts {
        bytes.extend_from_slice(&part.0);
    }
    Digest32(sha256(&bytes))
}

/// The commitments that the bids must have been sealed under, by the pinned rule.
fn commitments(
    ctx: &Context,
    publication: &Publication,
    args: &Reveal,
) -> Result<Vec<Digest32>, TenderError> {
    let of = |bid: &RevealedBid| Revealed {
        bidder: bid.bidder.clone(),
        digest: bid.digest,
        salt: bid.salt,
    };
    let input = Commitments {
        tender: args.tender.clone(),
        bids: args.bids.iter().map(of).collect(),
    };
    let rule = &publication.rules.bid_consistency;
    let result: CommitmentsResult = ctx.call_rule(rule, "commitments", &input)?;
    Ok(result.commitments)
}

fn check_bidder(ctx: &Context, tender: &Tender, bidder: &String) -> Result<(), TenderError> {
    if check_organisation_code(bidder) == OrganisationCode::Malformed {
        return Err(TenderError::BadOrganisationCode(format!("{bidder:?}")));
    }
    // 招标投标法实施条例 第十三条: 招标代理机构不得在所代理的招标项目中投标。
    if *bidder == tender.tenderer || Some(bidder) == tender.agency.as_ref() {
        return Err(TenderError::BidderConflict(bidder.clone()));
    }
    let env = ctx.env();
    // Who holds the bids reveals them; a bidder may bring its own if it was left out.
    if env.has_any_role(&["trading_system", "centre"]) || env.organisation == *bidder {
        return Ok(());
    }
    Err(TenderError::NotTheSubmitter(bidder.clone()))
}

/// A revealed bid's sealed submission, and the judgement on its time.
struct Bound<'r> {
    commitment: Digest32,
    sealed: &'r Sealed,
    verdict: &'r Verdict,
}

fn reveal_one(
    ctx: &mut Context,
    tender: &Tender,
    publication: &Publication,
    bid: &RevealedBid,
    bound: &Bound<'_>,
) -> Result<BidStatus, TenderError> {
    // 招标投标法实施条例 第五十一条: 同一投标人提交两个以上不同的投标文件……评标委员会应当否决其投标。
    if BIDS.contains(ctx, &[&tender.tender, &bid.bidder]) {
        return Err(TenderError::SecondBid(bid.bidder.clone()));
    }
    if !bound.verdict.in_time {
        let judgement = seal::judge(ctx, tender, publication, &bound.sealed.received)?;
        return Err(late(&bid.bidder, &judgement));
    }
    let status = if ended(ctx, tender, publication, &bid.bidder, bound.sealed)? {
        BidStatus::Revoked
    } else {
        if publication.profile.decryption_ms.is_some() {
            decryption::must_agree(ctx, &bound.commitment, bid.decryption)?;
        }
        bid.decryption.status()
    };
    let kept = Bid {
        bidder: bid.bidder.clone(),
        commitment: bound.commitment,
        digest: bid.digest,
        salt: bid.salt,
        status,
        decryption: bid.decryption,
        decided_time_ms: bound.verdict.decided_time_ms,
        basis: bound.verdict.basis,
        sealed_log_index: bound.sealed.log_index,
        opened: None,
        manifest: None,
        content: None,
        evaluated: None,
        archived: None,
        broken: Vec::new(),
    };
    BIDS.set(ctx, &[&tender.tender, &bid.bidder], &kept);
    let sealed = Sealed {
        revealed_in: Some(tender.tender.clone()),
        ..bound.sealed.clone()
    };
    seal::save(ctx, &bound.commitment, &sealed);
    Ok(status)
}

/// Whether a bid was withdrawn, and when that was: in time it is none any more, later it is 撤销.
///
/// 招标投标法实施条例 第三十五条: 投标人撤回已提交的投标文件，应当在投标截止时间前书面通知招标人。
fn ended(
    ctx: &Context,
    tender: &Tender,
    publication: &Publication,
    bidder: &str,
    sealed: &Sealed,
) -> Result<bool, TenderError> {
    let in_time = |received: &Received| {
        let judgement = seal::judge(ctx, tender, publication, received)?;
        Ok::<bool, TenderError>(judgement.in_time)
    };
    if let Some(by) = &sealed.replaced
        && in_time(&seal::find(ctx, by)?.received)?
    {
        return Err(TenderError::Withdrawn(format!(
            "{bidder}: replaced by {by}"
        )));
    }
    match &sealed.withdrawn {
        None => Ok(false),
        Some(received) if in_time(received)? => Err(TenderError::Withdrawn(bidder.to_owned())),
        Some(_) => Ok(true),
    }
}

fn late(bidder: &str, judgement: &Judgement) -> TenderError {
    let Bilingual { zh, en } = &judgement.reason;
    TenderError::TooLate(format!("{bidder}: {zh} / {en}"))
}
