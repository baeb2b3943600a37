//! Stories on real processes: four validators, killed and fed bad input. One file per story, named as the story.
//!
//! The programs must have been built before (`scripts/test` does it): `yiliand`, `yilian`, the contracts, and
//! `yiliand-faulty`, a validator built to compute a wrong root.

mod a_bid_that_was_swapped_is_found;
mod a_censored_bid_is_in_time_by_its_acknowledgements;
mod a_centre_begins_from_a_proven_snapshot;
mod a_centre_that_crashed_in_the_ceremony_gets_its_share_back;
mod a_certificate_verifies_with_a_foreign_tool;
mod a_copied_validator_is_silent_beside_its_original;
mod a_damaged_log_of_votes_is_not_forgotten;
mod a_dead_validator_is_replaced;
mod a_draw_is_run_again_outside_the_chain;
mod a_draw_needs_a_quorum_of_shares;
mod a_flood_delays_nobody_else;
mod a_fork_is_found_by_whoever_followed_the_log;
mod a_full_disk_stops_a_node;
mod a_killed_validator_catches_up;
mod a_late_bid_is_refused;
mod a_node_keeps_the_bodies_of_its_window;
mod a_node_refuses_what_is_not_its_own;
mod a_restored_validator_signs_nothing_twice;
mod a_seed_gives_the_same_draw_on_every_engine;
mod a_slow_disk_delays_nobody_else;
mod a_validator_that_talks_nonsense_harms_nobody;
mod a_verdict_that_all_falsified_is_found;
mod a_wrong_clock_acknowledges_nothing;
mod a_wrong_executor_is_outvoted_and_stops;
mod acknowledgements_need_no_blocks;
mod all_centres_come_back_from_backups;
mod all_four_agree_at_every_height;
mod an_observer_cannot_count_the_bids;
mod bad_backups_are_refused;
mod bad_contracts_do_no_harm;
mod bad_input_does_no_harm;
mod centres_make_their_key_before_the_chain;
mod data_of_an_earlier_release_is_opened;
mod evidence_outlives_its_network;
mod four_centres_become_seven_while_a_draw_waits;
mod lots_are_drawn_by_the_chain;
mod no_truncated_database_is_used;
mod nobody_opens_a_sealed_bid_early;
mod nothing_accepted_is_lost_when_all_are_killed;
mod standard_monitors_follow_the_log;
mod the_supervisor_adds_to_a_seed;
mod too_few_bids_fail_the_tender;
mod too_few_open_files_are_raised_or_refused;
mod two_dead_validators_halt_the_chain;
