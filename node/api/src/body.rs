//! Reads request bodies within limits of size, time, and memory of all of them together.

use axum::body::Body;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_LENGTH;
use futures::StreamExt;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::timeout;

use crate::app::App;
use crate::limits::{BODY_TIMEOUT, DRAINED_BYTES_MAX};
use crate::problem::{ApiCode, Problem};

/// A body that was read, with the room it takes.
pub(crate) struct Received {
    pub(crate) bytes: Vec<u8>,
    _room: OwnedSemaphorePermit,
}

fn too_large(limit: usize) -> Problem {
    Problem::new(
        ApiCode::BodyTooLarge,
        format!("expected at most {limit} bytes"),
    )
}

fn too_slow() -> Problem {
    let detail = format!("the body was not there within {} s", BODY_TIMEOUT.as_secs());
    Problem::new(ApiCode::Timeout, detail)
}

/// The whole body. Without a length it takes the room of the longest one.
pub(crate) async fn read(
    app: &App,
    headers: &HeaderMap,
    body: Body,
    limit: usize,
) -> Result<Received, Problem> {
    let claimed = headers
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok());
    let length = claimed.and_then(|text| text.parse().ok()).unwrap_or(limit);
    if length > limit {
        drain(body).await;
        return Err(too_large(limit));
    }
    let receive = async {
        let kib = u32::try_from(length.div_ceil(1_024)).unwrap_or(u32::MAX);
        let room = app.bodies.clone().acquire_many_owned(kib).await;
        let _room = room.map_err(|_| Problem::new(ApiCode::Overloaded, "the node is stopping"))?;
        let bytes = collect(body, limit).await?;
        Ok(Received { bytes, _room })
    };
    timeout(BODY_TIMEOUT, receive)
        .await
        .unwrap_or_else(|_| Err(too_slow()))
}

/// Reads what is refused and throws it away, up to a bound: a client that is still writing when the connection closes sees
/// a broken pipe and not the answer.
async fn drain(body: Body) {
    let mut stream = body.into_data_stream();
    let rest = async {
        let mut read = 0usize;
        while let Some(Ok(piece)) = stream.next().await {
            read = read.saturating_add(piece.len());
            if read > DRAINED_BYTES_MAX {
                return;
            }
        }
    };
    // Over time is over the bound: the connection closes.
    let _ = timeout(BODY_TIMEOUT, rest).await;
}

async fn collect(body: Body, limit: usize) -> Result<Vec<u8>, Problem> {
    let (mut bytes, mut stream) = (Vec::new(), body.into_data_stream());
    while let Some(piece) = stream.next().await {
        let piece = piece.map_err(|error| {
            Problem::new(
                ApiCode::BadBody,
                format!("the body could not be read: {error}"),
            )
        })?;
        if bytes.len().saturating_add(piece.len()) > limit {
            return Err(too_large(limit));
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}
