//! What happens by itself when its time has come, and orders that stop the clocks.
//!
//! The chain makes the calls: nobody has to send a transaction, so nobody can hold one back.

use domain::{Bilingual, beijing_text};
use yilian_contract::prelude::*;

use crate::decryption;
use crate::draw::{self, DrawStatus};
use crate::error::TenderError;
use crate::opening;
use crate::record::{Status, Suspension, Tender};
use crate::text::check_text;

/// What is awaited of a tender.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Clock {
    /// 投标截止.
    Deadline,
    /// 监督部门公开贡献值的时限.
    Contribution,
    /// 解密时限.
    Decryption,
    /// 公示期.
    Publicity,
}

/// Orders that a tender be suspended.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Suspend {
    /// 统一交易标识码 | the tender
    pub tender: String,
    /// 理由 | the reason
    pub reason: Bilingual,
    /// 文书摘要 | digest of the order
    pub order: Digest32,
}

/// Ends a suspension.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Resume {
    /// 统一交易标识码 | the tender
    pub tender: String,
    /// 理由 | the reason
    pub reason: Bilingual,
}

/// A tender that goes on.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Resumed {
    /// 暂停时长 | how long it was suspended, in ms
    pub suspended_ms: u64,
    /// 投标截止时间 | the deadline in force, Unix time in ms, if it is still to come
    pub deadline_ms: Option<u64>,
}

impl Clock {
    const ALL: [Clock; 4] = [
        Clock::Deadline,
        Clock::Contribution,
        Clock::Decryption,
        Clock::Publicity,
    ];

    fn as_str(self) -> &'static str {
        match self {
            Clock::Deadline => "deadline",
            Clock::Contribution => "contribution",
            Clock::Decryption => "decryption",
            Clock::Publicity => "publicity",
        }
    }

    fn name(self, tender: &str) -> String {
        [self.as_str(), "/", tender].concat()
    }

    /// Sets the clock of a tender.
    pub(crate) fn set(self, ctx: &mut Context, tender: &str, at_ms: u64) {
        ctx.schedule(&self.name(tender), "on_time", at_ms);
    }

    /// Stops the clock of a tender.
    pub(crate) fn stop(self, ctx: &mut Context, tender: &str) {
        ctx.unschedule(&self.name(tender));
    }

    /// Stops all clocks of a tender.
    pub(crate) fn stop_all(ctx: &mut Context, tender: &str) {
        for clock in Clock::ALL {
            clock.stop(ctx, tender);
        }
    }
}

/// A time has come.
pub(crate) fn on_time(ctx: &mut Context, due: &Due) -> Result<(), TenderError> {
    if !ctx.env().is_system() {
        return Err(TenderError::NotTheChain);
    }
    let unknown = || TenderError::WrongStep(due.name.clone());
    let (clock, code) = due.name.split_once('/').ok_or_else(unknown)?;
    let mut tender = Tender::load(ctx, code)?;
    match Clock::ALL.iter().find(|one| one.as_str() == clock) {
        Some(Clock::Deadline) => opening::close(ctx, tender),
        Some(Clock::Decryption) => decryption::window_over(ctx, tender),
        Some(Clock::Contribution) => {
            draw::current(ctx, &tender, DrawStatus::Frozen)?;
            tender.record(ctx, "contribution_lapsed", None, None);
            Ok(())
        }
        Some(Clock::Publicity) => {
            tender.must_be(&[Status::Nominated])?;
            tender.record(ctx, "publicity_over", None, None);
            Ok(())
        }
        None => Err(unknown()),
    }
}

/// 招标投标法实施条例 第六十二条: 行政监督部门处理投诉……必要时，行政监督部门可以责令暂停招标投标活动。
pub(crate) fn suspend(ctx: &mut Context, args: Suspend) -> Result<Suspension, TenderError> {
    let mut tender = Tender::load(ctx, &args.tender)?;
    let running = [
        Status::Published,
        Status::Closed,
        Status::Opened,
        Status::Nominated,
    ];
    tender.must_be(&running)?;
    check_text("reason", &args.reason)?;
    let suspension = Suspension {
        since_ms: ctx.env().time_ms,
        by: ctx.env().organisation.clone(),
        order: args.order,
    };
    Clock::stop_all(ctx, &tender.tender);
    tender.suspension = Some(suspension.clone());
    tender.record(ctx, "suspended", Some(args.order), Some(args.reason));
    Ok(suspension)
}

/// What was left of each clock is left again.
pub(crate) fn resume(ctx: &mut Context, args: Resume) -> Result<Resumed, TenderError> {
    let mut tender = Tender::load(ctx, &args.tender)?;
    check_text("reason", &args.reason)?;
    let Some(suspension) = tender.suspension.take() else {
        return Err(TenderError::WrongStep("it is not suspended".to_owned()));
    };
    let suspended_ms = ctx.env().time_ms.saturating_sub(suspension.since_ms);
    let moved = |at_ms: u64| match at_ms > suspension.since_ms {
        true => at_ms.saturating_add(suspended_ms),
        false => at_ms,
    };
    let code = tender.tender.clone();
    if tender.status == Status::Published {
        let deadline_ms = moved(tender.deadline()?);
        tender.deadline_ms = Some(deadline_ms);
        opening::set_clock(ctx, &tender)?;
    }
    if let Some(nomination) = &mut tender.nomination {
        nomination.award_from_ms = moved(nomination.award_from_ms);
        Clock::Publicity.set(ctx, &code, nomination.award_from_ms);
    }
    if let Some(window) = tender.opening.as_mut().and_then(|one| one.window.as_mut())
        && window.keys_from.is_none()
    {
        window.until_ms = moved(window.until_ms);
        Clock::Decryption.set(ctx, &code, window.until_ms);
    }
    draw::move_wait(ctx, &tender, moved);
    let note = Bilingual::new(
        format!("暂停 {suspended_ms} 毫秒：{}", args.reason.zh),
        format!("suspended for {suspended_ms} ms: {}", args.reason.en),
    );
    tender.record(ctx, "resumed", None, Some(note));
    Ok(Resumed {
        suspended_ms,
        deadline_ms: tender
            .deadline_ms
            .filter(|_| tender.status == Status::Published),
    })
}

/// Refuses a step while the tender is suspended.
pub(crate) fn must_run(tender: &Tender) -> Result<(), TenderError> {
    match &tender.suspension {
        None => Ok(()),
        Some(one) => Err(TenderError::Suspended(format!(
            "since {} by {}",
            beijing_text(one.since_ms),
            one.by
        ))),
    }
}
