//! Do a share holder's part in a ceremony.
//!
//! A validator has its key and one [`Secret`]. From them, and from what the others said, follows everything that it says
//! itself: whoever calls again with the same gets the same bytes. So a node that stopped, and a centre that carries files
//! about, do a step over without harm. The node reads what the others said from the chain's state, the command line from
//! their files; neither is known here.

mod holder;
mod secret;

pub use holder::{Acknowledged, Holder, HolderError};
pub use secret::{Secret, SecretError};
