//! Hold transactions until a block takes them.
