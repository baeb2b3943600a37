//! What blocks do on a real database: releases and scheduled calls, block by block, and what a crash
//! leaves of them.

#[path = "../certify/mod.rs"]
mod certify;
mod committee;
mod index;
mod membership;
mod releases;
mod schedule;
mod torn;
