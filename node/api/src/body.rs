//! Reads request bodies within a limit.

use axum::body::Body;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_LENGTH;
use futures::StreamExt;

use crate::problem::{ApiCode, Problem};

fn too_large(limit: usize) -> Problem {
    Problem::new(ApiCode::BodyTooLarge, format!("expected at most {limit} bytes"))
}

/// The whole body. What it claims about its length is believed only when that is too long.
pub(crate) async fn read(headers: &HeaderMap, body: Body, limit: usize) -> Result<Vec<u8>, Problem> {
    let claimed = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    let claimed: Option<usize> = claimed.and_then(|text| text.parse().ok());
    if claimed.is_some_and(|length| length > limit) {
        return Err(too_large(limit));
    }
    let (mut bytes, mut stream) = (Vec::new(), body.into_data_stream());
    while let Some(piece) = stream.next().await {
        let piece = piece.map_err(|error| {
            Problem::new(ApiCode::BadBody, format!("the body could not be read: {error}"))
        })?;
        if bytes.len().saturating_add(piece.len()) > limit {
            return Err(too_large(limit));
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}
