//! The supervising department adds to the seed.

use super::story::*;
use crate::*;
use domain::{Hex32, release_seed};

const SUPERVISOR: &str = "11620000MB1234567X";
const VALUE: Hex32 = Hex32([7; 32]);

fn pool() -> CommitPool {
    pool_args(vec![group("A01", 30), group("A02", 20)])
}

fn commit_args(value: &Hex32) -> CommitContribution {
    CommitContribution {
        tender: TENDER.to_owned(),
        commitment: contribution_commitment(TENDER, value),
    }
}

fn reveal_args(value: Hex32) -> RevealContribution {
    RevealContribution {
        tender: TENDER.to_owned(),
        value,
    }
}

fn supervisor(story: &Story) -> &Story {
    story.caller(SUPERVISOR, "supervisor")
}

fn committed() -> Story {
    let story = Story::opened();
    supervisor(&story).done("commit_contribution", &commit_args(&VALUE));
    story.pool().done("commit_pool", &pool());
    story
}

#[test]
fn the_seed_follows_from_release_and_contribution() {
    let story = committed();
    supervisor(&story).done("reveal_contribution", &reveal_args(VALUE));
    story.centre().done("draw", &story.start_args());
    story.chain.release([9; 32]);
    let draw = story.draw_record();
    let contribution = draw.contribution.expect("a contribution");
    assert_eq!(contribution.value, Some(VALUE));
    assert_eq!(contribution.organisation, SUPERVISOR);
    let signature = [0xab; 48];
    let seed = release_seed("test", &draw.draw_id, &signature, &VALUE.0);
    assert_eq!(draw.seed, Some(Hex32(seed)));
}

#[test]
fn a_draw_waits_for_the_value_and_goes_on_without_it_when_the_time_is_over() {
    let story = committed();
    assert_eq!(story.centre().code("draw", &story.start_args()), 268);
    let until = story.draw_record().contribution_until_ms.expect("a limit");
    story.pass_to(until - 1);
    assert_eq!(story.centre().code("draw", &story.start_args()), 268);
    story.pass_to(until);
    assert_eq!(
        story.steps().last().map(String::as_str),
        Some("contribution_lapsed")
    );
    story.centre().done("draw", &story.start_args());
    // Too late: what is asked for is frozen.
    assert_eq!(
        supervisor(&story).code("reveal_contribution", &reveal_args(VALUE)),
        252
    );
    story.chain.release([9; 32]);
    let draw = story.draw_record();
    assert_eq!(draw.seed, Some(Hex32([9; 32])));
    assert_eq!(draw.contribution.expect("on record").value, None);
}

#[test]
fn another_value_another_organisation_and_a_second_commitment_are_refused() {
    let story = Story::opened();
    supervisor(&story).done("commit_contribution", &commit_args(&VALUE));
    let other = Hex32([8; 32]);
    let again = supervisor(&story).code("commit_contribution", &commit_args(&other));
    assert_eq!(again, 268);
    // Shown before the list is frozen, its holder would know it.
    let early = supervisor(&story).code("reveal_contribution", &reveal_args(VALUE));
    assert_eq!(early, 252);
    story.pool().done("commit_pool", &pool());
    let wrong = supervisor(&story).code("reveal_contribution", &reveal_args(other));
    assert_eq!(wrong, 268);
    let stranger = story
        .centre()
        .code("reveal_contribution", &reveal_args(VALUE));
    assert_eq!(stranger, 268);
    supervisor(&story).done("reveal_contribution", &reveal_args(VALUE));
}

#[test]
fn nobody_contributes_to_a_list_that_is_frozen() {
    let story = Story::opened();
    story.pool().done("commit_pool", &pool());
    let late = supervisor(&story).code("commit_contribution", &commit_args(&VALUE));
    assert_eq!(late, 251);
    let none = supervisor(&story).code("reveal_contribution", &reveal_args(VALUE));
    assert_eq!(none, 268);
    // Without one nothing is waited for.
    story.centre().done("draw", &story.start_args());
}

#[test]
fn a_suspension_gives_back_what_was_left_of_the_wait() {
    let story = committed();
    let until = story.draw_record().contribution_until_ms.expect("a limit");
    let reason = text();
    let (tender, order) = (TENDER.to_owned(), digest("order"));
    let suspension = Suspend {
        tender: tender.clone(),
        reason: reason.clone(),
        order,
    };
    story.pass_to(until - 1_000);
    supervisor(&story).done("suspend", &suspension);
    story.pass_to(until + domain::DAY_MS);
    let resumed: Resumed = supervisor(&story).call("resume", &Resume { tender, reason });
    let moved = until + resumed.suspended_ms;
    let draw = story.draw_record();
    assert_eq!(draw.contribution_until_ms, Some(moved));
    story.pass_to(moved - 1);
    supervisor(&story).done("reveal_contribution", &reveal_args(VALUE));
}
