//! Answer over HTTP.
//!
//! Versioned REST with JSON, problems after RFC 9457, events as a stream (SSE). The description is `openapi.json`, served
//! at `/v1/openapi.json`. The node stands behind one trait, [`backend::Backend`]; everything read from it is read on
//! blocking threads, and nothing a client sends can do more than be refused.

pub mod backend;

mod app;
mod base64;
mod blocks;
mod body;
mod contracts;
mod door;
mod events;
mod evidence;
mod guard;
mod health;
mod language;
mod limits;
mod metrics;
mod openapi;
mod params;
mod problem;
mod proofs;
mod records;
mod routes;
mod serve;
mod status;
mod tlog;
mod transactions;
mod views;
mod views_tx;
mod waiters;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use limits::CONNECTIONS_MAX;
pub use problem::ApiCode;
pub use serve::serve;
