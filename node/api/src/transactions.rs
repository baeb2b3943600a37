//! Submitting transactions and following them.

use std::time::Duration;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;
use tokio::time::{Instant, timeout_at};
use yilian_crypto::Digest;
use yilian_primitives::limits::ENVELOPE_JSON_BYTES_MAX;
use yilian_primitives::{
    Envelope, PAYLOAD_TYPE, Refusal, RefusalCode, TxId, pre_authentication_encoding,
};

use crate::app::App;
use crate::backend::{Acknowledged, Backend, Submitted, Waiter};
use crate::body;
use crate::limits::{WAIT_DEFAULT_MS, WAIT_MAX_MS};
use crate::params::{Params, Segment};
use crate::problem::{ApiCode, Problem};
use crate::status::None as NoParams;
use crate::views_tx::TransactionView;

#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Wait {
    #[default]
    None,
    Final,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SubmitParams {
    #[serde(default)]
    wait: Wait,
    timeout_ms: Option<u64>,
}

impl SubmitParams {
    fn deadline(&self) -> Result<Instant, Problem> {
        let wait_ms = self.timeout_ms.unwrap_or(WAIT_DEFAULT_MS);
        if wait_ms > WAIT_MAX_MS {
            let detail = format!("timeout_ms {wait_ms}: expected at most {WAIT_MAX_MS}");
            return Err(Problem::bad_parameter(detail));
        }
        Ok(Instant::now() + Duration::from_millis(wait_ms))
    }
}

/// A transaction that was read, who waits for it, and what became of it.
type Answer = (TxId, Option<Waiter>, Result<Submitted, Refusal>);

/// Takes a DSSE envelope. Sending it twice is harmless: an executed one is answered with its status.
pub(crate) async fn submit(
    State(app): State<App>,
    Params(params): Params<SubmitParams>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let deadline = params.deadline()?;
    let received = body::read(&app, &headers, body, ENVELOPE_JSON_BYTES_MAX).await?;
    let place = match params.wait {
        Wait::Final => app.waits.try_acquire().ok(),
        Wait::None => None,
    };
    let waits = place.is_some();
    let submitted = app.submission(move |backend| {
        let envelope = Envelope::from_dsse_json(&received.bytes)?;
        let id = id_of(&envelope);
        // Before the submission: what is executed from here on is seen.
        let waiter = waits.then(|| backend.wait_for(id));
        Ok((id, waiter, backend.submit(envelope)))
    });
    let submitted: Result<Answer, Refusal> = submitted.await?;
    let (id, waiter, submitted) = submitted?;
    match submitted {
        Ok(submitted) => submitted.durable.await?,
        Err(refusal) if refusal.code == RefusalCode::Replayed => {
            let view = executed(&app, id).await?.ok_or(refusal)?;
            return Ok(Json(view).into_response());
        }
        Err(refusal) => return Err(refusal.into()),
    }
    if let Some(waiter) = waiter
        && let Some(view) = await_final(&app, id, waiter, deadline).await?
    {
        return Ok(Json(view).into_response());
    }
    let accepted = Json(json!({ "tx_id": id, "status": "accepted" }));
    Ok((StatusCode::ACCEPTED, accepted).into_response())
}

/// Takes a DSSE envelope as [`submit`] does, and answers with this validator's signed word on when it came. Needs no block.
pub(crate) async fn acknowledge(
    State(app): State<App>,
    Params(NoParams {}): Params<NoParams>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Acknowledged>, Problem> {
    let received = body::read(&app, &headers, body, ENVELOPE_JSON_BYTES_MAX).await?;
    // When the whole of it was here, however long it waits for its turn.
    let received_ms = app.backend.clock_ms();
    let signed = app.submission(move |backend| {
        let envelope = Envelope::from_dsse_json(&received.bytes)?;
        backend.acknowledge(envelope, received_ms)
    });
    let signed: Result<Acknowledged, Refusal> = signed.await?;
    Ok(Json(signed?))
}

/// The id that the envelope will have if its signature holds.
fn id_of(envelope: &Envelope) -> TxId {
    TxId(Digest::sha256(&pre_authentication_encoding(
        PAYLOAD_TYPE,
        &envelope.payload,
    )))
}

async fn executed(app: &App, id: TxId) -> Result<Option<TransactionView>, Problem> {
    let record = app.read(move |backend| backend.transaction(&id)).await?;
    Ok(record
        .filter(|record| record.execution.is_some())
        .map(Into::into))
}

/// Looks when a block has executed it, or the time is over; `None` if it is not executed then, or the node stops.
async fn await_final(
    app: &App,
    id: TxId,
    mut waiter: Waiter,
    deadline: Instant,
) -> Result<Option<TransactionView>, Problem> {
    let mut stopping = app.stopping.clone();
    tokio::select! {
        // Which of the two it was is seen by looking.
        _ = timeout_at(deadline, waiter.executed()) => {}
        _ = stopping.wait_for(|stopping| *stopping) => return Ok(None),
    }
    executed(app, id).await
}

pub(crate) async fn transaction(
    State(app): State<App>,
    Segment(id): Segment<TxId>,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Json<TransactionView>, Problem> {
    match app.read(move |backend| backend.transaction(&id)).await? {
        Some(record) => Ok(Json(record.into())),
        None => {
            let unknown =
                || Problem::not_found(format!("transaction {id} is not known to this node"));
            Err(not_kept(&app, id).await?.unwrap_or_else(unknown))
        }
    }
}

/// What is said of a transaction that was executed, and that this node does not have; none if it was not executed.
pub(crate) async fn not_kept(app: &App, id: TxId) -> Result<Option<Problem>, Problem> {
    let look = move |backend: &dyn Backend| Ok((backend.executed_at(&id)?, backend.bodies_from()?));
    let (executed, from) = app.read(look).await?;
    Ok(executed.map(|(height, log_index)| {
        let detail = format!(
            "transaction {id} was executed at height {height}: not kept on this node, whose bodies begin at height {from}. \
             Its receipt is leaf {log_index} of the log; ask another node for the rest"
        );
        Problem::new(ApiCode::NotKept, detail)
    }))
}
