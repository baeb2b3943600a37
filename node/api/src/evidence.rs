//! Evidence bundles: proofs that a stranger checks, alone, years later.

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use yilian_primitives::TxId;
use yilian_verify::Question;
use yilian_verify::bundle::{BUNDLE_MEDIA_TYPE, EXTENSIONS_MAX};

use crate::app::App;
use crate::backend::Evidence;
use crate::body;
use crate::limits::{CLAIMS_MAX, QUESTION_BODY_BYTES_MAX};
use crate::params::{Params, Segment};
use crate::problem::{ApiCode, Problem};
use crate::status::None as NoParams;
use crate::transactions::not_kept;

/// The record of a transaction.
pub(crate) async fn of_transaction(
    State(app): State<App>,
    Segment(id): Segment<TxId>,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Response, Problem> {
    match app.compute(move |backend| backend.evidence_of(&id)).await? {
        Err(reason) => {
            let unknown = || Problem::not_found(reason);
            Err(not_kept(&app, id).await?.unwrap_or_else(unknown))
        }
        proven => file(proven),
    }
}

/// The record at a place of the log: the chain's own calls, such as the release of a draw, have no transaction.
pub(crate) async fn at_place(
    State(app): State<App>,
    Segment(index): Segment<u64>,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Response, Problem> {
    let evidence = app
        .compute(move |backend| backend.evidence(&Question::of_record(index)))
        .await?;
    file(evidence)
}

/// Any claims.
pub(crate) async fn question(
    State(app): State<App>,
    Params(NoParams {}): Params<NoParams>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let received = body::read(&app, &headers, body, QUESTION_BODY_BYTES_MAX).await?;
    let question: Question = serde_json::from_slice(&received.bytes)
        .map_err(|error| Problem::new(ApiCode::BadBody, format!("not a question: {error}")))?;
    let count = question.claims.len();
    if count == 0 || count > CLAIMS_MAX {
        let detail = format!("claims: expected 1 to {CLAIMS_MAX}, got {count}");
        return Err(Problem::new(ApiCode::BadBody, detail));
    }
    let sizes = question.consistent_with.len();
    if sizes > EXTENSIONS_MAX {
        let detail = format!("consistent_with: expected at most {EXTENSIONS_MAX}, got {sizes}");
        return Err(Problem::new(ApiCode::BadBody, detail));
    }
    let evidence = app
        .compute(move |backend| backend.evidence(&question))
        .await?;
    file(evidence)
}

fn file(evidence: Evidence) -> Result<Response, Problem> {
    match evidence {
        Ok(bytes) => Ok(([(CONTENT_TYPE, BUNDLE_MEDIA_TYPE)], bytes).into_response()),
        Err(missing) => Err(Problem::not_found(missing)),
    }
}
