//! What every handler has at hand.

use std::sync::Arc;

use tokio::sync::{Semaphore, watch};

use crate::backend::{Backend, Fault};
use crate::limits::{
    BODIES_KIB, HEAVY_READS_AT_ONCE, READS_AT_ONCE, REQUESTS_MAX, STREAMS_MAX, SUBMISSIONS_AT_ONCE,
    WAITS_MAX,
};
use crate::metrics::Metrics;
use crate::problem::{ApiCode, Problem};

/// Shared by all requests. Each kind of work has room of its own, so that costly proofs never keep a submission out.
#[derive(Clone)]
pub(crate) struct App(Arc<Parts>);

pub(crate) struct Parts {
    pub(crate) backend: Arc<dyn Backend>,
    pub(crate) metrics: Metrics,
    /// Turns true when the server stops; streams end then.
    pub(crate) stopping: watch::Receiver<bool>,
    pub(crate) requests: Arc<Semaphore>,
    pub(crate) streams: Arc<Semaphore>,
    pub(crate) waits: Arc<Semaphore>,
    /// Permits are KiB.
    pub(crate) bodies: Arc<Semaphore>,
    reads: Arc<Semaphore>,
    heavy: Arc<Semaphore>,
    submissions: Arc<Semaphore>,
}

impl core::ops::Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl App {
    pub(crate) fn new(backend: Arc<dyn Backend>, stopping: watch::Receiver<bool>) -> Self {
        let room = |permits| Arc::new(Semaphore::new(permits));
        App(Arc::new(Parts {
            backend,
            metrics: Metrics::default(),
            stopping,
            requests: room(REQUESTS_MAX),
            streams: room(STREAMS_MAX),
            waits: room(WAITS_MAX),
            bodies: room(BODIES_KIB),
            reads: room(READS_AT_ONCE),
            heavy: room(HEAVY_READS_AT_ONCE),
            submissions: room(SUBMISSIONS_AT_ONCE),
        }))
    }

    /// A cheap read.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&dyn Backend) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Problem> {
        Ok(self.blocking(&self.reads, read).await??)
    }

    /// A read that takes longer or computes.
    pub(crate) async fn compute<T: Send + 'static, E: Send + 'static + Into<Problem>>(
        &self,
        read: impl FnOnce(&dyn Backend) -> Result<T, E> + Send + 'static,
    ) -> Result<T, Problem> {
        self.blocking(&self.heavy, read).await?.map_err(Into::into)
    }

    /// Verification of a signature and a synced write.
    pub(crate) async fn submission<T: Send + 'static>(
        &self,
        submit: impl FnOnce(&dyn Backend) -> T + Send + 'static,
    ) -> Result<T, Problem> {
        self.blocking(&self.submissions, submit).await
    }

    async fn blocking<T: Send + 'static>(
        &self,
        room: &Arc<Semaphore>,
        work: impl FnOnce(&dyn Backend) -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let stopping = |_| Problem::new(ApiCode::Overloaded, "the node is stopping");
        let permit = room.clone().acquire_owned().await.map_err(stopping)?;
        let backend = self.backend.clone();
        // The permit goes along: a request that timed out still takes its room until its thread is done.
        let task = tokio::task::spawn_blocking(move || {
            let result = work(backend.as_ref());
            drop(permit);
            result
        });
        task.await.map_err(|error| {
            tracing::error!(%error, "a call of the interface into the node failed");
            Problem::new(
                ApiCode::Internal,
                "the node could not answer; its log says why",
            )
        })
    }
}
