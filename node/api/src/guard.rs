//! Stands around every handler: limits, time, panics, the form of problems, counts.

use std::panic::AssertUnwindSafe;
use std::time::Instant;

use axum::extract::{Request, State};
use axum::http::header::{ALLOW, CACHE_CONTROL, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::FutureExt;

use crate::app::App;
use crate::language::Language;
use crate::limits::{REQUEST_TIMEOUT, TARGET_BYTES_MAX};
use crate::problem::{ApiCode, Problem};

/// Pattern of the route that answered.
#[derive(Clone, Copy)]
pub(crate) struct Route(pub(crate) &'static str);

/// Routes that answer however busy the node is.
fn always_answers(path: &str) -> bool {
    matches!(path, "/healthz" | "/readyz" | "/metrics")
}

/// The outermost layer.
pub(crate) async fn guard(State(app): State<App>, request: Request, next: Next) -> Response {
    let language = Language::of(request.headers());
    let instance = request.uri().path().to_owned();
    let method = request.method().clone();
    let started = Instant::now();
    let mut response = answer(&app, request, next).await;
    let route = response
        .extensions()
        .get::<Route>()
        .map_or("other", |route| route.0);
    let problem = response.extensions_mut().remove::<Problem>();
    let status = response.status();
    let unshaped = status.is_client_error() || status.is_server_error();
    if let Some(problem) = problem.or_else(|| unshaped.then(|| Problem::of_status(status))) {
        let allow = response.headers_mut().remove(ALLOW);
        response = problem.render(language, &instance);
        if let Some(allow) = allow {
            response.headers_mut().insert(ALLOW, allow);
        }
    }
    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    let took = started.elapsed();
    app.metrics.answered(route, response.status(), took);
    tracing::debug!(%method, path = %instance, status = %response.status(), ?took, "answered");
    response
}

async fn answer(app: &App, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let target = request
        .uri()
        .path_and_query()
        .map_or(0, |target| target.as_str().len());
    if target > TARGET_BYTES_MAX {
        let detail = format!("{target} bytes: expected at most {TARGET_BYTES_MAX}");
        return Problem::new(ApiCode::TargetTooLong, detail).into_response();
    }
    let permit = app.requests.clone().try_acquire_owned();
    if permit.is_err() && !always_answers(path) {
        let detail = "too many requests are under way; try again in a second";
        return Problem::new(ApiCode::Overloaded, detail).into_response();
    }
    let work = AssertUnwindSafe(next.run(request)).catch_unwind();
    match tokio::time::timeout(REQUEST_TIMEOUT, work).await {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => {
            tracing::error!("a handler of the interface panicked");
            let detail = "the node could not answer; its log says why";
            Problem::new(ApiCode::Internal, detail).into_response()
        }
        Err(_) => {
            let detail = format!("no answer within {} s", REQUEST_TIMEOUT.as_secs());
            Problem::new(ApiCode::Timeout, detail).into_response()
        }
    }
}

/// Nothing stands at this path.
pub(crate) async fn no_route() -> Problem {
    Problem::not_found("no such path; the description is at /v1/openapi.json")
}

/// Something stands at this path, but not for this method; `Allow` says for which.
pub(crate) async fn no_method() -> Response {
    let mut response = StatusCode::METHOD_NOT_ALLOWED.into_response();
    let detail = "the header Allow names the methods of this path";
    let problem = Problem::new(ApiCode::MethodNotAllowed, detail);
    response.extensions_mut().insert(problem);
    response
}
