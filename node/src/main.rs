//! Wire the parts of a validator, start it, stop it.
fn main() {}
