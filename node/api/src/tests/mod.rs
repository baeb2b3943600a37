//! The interface as its clients see it: over a real connection.

mod description;
mod events;
mod hostile;
mod routes;
mod transactions;
mod trouble;
