//! Show on real processes that the promises hold.
