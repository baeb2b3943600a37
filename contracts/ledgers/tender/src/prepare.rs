//! Registering, publishing and amending.

use deadline::{Amendment, AmendmentJudgement};
use domain::{
    Bilingual, CodeError, Encoding, Fen, OrganisationCode, UnifiedCode, beijing_text,
    check_organisation_code,
};
use yilian_contract::prelude::*;

use crate::error::TenderError;
use crate::profile::{self, Profile};
use crate::record::{Publication, Rules, Status, Tender};
use crate::text::check_text;
use crate::{opening, period};

/// Registers a tender.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Register {
    /// 统一交易标识码 | the unified transaction code, with dashes
    pub tender: String,
    /// 项目名称 | title
    pub title: Bilingual,
    /// 招标人 | the tenderer's unified social credit code
    pub tenderer: String,
    /// 招标代理机构 | its agency's code, if it has one
    pub agency: Option<String>,
    /// 核验机构 | who attests a code whose check character is another than the standard's
    pub attested_by: Option<String>,
}

/// A tender registered.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Registered {
    /// 统一交易标识码 | the tender
    pub tender: String,
    /// 提示 | what is allowed but deserves a look
    pub warnings: Vec<Bilingual>,
}

/// Publishes notice and documents.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Publish {
    /// 统一交易标识码 | the tender
    pub tender: String,
    /// 参数集 | the profile's name; "statutory" is built in
    pub profile: String,
    /// 公告摘要 | digest of the notice
    pub notice: Digest32,
    /// 招标文件摘要 | digest of the documents
    pub documents: Digest32,
    /// 评标办法摘要 | digest of the evaluation criteria
    pub criteria: Digest32,
    /// 招标文件发售截止 | until when the documents are given out, Unix time in ms; until the deadline if left out
    pub offer_until_ms: Option<u64>,
    /// 资格预审申请截止 | until when applications to prequalify are taken, if there is a prequalification, Unix time in ms
    pub prequalification_until_ms: Option<u64>,
    /// 投标截止时间 | the deadline, Unix time in ms
    pub deadline_ms: u64,
    /// 最高投标限价 | price ceiling in fen, if there is one
    pub price_ceiling_fen: Option<Fen>,
    /// 投标文件保管单位 | organisation that holds the bid files and alone names them; any trading system or centre if left out
    pub custodian: Option<String>,
}

/// A tender published.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// 投标截止时间 | the deadline, Unix time in ms
    pub deadline_ms: u64,
    /// 投标截止时间 | the deadline as people read it
    pub deadline: String,
    /// 规则 | code hashes of the rules pinned
    pub rules: Rules,
    /// 参数摘要 | digest of the profile pinned
    pub profile_digest: Digest32,
}

/// Changes the documents.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Amend {
    /// 统一交易标识码 | the tender
    pub tender: String,
    /// 澄清或修改文件摘要 | digest of the clarification or change
    pub document: Digest32,
    /// 是否影响投标文件编制 | whether it may affect the making of bids
    pub affects_bids: bool,
    /// 新截止时间 | the new deadline, if it moves, Unix time in ms
    pub deadline_ms: Option<u64>,
    /// 理由 | the reason
    pub reason: Bilingual,
}

/// A change made.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Amended {
    /// 序号 | its number, from one
    pub number: u32,
    /// 投标截止时间 | the deadline in force, Unix time in ms
    pub deadline_ms: u64,
    /// 招标文件链首 | head of the hash chain over documents and amendments
    pub head: Digest32,
}

pub(crate) fn register(ctx: &mut Context, args: Register) -> Result<Registered, TenderError> {
    let mut warnings = Vec::new();
    check_tender_code(&args, &mut warnings)?;
    check_text("title", &args.title)?;
    let agency = args.agency.iter();
    for code in [&args.tenderer].into_iter().chain(agency) {
        check_code(code, args.attested_by.as_deref(), &mut warnings)?;
    }
    if Tender::exists(ctx, &args.tender) {
        return Err(TenderError::AlreadyRegistered(args.tender));
    }
    let mut tender = Tender {
        tender: args.tender.clone(),
        title: args.title,
        tenderer: args.tenderer,
        agency: args.agency,
        status: Status::Registered,
        exercise: false,
        deadline_ms: None,
        amendments: 0,
        head: None,
        opening: None,
        draws: 0,
        nomination: None,
        award: None,
        end: None,
        suspension: None,
        steps: 0,
    };
    tender.must_be_own(ctx)?;
    tender.record(ctx, "registered", None, Some(tender.title.clone()));
    Ok(Registered {
        tender: args.tender,
        warnings,
    })
}

fn check_tender_code(args: &Register, warnings: &mut Vec<Bilingual>) -> Result<(), TenderError> {
    let bad = |error: CodeError| TenderError::BadTenderCode(format!("{}: {error}", args.tender));
    match UnifiedCode::parse(&args.tender) {
        Ok(_) => Ok(()),
        Err(CodeError::Check { expected, .. }) if args.attested_by.is_some() => {
            warnings.push(Bilingual::new(
                format!("{}：校验码应为{expected}，经核验采用", args.tender),
                format!(
                    "{}: the check character would be {expected}, attested",
                    args.tender
                ),
            ));
            Ok(())
        }
        Err(error) => Err(bad(error)),
    }
}

/// Codes with another check character were lawfully issued: they need an attestation, not a correction.
fn check_code(
    code: &str,
    attested_by: Option<&str>,
    warnings: &mut Vec<Bilingual>,
) -> Result<(), TenderError> {
    match (check_organisation_code(code), attested_by) {
        (OrganisationCode::Conforms, _) => Ok(()),
        (OrganisationCode::CheckDiffers { expected }, Some(registrar)) => {
            warnings.push(Bilingual::new(
                format!("{code}：校验码应为{expected}，由{registrar}核验"),
                format!("{code}: the check character would be {expected}, attested by {registrar}"),
            ));
            Ok(())
        }
        (OrganisationCode::CheckDiffers { expected }, None) => {
            Err(TenderError::BadOrganisationCode(format!(
                "{code}: the check character would be {expected:?}; give attested_by if it was so issued"
            )))
        }
        (OrganisationCode::Malformed, _) => Err(TenderError::BadOrganisationCode(format!(
            "{code:?}: expected 18 digits and capital letters without I, O, S, V, Z"
        ))),
    }
}

pub(crate) fn publish(ctx: &mut Context, args: Publish) -> Result<Published, TenderError> {
    let mut tender = Tender::load(ctx, &args.tender)?;
    tender.must_be_own(ctx)?;
    tender.must_be(&[Status::Registered])?;
    let profile = profile::in_force(ctx, &args.profile)?;
    let rules = Rules {
        deadline: rule(ctx, "deadline")?,
        bid_consistency: rule(ctx, "bid-consistency")?,
        expert_draw: rule(ctx, "expert-draw")?,
    };
    let now = ctx.env().time_ms;
    if args.deadline_ms <= now {
        return Err(TenderError::AfterDeadline(beijing_text(args.deadline_ms)));
    }
    let offer_until_ms = args.offer_until_ms.unwrap_or(args.deadline_ms);
    check_periods(ctx, &rules.deadline, &profile, &args, offer_until_ms)?;
    if let Some(code) = &args.custodian
        && check_organisation_code(code) == OrganisationCode::Malformed
    {
        return Err(TenderError::BadOrganisationCode(format!("{code:?}")));
    }
    let publication = Publication {
        at_ms: now,
        notice: args.notice,
        documents: args.documents,
        offer_until_ms,
        criteria: args.criteria,
        price_ceiling_fen: args.price_ceiling_fen,
        custodian: args.custodian,
        profile_name: args.profile,
        profile_digest: profile::digest(&profile),
        profile,
        rules,
    };
    tender.pin(ctx, &publication);
    tender.status = Status::Published;
    tender.exercise = publication.profile.exercise;
    tender.deadline_ms = Some(args.deadline_ms);
    tender.head = Some(first_head(&tender.tender, &publication));
    opening::set_clock(ctx, &tender)?;
    tender.record(ctx, "published", Some(args.notice), None);
    Ok(Published {
        deadline_ms: args.deadline_ms,
        deadline: beijing_text(args.deadline_ms),
        rules: publication.rules,
        profile_digest: publication.profile_digest,
    })
}

/// The periods that publication itself must keep.
fn check_periods(
    ctx: &Context,
    rule: &str,
    profile: &Profile,
    args: &Publish,
    offer_until_ms: u64,
) -> Result<(), TenderError> {
    let (now, periods) = (ctx.env().time_ms, &profile.periods);
    let minimum = |period, from, to| period::minimum(ctx, rule, profile, period, (from, to));
    // 招标投标法 第二十四条: 自招标文件开始发出之日起至投标人提交投标文件截止之日止，最短不得少于二十日。
    let judged = minimum(&periods.notice, now, args.deadline_ms)?;
    if !judged.satisfied {
        return Err(TenderError::NoticeTooShort(both(&judged.reason)));
    }
    // 招标投标法实施条例 第十六条: 资格预审文件或者招标文件的发售期不得少于5日。
    let judged = minimum(&periods.offer, now, offer_until_ms)?;
    if !judged.satisfied || offer_until_ms > args.deadline_ms {
        return Err(TenderError::OfferTooShort(both(&judged.reason)));
    }
    // 招标投标法实施条例 第十七条: 提交资格预审申请文件的时间，自资格预审文件停止发售之日起不得少于5日。
    if let Some(until) = args.prequalification_until_ms {
        let judged = minimum(&periods.prequalification, offer_until_ms, until)?;
        if !judged.satisfied || until > args.deadline_ms {
            return Err(TenderError::PrequalificationTooShort(both(&judged.reason)));
        }
    }
    Ok(())
}

pub(crate) fn amend(ctx: &mut Context, args: Amend) -> Result<Amended, TenderError> {
    let mut tender = Tender::load(ctx, &args.tender)?;
    tender.must_be_own(ctx)?;
    tender.must_be(&[Status::Published])?;
    check_text("reason", &args.reason)?;
    let (now, deadline_ms) = (ctx.env().time_ms, tender.deadline()?);
    if now >= deadline_ms {
        return Err(TenderError::AfterDeadline(beijing_text(deadline_ms)));
    }
    let publication = tender.publication(ctx)?;
    let profile = &publication.profile;
    let least = &profile.periods.amendment;
    let amendment = Amendment {
        notified_ms: now,
        deadline_ms,
        new_deadline_ms: args.deadline_ms,
        affects_bids: args.affects_bids,
        days: least.days,
        unit: least.unit,
        counting: profile.counting,
        calendar: period::of_period(ctx, profile, least, now)?,
        law: least.law.clone(),
    };
    let judged: AmendmentJudgement =
        ctx.call_rule(&publication.rules.deadline, "amendment", &amendment)?;
    if !judged.allowed {
        let reason = both(&judged.reason);
        return Err(match args.deadline_ms {
            Some(new) if new < deadline_ms => TenderError::DeadlineForward(reason),
            _ => TenderError::NeedsPostponement(reason),
        });
    }
    tender.amendments += 1;
    tender.deadline_ms = Some(judged.deadline_ms);
    let head = next_head(&tender, &args.document, judged.deadline_ms);
    tender.head = Some(head);
    opening::set_clock(ctx, &tender)?;
    tender.record(ctx, "amended", Some(args.document), Some(args.reason));
    Ok(Amended {
        number: tender.amendments,
        deadline_ms: judged.deadline_ms,
        head,
    })
}

fn rule(ctx: &Context, name: &str) -> Result<String, TenderError> {
    ctx.code_hash(name)
        .ok_or_else(|| TenderError::RuleMissing(name.to_owned()))
}

/// A reason in both languages, as a refusal's detail.
pub(crate) fn both(reason: &Bilingual) -> String {
    [&reason.zh, " / ", &reason.en].concat()
}

/// The chain of documents begins with what was published.
fn first_head(tender: &str, publication: &Publication) -> Digest32 {
    Encoding::new("YILIAN/tender-documents/v1")
        .part(tender.as_bytes())
        .part(&publication.notice.0)
        .part(&publication.documents.0)
        .part(&publication.criteria.0)
        .digest()
}

/// Each amendment takes in all before it, so none can be slipped in or left out.
fn next_head(tender: &Tender, document: &Digest32, deadline_ms: u64) -> Digest32 {
    let previous = tender.head.map_or([0; 32], |head| head.0);
    Encoding::new("YILIAN/tender-amendment/v1")
        .part(&previous)
        .number(u64::from(tender.amendments))
        .part(&document.0)
        .number(deadline_ms)
        .digest()
}
