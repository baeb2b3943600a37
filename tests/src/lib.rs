//! Show on real processes that the promises hold.

#[allow(
    missing_docs,
    unreachable_pub,
    clippy::new_without_default,
    reason = "helpers of tests: their names say what they do, and the tests are their readers"
)]
pub mod deposits;
#[allow(
    missing_docs,
    unreachable_pub,
    clippy::new_without_default,
    reason = "helpers of stories: their names say what they do, and the stories are their readers"
)]
pub mod harness;
