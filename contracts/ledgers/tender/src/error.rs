//! What the ledger refuses, each with its article.

use yilian_contract::prelude::*;

/// A refused step.
#[derive(ContractError)]
pub enum TenderError {
    /// A pinned rule could not judge its input.
    #[error(transparent)]
    Rule(Refusal),
    /// No tender of that code.
    #[error(code = 201, zh = "没有这个招标项目", en = "there is no such tender")]
    NoSuchTender(String),
    /// The code is taken.
    #[error(code = 202, zh = "统一交易标识码已登记", en = "the code is taken")]
    AlreadyRegistered(String),
    /// Not a unified code.
    #[error(
        code = 203,
        zh = "统一交易标识码不正确",
        en = "not a unified transaction code"
    )]
    BadTenderCode(String),
    /// Not an organisation's code.
    #[error(
        code = 204,
        zh = "统一社会信用代码不正确",
        en = "not a unified social credit code"
    )]
    BadOrganisationCode(String),
    /// Neither tenderer nor its agency.
    #[error(
        code = 205,
        zh = "只有招标人或其招标代理机构可以办理",
        en = "only the tenderer or its agency may do this",
        law = "招标投标法 第十二条、第十三条"
    )]
    NotTheTenderer(String),
    /// A step out of order.
    #[error(
        code = 206,
        zh = "当前阶段不能办理",
        en = "this step does not follow the tender's state"
    )]
    WrongStep(String),
    /// An empty or too long text.
    #[error(
        code = 207,
        zh = "文本缺失或过长",
        en = "a text is missing or too long"
    )]
    BadText(String),
    /// No profile of that name.
    #[error(code = 208, zh = "没有这个规则参数集", en = "there is no such profile")]
    NoSuchProfile(String),
    /// A profile that the law does not allow.
    #[error(
        code = 209,
        zh = "规则参数不合法",
        en = "the profile is unlawful",
        law = "招标投标法 第二十三条、第二十八条；招标投标法实施条例 第五十四条"
    )]
    UnlawfulProfile(String),
    /// A rule is not deployed.
    #[error(
        code = 210,
        zh = "链上缺少所需规则合约",
        en = "a rule that is needed is not on the chain"
    )]
    RuleMissing(String),
    /// Too short a time from publication to the deadline.
    #[error(
        code = 220,
        zh = "自招标文件发出至投标截止的时间不足",
        en = "too little time from publication to the deadline",
        law = "招标投标法 第二十四条"
    )]
    NoticeTooShort(String),
    /// A deadline that is over.
    #[error(code = 221, zh = "投标截止时间已过", en = "the deadline is over")]
    AfterDeadline(String),
    /// A change that forces the deadline to move.
    #[error(
        code = 222,
        zh = "修改可能影响投标文件编制，应当顺延投标截止时间",
        en = "the change may affect bids: the deadline must be postponed",
        law = "招标投标法 第二十三条；招标投标法实施条例 第二十一条"
    )]
    NeedsPostponement(String),
    /// A deadline moved forward.
    #[error(
        code = 223,
        zh = "投标截止时间不得提前",
        en = "the deadline must not move forward",
        law = "招标投标法 第五条、第二十三条"
    )]
    DeadlineForward(String),
    /// Too short a time in which documents are given out.
    #[error(
        code = 224,
        zh = "招标文件发售期或提供期不足",
        en = "documents are given out for too short a time",
        law = "招标投标法实施条例 第十六条；政府采购法实施条例 第三十一条"
    )]
    OfferTooShort(String),
    /// Too short a time for prequalification.
    #[error(
        code = 225,
        zh = "提交资格预审申请文件的时间不足",
        en = "too little time to apply for prequalification",
        law = "招标投标法实施条例 第十七条；政府采购法实施条例 第二十一条"
    )]
    PrequalificationTooShort(String),
    /// A profile that is not in force.
    #[error(
        code = 226,
        zh = "规则参数集未生效或已失效",
        en = "the profile is not in force"
    )]
    NotInForce(String),
    /// The tender is suspended.
    #[error(
        code = 227,
        zh = "招标投标活动已暂停",
        en = "the tender is suspended",
        law = "招标投标法实施条例 第六十二条"
    )]
    Suspended(String),
    /// A late submission.
    #[error(
        code = 230,
        zh = "逾期送达，拒收",
        en = "delivered after the deadline: refused",
        law = "招标投标法 第二十八条；招标投标法实施条例 第三十六条"
    )]
    TooLate(String),
    /// A submission that would tell how many there are.
    #[error(
        code = 231,
        zh = "截止时间前递交不得指明招标项目",
        en = "before the deadline a submission must not name its tender",
        law = "招标投标法 第二十二条"
    )]
    NamedBeforeDeadline,
    /// The commitment is there.
    #[error(
        code = 232,
        zh = "该密封承诺已递交",
        en = "this commitment was submitted before"
    )]
    AlreadySealed(String),
    /// No such commitment.
    #[error(code = 233, zh = "没有这份密封承诺", en = "no such commitment")]
    NotSealed(String),
    /// Already withdrawn or replaced.
    #[error(
        code = 234,
        zh = "该投标已撤回或被替换",
        en = "this bid was withdrawn or replaced",
        law = "招标投标法 第二十九条；招标投标法实施条例 第三十五条"
    )]
    Withdrawn(String),
    /// Somebody else's submission.
    #[error(
        code = 235,
        zh = "不是本单位的投标",
        en = "this bid is not the caller's",
        law = "招标投标法 第二十九条"
    )]
    NotTheSubmitter(String),
    /// An acknowledgement that does not verify.
    #[error(
        code = 236,
        zh = "回执无效",
        en = "an acknowledgement does not verify",
        law = "电子签名法 第十一条"
    )]
    BadAcknowledgement(String),

    /// Before the deadline and its grace are over.
    #[error(
        code = 240,
        zh = "未到开标时间",
        en = "the time of opening has not come",
        law = "招标投标法 第三十四条"
    )]
    NotYetDue(String),
    /// Fewer bidders than the law asks.
    #[error(
        code = 241,
        zh = "投标人少于三个，不得开标，应当重新招标",
        en = "too few bidders: not to be opened, tender again",
        law = "招标投标法 第二十八条；招标投标法实施条例 第四十四条"
    )]
    TooFewBidders(String),
    /// One bidder, two bids.
    #[error(
        code = 242,
        zh = "同一投标人递交两份以上投标文件",
        en = "a bidder has more than one bid",
        law = "招标投标法实施条例 第五十一条"
    )]
    SecondBid(String),
    /// The tenderer or its agency bids.
    #[error(
        code = 243,
        zh = "招标人及其代理机构不得投标",
        en = "the tenderer and its agency must not bid",
        law = "招标投标法实施条例 第十三条、第三十四条"
    )]
    BidderConflict(String),
    /// Bids missing or invented.
    #[error(
        code = 244,
        zh = "揭示份数与应有份数不符，须说明差额",
        en = "bids revealed are not as many as were held: the difference must be explained",
        law = "招标投标法 第三十六条"
    )]
    CountDiffers(String),
    /// Bids are asked for before opening.
    #[error(
        code = 245,
        zh = "开标前不得查看投标",
        en = "bids are not to be seen before opening",
        law = "招标投标法 第二十二条、第三十六条"
    )]
    NotOpened,
    /// Not the next bid to be checked.
    #[error(
        code = 246,
        zh = "核对须按顺序覆盖全部投标",
        en = "the check must take all bids in order"
    )]
    WrongEntry(String),
    /// Too long a page.
    #[error(code = 247, zh = "一页过长或为空", en = "a page is too long or empty")]
    BadPage(String),
    /// Not who holds the files.
    #[error(
        code = 239,
        zh = "不是投标文件保管单位",
        en = "not the one who holds the bid files"
    )]
    NotTheCustodian(String),
    /// No key is taken now.
    #[error(
        code = 248,
        zh = "不在解密时限内",
        en = "not within the time for decryption",
        law = "电子招标投标办法 第三十条"
    )]
    WindowClosed(String),
    /// A fault that the record does not bear out.
    #[error(
        code = 249,
        zh = "解密情况与记录不符",
        en = "the record does not bear out how the decryption went",
        law = "电子招标投标办法 第三十一条"
    )]
    FaultUntrue(String),

    /// The list is not what was declared.
    #[error(
        code = 250,
        zh = "专家名单与所声明的摘要或长度不符",
        en = "the list of experts is not the one declared",
        law = "招标投标法 第三十七条；招标投标法实施条例 第四十六条"
    )]
    ListDiffers(String),
    /// A draw is in force.
    #[error(
        code = 251,
        zh = "已有有效抽取，不得重抽",
        en = "a draw is in force: there is no second draw",
        law = "招标投标法实施条例 第四十六条"
    )]
    DrawInForce(String),
    /// No draw, or not at that point.
    #[error(
        code = 252,
        zh = "没有可办理的专家抽取",
        en = "there is no draw at this point",
        law = "招标投标法 第三十七条"
    )]
    NoDraw(String),
    /// A draw too long before the evaluation, or after it.
    #[error(
        code = 269,
        zh = "抽取专家的时间不符合规定",
        en = "experts are not to be drawn at this time",
        law = "政府采购评审专家管理办法（财库〔2016〕198号）第十五条"
    )]
    TooEarly(String),
    /// A contribution that is not what it should be, or not yet.
    #[error(
        code = 268,
        zh = "监督部门的随机贡献不符或尚未公开",
        en = "the supervising department's contribution is not right, or not shown yet",
        law = "招标投标法实施条例 第四十六条"
    )]
    Contribution(String),
    /// Only the chain calls this.
    #[error(
        code = 253,
        zh = "只有链自身可以送达随机数",
        en = "only the chain itself delivers a release"
    )]
    NotTheChain,
    /// Not a member.
    #[error(
        code = 254,
        zh = "该序号不是现任成员",
        en = "this index is no member now",
        law = "招标投标法实施条例 第四十六条、第四十八条"
    )]
    NotAMember(String),
    /// Nobody is left.
    #[error(
        code = 255,
        zh = "名单已用尽，须作废后以新名单抽取",
        en = "the list is exhausted: void the draw and freeze a new list",
        law = "招标投标法实施条例 第四十六条"
    )]
    ListExhausted(String),
    /// Not one who may void a draw.
    #[error(
        code = 256,
        zh = "不是作废抽取的批准单位，或已表示同意",
        en = "not one who may approve voiding, or has approved already"
    )]
    NotAnApprover(String),

    /// The bids were not compared with what was opened.
    #[error(
        code = 260,
        zh = "评标文件一致性核对未完成",
        en = "the check of the files evaluated is not complete",
        law = "招标投标法 第四十条"
    )]
    NotChecked(String),
    /// A candidate's file was changed.
    #[error(
        code = 261,
        zh = "该投标人的文件前后不一致",
        en = "this bidder's files are not the same throughout",
        law = "招标投标法 第三十六条、第四十条"
    )]
    Inconsistent(String),
    /// Not up to three different candidates among the bids opened.
    #[error(
        code = 262,
        zh = "中标候选人应为一至三名且为已开标投标人",
        en = "candidates are one to three different bidders whose bids were opened",
        law = "招标投标法实施条例 第五十三条"
    )]
    BadCandidates(String),
    /// The publicity of the candidates is not over.
    #[error(
        code = 263,
        zh = "中标候选人公示期未满",
        en = "the candidates' publicity is not over",
        law = "招标投标法实施条例 第五十四条"
    )]
    PublicityTooShort(String),
    /// An award outside the candidates.
    #[error(
        code = 264,
        zh = "不得在中标候选人以外确定中标人",
        en = "no award outside the candidates",
        law = "招标投标法 第五十七条"
    )]
    AwardOutside(String),
    /// The first candidate was passed over without a reason.
    #[error(
        code = 265,
        zh = "应当确定排名第一的中标候选人为中标人",
        en = "the first candidate wins, unless a lawful reason is given",
        law = "招标投标法实施条例 第五十五条"
    )]
    FirstCandidate(String),
    /// Above the ceiling.
    #[error(
        code = 266,
        zh = "中标价高于最高投标限价",
        en = "the award is above the price ceiling",
        law = "招标投标法实施条例 第二十七条、第五十一条"
    )]
    AboveCeiling(String),
    /// A ground that the record does not bear out.
    #[error(
        code = 267,
        zh = "终止理由与记录不符",
        en = "the record does not bear out this ground",
        law = "招标投标法 第二十八条、第四十二条"
    )]
    GroundUntrue(String),
}
