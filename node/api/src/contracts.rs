//! Contracts: what is deployed, its interface and code, and questions to it.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use yilian_crypto::Digest;
use yilian_primitives::json::parse_strict;

use crate::app::App;
use crate::backend::{Contract, QueryResult};
use crate::body;
use crate::limits::QUERY_BODY_BYTES_MAX;
use crate::params::{Name, Params, Segment};
use crate::problem::{ApiCode, Problem};
use crate::status::None as NoParams;

#[derive(Serialize)]
pub(crate) struct Contracts {
    contracts: Vec<Contract>,
}

pub(crate) async fn list(
    State(app): State<App>,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Json<Contracts>, Problem> {
    let contracts = app.read(|backend| backend.contracts()).await?;
    Ok(Json(Contracts { contracts }))
}

fn unknown(name: &str) -> Problem {
    Problem::not_found(format!("no contract is deployed under the name {name:?}"))
}

pub(crate) async fn contract(
    State(app): State<App>,
    Segment(Name(name)): Segment<Name>,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Json<Contract>, Problem> {
    let asked = name.clone();
    let contract = app.read(move |backend| backend.contract(&asked)).await?;
    contract.map(Json).ok_or_else(|| unknown(&name))
}

pub(crate) async fn interface(
    State(app): State<App>,
    Segment(Name(name)): Segment<Name>,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Response, Problem> {
    let asked = name.clone();
    let interface = app.read(move |backend| backend.interface(&asked)).await?;
    let json = interface.ok_or_else(|| unknown(&name))?;
    Ok(([(CONTENT_TYPE, "application/json")], json).into_response())
}

/// Code never changes under its hash.
pub(crate) async fn code(
    State(app): State<App>,
    Segment(hash): Segment<Digest>,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Response, Problem> {
    let code = app.read(move |backend| backend.code(&hash)).await?;
    let missing = || Problem::not_found(format!("no code {hash} was ever deployed"));
    let headers = [
        (CONTENT_TYPE, "application/wasm".to_owned()),
        (
            CACHE_CONTROL,
            "public, max-age=31536000, immutable".to_owned(),
        ),
        (ETAG, format!("\"{hash}\"")),
    ];
    Ok((headers, code.ok_or_else(missing)?).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    method: String,
    args: Value,
}

fn bad_body(detail: impl core::fmt::Display) -> Problem {
    Problem::new(
        ApiCode::BadBody,
        format!("expected {{\"method\",\"args\"}}: {detail}"),
    )
}

impl Question {
    fn parse(bytes: &[u8]) -> Result<Self, Problem> {
        let value = parse_strict(bytes).map_err(bad_body)?;
        let question: Question = serde_json::from_value(value).map_err(bad_body)?;
        let Name(_) = question
            .method
            .parse()
            .map_err(|e| bad_body(format!("method: {e}")))?;
        if !question.args.is_object() {
            return Err(bad_body("args: expected a JSON object"));
        }
        Ok(question)
    }
}

/// Asks a view of a contract. Nothing is signed and nothing is recorded.
pub(crate) async fn query(
    State(app): State<App>,
    Segment(Name(name)): Segment<Name>,
    Params(NoParams {}): Params<NoParams>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<QueryResult>, Problem> {
    let received = body::read(&app, &headers, body, QUERY_BODY_BYTES_MAX).await?;
    let question = Question::parse(&received.bytes)?;
    let asked = app.compute(move |backend| backend.query(&name, &question.method, &question.args));
    asked.await.map(Json)
}
