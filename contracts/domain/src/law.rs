//! Articles of law by name, so that no contract spells one in its own way.
//!
//! Texts in force: 招标投标法 (2017), 招标投标法实施条例 (2019), 民法典 (2020), 电子签名法 (2019). 电子招标投标办法 is
//! order 20 of 2013.

/// Confidential before the deadline: names and number of those who may bid.
pub const SECRECY: &str = "招标投标法 第二十二条";
/// Changes that may affect bids: 15 days before the deadline, or the deadline moves.
pub const AMENDMENT: &str = "招标投标法 第二十三条；招标投标法实施条例 第二十一条";
/// Twenty days from the issue of the documents to the deadline.
pub const NOTICE_PERIOD: &str = "招标投标法 第二十四条";
/// Bids after the deadline are refused; fewer than three bidders: tender again.
pub const DELIVERY: &str = "招标投标法 第二十八条";
/// Late bids must be refused.
pub const LATE_BID: &str = "招标投标法 第二十八条；招标投标法实施条例 第三十六条";
/// Replacing and withdrawing until the deadline.
pub const WITHDRAWAL: &str = "招标投标法 第二十九条；招标投标法实施条例 第三十五条";
/// Opening at the deadline.
pub const OPENING_TIME: &str = "招标投标法 第三十四条";
/// All bids received in time are opened and read out.
pub const OPENING: &str = "招标投标法 第三十六条";
/// Fewer than three bidders: not opened.
pub const TOO_FEW: &str = "招标投标法 第二十八条；招标投标法实施条例 第四十四条";
/// Shape of the committee, random draw, recusal, secrecy of its list.
pub const COMMITTEE: &str = "招标投标法 第三十七条";
/// Random draw; nobody designates.
pub const RANDOM_DRAW: &str = "招标投标法 第三十七条；招标投标法实施条例 第四十六条";
/// Replacing a committee's member.
pub const REPLACEMENT: &str = "招标投标法实施条例 第四十六条、第四十八条";
/// One bidder, two bids.
pub const ONE_BID: &str = "招标投标法实施条例 第五十一条";
/// Evaluation by the documents alone.
pub const EVALUATION: &str = "招标投标法 第四十条；招标投标法实施条例 第四十九条";
/// All bids rejected: tender again.
pub const ALL_REJECTED: &str = "招标投标法 第四十二条";
/// At most three candidates, in order.
pub const CANDIDATES: &str = "招标投标法实施条例 第五十三条";
/// Candidates are published for at least three days.
pub const PUBLICITY: &str = "招标投标法实施条例 第五十四条";
/// The first candidate wins, save for listed reasons.
pub const FIRST_CANDIDATE: &str = "招标投标法实施条例 第五十五条";
/// An award outside the candidates is void.
pub const AWARD_OUTSIDE: &str = "招标投标法 第五十七条";
/// Ending a tender.
pub const TERMINATION: &str = "招标投标法实施条例 第三十一条";
/// How periods are counted.
pub const PERIODS: &str = "民法典 第二百零一条、第二百零三条";
/// Documents are sold or given out for at least five days; procurement: five working days.
pub const OFFER: &str = "招标投标法实施条例 第十六条";
/// As above, for government procurement.
pub const OFFER_PROCUREMENT: &str = "政府采购法实施条例 第三十一条";
/// Twenty days from the issue of the documents to the deadline, for government procurement.
pub const NOTICE_PROCUREMENT: &str = "政府采购法 第三十五条";
/// Changes of procurement documents: 15 days before the deadline.
pub const AMENDMENT_PROCUREMENT: &str = "政府采购法实施条例 第三十一条";
/// Five days from the end of the sale of prequalification documents to their submission.
pub const PREQUALIFICATION: &str = "招标投标法实施条例 第十七条";
/// Five working days for prequalification, for government procurement.
pub const PREQUALIFICATION_PROCUREMENT: &str = "政府采购法实施条例 第二十一条";
/// The result is published for one working day.
pub const PUBLICITY_PROCUREMENT: &str =
    "政府采购货物和服务招标投标管理办法（财政部令第87号）第六十九条";
/// Experts are drawn not earlier than two working days before the evaluation.
pub const DRAW_PROCUREMENT: &str = "政府采购评审专家管理办法（财库〔2016〕198号）第十五条";
/// A supervising department may order a pause.
pub const SUSPENSION: &str = "招标投标法实施条例 第六十二条";
/// When an electronic message counts as received.
pub const RECEIPT: &str = "电子签名法 第十一条";
/// Decryption that fails: whose fault decides.
pub const DECRYPTION: &str = "电子招标投标办法 第三十一条";
/// Electronic files are kept as they were.
pub const KEEPING: &str = "电子签名法 第五条、第六条；电子招标投标办法 第四十条";
