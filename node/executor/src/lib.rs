//! Turn a block into its outcome.
