//! Sealed submissions, which say nothing of the tender they are for.
//!
//! 招标投标法 第二十二条 keeps even the number of bidders secret, so a commitment names no tender until it is revealed
//! after the deadline. The binding decision on its time falls then. Who wants a ruling on a late submission at once may
//! name the tender, but only when the deadline is over.

use deadline::{Acknowledgement, Judge, JudgeMany, Judgement, Submission, Verdict, Verdicts};
use domain::Encoding;
use yilian_contract::prelude::*;

use crate::acknowledgement::{ACKNOWLEDGEMENTS_MAX, SignedAcknowledgement, counting, verified};
use crate::error::TenderError;
use crate::prepare::both;
use crate::record::{Publication, Tender};

/// Most submissions whose acknowledgements come in one call: each signature takes its fuel.
pub const ACKNOWLEDGE_MAX: usize = 100;

/// What a one-time key brings with its call. The chain has judged it before the ledger is called.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Admission {
    /// 批次 | root over the keys of its batch
    pub batch: Digest32,
    /// 序号 | place of the key
    pub index: u64,
    /// 路径 | siblings from the key to the root
    pub path: Vec<Digest32>,
}

/// Submits a sealed bid.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// 密封承诺 | the commitment, as rule bid-consistency computes it
    pub commitment: Digest32,
    /// 投标公钥 | a one-time key, ed25519:<64 hex>, without whose signature nobody can withdraw or replace this bid
    pub lock: Option<String>,
    /// 替换 | the bid that this one replaces
    pub replaces: Option<Replaces>,
    /// 统一交易标识码 | the tender: only after its deadline, for a ruling at once
    pub tender: Option<String>,
    /// 准入 | token of the one-time key that sends it; the bid is then that key's
    pub admission: Option<Admission>,
}

/// The bid that another one replaces.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Replaces {
    /// 原密封承诺 | its commitment
    pub commitment: Digest32,
    /// 投标签名 | signature by its one-time key, if it has one
    pub signature: Option<String>,
}

/// A sealed bid received.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Committed {
    /// 密封承诺 | the commitment
    pub commitment: Digest32,
    /// 入块时间 | block time, Unix time in ms
    pub time_ms: u64,
    /// 日志序号 | index of the receipt in the log
    pub log_index: u64,
}

/// Withdraws a sealed bid.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Withdraw {
    /// 密封承诺 | its commitment
    pub commitment: Digest32,
    /// 投标签名 | signature by its one-time key, if it has one
    pub signature: Option<String>,
    /// 准入 | token of the one-time key that sends it
    pub admission: Option<Admission>,
}

/// Brings the acknowledgements of submissions.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Acknowledge {
    /// 递交 | the submissions, at most 100
    pub submissions: Vec<Acknowledged>,
}

/// A submission and who acknowledged it.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Acknowledged {
    /// 密封承诺 | the bid's commitment
    pub commitment: Digest32,
    /// 是否撤回 | whether its withdrawal was acknowledged, and not the bid
    pub withdrawal: bool,
    /// 回执 | the acknowledgements
    pub acknowledgements: Vec<SignedAcknowledgement>,
}

/// How many acknowledgements are on record.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct AcknowledgedSoFar {
    /// 逐份回执数 | for each submission, of distinct validators
    pub kept: Vec<u32>,
}

/// A withdrawal received. Whether it was in time is decided when the deadline is known.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct WithdrawnAt {
    /// 入块时间 | block time, Unix time in ms
    pub time_ms: u64,
}

/// When something reached the chain.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// 递交摘要 | digest of what the transaction asked for: validators acknowledge it
    pub submission: Digest32,
    /// 入块时间 | block time, Unix time in ms
    pub time_ms: u64,
    /// 回执 | acknowledgements that were brought, signatures checked
    pub acknowledgements: Vec<Acknowledgement>,
}

/// A sealed bid as it is kept.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// 接收 | when it came
    pub received: Received,
    /// 高度 | block height
    pub height: u64,
    /// 日志序号 | index of the receipt in the log
    pub log_index: u64,
    /// 递交单位 | the organisation that sent it: a trading system, or the bidder itself
    pub organisation: String,
    /// 投标公钥 | its one-time key
    pub lock: Option<String>,
    /// 撤回 | when it was withdrawn
    pub withdrawn: Option<Received>,
    /// 被替换 | the commitment that replaced it
    pub replaced: Option<Digest32>,
    /// 已揭示于 | the tender it turned out to be for
    pub revealed_in: Option<String>,
}

/// What is told of a sealed bid.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
struct SealedEvent {
    commitment: Digest32,
}

const SEALED: Map<Sealed> = Map::new("sealed");

pub(crate) fn commit(ctx: &mut Context, args: Commit) -> Result<Committed, TenderError> {
    let key = args.commitment.to_string();
    if SEALED.contains(ctx, &[&key]) {
        return Err(TenderError::AlreadySealed(key));
    }
    let received = received(ctx)?;
    if let Some(code) = &args.tender {
        rule_on(ctx, code, &received)?;
    }
    if let Some(replaces) = &args.replaces {
        let (old, signature) = (&replaces.commitment, replaces.signature.as_deref());
        let mut older = live(ctx, old, Some(&args.commitment), signature)?;
        older.replaced = Some(args.commitment);
        save(ctx, &replaces.commitment, &older);
    }
    let env = ctx.env();
    let sealed = Sealed {
        received,
        height: env.height,
        log_index: env.log_index,
        organisation: env.organisation.clone(),
        // What comes from a one-time key is that key's: nobody's organisation stands behind it.
        lock: args
            .lock
            .or_else(|| env.organisation.is_empty().then(|| env.caller.clone())),
        withdrawn: None,
        replaced: None,
        revealed_in: None,
    };
    save(ctx, &args.commitment, &sealed);
    let event = SealedEvent {
        commitment: args.commitment,
    };
    ctx.emit("sealed", &event);
    Ok(Committed {
        commitment: args.commitment,
        time_ms: sealed.received.time_ms,
        log_index: sealed.log_index,
    })
}

pub(crate) fn withdraw(ctx: &mut Context, args: Withdraw) -> Result<WithdrawnAt, TenderError> {
    let mut sealed = live(ctx, &args.commitment, None, args.signature.as_deref())?;
    let time_ms = ctx.env().time_ms;
    sealed.withdrawn = Some(received(ctx)?);
    save(ctx, &args.commitment, &sealed);
    let event = SealedEvent {
        commitment: args.commitment,
    };
    ctx.emit("withdrawn", &event);
    Ok(WithdrawnAt { time_ms })
}

/// What has just come, as yet without acknowledgements: they are signed over the very submission.
fn received(ctx: &Context) -> Result<Received, TenderError> {
    let submission = &ctx.env().submission;
    let unknown = || TenderError::WrongStep("a submission comes in a transaction".to_owned());
    Ok(Received {
        submission: Digest32::parse(submission).ok_or_else(unknown)?,
        time_ms: ctx.env().time_ms,
        acknowledgements: Vec::new(),
    })
}

/// Anybody who may submit may bring them: they only ever help, and only validators can make them.
pub(crate) fn acknowledge(
    ctx: &mut Context,
    args: Acknowledge,
) -> Result<AcknowledgedSoFar, TenderError> {
    if args.submissions.is_empty() || args.submissions.len() > ACKNOWLEDGE_MAX {
        return Err(TenderError::BadPage(format!(
            "{} submissions: expected 1 to {ACKNOWLEDGE_MAX}",
            args.submissions.len()
        )));
    }
    let mut kept = Vec::with_capacity(args.submissions.len());
    for one in &args.submissions {
        let mut sealed = find(ctx, &one.commitment)?;
        if let Some(tender) = &sealed.revealed_in {
            return Err(TenderError::WrongStep(format!(
                "{} was revealed in {tender}",
                one.commitment
            )));
        }
        let received = match one.withdrawal {
            false => Some(&mut sealed.received),
            true => sealed.withdrawn.as_mut(),
        };
        let Some(received) = received else {
            return Err(TenderError::WrongStep(format!(
                "{} was not withdrawn",
                one.commitment
            )));
        };
        let new = verified(ctx, &received.submission, &one.acknowledgements)?;
        kept.push(merge(&mut received.acknowledgements, new)?);
        save(ctx, &one.commitment, &sealed);
    }
    Ok(AcknowledgedSoFar { kept })
}

/// Keeps the earliest of each validator.
fn merge(kept: &mut Vec<Acknowledgement>, new: Vec<Acknowledgement>) -> Result<u32, TenderError> {
    for one in new {
        match kept.iter_mut().find(|old| old.validator == one.validator) {
            Some(old) => old.time_ms = old.time_ms.min(one.time_ms),
            None => kept.push(one),
        }
    }
    if kept.len() > ACKNOWLEDGEMENTS_MAX {
        return Err(TenderError::BadAcknowledgement(format!(
            "of {} validators: expected at most {ACKNOWLEDGEMENTS_MAX}",
            kept.len()
        )));
    }
    Ok(kept.len() as u32)
}

/// A ruling at once, for a submission that names its tender.
fn rule_on(ctx: &Context, code: &str, received: &Received) -> Result<(), TenderError> {
    let tender = Tender::load(ctx, code)?;
    let publication = tender.publication(ctx)?;
    // 招标投标法 第二十二条: 招标人不得向他人透露已获取招标文件的潜在投标人的名称、数量……
    if judge(ctx, &tender, &publication, received)?.in_time {
        return Err(TenderError::NamedBeforeDeadline);
    }
    must_be_in_time(ctx, &tender, &publication, received)
}

/// Refuses what came late, with the rule's own reason.
pub(crate) fn must_be_in_time(
    ctx: &Context,
    tender: &Tender,
    publication: &Publication,
    received: &Received,
) -> Result<(), TenderError> {
    let judgement = judge(ctx, tender, publication, received)?;
    // 招标投标法 第二十八条: 在招标文件要求提交投标文件的截止时间后送达的投标文件，招标人应当拒收。
    if judgement.in_time {
        Ok(())
    } else {
        Err(TenderError::TooLate(both(&judgement.reason)))
    }
}

/// The pinned rule's judgement on one submission.
pub(crate) fn judge(
    ctx: &Context,
    tender: &Tender,
    publication: &Publication,
    received: &Received,
) -> Result<Judgement, TenderError> {
    let profile = &publication.profile;
    let input = Judge {
        deadline_ms: tender.deadline()?,
        boundary: profile.boundary,
        block_time_ms: received.time_ms,
        acknowledgements: counting(&received.acknowledgements, profile),
        fault_bound: profile.fault_bound,
        grace_ms: profile.grace_ms,
    };
    Ok(ctx.call_rule(&publication.rules.deadline, "judge", &input)?)
}

/// The pinned rule's judgement on many submissions, in one call.
pub(crate) fn judge_all(
    ctx: &Context,
    tender: &Tender,
    publication: &Publication,
    sealed: &[Sealed],
) -> Result<Vec<Verdict>, TenderError> {
    let profile = &publication.profile;
    let of = |one: &Sealed| Submission {
        block_time_ms: one.received.time_ms,
        acknowledgements: counting(&one.received.acknowledgements, profile),
    };
    let input = JudgeMany {
        deadline_ms: tender.deadline()?,
        boundary: profile.boundary,
        fault_bound: profile.fault_bound,
        grace_ms: profile.grace_ms,
        submissions: sealed.iter().map(of).collect(),
    };
    let result: Verdicts = ctx.call_rule(&publication.rules.deadline, "judge_many", &input)?;
    Ok(result.verdicts)
}

pub(crate) fn find(ctx: &Context, commitment: &Digest32) -> Result<Sealed, TenderError> {
    let key = commitment.to_string();
    SEALED.get(ctx, &[&key]).ok_or(TenderError::NotSealed(key))
}

pub(crate) fn save(ctx: &mut Context, commitment: &Digest32, sealed: &Sealed) {
    SEALED.set(ctx, &[&commitment.to_string()], sealed);
}

/// The bytes that a bid's one-time key signs to end it: for another commitment, or for none.
///
/// `"YILIAN/bid-lock/v1" ‖ 0x00 ‖ part(chain id) ‖ part(commitment) ‖ part(new commitment, or nothing)`. The new
/// commitment is signed too, so that nobody who sees the signature can put a bid of its own in the place.
pub fn lock_bytes(chain_id: &str, commitment: &Digest32, by: Option<&Digest32>) -> Vec<u8> {
    Encoding::new("YILIAN/bid-lock/v1")
        .part(chain_id.as_bytes())
        .part(&commitment.0)
        .part(by.map_or(&[], |one| &one.0[..]))
        .bytes()
}

/// Refuses who is not the owner of a bid: its one-time key signed the message, or without one the sender is its own.
pub(crate) fn must_be_owner(
    ctx: &Context,
    commitment: &Digest32,
    message: &[u8],
    signature: Option<&str>,
) -> Result<Sealed, TenderError> {
    let sealed = find(ctx, commitment)?;
    let allowed = match (&sealed.lock, signature) {
        (Some(key), _) if *key == ctx.env().caller => true,
        (Some(key), Some(signature)) => verify_signature(key, message, signature),
        (Some(_), None) => false,
        (None, _) => sealed.organisation == ctx.env().organisation,
    };
    match allowed {
        true => Ok(sealed),
        false => Err(TenderError::NotTheSubmitter(commitment.to_string())),
    }
}

/// A bid that may still be ended by this call.
fn live(
    ctx: &Context,
    commitment: &Digest32,
    by: Option<&Digest32>,
    signature: Option<&str>,
) -> Result<Sealed, TenderError> {
    let message = lock_bytes(&ctx.env().chain_id, commitment, by);
    let sealed = must_be_owner(ctx, commitment, &message, signature)?;
    if sealed.withdrawn.is_some() || sealed.replaced.is_some() {
        return Err(TenderError::Withdrawn(commitment.to_string()));
    }
    match &sealed.revealed_in {
        Some(tender) => Err(TenderError::WrongStep(format!(
            "it was revealed in {tender}"
        ))),
        None => Ok(sealed),
    }
}
