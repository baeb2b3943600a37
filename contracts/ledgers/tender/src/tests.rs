//! The life of tenders on a test chain, step by step and refusal by refusal.

mod awarding;
mod contributing;
mod decrypting;
mod drawing;
mod following;
mod naming;
mod opening;
mod periods;
mod preparing;
mod sealing;
mod story;
mod suspending;
