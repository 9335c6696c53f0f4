//! One actor for each topic that somebody listens to.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix::prelude::SendError;
use actix::{Actor, AsyncContext, Context, Handler, Message, Recipient};
use protocol::element::Owner;
use protocol::limits::WS_SIGNAL_MS;
use protocol::{SocketId, Topic};

use super::outgoing::Broadcast;
use super::presence::Present;
use super::signals::Now;

/// Mailbox of a topic: bursts of uploads make about ten events each.
const MAILBOX: usize = 256;
/// When sessions whose mailbox was full are told again.
const AGAIN: Duration = Duration::from_millis(250);
/// Changes of signals that come faster are told together.
const PAUSE: Duration = Duration::from_millis(WS_SIGNAL_MS);

/// On its way to a session.
#[derive(Debug, Clone, Message)]
#[rtype(result = "()")]
pub enum Delivery {
    Event(Arc<Broadcast>),
    /// How a topic stands: all its signals. Sent to whoever joins, and when
    /// they change.
    Now(Topic, Arc<Now>),
}

/// An event of this topic.
#[derive(Debug, Clone, Message)]
#[rtype(result = "()")]
pub struct Happened(pub Arc<Broadcast>);

/// Adds a listener.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Join(pub SocketId, pub Recipient<Delivery>);

/// Removes a listener, and its presence with it.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Leave(pub SocketId);

/// The topic stands so, but for who is present.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Stand(pub Arc<Now>);

/// Somebody looks at the topic by this connection; none: nobody does any more.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Look(pub SocketId, pub Option<Owner>);

/// Who is present by other servers.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Beside(pub Vec<Owner>);

/// For other servers: who is present at a topic by this one.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Here {
    pub topic: Topic,
    pub people: Vec<Owner>,
}

/// Ends when the hub lets go of its address, which it does when the last
/// listener left.
pub struct TopicActor {
    topic: Topic,
    listeners: HashMap<SocketId, Recipient<Delivery>>,
    /// Sessions that could not take an event. They are sent the latest one
    /// again until they take it; the gap before it makes them read the history.
    lagging: HashSet<SocketId>,
    latest: Option<Arc<Broadcast>>,
    now: Arc<Now>,
    present: Present,
    /// Who is present by other servers, and who tells those.
    beside: Vec<Owner>,
    neighbours: Option<Recipient<Here>>,
    /// Sessions that do not know yet how the topic stands.
    unaware: HashSet<SocketId>,
    signalled: Option<Instant>,
    /// They will be told by a timer that runs.
    timer: bool,
}

impl TopicActor {
    pub fn new(topic: Topic, now: Arc<Now>) -> Self {
        Self {
            topic,
            now,
            listeners: HashMap::new(),
            lagging: HashSet::new(),
            latest: None,
            present: Present::default(),
            beside: Vec::new(),
            neighbours: None,
            unaware: HashSet::new(),
            signalled: None,
            timer: false,
        }
    }

    /// With other servers.
    pub fn among(mut self, beside: Vec<Owner>, neighbours: Option<Recipient<Here>>) -> Self {
        self.beside = beside;
        self.neighbours = neighbours;
        let mut now = Now::clone(&self.now);
        now.set(self.present.signal(&self.beside));
        self.now = Arc::new(now);
        self
    }

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
            match session.try_send(Delivery::Event(event.clone())) {
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

    /// The signals changed: all are told, those who were told just before
    /// after a pause.
    fn stands(&mut self, now: Now, ctx: &mut Context<Self>) {
        if *self.now == now {
            return;
        }
        self.now = Arc::new(now);
        self.unaware.extend(self.listeners.keys().cloned());
        let since = self.signalled.map_or(PAUSE, |at| at.elapsed());
        match PAUSE.checked_sub(since) {
            None | Some(Duration::ZERO) => self.signal(ctx),
            Some(rest) => self.signal_in(rest, ctx),
        }
    }

    fn signal(&mut self, ctx: &mut Context<Self>) {
        self.signalled = Some(Instant::now());
        let unaware = std::mem::take(&mut self.unaware);
        for id in unaware {
            self.inform(id);
        }
        if !self.unaware.is_empty() {
            self.signal_in(AGAIN, ctx);
        }
    }

    fn signal_in(&mut self, pause: Duration, ctx: &mut Context<Self>) {
        if !std::mem::replace(&mut self.timer, true) {
            ctx.run_later(pause, |topic, ctx| {
                topic.timer = false;
                topic.signal(ctx);
            });
        }
    }

    /// Tells one session how the topic stands, or notes that it is unaware.
    fn inform(&mut self, id: SocketId) {
        let Some(session) = self.listeners.get(&id) else {
            return;
        };
        let now = Delivery::Now(self.topic.clone(), self.now.clone());
        if let Err(SendError::Full(_)) = session.try_send(now) {
            self.unaware.insert(id);
        }
    }

    /// Who is present by this server may be different.
    fn presence_changed(&mut self, before: Vec<Owner>, ctx: &mut Context<Self>) {
        let people = self.present.people();
        if people != before
            && let Some(neighbours) = &self.neighbours
        {
            let topic = self.topic.clone();
            neighbours.do_send(Here { topic, people });
        }
        self.present_changed(ctx);
    }

    fn present_changed(&mut self, ctx: &mut Context<Self>) {
        let mut now = Now::clone(&self.now);
        now.set(self.present.signal(&self.beside));
        self.stands(now, ctx);
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

    fn handle(&mut self, join: Join, ctx: &mut Self::Context) {
        self.listeners.insert(join.0.clone(), join.1);
        self.inform(join.0);
        if !self.unaware.is_empty() {
            self.signal_in(AGAIN, ctx);
        }
    }
}

impl Handler<Leave> for TopicActor {
    type Result = ();

    fn handle(&mut self, leave: Leave, ctx: &mut Self::Context) {
        self.listeners.remove(&leave.0);
        self.lagging.remove(&leave.0);
        self.unaware.remove(&leave.0);
        let before = self.present.people();
        self.present.go(&leave.0);
        self.presence_changed(before, ctx);
    }
}

impl Handler<Happened> for TopicActor {
    type Result = ();

    fn handle(&mut self, event: Happened, ctx: &mut Self::Context) {
        self.latest = Some(event.0);
        self.tell(None, ctx);
    }
}

impl Handler<Stand> for TopicActor {
    type Result = ();

    fn handle(&mut self, stand: Stand, ctx: &mut Self::Context) {
        let mut now = Now::clone(&stand.0);
        now.set(self.present.signal(&self.beside));
        self.stands(now, ctx);
    }
}

impl Handler<Beside> for TopicActor {
    type Result = ();

    fn handle(&mut self, beside: Beside, ctx: &mut Self::Context) {
        self.beside = beside.0;
        self.present_changed(ctx);
    }
}

impl Handler<Look> for TopicActor {
    type Result = ();

    fn handle(&mut self, look: Look, ctx: &mut Self::Context) {
        let before = self.present.people();
        match look.1 {
            // one who left meanwhile looks no longer
            Some(who) if self.listeners.contains_key(&look.0) => self.present.come(look.0, who),
            Some(_) => return,
            None => self.present.go(&look.0),
        }
        self.presence_changed(before, ctx);
    }
}

#[cfg(test)]
mod tests;
