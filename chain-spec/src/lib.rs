//! Describe a chain: its genesis, centres and parameters.
//!
//! A chain specification is one TOML file that every centre of a chain holds, and the trust anchor of everybody who
//! checks its evidence. It is read strictly: an unknown field, a value out of its range or a reference to nothing is
//! refused with the line, the field, and what belongs there. Its [`ChainSpec::digest`] stands in every header, so two
//! chains of one name are still two chains.
//!
//! A running chain changes its validators and its organisations by transactions; the specification says how it began.

mod centre;
mod check;
mod codes;
mod error;
mod multiaddr;
mod parameters;
mod parse;
pub mod presets;
mod spec;

pub use centre::check_addresses;
pub use codes::{CodeError, check_division, check_organisation_code};
pub use error::SpecError;
pub use multiaddr::check_multiaddr;
pub use parameters::{Parameters, RELEASE_FUEL, SCHEDULED_FUEL};
pub use parse::parse_permissions;
pub use spec::{
    Centre, CeremonyFile, ChainSpec, Contract, ContractKind, Organisation, Permission, Role,
};

/// Longest specification that is read, in bytes.
pub const SPEC_BYTES_MAX: usize = 1 << 20;
