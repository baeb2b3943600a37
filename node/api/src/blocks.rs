//! Blocks, headers and their certificates.

use axum::Json;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use yilian_primitives::Height;

use crate::app::App;
use crate::backend::{Backend, Fault, HeaderRecord};
use crate::limits::{BLOCKS_LIMIT_DEFAULT, BLOCKS_LIMIT_MAX};
use crate::params::{Params, Segment};
use crate::problem::Problem;
use crate::status::None as NoParams;
use crate::views::{BlockView, HeaderEntry, HeaderView};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListParams {
    /// Lowest height; without it the last blocks are listed.
    from: Option<Height>,
    limit: Option<u64>,
}

/// A page of headers, heights rising. All of it is of one tip, so pages agree.
#[derive(Serialize)]
pub(crate) struct Page {
    height: Height,
    blocks: Vec<HeaderEntry>,
    /// `from` of the next page; none at the end.
    next: Option<Height>,
}

pub(crate) async fn list(
    State(app): State<App>,
    Params(params): Params<ListParams>,
) -> Result<Json<Page>, Problem> {
    let limit = params.limit.unwrap_or(BLOCKS_LIMIT_DEFAULT);
    if !(1..=BLOCKS_LIMIT_MAX).contains(&limit) {
        let detail = format!("limit {limit}: expected 1 to {BLOCKS_LIMIT_MAX}");
        return Err(Problem::bad_parameter(detail));
    }
    app.read(move |backend| page(backend, params.from, limit))
        .await
        .map(Json)
}

fn page(backend: &dyn Backend, from: Option<Height>, limit: u64) -> Result<Page, Fault> {
    let tip = backend.tip();
    let last_page = tip.saturating_add(1).saturating_sub(limit);
    let from = from.unwrap_or(last_page);
    let end = tip.saturating_add(1).min(from.saturating_add(limit));
    let mut blocks = Vec::new();
    for height in from..end {
        blocks.extend(
            backend
                .header(height)?
                .map(|record| HeaderEntry::from(record.header)),
        );
    }
    Ok(Page {
        height: tip,
        blocks,
        next: (end <= tip && from < end).then_some(end),
    })
}

pub(crate) async fn block(
    State(app): State<App>,
    Segment(height): Segment<Height>,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Json<BlockView>, Problem> {
    let block = app.read(move |backend| backend.block(height)).await?;
    let missing = || Problem::not_found(format!("block {height} is not decided"));
    block.map(|block| Json(block.into())).ok_or_else(missing)
}

async fn header_record(app: &App, height: Height) -> Result<HeaderRecord, Problem> {
    let record = app.read(move |backend| backend.header(height)).await?;
    record.ok_or_else(|| Problem::not_found(format!("height {height} is not decided")))
}

pub(crate) async fn header(
    State(app): State<App>,
    Segment(height): Segment<Height>,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Json<HeaderView>, Problem> {
    Ok(Json(header_record(&app, height).await?.into()))
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Format {
    #[default]
    Json,
    Note,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CertificateParams {
    #[serde(default)]
    format: Format,
}

/// The certificate as JSON, or as a C2SP signed note that standard tools check.
pub(crate) async fn certificate(
    State(app): State<App>,
    Segment(height): Segment<Height>,
    Params(params): Params<CertificateParams>,
) -> Result<Response, Problem> {
    let record = header_record(&app, height).await?;
    let Some(certificate) = record.certificate else {
        return Err(Problem::not_found(format!(
            "nobody voted on height {height}"
        )));
    };
    Ok(match params.format {
        Format::Json => Json(certificate).into_response(),
        Format::Note => {
            let note = certificate.to_signed_note(&record.header.chain_id, &record.validators);
            ([(CONTENT_TYPE, "text/plain; charset=utf-8")], note).into_response()
        }
    })
}
