//! What blocks do on a real database: releases and scheduled calls, block by block, and what a crash
//! leaves of them, also on a database that was begun from a snapshot.

mod carried;
#[path = "../certify/mod.rs"]
mod certify;
mod committee;
mod doctored;
mod index;
mod membership;
mod pruned;
mod raised;
mod releases;
mod schedule;
mod torn;
