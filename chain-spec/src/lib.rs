//! Describe a chain: its genesis, centres and parameters.
