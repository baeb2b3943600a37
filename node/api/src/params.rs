//! Parameters from the path and the query, read strictly: unknown, repeated and malformed ones are refused.

use core::fmt::Display;
use core::str::FromStr;

use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use yilian_primitives::limits::NAME_BYTES_MAX;

use crate::problem::Problem;

/// The query, as a struct with `deny_unknown_fields`.
pub(crate) struct Params<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let query: Result<Query<T>, QueryRejection> = Query::from_request_parts(parts, state).await;
        match query {
            Ok(Query(params)) => Ok(Params(params)),
            Err(rejection) => Err(Problem::bad_parameter(cut(&rejection.body_text()))),
        }
    }
}

/// The one segment of the path that varies.
pub(crate) struct Segment<T>(pub(crate) T);

impl<T, S> FromRequestParts<S> for Segment<T>
where
    T: FromStr<Err: Display>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path: Result<Path<String>, _> = Path::from_request_parts(parts, state).await;
        let Ok(Path(text)) = path else {
            return Err(Problem::bad_parameter("path: expected UTF-8"));
        };
        text.parse().map(Segment).map_err(|error: T::Err| {
            Problem::bad_parameter(cut(&format!("path segment {text:?}: {error}")))
        })
    }
}

/// Name of a contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Name(pub(crate) String);

impl FromStr for Name {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let first = text
            .bytes()
            .next()
            .is_some_and(|byte| byte.is_ascii_lowercase());
        let plain = |b: u8| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-');
        if first && text.bytes().all(plain) && text.len() <= NAME_BYTES_MAX {
            return Ok(Name(text.to_owned()));
        }
        Err(format!(
            "expected 1 to {NAME_BYTES_MAX} of a-z 0-9 _ - beginning with a letter"
        ))
    }
}

/// What a client sent comes back to it in part only.
fn cut(text: &str) -> String {
    text.chars().take(300).collect()
}
