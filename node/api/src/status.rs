//! Where the node stands, and of which chain.

use axum::Json;
use axum::extract::State;
use serde_json::Value;

use crate::app::App;
use crate::backend::Status;
use crate::params::Params;
use crate::problem::Problem;

/// No parameters: any is refused, so that a misspelt one is noticed.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct None {}

pub(crate) async fn status(
    State(app): State<App>,
    Params(None {}): Params<None>,
) -> Result<Json<Status>, Problem> {
    app.read(|backend| backend.status()).await.map(Json)
}

pub(crate) async fn network(
    State(app): State<App>,
    Params(None {}): Params<None>,
) -> Result<Json<Value>, Problem> {
    app.read(|backend| backend.network()).await.map(Json)
}

pub(crate) async fn releases(
    State(app): State<App>,
    Params(None {}): Params<None>,
) -> Result<Json<Value>, Problem> {
    app.read(|backend| backend.releases()).await.map(Json)
}

pub(crate) async fn validators(
    State(app): State<App>,
    Params(None {}): Params<None>,
) -> Result<Json<Value>, Problem> {
    app.read(|backend| backend.validators()).await.map(Json)
}
