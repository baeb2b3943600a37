//! Every path of the interface.

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::routing::{MethodRouter, get, post};

use crate::app::App;
use crate::guard::{Route, guard, no_method, no_route};
use crate::{
    blocks, contracts, events, evidence, health, openapi, proofs, status, tlog, transactions,
};

/// Path, its one method in lower case, and what answers.
pub(crate) fn table() -> Vec<(&'static str, &'static str, MethodRouter<App>)> {
    vec![
        ("/v1/status", "get", get(status::status)),
        ("/v1/network", "get", get(status::network)),
        ("/v1/releases", "get", get(status::releases)),
        ("/v1/validators", "get", get(status::validators)),
        ("/v1/blocks", "get", get(blocks::list)),
        ("/v1/blocks/{height}", "get", get(blocks::block)),
        ("/v1/headers/{height}", "get", get(blocks::header)),
        (
            "/v1/headers/{height}/certificate",
            "get",
            get(blocks::certificate),
        ),
        ("/v1/transactions", "post", post(transactions::submit)),
        (
            "/v1/acknowledgements",
            "post",
            post(transactions::acknowledge),
        ),
        (
            "/v1/transactions/{tx_id}",
            "get",
            get(transactions::transaction),
        ),
        (
            "/v1/transactions/{tx_id}/evidence",
            "get",
            get(evidence::of_transaction),
        ),
        ("/v1/log/{index}", "get", get(proofs::leaf)),
        ("/v1/log/{index}/evidence", "get", get(evidence::at_place)),
        ("/v1/log/{index}/receipt", "get", get(proofs::receipt)),
        ("/v1/evidence", "post", post(evidence::question)),
        ("/v1/proofs/inclusion", "get", get(proofs::inclusion)),
        ("/v1/proofs/consistency", "get", get(proofs::consistency)),
        ("/v1/proofs/state", "get", get(proofs::state)),
        ("/tlog/checkpoint", "get", get(tlog::checkpoint)),
        ("/tlog/tile/{*path}", "get", get(tlog::tile)),
        ("/v1/contracts", "get", get(contracts::list)),
        ("/v1/contracts/{name}", "get", get(contracts::contract)),
        (
            "/v1/contracts/{name}/interface",
            "get",
            get(contracts::interface),
        ),
        ("/v1/contracts/{name}/query", "post", post(contracts::query)),
        ("/v1/code/{hash}", "get", get(contracts::code)),
        ("/v1/events", "get", get(events::stream)),
        ("/v1/openapi.json", "get", get(openapi::document)),
        ("/healthz", "get", get(health::alive)),
        ("/readyz", "get", get(health::ready)),
        ("/metrics", "get", get(health::metrics)),
    ]
}

/// The whole interface.
pub(crate) fn router(app: App) -> Router {
    let mut router = Router::new();
    for (path, _, method_router) in table() {
        let mark = move |request: Request, next: Next| async move {
            let mut response = next.run(request).await;
            response.extensions_mut().insert(Route(path));
            response
        };
        router = router.route(path, method_router.layer(from_fn(mark)));
    }
    router
        .fallback(no_route)
        .method_not_allowed_fallback(no_method)
        .layer(from_fn_with_state(app.clone(), guard))
        .with_state(app)
}
