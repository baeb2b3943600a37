//! The events of contracts as a stream (server-sent events).
//!
//! Events are on the chain, so a stream begins at any height that is kept and goes on where a client left off
//! (`Last-Event-ID`). Each subscriber reads blocks at its own pace; nothing is queued for a slow one.

use std::collections::VecDeque;
use std::convert::Infallible;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::stream;
use serde::Deserialize;
use tokio::sync::broadcast::{self, error::RecvError};
use tokio::sync::{OwnedSemaphorePermit, watch};
use yilian_primitives::Height;

use crate::app::App;
use crate::backend::{Backend, Fault};
use crate::limits::{STREAM_BLOCKS, STREAM_EVENTS, STREAM_HEARTBEAT};
use crate::params::{Name, Params};
use crate::problem::{ApiCode, Problem};
use crate::views_tx::StreamedEvent;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EventParams {
    contract: Option<String>,
    from_height: Option<Height>,
}

/// The place of an event: height, receipt, event.
type Place = (Height, u32, u32);

fn place(id: &str) -> Option<Place> {
    let mut parts = id.splitn(3, '.');
    let height = parts.next()?.parse().ok()?;
    let index = parts.next()?.parse().ok()?;
    Some((height, index, parts.next()?.parse().ok()?))
}

/// The place after which a client wants to go on.
fn last_event(headers: &HeaderMap) -> Result<Option<Place>, Problem> {
    let Some(value) = headers.get("last-event-id") else {
        return Ok(None);
    };
    let known = value.to_str().ok().and_then(place);
    let malformed = || Problem::bad_parameter("Last-Event-ID: expected height.index.event");
    known.map(Some).ok_or_else(malformed)
}

pub(crate) async fn stream(
    State(app): State<App>,
    Params(params): Params<EventParams>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let contract = params
        .contract
        .as_deref()
        .map(str::parse::<Name>)
        .transpose();
    let contract = contract.map_err(|e| Problem::bad_parameter(format!("contract: {e}")))?;
    let after = last_event(&headers)?;
    let crowded = |_| {
        let detail = "too many event streams are open; close one or try again later";
        Problem::new(ApiCode::Overloaded, detail)
    };
    let permit = app.streams.clone().try_acquire_owned().map_err(crowded)?;
    // Before the tip is read: no height is missed between the two.
    let heights = app.backend.subscribe();
    let tip = app.backend.tip();
    let begin = after.map(|(height, ..)| height).or(params.from_height);
    let next = begin.unwrap_or_else(|| tip.saturating_add(1));
    if next <= tip
        && app
            .read(move |backend| backend.events(next))
            .await?
            .is_none()
    {
        let from = app.read(|backend| backend.bodies_from()).await?;
        let detail = format!(
            "the events of height {next} are not kept on this node, whose bodies begin at height {from}"
        );
        return Err(Problem::new(ApiCode::NotKept, detail));
    }
    let reader = Reader {
        heights,
        stopping: app.stopping.clone(),
        app,
        contract: contract.map(|name| name.0),
        after,
        next,
        read: VecDeque::new(),
        _permit: permit,
    };
    let events = stream::unfold(reader, |mut reader| async move {
        let event = reader.next_event().await?;
        Some((Ok::<_, Infallible>(event), reader))
    });
    let heartbeat = KeepAlive::new().interval(STREAM_HEARTBEAT).text("waiting");
    Ok(Sse::new(events).keep_alive(heartbeat).into_response())
}

/// One subscriber.
struct Reader {
    app: App,
    heights: broadcast::Receiver<Height>,
    stopping: watch::Receiver<bool>,
    contract: Option<String>,
    after: Option<Place>,
    /// First height that was not read.
    next: Height,
    read: VecDeque<StreamedEvent>,
    _permit: OwnedSemaphorePermit,
}

impl Reader {
    /// The next event; `None` ends the stream, and the client connects again.
    async fn next_event(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.read.pop_front() {
                return Event::default().id(event.id()).json_data(event).ok();
            }
            if *self.stopping.borrow() {
                return None;
            }
            let tip = self.app.backend.tip();
            if self.next <= tip {
                self.read_blocks(tip).await?;
            } else {
                self.await_height().await?;
            }
        }
    }

    async fn await_height(&mut self) -> Option<()> {
        tokio::select! {
            height = self.heights.recv() => match height {
                Ok(_) | Err(RecvError::Lagged(_)) => Some(()),
                Err(RecvError::Closed) => None,
            },
            _ = self.stopping.wait_for(|stopping| *stopping) => None,
        }
    }

    async fn read_blocks(&mut self, tip: Height) -> Option<()> {
        let (from, contract, after) = (self.next, self.contract.clone(), self.after);
        let wanted = move |event: &StreamedEvent| event.is_wanted(contract.as_deref(), after);
        let read = self
            .app
            .read(move |backend| blocks(backend, from, tip, wanted))
            .await;
        let (next, events) = read.ok()??;
        self.next = next;
        self.read.extend(events);
        Some(())
    }
}

impl StreamedEvent {
    fn is_wanted(&self, contract: Option<&str>, after: Option<Place>) -> bool {
        contract.is_none_or(|contract| self.is_of(contract))
            && after.is_none_or(|after| self.place() > after)
    }
}

/// The wanted events of some blocks, and the height to go on from. `None` if a block's events are gone.
fn blocks(
    backend: &dyn Backend,
    from: Height,
    tip: Height,
    wanted: impl Fn(&StreamedEvent) -> bool,
) -> Result<Option<(Height, Vec<StreamedEvent>)>, Fault> {
    let (mut next, mut chosen) = (from, Vec::new());
    let last = tip.min(from.saturating_add(STREAM_BLOCKS));
    while next <= last && chosen.len() < STREAM_EVENTS {
        let Some(events) = backend.events(next)? else {
            return Ok(None);
        };
        let events = events
            .into_iter()
            .map(|event| StreamedEvent::new(next, event));
        chosen.extend(events.filter(&wanted));
        next = next.saturating_add(1);
    }
    Ok(Some((next, chosen)))
}
