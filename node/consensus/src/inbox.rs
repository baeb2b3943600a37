//! What the application's thread waits for.

use std::sync::Arc;
use std::time::Instant;

use malachite_app_channel::AppMsg;
use malachite_core_consensus::SignedConsensusMsg;
use malachite_engine::util::events::{Event, RxEvent};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{Notify, mpsc, watch};

use crate::context::YilianContext;
use crate::engine::told;

/// Everything that can happen to the application.
pub(crate) struct Inbox {
    pub(crate) engine: mpsc::Receiver<AppMsg<YilianContext>>,
    pub(crate) events: RxEvent<YilianContext>,
    pub(crate) wake: Arc<Notify>,
    pub(crate) stop: watch::Receiver<bool>,
}

/// One thing that happened.
pub(crate) enum Inbound {
    /// The engine asks or tells something.
    Engine(Box<AppMsg<YilianContext>>),
    /// A peer's vote or proposal went by; its signature was not verified.
    Heard(Box<SignedConsensusMsg<YilianContext>>),
    /// Time passed, or work arrived.
    Tick,
    /// The engine is gone, or this node is told to stop.
    End,
}

impl Inbox {
    /// Waits for the next thing. With a time, the application waits to begin a height: then it also hears peers and rings.
    pub(crate) async fn next(&mut self, until: Option<Instant>) -> Inbound {
        let waiting = until.is_some();
        let until = until.unwrap_or_else(Instant::now);
        tokio::select! {
            biased;
            () = told(&mut self.stop) => Inbound::End,
            message = self.engine.recv() => {
                message.map_or(Inbound::End, |message| Inbound::Engine(Box::new(message)))
            }
            event = self.events.recv(), if waiting => heard(event),
            () = self.wake.notified(), if waiting => Inbound::Tick,
            () = tokio::time::sleep_until(until.into()), if waiting => Inbound::Tick,
        }
    }
}

fn heard(event: Result<Event<YilianContext>, RecvError>) -> Inbound {
    match event {
        Ok(Event::Received(message)) => Inbound::Heard(Box::new(message)),
        // The engine closes its events when it ends; the message queue then says so too.
        Ok(_) | Err(RecvError::Lagged(_) | RecvError::Closed) => Inbound::Tick,
    }
}
