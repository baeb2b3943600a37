//! Keep blocks, state and log, and hand out proofs.
