//! The supervising department's part in the seed of a draw.
//!
//! It commits to a value before the list is frozen, and shows it after, before the release is asked for. So whoever holds
//! the list does not know the value when it is frozen, nor can the department choose a value for a list; and as many centres
//! as release the signature together cannot foresee the seed without it. If it does not show the value in time the draw
//! goes on without, and the record says so.

use domain::{Encoding, Hex32};
use yilian_contract::prelude::*;

use crate::clock::Clock;
use crate::draw::{DRAWING, Draw, DrawStatus, current, last, save};
use crate::error::TenderError;
use crate::record::Tender;

/// Commits to a value.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct CommitContribution {
    /// 统一交易标识码 | the tender
    pub tender: String,
    /// 贡献值承诺 | digest of tender and value, as `contribution_commitment` computes it
    pub commitment: Digest32,
}

/// Shows the value.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct RevealContribution {
    /// 统一交易标识码 | the tender
    pub tender: String,
    /// 贡献值 | 32 random bytes
    pub value: Hex32,
}

/// A contribution, as far as it is known.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Contribution {
    /// 监督部门 | organisation that contributes
    pub organisation: String,
    /// 贡献值承诺 | what it committed to
    pub commitment: Digest32,
    /// 贡献值 | the value, once it is shown
    pub value: Option<Hex32>,
}

/// Contributions to the draw of a number that is still to be frozen.
const COMMITTED: Map<Contribution> = Map::new("contribution");

/// The digest that binds a value to a tender.
pub fn contribution_commitment(tender: &str, value: &Hex32) -> Digest32 {
    Encoding::new("YILIAN/draw-contribution/v1")
        .part(tender.as_bytes())
        .part(&value.0)
        .digest()
}

pub(crate) fn commit(
    ctx: &mut Context,
    args: &CommitContribution,
) -> Result<Contribution, TenderError> {
    let mut tender = Tender::load(ctx, &args.tender)?;
    tender.must_be(&DRAWING)?;
    if let Some(draw) = last(ctx, &tender)
        && draw.status != DrawStatus::Void
    {
        return Err(TenderError::DrawInForce(draw.draw_id));
    }
    let number = (tender.draws + 1).to_string();
    let key = [args.tender.as_str(), &number];
    if COMMITTED.get(ctx, &key).is_some() {
        return Err(TenderError::Contribution(
            "this draw has a contribution already".to_owned(),
        ));
    }
    let contribution = Contribution {
        organisation: ctx.env().organisation.clone(),
        commitment: args.commitment,
        value: None,
    };
    COMMITTED.set(ctx, &key, &contribution);
    tender.record(ctx, "contribution_committed", Some(args.commitment), None);
    Ok(contribution)
}

/// The contribution that was committed to for a draw that is being frozen.
pub(crate) fn of_draw(ctx: &Context, tender: &Tender) -> Option<Contribution> {
    COMMITTED.get(ctx, &[&tender.tender, &tender.draws.to_string()])
}

pub(crate) fn reveal(
    ctx: &mut Context,
    args: &RevealContribution,
) -> Result<Contribution, TenderError> {
    let mut tender = Tender::load(ctx, &args.tender)?;
    let mut draw = current(ctx, &tender, DrawStatus::Frozen)?;
    let refused = |detail: String| Err(TenderError::Contribution(detail));
    let Some(mut contribution) = draw.contribution.take() else {
        return refused("nobody committed to one before the list was frozen".to_owned());
    };
    if contribution.organisation != ctx.env().organisation {
        let owner = &contribution.organisation;
        return refused(format!("it is {owner}'s"));
    }
    let got = contribution_commitment(&args.tender, &args.value);
    if got != contribution.commitment {
        let expected = contribution.commitment;
        return refused(format!(
            "the value has the digest {got}, committed to was {expected}"
        ));
    }
    contribution.value = Some(args.value);
    Clock::Contribution.stop(ctx, &args.tender);
    draw.contribution = Some(contribution.clone());
    save(ctx, &tender, &draw);
    tender.record(ctx, "contribution_revealed", Some(got), None);
    Ok(contribution)
}

/// Refuses to begin while a value that was committed to may still come.
pub(crate) fn must_not_wait(ctx: &Context, draw: &Draw) -> Result<(), TenderError> {
    match (&draw.contribution, draw.contribution_until_ms) {
        (Some(Contribution { value: None, .. }), Some(until)) if ctx.env().time_ms < until => {
            Err(TenderError::Contribution(format!(
                "the value that was committed to is awaited until {}",
                domain::beijing_text(until)
            )))
        }
        _ => Ok(()),
    }
}
