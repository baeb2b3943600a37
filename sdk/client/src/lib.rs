//! Talk to a node and believe nothing unproven.
