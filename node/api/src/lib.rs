//! Answer over HTTP.
