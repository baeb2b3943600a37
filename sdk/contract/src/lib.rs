//! Write a rule or a ledger in Rust.
