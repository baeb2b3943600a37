//! One command for operators, auditors, authors and bidders.
fn main() {}
