//! Name what all contracts of public-resource trading speak of.
//!
//! Identifiers with their check characters, statutory time at UTC+8, money in fen, texts in two languages, and the
//! articles of law by name. Plain functions: no state, no clock.

mod encoding;
mod hex32;
pub mod law;
mod money;
mod release;
mod text;
mod time;
mod unified_code;
mod uscc;

pub use encoding::Encoding;
pub use hex32::Hex32;
pub use money::Fen;
pub use release::release_seed;
pub use text::Bilingual;
pub use time::{
    DAY_MS, TIME_MAX_MS, beijing_date, beijing_day_start, beijing_text, date_text, parse_date,
};
pub use unified_code::{CodeError, UnifiedCode};
pub use uscc::{OrganisationCode, check_organisation_code};
