//! What happens to a draw afterwards: members who cannot serve, and a draw that is void.

use domain::Bilingual;
use yilian_contract::prelude::*;

use crate::draw::{self, DRAWING, DrawStatus, RANKINGS};
use crate::error::TenderError;
use crate::record::Tender;
use crate::text::check_text;

/// Why a member does not serve.
#[derive(Json, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absence {
    /// 拒绝: declined.
    Declined,
    /// 未应答: gave no answer.
    NoAnswer,
    /// 回避: recused, for an interest found later.
    Recused,
}

/// Takes a member off.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Decline {
    /// 统一交易标识码 | the tender
    pub tender: String,
    /// 序号 | the member's index in the list
    pub index: u32,
    /// 类别 | why
    pub kind: Absence,
    /// 理由 | the reason; no names
    pub reason: Bilingual,
}

/// Who follows.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Next {
    /// 专业或地区 | the stratum
    pub stratum: String,
    /// 递补序号 | index of the next in order
    pub index: u32,
}

/// Approves voiding the draw in force.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct VoidDraw {
    /// 统一交易标识码 | the tender
    pub tender: String,
    /// 理由 | the reason
    pub reason: Bilingual,
}

/// How far voiding is.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Voiding {
    /// 同意数 | approvals so far
    pub approvals: u32,
    /// 需要数 | approvals needed: more than two thirds
    pub needed: u32,
    /// 是否作废 | whether the draw is void
    pub void: bool,
}

pub(crate) fn decline(ctx: &mut Context, args: Decline) -> Result<Next, TenderError> {
    let mut tender = Tender::load(ctx, &args.tender)?;
    tender.must_be(&DRAWING)?;
    check_text("reason", &args.reason)?;
    let mut drawn = draw::current(ctx, &tender, DrawStatus::Drawn)?;
    let not_a_member = || TenderError::NotAMember(args.index.to_string());
    let held = drawn
        .held
        .iter_mut()
        .find(|held| held.members.contains(&args.index))
        .ok_or_else(not_a_member)?;
    let number = tender.draws.to_string();
    let ranking = RANKINGS
        .get(ctx, &[&tender.tender, &number, &held.stratum])
        .ok_or_else(not_a_member)?;
    // 招标投标法实施条例 第四十六条、第四十八条: 更换成员同样随机确定。The order was fixed by the draw: no second one.
    let Some(&next) = ranking.order.get(held.contacted as usize) else {
        return Err(TenderError::ListExhausted(format!(
            "{}: all {} were contacted",
            held.stratum, held.contacted
        )));
    };
    for member in &mut held.members {
        if *member == args.index {
            *member = next;
        }
    }
    held.contacted += 1;
    let next = Next {
        stratum: held.stratum.clone(),
        index: next,
    };
    draw::save(ctx, &tender, &drawn);
    let kind = match args.kind {
        Absence::Declined => ("拒绝", "declined"),
        Absence::NoAnswer => ("未应答", "no answer"),
        Absence::Recused => ("回避", "recused"),
    };
    let note = Bilingual::new(
        format!(
            "{}→{}，{}：{}",
            args.index, next.index, kind.0, args.reason.zh
        ),
        format!(
            "{} -> {}, {}: {}",
            args.index, next.index, kind.1, args.reason.en
        ),
    );
    tender.record(ctx, "declined", None, Some(note));
    Ok(next)
}

pub(crate) fn void(ctx: &mut Context, args: VoidDraw) -> Result<Voiding, TenderError> {
    let mut tender = Tender::load(ctx, &args.tender)?;
    tender.must_be(&DRAWING)?;
    check_text("reason", &args.reason)?;
    let approvers = tender.publication(ctx)?.profile.void_approvers;
    let Some(mut draw) = draw::last(ctx, &tender) else {
        return Err(TenderError::NoDraw("no list is frozen".to_owned()));
    };
    // While the seed is under way a draw can neither be used nor be void.
    if matches!(draw.status, DrawStatus::Void | DrawStatus::Requested) {
        return Err(TenderError::NoDraw(format!(
            "{} is {:?}",
            draw.draw_id, draw.status
        )));
    }
    let caller = ctx.env().organisation.clone();
    if !approvers.contains(&caller) || draw.void_approvals.contains(&caller) {
        return Err(TenderError::NotAnApprover(format!("{caller:?}")));
    }
    draw.void_approvals.push(caller);
    let (approvals, all) = (draw.void_approvals.len() as u32, approvers.len() as u32);
    let void = 3 * approvals > 2 * all;
    if void {
        draw.status = DrawStatus::Void;
    }
    draw::save(ctx, &tender, &draw);
    let name = if void { "draw_void" } else { "void_approved" };
    tender.record(ctx, name, Some(draw.list_digest), Some(args.reason));
    Ok(Voiding {
        approvals,
        needed: 2 * all / 3 + 1,
        void,
    })
}
