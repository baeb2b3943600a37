//! Candidates, award, failure and cancellation.

use bid_consistency::Stage;
use domain::{Bilingual, Fen, beijing_text};
use yilian_contract::prelude::*;

use crate::clock::Clock;
use crate::consistency::is_complete;
use crate::draw::{self, DrawStatus};
use crate::error::TenderError;
use crate::period;
use crate::record::{Award, End, Ground, Nomination, Status, Tender};
use crate::reveal::{BIDS, BidStatus};
use crate::text::check_text;

/// 招标投标法实施条例 第五十三条: 中标候选人应当不超过3个，并标明排序。
const CANDIDATES_MAX: usize = 3;

/// Publishes the candidates.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Nominate {
    /// 统一交易标识码 | the tender
    pub tender: String,
    /// 中标候选人 | one to three bidders, in order
    pub candidates: Vec<String>,
    /// 评标报告摘要 | digest of the committee's report
    pub report: Digest32,
}

/// Candidates published.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Nominated {
    /// 最早定标时间 | earliest award, Unix time in ms
    pub award_from_ms: u64,
    /// 最早定标时间 | earliest award as people read it
    pub award_from: String,
}

/// Awards the tender.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct MakeAward {
    /// 统一交易标识码 | the tender
    pub tender: String,
    /// 中标人 | the winner
    pub winner: String,
    /// 中标价 | price in fen
    pub amount_fen: Fen,
    /// 中标通知书摘要 | digest of the notice of award
    pub notice: Digest32,
    /// 未选第一名的理由 | why not the first candidate, if it is another
    pub skip_reason: Option<Bilingual>,
}

/// A tender awarded.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Awarded {
    /// 中标人 | the winner
    pub winner: String,
    /// 定标时间 | when, Unix time in ms
    pub awarded_ms: u64,
}

/// Ends a tender that failed.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Fail {
    /// 统一交易标识码 | the tender
    pub tender: String,
    /// 失败类别 | the ground
    pub ground: Ground,
    /// 理由 | the reason
    pub reason: Bilingual,
}

/// Ends a tender by the tenderer's will.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Cancel {
    /// 统一交易标识码 | the tender
    pub tender: String,
    /// 终止公告摘要 | digest of the notice
    pub notice: Digest32,
    /// 理由 | the reason
    pub reason: Bilingual,
}

/// A tender ended.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// 时间 | when, Unix time in ms
    pub ended_ms: u64,
}

pub(crate) fn nominate(ctx: &mut Context, args: Nominate) -> Result<Nominated, TenderError> {
    let mut tender = Tender::load(ctx, &args.tender)?;
    tender.must_be_own(ctx)?;
    tender.must_be(&[Status::Opened])?;
    draw::current(ctx, &tender, DrawStatus::Drawn)?;
    if !is_complete(ctx, &tender.tender, Stage::Evaluated) {
        return Err(TenderError::NotChecked(
            "the stage \"evaluated\" comes first".to_owned(),
        ));
    }
    check_candidates(ctx, &tender, &args.candidates)?;
    let publication = tender.publication(ctx)?;
    let now = ctx.env().time_ms;
    // 招标投标法实施条例 第五十四条: 公示期不得少于3日。
    let (rule, profile) = (&publication.rules.deadline, &publication.profile);
    let award_from_ms = period::end(ctx, rule, profile, &profile.periods.publicity, now)?;
    Clock::Publicity.set(ctx, &tender.tender, award_from_ms);
    tender.nomination = Some(Nomination {
        at_ms: now,
        candidates: args.candidates,
        report: args.report,
        award_from_ms,
    });
    tender.status = Status::Nominated;
    tender.record(ctx, "nominated", Some(args.report), None);
    Ok(Nominated {
        award_from_ms,
        award_from: beijing_text(award_from_ms),
    })
}

fn check_candidates(
    ctx: &Context,
    tender: &Tender,
    candidates: &[String],
) -> Result<(), TenderError> {
    if candidates.is_empty() || candidates.len() > CANDIDATES_MAX {
        return Err(TenderError::BadCandidates(format!(
            "{} of them",
            candidates.len()
        )));
    }
    for (place, candidate) in candidates.iter().enumerate() {
        if candidates[..place].contains(candidate) {
            return Err(TenderError::BadCandidates(format!("{candidate} twice")));
        }
        let bid = BIDS.get(ctx, &[&tender.tender, candidate]);
        let Some(bid) = bid.filter(|bid| bid.status == BidStatus::Opened) else {
            return Err(TenderError::BadCandidates(format!(
                "{candidate} has no bid opened"
            )));
        };
        if !bid.broken.is_empty() {
            return Err(TenderError::Inconsistent(format!(
                "{candidate}: {:?}",
                bid.broken
            )));
        }
    }
    Ok(())
}

pub(crate) fn award(ctx: &mut Context, args: MakeAward) -> Result<Awarded, TenderError> {
    let mut tender = Tender::load(ctx, &args.tender)?;
    tender.must_be_own(ctx)?;
    tender.must_be(&[Status::Nominated])?;
    let publication = tender.publication(ctx)?;
    check_winner(&tender, &args)?;
    if let Some(ceiling) = publication.price_ceiling_fen
        && args.amount_fen > ceiling
    {
        return Err(TenderError::AboveCeiling(format!(
            "{} above {ceiling}",
            args.amount_fen
        )));
    }
    let now = ctx.env().time_ms;
    // Fixed at publication of the candidates; a suspension moves it.
    let from_ms = tender
        .nomination
        .as_ref()
        .map_or(now, |one| one.award_from_ms);
    if now < from_ms {
        return Err(TenderError::PublicityTooShort(format!(
            "{} at the earliest, now {}",
            beijing_text(from_ms),
            beijing_text(now)
        )));
    }
    tender.award = Some(Award {
        at_ms: now,
        winner: args.winner.clone(),
        amount_fen: args.amount_fen,
        notice: args.notice,
        skip_reason: args.skip_reason.clone(),
    });
    tender.status = Status::Awarded;
    tender.record(ctx, "awarded", Some(args.notice), args.skip_reason);
    Ok(Awarded {
        winner: args.winner,
        awarded_ms: now,
    })
}

fn check_winner(tender: &Tender, args: &MakeAward) -> Result<(), TenderError> {
    let mut candidates = tender.nomination.iter().flat_map(|one| &one.candidates);
    let place = candidates.position(|one| *one == args.winner);
    match (place, &args.skip_reason) {
        // 招标投标法 第五十七条: 在评标委员会依法推荐的中标候选人以外确定中标人的，中标无效。
        (None, _) => Err(TenderError::AwardOutside(args.winner.clone())),
        (Some(0), None) => Ok(()),
        (Some(0), Some(_)) => Err(TenderError::BadText(
            "skip_reason: the winner is the first candidate".to_owned(),
        )),
        // 招标投标法实施条例 第五十五条: 应当确定排名第一的中标候选人为中标人。
        (Some(_), None) => Err(TenderError::FirstCandidate(args.winner.clone())),
        (Some(_), Some(reason)) => check_text("skip_reason", reason),
    }
}

pub(crate) fn fail(ctx: &mut Context, args: Fail) -> Result<Ended, TenderError> {
    let mut tender = Tender::load(ctx, &args.tender)?;
    if !ctx.env().has_role("centre") {
        tender.must_be_own(ctx)?;
    }
    tender.must_be(&[Status::Closed, Status::Opened, Status::Nominated])?;
    check_text("reason", &args.reason)?;
    let must_fail = tender.opening.as_ref().is_some_and(|one| one.must_fail);
    let opened = tender.status >= Status::Opened;
    let true_ground = match args.ground {
        // 招标投标法 第二十八条: 投标人少于三个的，招标人应当依照本法重新招标。
        Ground::TooFewBidders => must_fail,
        // 招标投标法 第四十二条: 评标委员会经评审，认为所有投标都不符合招标文件要求的，可以否决所有投标。
        Ground::AllRejected | Ground::NoCompetition => opened,
        Ground::Other => !must_fail,
    };
    if !true_ground {
        return Err(TenderError::GroundUntrue(format!(
            "{:?} of a tender that is {:?}, too few bidders: {must_fail}",
            args.ground, tender.status
        )));
    }
    tender.status = Status::Failed;
    end(ctx, tender, "failed", Some(args.ground), args.reason, None)
}

/// 招标投标法实施条例 第三十一条: 招标人终止招标的，应当及时发布公告。
pub(crate) fn cancel(ctx: &mut Context, args: Cancel) -> Result<Ended, TenderError> {
    let mut tender = Tender::load(ctx, &args.tender)?;
    tender.must_be_own(ctx)?;
    let before_evaluation = [
        Status::Registered,
        Status::Published,
        Status::Closed,
        Status::Opened,
    ];
    tender.must_be(&before_evaluation)?;
    check_text("reason", &args.reason)?;
    tender.status = Status::Cancelled;
    end(
        ctx,
        tender,
        "cancelled",
        None,
        args.reason,
        Some(args.notice),
    )
}

fn end(
    ctx: &mut Context,
    mut tender: Tender,
    name: &str,
    ground: Option<Ground>,
    reason: Bilingual,
    notice: Option<Digest32>,
) -> Result<Ended, TenderError> {
    let at_ms = ctx.env().time_ms;
    Clock::stop_all(ctx, &tender.tender);
    tender.end = Some(End {
        at_ms,
        ground,
        reason: reason.clone(),
        notice,
    });
    tender.record(ctx, name, notice, Some(reason));
    Ok(Ended { ended_ms: at_ms })
}
