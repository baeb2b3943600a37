use domain::Bilingual;
use yilian_contract::testing::TestChain;
use yilian_contract::{Refusal, json};

use crate::*;

/// 国务院办公厅关于2025年、2026年部分节假日安排的通知, as a chain's genesis or governance sets them.
const YEARS: [&str; 2] = [
    include_str!("../years/2025.json"),
    include_str!("../years/2026.json"),
];

fn chain() -> TestChain {
    let chain = TestChain::new();
    chain.deploy_ledger(Calendar);
    for text in YEARS {
        let year: SetYear = json::from_slice(text.as_bytes()).unwrap();
        let set: YearSet = chain.call("calendar", "set_year", &year).unwrap();
        assert_eq!(set.version, 1);
    }
    chain
}

fn days(chain: &TestChain, first_day: &str, days: u32) -> Result<deadline::Calendar, Refusal> {
    let args = AskDays {
        first_day: first_day.to_owned(),
        days,
    };
    chain.view("calendar", "days", &args)
}

#[test]
fn the_spring_festival_of_2026_is_off_and_its_two_saturdays_are_worked() {
    let span = days(&chain(), "2026-02-13", 17).unwrap();
    // Friday; Saturday worked; nine days off; four working days; Saturday worked; Sunday.
    assert_eq!(span.days, "11000000000111110");
    assert!(span.source.starts_with("2026/1："), "{}", span.source);
}

#[test]
fn a_span_goes_over_the_turn_of_the_year() {
    let span = days(&chain(), "2025-12-31", 5).unwrap();
    // New Year's Day to Saturday off, Sunday the fourth worked.
    assert_eq!(span.days, "10001");
    assert!(span.source.contains("2025/1：") && span.source.contains("2026/1："));
}

#[test]
fn a_year_that_was_not_set_is_not_guessed() {
    let refusal = days(&chain(), "2026-12-30", 5).unwrap_err();
    assert_eq!((refusal.code, &*refusal.detail), (302, "2027"));
    assert_eq!(days(&chain(), "2026-02-30", 1).unwrap_err().code, 303);
    assert_eq!(days(&chain(), "2026-02-01", 0).unwrap_err().code, 303);
    assert_eq!(days(&chain(), "2026-02-01", 801).unwrap_err().code, 303);
}

#[test]
fn a_changed_year_is_a_new_version_and_the_old_one_stays() {
    let chain = chain();
    let mut year: SetYear = json::from_slice(YEARS[1].as_bytes()).unwrap();
    year.worked.retain(|day| day != "2026-02-14");
    let set: YearSet = chain.call("calendar", "set_year", &year).unwrap();
    assert_eq!(set.version, 2);
    assert_eq!(days(&chain, "2026-02-14", 1).unwrap().days, "0");
    let of = |version| AskYear {
        year: 2026,
        version,
    };
    let old: YearView = chain.view("calendar", "year", &of(Some(1))).unwrap();
    let new: YearView = chain.view("calendar", "year", &of(None)).unwrap();
    assert_eq!((old.year.version, new.year.version), (1, 2));
    assert_eq!((old.days.len(), &old.days[44..45]), (365, "1"));
}

#[test]
fn an_arrangement_that_cannot_be_is_refused() {
    let chain = chain();
    let refused = |change: fn(&mut SetYear)| {
        let mut year: SetYear = json::from_slice(YEARS[1].as_bytes()).unwrap();
        change(&mut year);
        let result: Result<YearSet, Refusal> = chain.call("calendar", "set_year", &year);
        result.unwrap_err().code
    };
    assert_eq!(refused(|one| one.year = 2027), 301);
    assert_eq!(refused(|one| one.notice.clear()), 301);
    assert_eq!(refused(|one| one.holidays.clear()), 301);
    assert_eq!(refused(|one| one.holidays.swap(0, 1)), 301);
    assert_eq!(refused(|one| one.worked[0] = "2026-01-05".to_owned()), 301);
    assert_eq!(
        refused(|one| one.worked.insert(1, "2026-02-21".to_owned())),
        301
    );
    assert_eq!(
        refused(|one| one.holidays[0].name = Bilingual::new("元旦", "")),
        301
    );
}
