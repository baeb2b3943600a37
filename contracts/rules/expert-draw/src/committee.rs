//! 招标投标法 第三十七条: the committee's shape.

use domain::{Bilingual, law};

use crate::types::{Committee, CommitteeJudgement};

/// Least number of members that the law allows.
const MEMBERS_MIN: u64 = 5;

/// 招标投标法 第三十七条: 成员人数为五人以上单数，其中技术、经济等方面的专家不得少于成员总数的三分之二。
pub(crate) fn judge(input: &Committee) -> CommitteeJudgement {
    let experts = u64::from(input.experts);
    let owners = u64::from(input.owner_representatives);
    let members = experts + owners;
    let least = MEMBERS_MIN.max(u64::from(input.committee_min));
    let most_owners = input.owner_representatives_max.map_or(owners, u64::from);
    let (lawful, zh, en) = if members < least {
        (
            false,
            format!("成员{members}人，不得少于{least}人"),
            format!("{members} members: at least {least}"),
        )
    } else if members.is_multiple_of(2) {
        (
            false,
            format!("成员{members}人，应为单数"),
            format!("{members} members: the number must be odd"),
        )
    } else if 3 * experts < 2 * members {
        (
            false,
            format!("专家{experts}人，不足成员{members}人的三分之二"),
            format!("{experts} experts are less than two thirds of {members} members"),
        )
    } else if owners > most_owners {
        (
            false,
            format!("招标人代表{owners}人，不得超过{most_owners}人"),
            format!("{owners} of the tenderer's own: at most {most_owners}"),
        )
    } else {
        (
            true,
            format!("成员{members}人，其中专家{experts}人"),
            format!("{members} members, {experts} of them experts"),
        )
    };
    CommitteeJudgement {
        lawful,
        // More members than a u32 counts are refused by the seats' own bound before.
        members: u32::try_from(members).unwrap_or(u32::MAX),
        reason: Bilingual { zh, en },
        law: law::COMMITTEE.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(experts: u32, owners: u32, least: u32, most_owners: Option<u32>) -> bool {
        let input = Committee {
            experts,
            owner_representatives: owners,
            owner_representatives_max: most_owners,
            committee_min: least,
        };
        judge(&input).lawful
    }

    #[test]
    fn lawful_shapes_are_exactly_those_of_article_37() {
        for experts in 0..40 {
            for owners in 0..40 {
                let members = experts + owners;
                let lawful = members >= 5 && members % 2 == 1 && 3 * experts >= 2 * members;
                assert_eq!(
                    shape(experts, owners, 5, None),
                    lawful,
                    "{experts} + {owners}"
                );
            }
        }
    }

    #[test]
    fn a_profile_may_ask_for_more_but_not_for_less() {
        assert!(!shape(5, 0, 7, None) && shape(7, 0, 7, None));
        assert!(!shape(3, 0, 3, None));
    }

    #[test]
    fn a_region_may_cap_the_tenderers_own() {
        assert!(shape(6, 3, 5, None));
        assert!(!shape(6, 3, 5, Some(2)) && shape(7, 2, 5, Some(2)));
    }

    #[test]
    fn huge_numbers_do_not_overflow() {
        assert!(!shape(u32::MAX, u32::MAX, 5, None));
    }

    #[test]
    fn the_reason_says_what_is_wrong() {
        let input = Committee {
            experts: 4,
            owner_representatives: 3,
            owner_representatives_max: None,
            committee_min: 5,
        };
        let judgement = judge(&input);
        assert_eq!(judgement.reason.zh, "专家4人，不足成员7人的三分之二");
        assert_eq!(judgement.law, "招标投标法 第三十七条");
    }
}
