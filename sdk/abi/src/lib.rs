//! Fix what a contract may ask of its host.
