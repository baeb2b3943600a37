//! Feed decoders what nobody wrote.

pub mod targets;
