//! Check a ceremony, held on the chain or by files.
//!
//! What a member may say in a phase is the same wherever it says it: as a transaction, or in a file that is carried to the
//! others. The rules of that stand in [`check_deal`] and its neighbours; execution and the transcript both go by them.
//!
//! By files the members hold round 0 before the chain begins. Each says its part in a [`MemberFile`], signed with its
//! validator key for this [`Setting`]. All parts together are the [`Transcript`], from which anybody computes the group
//! ([`Transcript::judge`]); it becomes the state with which the chain begins. Everything in it is what a ceremony on the
//! chain would have made public too.
//!
//! ```text
//! setting = SHA-256("YILIAN/ceremony-file/v1" ‖ 0x00 ‖ canonical JSON of {"chain_id","members","round"})
//! signed  = "YILIAN/ceremony-file/v1" ‖ 0x00 ‖ part(setting) ‖ part(phase) ‖ part(canonical JSON of the message)
//! part(x) = length of x as 4 bytes, most significant first ‖ x
//! ```
//!
//! This crate knows no secret; what a member makes of its own is in `yilian-release-holder`.

mod check;
mod error;
mod file;
mod judge;
mod round;
mod signed;
mod transcript;

pub use check::{
    MessageError, SEALED_SHARE_BYTES, check_acknowledge, check_announce, check_deal, check_log,
    decode,
};
pub use error::JudgementError;
pub use file::{FILE_BYTES_MAX, FileError, MemberFile};
pub use judge::{ABSENT, Held, Unacknowledged};
pub use round::{begin, group_of, parameters_of};
pub use signed::{Message, Setting, Signed};
pub use transcript::{TRANSCRIPT_BYTES_MAX, Transcript, TranscriptError};
