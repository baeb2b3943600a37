//! Profiles: the parameters of the rules, as data. A tender pins one when it is published.

use deadline::{Boundary, Counting, Unit};
use domain::{Bilingual, Encoding, beijing_text, law};
use yilian_contract::json;
use yilian_contract::prelude::*;

use crate::error::TenderError;
use crate::text::{check_name, check_text};

/// Name of the profile that needs no setting: the law's own numbers for works whose tendering is mandatory.
pub const STATUTORY: &str = "statutory";
/// The same for government procurement.
pub const STATUTORY_PROCUREMENT: &str = "statutory-procurement";
/// 招标投标法 第二十八条.
const BIDDERS_MIN: u32 = 3;
const KEYS_MAX: usize = 100;
/// Longest window for decryption, in ms: a day.
const WINDOW_MAX_MS: u64 = 86_400_000;
/// How long a draw waits for the supervising department's value, in ms, where the law fixes nothing: two hours.
const CONTRIBUTION_WAIT_MS: u64 = 7_200_000;

const PROFILES: Map<Profile> = Map::new("profile");

/// A period, and where it is written.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Period {
    /// 日数 | the number of days
    pub days: u32,
    /// 日的种类 | which days count
    pub unit: Unit,
    /// 法律依据 | the article
    pub law: String,
}

/// The periods of a tender.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Periods {
    /// 招标文件发售期 | documents are given out for at least so long
    pub offer: Period,
    /// 公告至截止 | least time from publication to the deadline
    pub notice: Period,
    /// 资格预审申请文件提交 | least time for applications to prequalify, after their documents were given out
    pub prequalification: Period,
    /// 修改至截止 | least time from a change that affects bids to the deadline
    pub amendment: Period,
    /// 公示 | least time that the candidates are published
    pub publicity: Period,
    /// 抽取专家不早于 | experts are drawn at most so long before the evaluation, where a rule says so
    pub draw: Option<Period>,
}

/// Parameters of the rules.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// 名称 | title
    pub title: Bilingual,
    /// 是否演练 | whether this is an exercise, which may shorten what the law fixes; every record then says so
    pub exercise: bool,
    /// 生效时间 | from when it may be pinned, Unix time in ms
    pub effective_from_ms: u64,
    /// 失效时间 | until when, Unix time in ms; open if left out
    pub effective_until_ms: Option<u64>,
    /// 期限 | the periods
    pub periods: Periods,
    /// 遇休假日顺延 | whether a period of days that would end on a holiday ends on the next working day; needs the calendar
    pub roll_over: bool,
    /// 日数计算方式 | how days are counted
    pub counting: Counting,
    /// 截止时间边界 | how the deadline itself counts
    pub boundary: Boundary,
    /// 回执公钥 | keys of the validators whose acknowledgements count; none = the block's time decides
    pub acknowledgers: Vec<String>,
    /// 容错数 f | how many of them may lie
    pub fault_bound: u32,
    /// 宽限 | how long after the deadline a submission acknowledged in time may reach a block, in ms
    pub grace_ms: u64,
    /// 解密时限 | how long bidders have to give their keys once the outer layer is open, in ms; none = bids are not sealed by the chain
    pub decryption_ms: Option<u64>,
    /// 监督贡献等待 | how long a draw waits for the supervising department's value, in ms
    pub contribution_wait_ms: u64,
    /// 最少投标人 | least number of bidders; 3 by law
    pub bidders_min: u32,
    /// 委员会最少人数 | least number of committee members; 5 by law
    pub committee_min: u32,
    /// 招标人代表上限 | most members whom the tenderer may send, where the region sets one
    pub owner_representatives_max: Option<u32>,
    /// 作废抽取批准单位 | organisations of which more than two thirds may void a draw; none = nobody
    pub void_approvers: Vec<String>,
}

/// Sets a profile.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct SetProfile {
    /// 标识 | its name: letters, digits, '-'
    pub name: String,
    /// 参数 | the parameters
    pub profile: Profile,
}

/// A profile's digest.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct ProfileSet {
    /// 摘要 | digest of its canonical JSON
    pub digest: Digest32,
}

/// What is told of a profile that was set.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
struct ProfileEvent {
    name: String,
    digest: Digest32,
}

/// Asks for a profile.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct AskProfile {
    /// 标识 | its name
    pub name: String,
}

pub(crate) fn set(ctx: &mut Context, args: &SetProfile) -> Result<ProfileSet, TenderError> {
    check_name("name", &args.name)?;
    if [STATUTORY, STATUTORY_PROCUREMENT].contains(&args.name.as_str()) {
        return Err(unlawful("the statutory profiles are built in"));
    }
    check(&args.profile)?;
    PROFILES.set(ctx, &[&args.name], &args.profile);
    let set = ProfileSet {
        digest: digest(&args.profile),
    };
    let event = ProfileEvent {
        name: args.name.clone(),
        digest: set.digest,
    };
    ctx.emit("profile_set", &event);
    Ok(set)
}

pub(crate) fn find(ctx: &Context, name: &str) -> Result<Profile, TenderError> {
    match name {
        STATUTORY => Ok(statutory()),
        STATUTORY_PROCUREMENT => Ok(procurement()),
        _ => PROFILES
            .get(ctx, &[name])
            .ok_or_else(|| TenderError::NoSuchProfile(format!("{name:?}"))),
    }
}

/// A profile that may be pinned now.
pub(crate) fn in_force(ctx: &Context, name: &str) -> Result<Profile, TenderError> {
    let profile = find(ctx, name)?;
    let now = ctx.env().time_ms;
    let over = |until: u64| now >= until;
    if now < profile.effective_from_ms || profile.effective_until_ms.is_some_and(over) {
        return Err(TenderError::NotInForce(format!(
            "{name:?} at {}",
            beijing_text(now)
        )));
    }
    Ok(profile)
}

pub(crate) fn digest(profile: &Profile) -> Digest32 {
    Encoding::new("YILIAN/tender-profile/v1")
        .part(&json::to_vec(profile))
        .digest()
}

/// The law's own numbers, for engineering works whose tendering is mandatory. No acknowledgements: which validators
/// count is for governance to say.
fn statutory() -> Profile {
    Profile {
        title: Bilingual::new("法定参数（工程建设）", "Statutory parameters (works)"),
        exercise: false,
        effective_from_ms: 0,
        effective_until_ms: None,
        periods: Periods {
            offer: days(5, law::OFFER),
            notice: days(20, law::NOTICE_PERIOD),
            prequalification: days(5, law::PREQUALIFICATION),
            amendment: days(15, law::AMENDMENT),
            publicity: days(3, law::PUBLICITY),
            draw: None,
        },
        roll_over: true,
        counting: Counting::Duration,
        boundary: Boundary::Before,
        acknowledgers: Vec::new(),
        fault_bound: 0,
        grace_ms: 0,
        decryption_ms: None,
        contribution_wait_ms: CONTRIBUTION_WAIT_MS,
        bidders_min: BIDDERS_MIN,
        committee_min: 5,
        owner_representatives_max: None,
        void_approvers: Vec::new(),
    }
}

/// The law's own numbers, for government procurement of goods and services by open tender.
fn procurement() -> Profile {
    Profile {
        title: Bilingual::new("法定参数（政府采购）", "Statutory parameters (procurement)"),
        periods: Periods {
            offer: working(5, law::OFFER_PROCUREMENT),
            notice: days(20, law::NOTICE_PROCUREMENT),
            prequalification: working(5, law::PREQUALIFICATION_PROCUREMENT),
            amendment: days(15, law::AMENDMENT_PROCUREMENT),
            publicity: working(1, law::PUBLICITY_PROCUREMENT),
            draw: Some(working(2, law::DRAW_PROCUREMENT)),
        },
        ..statutory()
    }
}

fn days(days: u32, law: &str) -> Period {
    Period {
        days,
        unit: Unit::Day,
        law: law.to_owned(),
    }
}

fn working(days: u32, law: &str) -> Period {
    Period {
        unit: Unit::WorkingDay,
        ..self::days(days, law)
    }
}

fn check(profile: &Profile) -> Result<(), TenderError> {
    check_text("title", &profile.title)?;
    if profile.bidders_min < BIDDERS_MIN {
        return Err(unlawful("bidders_min: expected at least 3"));
    }
    check_periods(profile)?;
    let until = profile.effective_until_ms.unwrap_or(u64::MAX);
    if until <= profile.effective_from_ms {
        return Err(unlawful(
            "effective_until_ms: expected after effective_from_ms",
        ));
    }
    let window = profile.decryption_ms.unwrap_or(1);
    if window == 0
        || window
            .max(profile.contribution_wait_ms)
            .max(profile.grace_ms)
            > WINDOW_MAX_MS
    {
        return Err(unlawful(
            "decryption_ms, contribution_wait_ms, grace_ms: expected at most a day",
        ));
    }
    let keys = &profile.acknowledgers;
    if keys.len() > KEYS_MAX || profile.void_approvers.len() > KEYS_MAX {
        return Err(unlawful(
            "acknowledgers and void_approvers: expected at most 100 each",
        ));
    }
    if has_repeated(keys) || has_repeated(&profile.void_approvers) {
        return Err(unlawful(
            "acknowledgers and void_approvers: expected each once",
        ));
    }
    // Of n validators f may lie if 3 f < n; more would let liars decide the time.
    let bound = profile.fault_bound as usize;
    if !keys.is_empty() && bound.saturating_mul(3) >= keys.len() {
        return Err(unlawful(
            "fault_bound: expected less than a third of the acknowledgers",
        ));
    }
    Ok(())
}

/// Every period names its article, and none of them is shorter than the law's outside of an exercise.
fn check_periods(profile: &Profile) -> Result<(), TenderError> {
    let own = named(&profile.periods);
    if own.iter().any(|(_, period)| period.law.is_empty()) {
        return Err(unlawful("periods: each needs the article that fixes it"));
    }
    if profile.exercise {
        return Ok(());
    }
    let lawful = |least: Profile| {
        let least = named(&least.periods).map(|(_, period)| length(period));
        own.iter()
            .zip(least)
            .find(|((_, period), least)| length(period) < *least)
            .map(|((name, _), _)| *name)
    };
    // What one regime allows is enough: which one a tender is under, its documents say.
    match (lawful(statutory()), lawful(procurement())) {
        (Some(name), Some(_)) => Err(unlawful(&format!(
            "{name}: shorter than the law allows; expected at least the statutory one, or an exercise"
        ))),
        _ => Ok(()),
    }
}

/// A working day is at least a day.
fn length(period: &Period) -> (u32, bool) {
    (period.days, period.unit == Unit::WorkingDay)
}

fn named(periods: &Periods) -> [(&'static str, &Period); 5] {
    [
        ("offer", &periods.offer),
        ("notice", &periods.notice),
        ("prequalification", &periods.prequalification),
        ("amendment", &periods.amendment),
        ("publicity", &periods.publicity),
    ]
}

fn has_repeated(items: &[String]) -> bool {
    let mut sorted: Vec<&String> = items.iter().collect();
    sorted.sort_unstable();
    sorted.windows(2).any(|pair| pair[0] == pair[1])
}

fn unlawful(what: &str) -> TenderError {
    TenderError::UnlawfulProfile(what.to_owned())
}
