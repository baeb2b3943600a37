//! The log and its proofs, and proofs of state.

use axum::Json;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use yilian_abi::state_key;

use crate::app::App;
use crate::backend::{Consistency, Inclusion};
use crate::limits::STATE_KEY_BYTES_MAX;
use crate::params::{Name, Params, Segment};
use crate::problem::Problem;
use crate::status::None as NoParams;
use crate::views::{LeafView, StateProofView};

pub(crate) async fn leaf(
    State(app): State<App>,
    Segment(index): Segment<u64>,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Json<LeafView>, Problem> {
    let leaf = app.read(move |backend| backend.log_leaf(index)).await?;
    let missing = || Problem::not_found(format!("the log has no leaf {index} yet"));
    leaf.map(|leaf| Json(LeafView::new(index, leaf)))
        .ok_or_else(missing)
}

/// A COSE receipt (RFC 9942) of a leaf.
pub(crate) async fn receipt(
    State(app): State<App>,
    Segment(index): Segment<u64>,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Response, Problem> {
    let receipt = app
        .compute(move |backend| backend.cose_receipt(index))
        .await?;
    let missing = || Problem::not_found(format!("the log has no leaf {index} yet"));
    let kind = [(CONTENT_TYPE, yilian_cose_receipt::MEDIA_TYPE)];
    Ok((kind, receipt.ok_or_else(missing)?).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct InclusionParams {
    index: u64,
    /// Leaves in the tree; the log's size at the tip without it.
    size: Option<u64>,
}

pub(crate) async fn inclusion(
    State(app): State<App>,
    Params(params): Params<InclusionParams>,
) -> Result<Json<Inclusion>, Problem> {
    let InclusionParams { index, size } = params;
    let proof = app.compute(move |backend| {
        let size = size.map_or_else(|| backend.log_size(), Ok)?;
        backend.inclusion(index, size)
    });
    let missing = || {
        let detail = "expected index < size, and size at most the size of the log";
        Problem::bad_parameter(detail)
    };
    proof.await?.map(Json).ok_or_else(missing)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConsistencyParams {
    old: u64,
    /// Leaves in the newer tree; the log's size at the tip without it.
    new: Option<u64>,
}

pub(crate) async fn consistency(
    State(app): State<App>,
    Params(params): Params<ConsistencyParams>,
) -> Result<Json<Consistency>, Problem> {
    let ConsistencyParams { old, new } = params;
    let proof = app.compute(move |backend| {
        let new = new.map_or_else(|| backend.log_size(), Ok)?;
        backend.consistency(old, new)
    });
    let missing = || {
        let detail = "expected 0 < old <= new, and new at most the size of the log";
        Problem::bad_parameter(detail)
    };
    proof.await?.map(Json).ok_or_else(missing)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StateParams {
    contract: String,
    /// The contract's key as text.
    key: String,
}

pub(crate) async fn state(
    State(app): State<App>,
    Params(params): Params<StateParams>,
) -> Result<Json<StateProofView>, Problem> {
    let contract: Name = params
        .contract
        .parse()
        .map_err(|error| Problem::bad_parameter(format!("contract: {error}")))?;
    let key = params.key.into_bytes();
    if key.is_empty() || key.len() > STATE_KEY_BYTES_MAX {
        let detail = format!(
            "key of {} bytes: expected 1 to {STATE_KEY_BYTES_MAX}",
            key.len()
        );
        return Err(Problem::bad_parameter(detail));
    }
    if key.first() == Some(&state_key::INDEX) {
        let detail = "key: expected one without '~' at its head; the state tree holds no index";
        return Err(Problem::bad_parameter(detail));
    }
    let proof = app
        .compute(move |backend| backend.state_proof(&contract.0, &key))
        .await?;
    let missing = || Problem::not_found("no block is decided yet, so nothing is certified");
    proof.map(|proof| Json(proof.into())).ok_or_else(missing)
}
