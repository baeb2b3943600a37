//! Prove that a record is in the log or a value in the state.
