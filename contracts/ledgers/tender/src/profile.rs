//! Profiles: the parameters of the rules, as data. A tender pins one when it is published.

use deadline::{Boundary, Counting};
use domain::{Bilingual, Encoding};
use yilian_contract::json;
use yilian_contract::prelude::*;

use crate::error::TenderError;
use crate::text::{check_name, check_text};

/// Name of the profile that needs no setting: the law's own numbers.
pub const STATUTORY: &str = "statutory";
/// 招标投标法实施条例 第二十一条.
const AMENDMENT_DAYS_MIN: u32 = 15;
/// 招标投标法实施条例 第五十四条.
const PUBLICITY_DAYS_MIN: u32 = 3;
/// 招标投标法 第二十八条.
const BIDDERS_MIN: u32 = 3;
const KEYS_MAX: usize = 100;

const PROFILES: Map<Profile> = Map::new("profile");

/// Parameters of the rules.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// 名称 | title
    pub title: Bilingual,
    /// 是否演练 | whether this is an exercise, which may shorten what the law fixes; every record then says so
    pub exercise: bool,
    /// 公告至截止最少日数 | least days from publication to the deadline; 20 where tendering is mandatory
    pub notice_days: u32,
    /// 修改至截止最少日数 | least days from a change that affects bids to the deadline; 15 by law
    pub amendment_days: u32,
    /// 公示最少日数 | least days of the candidates' publicity; 3 by law
    pub publicity_days: u32,
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
    if args.name == STATUTORY {
        return Err(unlawful("the profile \"statutory\" is built in"));
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
    if name == STATUTORY {
        return Ok(statutory());
    }
    PROFILES
        .get(ctx, &[name])
        .ok_or_else(|| TenderError::NoSuchProfile(format!("{name:?}")))
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
        title: Bilingual::new("法定参数", "Statutory parameters"),
        exercise: false,
        notice_days: 20,
        amendment_days: AMENDMENT_DAYS_MIN,
        publicity_days: PUBLICITY_DAYS_MIN,
        counting: Counting::Duration,
        boundary: Boundary::Before,
        acknowledgers: Vec::new(),
        fault_bound: 0,
        grace_ms: 0,
        bidders_min: BIDDERS_MIN,
        committee_min: 5,
        owner_representatives_max: None,
        void_approvers: Vec::new(),
    }
}

fn check(profile: &Profile) -> Result<(), TenderError> {
    check_text("title", &profile.title)?;
    if profile.bidders_min < BIDDERS_MIN {
        return Err(unlawful("bidders_min: expected at least 3"));
    }
    if !profile.exercise && profile.amendment_days < AMENDMENT_DAYS_MIN {
        return Err(unlawful(
            "amendment_days: expected at least 15, or an exercise",
        ));
    }
    if !profile.exercise && profile.publicity_days < PUBLICITY_DAYS_MIN {
        return Err(unlawful(
            "publicity_days: expected at least 3, or an exercise",
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

fn has_repeated(items: &[String]) -> bool {
    let mut sorted: Vec<&String> = items.iter().collect();
    sorted.sort_unstable();
    sorted.windows(2).any(|pair| pair[0] == pair[1])
}

fn unlawful(what: &str) -> TenderError {
    TenderError::UnlawfulProfile(what.to_owned())
}
