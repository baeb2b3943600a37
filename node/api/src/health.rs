//! For those who run the node: alive, ready, measured.

use axum::Json;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use yilian_primitives::{Refusal, RefusalCode};

use crate::app::App;
use crate::problem::Problem;

/// The process answers. Whether it follows the chain is what `/readyz` says.
pub(crate) async fn alive() -> Json<Value> {
    Json(json!({ "status": "alive" }))
}

pub(crate) async fn ready(State(app): State<App>) -> Result<Json<Value>, Problem> {
    if app.read(|backend| Ok(backend.ready())).await? {
        return Ok(Json(json!({ "status": "ready" })));
    }
    let detail = "the node is behind the chain or has too few peers; see /v1/status";
    Err(Refusal::new(RefusalCode::NotReady, detail).into())
}

pub(crate) async fn metrics(State(app): State<App>) -> Result<Response, Problem> {
    let node = app.read(|backend| Ok(backend.metrics())).await?;
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(CONTENT_TYPE, kind)], app.metrics.text(&node)).into_response())
}
