//! Derive a contract's exports and interface.
