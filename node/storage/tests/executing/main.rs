//! What blocks do on a real database: releases and scheduled calls, block by block.

#[path = "../certify/mod.rs"]
mod certify;
mod committee;
mod membership;
mod releases;
mod schedule;
