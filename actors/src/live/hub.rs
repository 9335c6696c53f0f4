//! The hub: routes events to topics, and knows every session.

mod elsewhere;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix::{
    Actor, ActorFutureExt, Addr, AsyncContext, Context, Handler, Message, MessageResult, Recipient,
    ResponseActFuture, WrapFuture,
};
use db::Published;
use protocol::element::Owner;
use protocol::event::Event;
use protocol::limits::{WS_PER_USER, WS_RESUME_MS};
use protocol::ws::Signal;
use protocol::{LoginId, SocketId, Topic, UserId};

use super::journal::Journal;
use super::outgoing::Broadcast;
use super::session::{GoAway, Rescope, Revoked, Session, Yield};
use super::signals::Now;
use super::topic::{Delivery, Happened, Join, Leave, Look, Stand, TopicActor};

use elsewhere::Elsewhere;
pub(crate) use elsewhere::{Alive, Share};

/// Mailbox of the hub; the relay waits when it is full.
const MAILBOX: usize = 512;
/// Most cut sessions that are kept for `resume`.
const MAX_PARKED: usize = 10_000;
/// How long the old connection has to hand a session over.
const HAND_OVER: Duration = Duration::from_secs(2);
const EXPIRE_EVERY: Duration = Duration::from_secs(10);
/// Most topics whose signals are remembered; those told longest ago go first.
const MAX_SIGNALS: usize = 10_000;
/// When a topic whose mailbox was full is told again.
const AGAIN: Duration = Duration::from_millis(250);

/// Events in the order in which they were numbered.
#[derive(Clone, Message)]
#[rtype(result = "()")]
pub struct Deliver(pub Vec<Arc<Published>>);

/// How something about a topic stands from now on. What was told of the same
/// kind before is forgotten; who joins later is told this. A signal of nothing
/// ends it. Send it and wait: what changes too fast is told together.
#[derive(Debug, Clone, Message)]
#[rtype(result = "()")]
pub struct Tell {
    pub topic: Topic,
    pub signal: Signal,
}

/// Somebody looks at a topic by this connection, which listens to it; none:
/// nobody does any more. Leaving the topic ends it too.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Presence {
    pub socket: SocketId,
    pub topic: Topic,
    pub who: Option<Owner>,
}

/// Does anybody listen to the topic?
#[derive(Message)]
#[rtype(result = "bool")]
pub struct Heard(pub Topic);

/// A session opens. False: the account has too many.
#[derive(Message)]
#[rtype(result = "bool")]
pub struct Attach {
    pub socket: SocketId,
    pub user: UserId,
    pub login: LoginId,
    pub session: Addr<Session>,
}

/// A session ends; `journal` is kept for `resume` if there is one.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Detach {
    pub socket: SocketId,
    pub topics: Vec<Topic>,
    pub parked: Option<Parked>,
}

#[derive(Message)]
#[rtype(result = "()")]
pub struct Subscribe {
    pub socket: SocketId,
    pub topic: Topic,
    pub session: Recipient<Delivery>,
}

#[derive(Message)]
#[rtype(result = "()")]
pub struct Unsubscribe {
    pub socket: SocketId,
    pub topic: Topic,
}

/// Takes a session over from the connection it was on.
#[derive(Message)]
#[rtype(result = "Option<Parked>")]
pub struct TakeOver(pub SocketId);

/// Everybody off: the server stops.
#[derive(Message)]
#[rtype(result = "()")]
pub struct CloseAll;

#[derive(Message)]
#[rtype(result = "HubStatus")]
pub struct Status;

/// Figures for the metrics and for health.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HubStatus {
    pub sessions: usize,
    pub topics: usize,
    pub parked: usize,
}

/// A session without a connection.
#[derive(Debug, Clone)]
pub struct Parked {
    pub user: UserId,
    pub login: LoginId,
    pub journal: Journal,
}

struct Known {
    user: UserId,
    login: LoginId,
    session: Addr<Session>,
}

struct Listened {
    actor: Addr<TopicActor>,
    sockets: HashSet<SocketId>,
}

#[derive(Default)]
pub struct Hub {
    topics: HashMap<Topic, Listened>,
    sessions: HashMap<SocketId, Known>,
    parked: HashMap<SocketId, (Instant, Parked)>,
    /// What was told of topics, whether somebody listens or not, and when.
    signals: HashMap<Topic, (Instant, Arc<Now>)>,
    /// Topics that have not taken their latest signals yet.
    unaware: HashSet<Topic>,
    elsewhere: Elsewhere,
}

impl Hub {
    fn now(&self, topic: &Topic) -> Arc<Now> {
        let kept = self.signals.get(topic).map(|(_, now)| now.clone());
        kept.unwrap_or_default()
    }

    fn keep(&mut self, topic: &Topic, now: Now) {
        self.signals.remove(topic);
        if now.is_empty() {
            return;
        }
        if self.signals.len() >= MAX_SIGNALS {
            let oldest = self.signals.iter().min_by_key(|(_, (at, _))| *at);
            oldest
                .map(|(topic, _)| topic.clone())
                .and_then(|topic| self.signals.remove(&topic));
        }
        let kept = (Instant::now(), Arc::new(now));
        self.signals.insert(topic.clone(), kept);
    }

    /// Hands a topic its signals, later if it is too busy now.
    fn stand(&mut self, topic: Topic, ctx: &mut Context<Self>) {
        let Some(listened) = self.topics.get(&topic) else {
            return;
        };
        let told = listened.actor.try_send(Stand(self.now(&topic)));
        if told.is_err() && self.unaware.insert(topic.clone()) {
            ctx.run_later(AGAIN, move |hub, ctx| {
                hub.unaware.remove(&topic);
                hub.stand(topic, ctx);
            });
        }
    }

    fn leave(&mut self, socket: &SocketId, topic: &Topic) {
        let Some(listened) = self.topics.get_mut(topic) else {
            return;
        };
        listened.sockets.remove(socket);
        listened.actor.do_send(Leave(socket.clone()));
        if listened.sockets.is_empty() {
            self.topics.remove(topic);
        }
    }

    fn park(&mut self, socket: SocketId, parked: Parked) {
        if self.parked.len() >= MAX_PARKED {
            let oldest = self.parked.iter().min_by_key(|(_, (at, _))| *at);
            oldest
                .map(|(socket, _)| socket.clone())
                .and_then(|socket| self.parked.remove(&socket));
        }
        self.parked.insert(socket, (Instant::now(), parked));
    }
}

impl Actor for Hub {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(MAILBOX);
        ctx.run_interval(EXPIRE_EVERY, |hub, _| {
            let life = Duration::from_millis(WS_RESUME_MS);
            hub.parked.retain(|_, (at, _)| at.elapsed() < life);
        });
    }
}

impl Handler<Deliver> for Hub {
    type Result = ();

    fn handle(&mut self, events: Deliver, _: &mut Self::Context) {
        for event in events.0 {
            if let Event::LoginRevoked(gone) = &event.event {
                let hit = |known: &&Known| known.login == gone.id;
                for known in self.sessions.values().filter(hit) {
                    known.session.do_send(Revoked);
                }
                self.parked.retain(|_, (_, parked)| parked.login != gone.id);
            }
            if let Event::AccountChanged(touched) = &event.event {
                for known in self.sessions.values().filter(|k| k.user == touched.id) {
                    known.session.do_send(Rescope);
                }
            }
            if let Event::NodePresence(told) = &event.event {
                self.present_elsewhere(told);
            }
            if let Some(listened) = self.topics.get(&event.topic) {
                // The topic's mailbox is larger than a batch of the relay; what
                // it cannot take, sessions find in the history.
                let event = Arc::new(Broadcast::new(event));
                if listened.actor.try_send(Happened(event)).is_err() {
                    tracing::warn!("topic is behind, sessions will read the history");
                }
            }
        }
    }
}

impl Handler<Attach> for Hub {
    type Result = bool;

    fn handle(&mut self, new: Attach, _: &mut Self::Context) -> bool {
        let same = self.sessions.values().filter(|k| k.user == new.user);
        if same.count() >= WS_PER_USER {
            return false;
        }
        let Attach {
            socket,
            user,
            login,
            session,
        } = new;
        self.sessions.insert(
            socket,
            Known {
                user,
                login,
                session,
            },
        );
        true
    }
}

impl Handler<Detach> for Hub {
    type Result = ();

    fn handle(&mut self, gone: Detach, _: &mut Self::Context) {
        self.sessions.remove(&gone.socket);
        for topic in &gone.topics {
            self.leave(&gone.socket, topic);
        }
        if let Some(parked) = gone.parked {
            self.park(gone.socket, parked);
        }
    }
}

impl Handler<Subscribe> for Hub {
    type Result = ();

    fn handle(&mut self, wish: Subscribe, _: &mut Self::Context) {
        let now = self.now(&wish.topic);
        let topic = wish.topic.clone();
        let elsewhere = &self.elsewhere;
        let listened = self.topics.entry(wish.topic).or_insert_with(|| {
            let neighbours = elsewhere.share.as_ref().map(|s| s.neighbours.clone());
            let (beside, actor) = (elsewhere.at(&topic), TopicActor::new(topic, now));
            Listened {
                actor: actor.among(beside, neighbours).start(),
                sockets: HashSet::new(),
            }
        });
        listened.sockets.insert(wish.socket.clone());
        listened.actor.do_send(Join(wish.socket, wish.session));
    }
}

impl Handler<Unsubscribe> for Hub {
    type Result = ();

    fn handle(&mut self, wish: Unsubscribe, _: &mut Self::Context) {
        self.leave(&wish.socket, &wish.topic);
    }
}

impl Handler<Tell> for Hub {
    type Result = ();

    fn handle(&mut self, tell: Tell, ctx: &mut Self::Context) {
        let mut now = Now::clone(&self.now(&tell.topic));
        if now.set(tell.signal) {
            self.keep(&tell.topic, now);
            self.stand(tell.topic, ctx);
        }
    }
}

impl Handler<Presence> for Hub {
    type Result = ();

    fn handle(&mut self, presence: Presence, _: &mut Self::Context) {
        let Presence { socket, topic, who } = presence;
        if let Some(listened) = self.topics.get(&topic)
            && listened.sockets.contains(&socket)
        {
            // no more of these than its sessions may send commands
            listened.actor.do_send(Look(socket, who));
        }
    }
}

impl Handler<TakeOver> for Hub {
    type Result = ResponseActFuture<Self, Option<Parked>>;

    fn handle(&mut self, wish: TakeOver, _: &mut Self::Context) -> Self::Result {
        if let Some((_, parked)) = self.parked.remove(&wish.0) {
            return Box::pin(async move { Some(parked) }.into_actor(self));
        }
        let Some(known) = self.sessions.get(&wish.0) else {
            return Box::pin(async { None }.into_actor(self));
        };
        // Its old connection has not noticed yet that it is dead.
        let request = known.session.send(Yield).timeout(HAND_OVER);
        let socket = wish.0;
        Box::pin(request.into_actor(self).map(move |parked, hub, _| {
            let parked = parked.ok().flatten()?;
            hub.sessions.remove(&socket);
            for topic in parked.journal.marks.keys() {
                hub.leave(&socket, topic);
            }
            Some(parked)
        }))
    }
}

impl Handler<Heard> for Hub {
    type Result = bool;

    fn handle(&mut self, topic: Heard, _: &mut Self::Context) -> bool {
        self.topics.contains_key(&topic.0)
    }
}

impl Handler<CloseAll> for Hub {
    type Result = ();

    fn handle(&mut self, _: CloseAll, _: &mut Self::Context) {
        for known in self.sessions.values() {
            known.session.do_send(GoAway);
        }
    }
}

impl Handler<Status> for Hub {
    type Result = MessageResult<Status>;

    fn handle(&mut self, _: Status, _: &mut Self::Context) -> Self::Result {
        MessageResult(HubStatus {
            sessions: self.sessions.len(),
            topics: self.topics.len(),
            parked: self.parked.len(),
        })
    }
}
