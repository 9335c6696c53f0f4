//! One actor for each topic that somebody listens to.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use actix::prelude::SendError;
use actix::{Actor, AsyncContext, Context, Handler, Message, Recipient};
use db::Published;
use protocol::SocketId;

/// Mailbox of a topic: bursts of uploads make about ten events each.
const MAILBOX: usize = 256;
/// When sessions whose mailbox was full are told again.
const AGAIN: Duration = Duration::from_millis(250);

/// An event on its way to a session.
#[derive(Debug, Clone, Message)]
#[rtype(result = "()")]
pub struct Delivery(pub Arc<Published>);

/// Adds a listener.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Join(pub SocketId, pub Recipient<Delivery>);

/// Removes a listener.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Leave(pub SocketId);

/// Ends when the hub lets go of its address, which it does when the last
/// listener left.
#[derive(Default)]
pub struct TopicActor {
    listeners: HashMap<SocketId, Recipient<Delivery>>,
    /// Sessions that could not take an event. They are sent the latest one
    /// again until they take it; the gap before it makes them read the history.
    lagging: HashSet<SocketId>,
    latest: Option<Delivery>,
}

impl TopicActor {
    fn tell(&mut self, only: Option<HashSet<SocketId>>, ctx: &mut Context<Self>) {
        let Some(event) = self.latest.clone() else {
            return;
        };
        let lagging = &mut self.lagging;
        let was_lagging = !lagging.is_empty();
        self.listeners.retain(|id, session| {
            if only.as_ref().is_some_and(|only| !only.contains(id)) {
                return true;
            }
            match session.try_send(event.clone()) {
                Ok(()) => {
                    lagging.remove(id);
                    true
                }
                Err(SendError::Full(_)) => {
                    lagging.insert(id.clone());
                    true
                }
                Err(SendError::Closed(_)) => {
                    lagging.remove(id);
                    false
                }
            }
        });
        let again = only.is_some() || !was_lagging;
        if again && !self.lagging.is_empty() {
            ctx.run_later(AGAIN, |topic, ctx| {
                let lagging = topic.lagging.clone();
                topic.tell(Some(lagging), ctx);
            });
        }
    }
}

impl Actor for TopicActor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(MAILBOX);
    }
}

impl Handler<Join> for TopicActor {
    type Result = ();

    fn handle(&mut self, join: Join, _: &mut Self::Context) {
        self.listeners.insert(join.0, join.1);
    }
}

impl Handler<Leave> for TopicActor {
    type Result = ();

    fn handle(&mut self, leave: Leave, _: &mut Self::Context) {
        self.listeners.remove(&leave.0);
        self.lagging.remove(&leave.0);
    }
}

impl Handler<Delivery> for TopicActor {
    type Result = ();

    fn handle(&mut self, event: Delivery, ctx: &mut Self::Context) {
        self.latest = Some(event);
        self.tell(None, ctx);
    }
}
