//! Keep the steps of a tender, and refuse those the law forbids.
//!
//! One section (标段) goes from registration to award: registered, published, closed, opened, nominated, awarded; or it
//! fails, or is cancelled. At publication it pins the code hashes of the rules that judge it and the profile of their
//! parameters; later versions do not touch it. Each step stands in a timeline with the transaction that took it, and is
//! told as an event. Each refusal has its own code, its reason in Chinese and English, and its article.
//!
//! Bids are blind: before the deadline a sealed bid does not say for which tender it is (`seal`). Experts are drawn
//! from a blinded list by randomness that comes after the list is frozen (`draw`).
//!
//! Who may call which method is data in ledger `identity` (`contracts/permissions.toml`); what this ledger checks
//! itself is whose tender it is.

mod acknowledgement;
mod award;
mod clock;
mod committee;
mod consistency;
mod contribution;
mod decryption;
mod draw;
mod error;
mod experts;
mod opening;
mod period;
mod pool;
mod prepare;
mod profile;
mod record;
mod reveal;
mod seal;
#[cfg(test)]
mod tests;
mod text;
mod timeline;
mod views;

pub use acknowledgement::{SignedAcknowledgement, acknowledgement_bytes};
pub use award::{Awarded, Cancel, Ended, Fail, MakeAward, Nominate, Nominated};
pub use clock::{Resume, Resumed, Suspend};
pub use committee::{Absence, Decline, Next, VoidDraw, Voiding};
pub use consistency::{CheckConsistency, Checked, Run, Seen};
pub use contribution::{
    CommitContribution, Contribution, RevealContribution, contribution_commitment,
};
pub use decryption::{AskKey, GiveKey, KeyGiven, key_bytes};
pub use draw::{
    CommitPool, Draw, DrawStarted, DrawStatus, PoolCommitted, Ranking, SeatsHeld, StartDraw,
};
pub use error::TenderError;
pub use experts::{ExpertsOpened, Notified, Notify, OpenExperts, OpenedExpert};
pub use opening::{HOLD_MAX, Held, Hold, Open, Opened};
pub use prepare::{Amend, Amended, Publish, Published, Register, Registered};
pub use profile::{
    AskProfile, Period, Periods, Profile, ProfileSet, STATUTORY, STATUTORY_PROCUREMENT, SetProfile,
};
pub use record::{
    Award, End, Ground, Nomination, Opening, Publication, Rules, Status, Suspension,
    Tender as TenderRecord, Window,
};
pub use reveal::{Bid, BidStatus, Decryption, REVEAL_MAX, Reveal, RevealedBid, RevealedSoFar};
pub use seal::{
    ACKNOWLEDGE_MAX, Acknowledge, Acknowledged, AcknowledgedSoFar, Admission, Commit, Committed,
    Received, Replaces, Sealed, Withdraw, WithdrawnAt, lock_bytes,
};
pub use timeline::Step;
pub use views::{
    AskBids, AskDraw, AskList, AskRanking, AskSealed, AskTender, AskTimeline, Brief, PAGE_MAX,
    TenderView,
};

use yilian_contract::prelude::*;

/// The ledger.
pub struct Tender;

#[ledger(name = "tender", version = "1.0.0", zh = "招标投标", en = "Tenders")]
impl Tender {
    /// zh: 设定规则参数集 | en: Set a profile of rule parameters
    pub fn set_profile(ctx: &mut Context, args: SetProfile) -> Result<ProfileSet, TenderError> {
        profile::set(ctx, &args)
    }

    /// zh: 登记招标项目 | en: Register a tender
    pub fn register(ctx: &mut Context, args: Register) -> Result<Registered, TenderError> {
        prepare::register(ctx, args)
    }

    /// zh: 发布招标公告和招标文件 | en: Publish notice and documents
    pub fn publish(ctx: &mut Context, args: Publish) -> Result<Published, TenderError> {
        prepare::publish(ctx, args)
    }

    /// zh: 澄清或修改招标文件 | en: Clarify or change the documents
    pub fn amend(ctx: &mut Context, args: Amend) -> Result<Amended, TenderError> {
        prepare::amend(ctx, args)
    }

    /// zh: 递交密封投标 | en: Submit a sealed bid
    pub fn commit(ctx: &mut Context, args: Commit) -> Result<Committed, TenderError> {
        seal::commit(ctx, args)
    }

    /// zh: 撤回密封投标 | en: Withdraw a sealed bid
    pub fn withdraw(ctx: &mut Context, args: Withdraw) -> Result<WithdrawnAt, TenderError> {
        seal::withdraw(ctx, args)
    }

    /// zh: 提交回执 | en: Bring acknowledgements of submissions
    pub fn acknowledge(
        ctx: &mut Context,
        args: Acknowledge,
    ) -> Result<AcknowledgedSoFar, TenderError> {
        seal::acknowledge(ctx, args)
    }

    /// zh: 到时办理（仅链自身） | en: Do what is due (the chain alone)
    pub fn on_time(ctx: &mut Context, due: Due) -> Result<(), TenderError> {
        clock::on_time(ctx, &due)
    }

    /// zh: 列明应有投标 | en: Name the bids that are held
    pub fn hold(ctx: &mut Context, args: Hold) -> Result<Held, TenderError> {
        opening::hold(ctx, args)
    }

    /// zh: 外层可解（仅链自身） | en: The outer layers can be opened (the chain alone)
    pub fn on_opening(ctx: &mut Context, release: Release) -> Result<(), TenderError> {
        decryption::on_opening(ctx, &release)
    }

    /// zh: 提供解密密钥 | en: Give the key of a sealed bid
    pub fn give_key(ctx: &mut Context, args: GiveKey) -> Result<KeyGiven, TenderError> {
        decryption::give_key(ctx, args)
    }

    /// zh: 密钥可读（仅链自身） | en: The keys can be read (the chain alone)
    pub fn on_keys(ctx: &mut Context, release: Release) -> Result<(), TenderError> {
        decryption::on_keys(ctx, &release)
    }

    /// zh: 揭示投标 | en: Reveal bids
    pub fn reveal(ctx: &mut Context, args: Reveal) -> Result<RevealedSoFar, TenderError> {
        reveal::reveal(ctx, args)
    }

    /// zh: 开标 | en: Open the tender
    pub fn open(ctx: &mut Context, args: Open) -> Result<Opened, TenderError> {
        opening::open(ctx, args)
    }

    /// zh: 核对投标文件一致性 | en: Check that bid files stayed the same
    pub fn check_consistency(
        ctx: &mut Context,
        args: CheckConsistency,
    ) -> Result<Checked, TenderError> {
        consistency::check(ctx, args)
    }

    /// zh: 封存专家名单 | en: Freeze the blinded list of experts
    pub fn commit_pool(ctx: &mut Context, args: CommitPool) -> Result<PoolCommitted, TenderError> {
        draw::commit_pool(ctx, args)
    }

    /// zh: 监督部门承诺随机贡献 | en: Commit to a contribution to the seed
    pub fn commit_contribution(
        ctx: &mut Context,
        args: CommitContribution,
    ) -> Result<Contribution, TenderError> {
        contribution::commit(ctx, &args)
    }

    /// zh: 监督部门公开随机贡献 | en: Show the contribution to the seed
    pub fn reveal_contribution(
        ctx: &mut Context,
        args: RevealContribution,
    ) -> Result<Contribution, TenderError> {
        contribution::reveal(ctx, &args)
    }

    /// zh: 启动专家抽取 | en: Start the draw of experts
    pub fn draw(ctx: &mut Context, args: StartDraw) -> Result<DrawStarted, TenderError> {
        draw::start(ctx, &args)
    }

    /// zh: 送达随机数（仅链自身） | en: Deliver the randomness (the chain alone)
    pub fn on_release(ctx: &mut Context, release: Release) -> Result<(), TenderError> {
        draw::on_release(ctx, &release)
    }

    /// zh: 专家不能参加，依次递补 | en: A member does not serve: the next in order follows
    pub fn decline(ctx: &mut Context, args: Decline) -> Result<Next, TenderError> {
        committee::decline(ctx, args)
    }

    /// zh: 登记已密封的抽中通知 | en: Record that a notice was sealed for who may know a name
    pub fn notify(ctx: &mut Context, args: Notify) -> Result<Notified, TenderError> {
        experts::notify(ctx, &args)
    }

    /// zh: 定标后公开已联系的专家 | en: Open the entries contacted, after the award
    pub fn open_experts(
        ctx: &mut Context,
        args: OpenExperts,
    ) -> Result<ExpertsOpened, TenderError> {
        experts::open(ctx, args)
    }

    /// zh: 同意作废抽取 | en: Approve voiding the draw
    pub fn void_draw(ctx: &mut Context, args: VoidDraw) -> Result<Voiding, TenderError> {
        committee::void(ctx, args)
    }

    /// zh: 公示中标候选人 | en: Publish the candidates
    pub fn nominate(ctx: &mut Context, args: Nominate) -> Result<Nominated, TenderError> {
        award::nominate(ctx, args)
    }

    /// zh: 定标 | en: Award the tender
    pub fn award(ctx: &mut Context, args: MakeAward) -> Result<Awarded, TenderError> {
        award::award(ctx, args)
    }

    /// zh: 招标失败 | en: End a tender that failed
    pub fn fail(ctx: &mut Context, args: Fail) -> Result<Ended, TenderError> {
        award::fail(ctx, args)
    }

    /// zh: 终止招标 | en: Cancel the tender
    pub fn cancel(ctx: &mut Context, args: Cancel) -> Result<Ended, TenderError> {
        award::cancel(ctx, args)
    }

    /// zh: 责令暂停 | en: Order a suspension
    pub fn suspend(ctx: &mut Context, args: Suspend) -> Result<Suspension, TenderError> {
        clock::suspend(ctx, args)
    }

    /// zh: 恢复 | en: End a suspension
    pub fn resume(ctx: &mut Context, args: Resume) -> Result<Resumed, TenderError> {
        clock::resume(ctx, args)
    }

    /// zh: 查询招标项目 | en: Get a tender
    #[view]
    pub fn get(ctx: &Context, args: AskTender) -> Result<TenderView, TenderError> {
        views::get(ctx, &args)
    }

    /// zh: 招标项目列表 | en: List tenders
    #[view]
    pub fn list(ctx: &Context, args: AskList) -> Result<Vec<Brief>, TenderError> {
        views::list(ctx, &args)
    }

    /// zh: 办理过程 | en: Steps of a tender
    #[view]
    pub fn timeline(ctx: &Context, args: AskTimeline) -> Result<Vec<Step>, TenderError> {
        views::timeline(ctx, &args)
    }

    /// zh: 查询密封投标 | en: Get a sealed bid
    #[view]
    pub fn sealed(ctx: &Context, args: AskSealed) -> Result<Sealed, TenderError> {
        seal::find(ctx, &args.commitment)
    }

    /// zh: 查询已提供的密钥 | en: Get a key that was given
    #[view]
    pub fn key(ctx: &Context, args: AskKey) -> Result<Option<KeyGiven>, TenderError> {
        Ok(decryption::find(ctx, &args.commitment))
    }

    /// zh: 投标列表（开标后） | en: Bids, after the opening
    #[view]
    pub fn bids(ctx: &Context, args: AskBids) -> Result<Vec<Bid>, TenderError> {
        views::bids(ctx, &args)
    }

    /// zh: 专家抽取记录 | en: Record of a draw
    #[view]
    pub fn draw_record(ctx: &Context, args: AskDraw) -> Result<Draw, TenderError> {
        views::draw_record(ctx, &args)
    }

    /// zh: 已公开的专家（定标后） | en: Experts that were opened, after the award
    #[view]
    pub fn experts(ctx: &Context, args: AskTender) -> Result<Vec<OpenedExpert>, TenderError> {
        views::experts(ctx, &args)
    }

    /// zh: 专业抽取顺序 | en: Order of a stratum
    #[view]
    pub fn ranking(ctx: &Context, args: AskRanking) -> Result<Ranking, TenderError> {
        views::ranking(ctx, &args)
    }

    /// zh: 规则参数集 | en: Get a profile
    #[view]
    pub fn profile(ctx: &Context, args: AskProfile) -> Result<Profile, TenderError> {
        profile::find(ctx, &args.name)
    }
}
