//! Serves a listener until told to stop.

use std::future::{Future, IntoFuture};
use std::io;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::sleep;

use crate::app::App;
use crate::backend::Backend;
use crate::door::Door;
use crate::limits::STOP_GRACE;
use crate::routes::router;

/// Answers on a listener until `shutdown` ends; then requests under way get a few seconds and streams are closed.
///
/// # Errors
/// When the listener fails for good.
pub async fn serve(
    listener: TcpListener,
    backend: Arc<dyn Backend>,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let (stop, stopping) = watch::channel(false);
    let app = App::new(backend, stopping.clone());
    let address = listener.local_addr()?;
    tracing::info!(%address, "the interface listens");
    let signal = async move {
        shutdown.await;
        stop.send_replace(true);
    };
    let server = axum::serve(Door::new(listener), router(app)).with_graceful_shutdown(signal);
    let mut stopped = stopping;
    let grace = async {
        // An error would mean that the signal is gone, and it goes only after it has sent.
        let _ = stopped.wait_for(|stopping| *stopping).await;
        sleep(STOP_GRACE).await;
    };
    tokio::select! {
        result = server.into_future() => result,
        () = grace => {
            tracing::warn!("some requests did not end in time and are cut off");
            Ok(())
        }
    }
}
