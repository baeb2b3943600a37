//! For tests: a chain in memory behind a real listener.

mod node;
mod site;

pub(crate) use node::{envelope, key, transaction};
pub(crate) use site::{Answer, Site, request};
