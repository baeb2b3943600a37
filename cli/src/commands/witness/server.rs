//! The witness's interface: `POST /add-checkpoint` of c2sp.org/tlog-witness, and its key at `GET /`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tokio::net::TcpListener;
use yilian_crypto::SecretKey;
use yilian_crypto::cosignature::{Cosignature, Cosigner};
use yilian_verify::Trust;
use yilian_witness::{Follower, REQUEST_BYTES_MAX, Refused, Request};

use crate::context::{Context, Outcome, now_ms};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::messages::M;
use crate::seen;

/// A log that is witnessed. One checkpoint is judged at a time, so that two can never both be the next one.
pub(super) struct Log {
    origin: String,
    follower: Mutex<Follower>,
    trust: Trust,
    file: PathBuf,
}

impl Log {
    pub(super) fn new(follower: Follower, trust: Trust, file: PathBuf) -> Self {
        Log {
            origin: follower.origin(),
            follower: Mutex::new(follower),
            trust,
            file,
        }
    }

    pub(super) fn origin(&self) -> String {
        self.origin.clone()
    }
}

/// Everything that answers need.
pub(super) struct Witness {
    context: Context,
    cosigner: Cosigner,
    key: SecretKey,
    logs: Vec<Log>,
}

impl Witness {
    pub(super) fn new(
        context: Context,
        cosigner: Cosigner,
        key: SecretKey,
        logs: Vec<Log>,
    ) -> Arc<Self> {
        Arc::new(Witness {
            context,
            cosigner,
            key,
            logs,
        })
    }

    /// The cosignature, or status and text of the refusal.
    fn cosign(&self, body: &str) -> Result<String, (StatusCode, String)> {
        let bad = |text: String| (StatusCode::BAD_REQUEST, text);
        let request = Request::parse(body).map_err(|error| bad(format!("{error}\n")))?;
        let origin = request.checkpoint.lines().next().unwrap_or_default();
        let log = self.logs.iter().find(|log| log.origin == origin);
        let unknown = || {
            (
                StatusCode::NOT_FOUND,
                "this log is not witnessed here\n".to_owned(),
            )
        };
        let log = log.ok_or_else(unknown)?;
        let mut follower = log.follower.lock().unwrap_or_else(PoisonError::into_inner);
        let client = self.context.client();
        let read = seen::read(&client, &log.trust, &mut follower, &request.checkpoint);
        let certified = read.map_err(|refused| {
            let status = match refused {
                Refused::NotCertified(_) => StatusCode::FORBIDDEN,
                _ => StatusCode::BAD_REQUEST,
            };
            (status, format!("{refused}\n"))
        })?;
        if request.old_size > certified.log_size() {
            return Err(bad(
                "the old size is larger than the checkpoint's\n".to_owned()
            ));
        }
        if request.old_size != follower.size() {
            return Err((StatusCode::CONFLICT, format!("{}\n", follower.size())));
        }
        let next = follower
            .compare(certified, request.old_size, &request.hashes)
            .map_err(|refused| self.refuse(log, &follower, &request.checkpoint, &refused))?;
        if let Err(failure) = seen::keep(&self.context, &log.file, next.seen()) {
            // What is not on disk must not be cosigned: after a crash, its opposite could be.
            self.context.note(&failure.message);
            let text = "the witness cannot write its state\n".to_owned();
            return Err((StatusCode::INTERNAL_SERVER_ERROR, text));
        }
        let cosignature = Cosignature::sign(&self.key, now_ms() / 1_000, next.text());
        follower.take(next);
        Ok(cosignature.to_line(&self.cosigner))
    }

    fn refuse(
        &self,
        log: &Log,
        follower: &Follower,
        shown: &str,
        refused: &Refused,
    ) -> (StatusCode, String) {
        let status = match refused {
            // The specification's answer to another log of the same size.
            Refused::Forked { .. } => StatusCode::CONFLICT,
            Refused::NotConsistent { .. } | Refused::RolledBack { .. } => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            _ => StatusCode::BAD_REQUEST,
        };
        // A wrong proof can be anybody's; two certified roots of one size are a fork by more than a third.
        if matches!(refused, Refused::Forked { .. }) {
            let context = &self.context;
            context.note(&context.text(M::FollowAlarm, &[("reason", refused)]));
            match seen::keep_alarm(context, &log.file, follower.seen(), shown, refused) {
                Ok(path) => {
                    let shown = path.display();
                    context.note(&context.text(M::FollowAlarmKept, &[("path", &shown)]));
                }
                Err(failure) => context.note(&failure.message),
            }
            return (status, format!("{}\n", follower.size()));
        }
        (status, format!("{refused}\n"))
    }
}

async fn add_checkpoint(State(witness): State<Arc<Witness>>, body: String) -> Response {
    let judged = tokio::task::spawn_blocking(move || witness.cosign(&body)).await;
    match judged {
        Ok(Ok(line)) => line.into_response(),
        Ok(Err((StatusCode::CONFLICT, size))) => {
            let headers = [(CONTENT_TYPE, "text/x.tlog.size")];
            (StatusCode::CONFLICT, headers, size).into_response()
        }
        Ok(Err((status, text))) => (status, text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

async fn key(State(witness): State<Arc<Witness>>) -> String {
    format!("{}\n", witness.cosigner)
}

/// Serves until a signal; `ready` is told the address.
pub(super) fn serve(
    context: &Context,
    listen: SocketAddr,
    witness: Arc<Witness>,
    ready: impl FnOnce(SocketAddr),
) -> Outcome<()> {
    let ended = |reason: std::io::Error| {
        let text = context.text(M::WitnessServer, &[("reason", &reason)]);
        Failure::new(Exit::Failure, text)
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(ended)?;
    runtime.block_on(async {
        let listener = TcpListener::bind(listen).await.map_err(|reason| {
            let values: [(&str, &dyn core::fmt::Display); 2] =
                [("address", &listen), ("reason", &reason)];
            Failure::new(Exit::Failure, context.text(M::WitnessListen, &values))
        })?;
        ready(listener.local_addr().map_err(ended)?);
        let router = Router::new()
            .route("/", get(key))
            .route("/add-checkpoint", post(add_checkpoint))
            .layer(DefaultBodyLimit::max(REQUEST_BYTES_MAX))
            .with_state(witness);
        axum::serve(listener, router)
            .with_graceful_shutdown(stopped())
            .await
            .map_err(ended)
    })
}

/// Waits for SIGINT or SIGTERM.
async fn stopped() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
        } else {
            // Without a handler for the other signal this one still ends it.
            let _ = interrupt.await;
        }
    }
    #[cfg(not(unix))]
    {
        let _ = interrupt.await;
    }
}
