//! Closing when the deadline is over, and opening when all bids are revealed.

use deadline::{Judge, Judgement};
use domain::{Bilingual, beijing_text};
use yilian_contract::prelude::*;

use crate::error::TenderError;
use crate::record::{Opening, Publication, Status, Tender};
use crate::text::check_text;

/// Ends the taking of bids.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Close {
    /// 统一交易标识码 | the tender
    pub tender: String,
    /// 应有份数 | bids held by the trading system, those withdrawn or replaced not counted
    pub held: u32,
}

/// A tender closed.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    /// 截止登记时间 | when, Unix time in ms
    pub closed_ms: u64,
    /// 应有份数 | bids held
    pub held: u32,
    /// 是否只能终结 | whether too few bid
    pub must_fail: bool,
}

/// Opens a tender.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// 统一交易标识码 | the tender
    pub tender: String,
    /// 差额说明 | why bids are missing or too many, if they are
    pub difference: Option<Bilingual>,
}

/// A tender opened, or found to have too few bids.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// 有效份数 | bids opened
    pub opened: u32,
    /// 应有份数 | bids held
    pub held: u32,
    /// 差额 | revealed less held
    pub difference: i64,
    /// 是否只能终结 | whether too few bid: it is then not opened
    pub must_fail: bool,
}

pub(crate) fn close(ctx: &mut Context, args: Close) -> Result<Closed, TenderError> {
    let mut tender = Tender::load(ctx, &args.tender)?;
    tender.must_be(&[Status::Published])?;
    let publication = tender.publication(ctx)?;
    must_be_due(ctx, &tender, &publication)?;
    let must_fail = args.held < publication.profile.bidders_min;
    let closed_ms = ctx.env().time_ms;
    tender.status = Status::Closed;
    tender.opening = Some(Opening {
        closed_ms,
        held: args.held,
        revealed: 0,
        list: Vec::new(),
        opened: 0,
        opened_ms: None,
        difference: None,
        must_fail,
    });
    tender.record(ctx, "closed", None, None);
    Ok(Closed {
        closed_ms,
        held: args.held,
        must_fail,
    })
}

/// 招标投标法 第三十四条: 开标应当在招标文件确定的提交投标文件截止时间的同一时间公开进行。
///
/// With a grace, submissions acknowledged in time may still be under way until it is over.
fn must_be_due(
    ctx: &Context,
    tender: &Tender,
    publication: &Publication,
) -> Result<(), TenderError> {
    let profile = &publication.profile;
    let (deadline_ms, now) = (tender.deadline()?, ctx.env().time_ms);
    let input = Judge {
        deadline_ms,
        boundary: profile.boundary,
        block_time_ms: now.saturating_sub(profile.grace_ms),
        acknowledgements: Vec::new(),
        fault_bound: profile.fault_bound,
        grace_ms: profile.grace_ms,
    };
    let judgement: Judgement = ctx.call_rule(&publication.rules.deadline, "judge", &input)?;
    if judgement.in_time {
        return Err(TenderError::NotYetDue(format!(
            "now {}, deadline {}, grace {} ms",
            beijing_text(now),
            beijing_text(deadline_ms),
            profile.grace_ms
        )));
    }
    Ok(())
}

pub(crate) fn open(ctx: &mut Context, args: Open) -> Result<Opened, TenderError> {
    let mut tender = Tender::load(ctx, &args.tender)?;
    tender.must_be(&[Status::Closed])?;
    let least = tender.publication(ctx)?.profile.bidders_min;
    let now = ctx.env().time_ms;
    let opening = tender.opening()?;
    let difference = i64::from(opening.revealed) - i64::from(opening.held);
    // 招标投标法 第三十六条: 截止时间前收到的所有投标文件，开标时都应当当众予以拆封、宣读。
    match &args.difference {
        None if difference != 0 => {
            return Err(TenderError::CountDiffers(format!(
                "held {}, revealed {}, difference {difference}",
                opening.held, opening.revealed
            )));
        }
        Some(_) if difference == 0 => {
            return Err(TenderError::CountDiffers(
                "there is no difference".to_owned(),
            ));
        }
        Some(reason) => check_text("difference", reason)?,
        None => {}
    }
    opening.difference.clone_from(&args.difference);
    opening.must_fail = opening.opened < least;
    let result = Opened {
        opened: opening.opened,
        held: opening.held,
        difference,
        must_fail: opening.must_fail,
    };
    let name = if result.must_fail {
        "too_few_bids"
    } else {
        opening.opened_ms = Some(now);
        tender.status = Status::Opened;
        "opened"
    };
    tender.record(ctx, name, None, args.difference);
    Ok(result)
}
