//! Closing when the deadline is over, listing the bids that are held, and opening when all are revealed.

use deadline::Boundary;
use domain::{Bilingual, beijing_text};
use yilian_contract::prelude::*;

use crate::clock::Clock;
use crate::decryption;
use crate::error::TenderError;
use crate::record::{Opening, Publication, Status, Tender};
use crate::seal;
use crate::text::check_text;

/// Most bids named in one call of `hold`.
pub const HOLD_MAX: usize = 1_000;
/// Most bids that the refusal to open names.
const NAMED_MAX: usize = 20;

/// Names bids that are held.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// 统一交易标识码 | the tender
    pub tender: String,
    /// 应有份数 | bids held in all, those withdrawn or replaced not counted
    pub held: u32,
    /// 密封承诺 | commitments of some of them, at most 1000; more in further calls
    pub commitments: Vec<Digest32>,
}

/// How far the list is.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// 应有份数 | bids held
    pub held: u32,
    /// 列明份数 | bids named so far
    pub listed: u32,
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
    /// 未揭示 | bids held that were not revealed, by their commitments; at most 20
    pub hidden: Vec<Digest32>,
    /// 清单外份数 | bids revealed that nobody had listed
    pub unlisted: u32,
    /// 是否只能终结 | whether too few bid: it is then not opened
    pub must_fail: bool,
}

/// Bids held, by tender and commitment: whether they were revealed.
const HELD: Map<bool> = Map::new("held");

/// Sets the clock that closes a tender.
pub(crate) fn set_clock(ctx: &mut Context, tender: &Tender) -> Result<(), TenderError> {
    let boundary = tender.publication(ctx)?.profile.boundary;
    let deadline_ms = tender.deadline()?;
    let first_late = match boundary {
        Boundary::Before => deadline_ms,
        Boundary::NotAfter => deadline_ms.saturating_add(1),
    };
    Clock::Deadline.set(ctx, &tender.tender, first_late);
    Ok(())
}

/// The deadline is over. The chain calls: nobody can put the close off, or bring it forward.
///
/// 招标投标法 第三十四条: 开标应当在招标文件确定的提交投标文件截止时间的同一时间公开进行。
pub(crate) fn close(ctx: &mut Context, mut tender: Tender) -> Result<(), TenderError> {
    tender.must_be(&[Status::Published])?;
    tender.status = Status::Closed;
    tender.opening = Some(Opening {
        closed_ms: ctx.env().time_ms,
        held: None,
        listed: 0,
        unlisted: 0,
        revealed: 0,
        list: Vec::new(),
        opened: 0,
        opened_ms: None,
        difference: None,
        window: None,
        must_fail: false,
    });
    tender.record(ctx, "closed", None, None);
    Ok(())
}

pub(crate) fn hold(ctx: &mut Context, args: Hold) -> Result<Held, TenderError> {
    let mut tender = Tender::load(ctx, &args.tender)?;
    tender.must_be(&[Status::Closed])?;
    let publication = tender.publication(ctx)?;
    let caller = &ctx.env().organisation;
    if publication
        .custodian
        .as_ref()
        .is_some_and(|one| one != caller)
    {
        return Err(TenderError::NotTheCustodian(format!("{caller:?}")));
    }
    grace_must_be_over(ctx, &tender, &publication)?;
    if args.commitments.len() > HOLD_MAX {
        return Err(TenderError::BadPage(format!(
            "{} bids: expected at most {HOLD_MAX}",
            args.commitments.len()
        )));
    }
    let opening = tender.opening()?;
    let declared = opening.held.unwrap_or(args.held);
    let listed = opening.listed + args.commitments.len() as u32;
    if declared != args.held || listed > declared || is_complete(opening) {
        return Err(TenderError::CountDiffers(format!(
            "declared {declared}, now {}, named {listed}",
            args.held
        )));
    }
    for commitment in &args.commitments {
        // What was never sealed on the chain cannot be held.
        seal::find(ctx, commitment)?;
        let key = [args.tender.as_str(), &commitment.to_string()];
        if HELD.contains(ctx, &key) {
            return Err(TenderError::CountDiffers(format!("{commitment} twice")));
        }
        HELD.set(ctx, &key, &false);
    }
    let opening = tender.opening()?;
    (opening.held, opening.listed) = (Some(declared), listed);
    let complete = is_complete(opening);
    let must_fail = complete && declared < publication.profile.bidders_min;
    opening.must_fail = must_fail;
    // 招标投标法实施条例 第四十四条: with too few bidders nothing is opened, so no key is released either.
    if complete && !must_fail && publication.profile.decryption_ms.is_some() {
        decryption::begin(ctx, &tender);
    }
    tender.record(ctx, if complete { "held" } else { "holding" }, None, None);
    Ok(Held {
        held: declared,
        listed,
        must_fail,
    })
}

fn is_complete(opening: &Opening) -> bool {
    opening.held == Some(opening.listed)
}

/// With a grace, submissions acknowledged in time may still be under way until it is over.
fn grace_must_be_over(
    ctx: &Context,
    tender: &Tender,
    publication: &Publication,
) -> Result<(), TenderError> {
    let (grace_ms, now) = (publication.profile.grace_ms, ctx.env().time_ms);
    let until = tender.deadline()?.saturating_add(grace_ms);
    if now < until {
        return Err(TenderError::NotYetDue(format!(
            "now {}, submissions acknowledged in time are awaited until {}",
            beijing_text(now),
            beijing_text(until)
        )));
    }
    Ok(())
}

/// Bids may be revealed: all that are held are listed, and what seals them is open.
pub(crate) fn must_be_listed(
    opening: &Opening,
    publication: &Publication,
) -> Result<(), TenderError> {
    if !is_complete(opening) {
        return Err(TenderError::WrongStep(
            "the list of bids held comes first".to_owned(),
        ));
    }
    let keys = opening.window.as_ref().and_then(|one| one.keys_from);
    if publication.profile.decryption_ms.is_some() && keys.is_none() {
        return Err(TenderError::WrongStep(
            "the keys of sealed bids are not open yet".to_owned(),
        ));
    }
    Ok(())
}

/// Strikes a revealed bid off the list; gives whether it was on it.
pub(crate) fn strike(ctx: &mut Context, tender: &str, commitment: &Digest32) -> bool {
    let key = [tender, &commitment.to_string()];
    let listed = HELD.contains(ctx, &key);
    if listed {
        HELD.set(ctx, &key, &true);
    }
    listed
}

/// Bids held that were not revealed, as many as a text can name.
fn hidden(ctx: &Context, tender: &Tender, opening: &Opening) -> Vec<Digest32> {
    let revealed = opening.revealed.saturating_sub(opening.unlisted);
    if opening.held.unwrap_or(0) <= revealed {
        return Vec::new();
    }
    let all = HELD.scan(ctx, &[&tender.tender], None, opening.listed);
    let open = all.into_iter().filter(|(_, revealed)| !revealed);
    open.filter_map(|(key, _)| Digest32::parse(key.last()?))
        .take(NAMED_MAX)
        .collect()
}

pub(crate) fn open(ctx: &mut Context, args: Open) -> Result<Opened, TenderError> {
    let mut tender = Tender::load(ctx, &args.tender)?;
    tender.must_be(&[Status::Closed])?;
    let publication = tender.publication(ctx)?;
    let opening = tender.opening()?.clone();
    must_be_listed(&opening, &publication)?;
    let held = opening.held.unwrap_or(0);
    let difference = i64::from(opening.revealed) - i64::from(held);
    let hidden = hidden(ctx, &tender, &opening);
    let differs = difference != 0 || opening.unlisted != 0 || !hidden.is_empty();
    // 招标投标法 第三十六条: 截止时间前收到的所有投标文件，开标时都应当当众予以拆封、宣读。
    match &args.difference {
        None if differs => {
            return Err(TenderError::CountDiffers(format!(
                "held {held}, revealed {}, difference {difference}, not on the list {}, hidden {:?}",
                opening.revealed,
                opening.unlisted,
                hidden.iter().map(Digest32::to_string).collect::<Vec<_>>()
            )));
        }
        Some(_) if !differs => {
            return Err(TenderError::CountDiffers(
                "there is no difference".to_owned(),
            ));
        }
        Some(reason) => check_text("difference", reason)?,
        None => {}
    }
    let now = ctx.env().time_ms;
    let changed = tender.opening()?;
    changed.difference.clone_from(&args.difference);
    changed.must_fail = changed.opened < publication.profile.bidders_min;
    let result = Opened {
        opened: changed.opened,
        held,
        difference,
        hidden,
        unlisted: changed.unlisted,
        must_fail: changed.must_fail,
    };
    let name = if result.must_fail {
        "too_few_bids"
    } else {
        changed.opened_ms = Some(now);
        tender.status = Status::Opened;
        "opened"
    };
    tender.record(ctx, name, None, args.difference);
    Ok(result)
}
