//! Tells other servers that share the database who is present here, and finds
//! out which of them are there.
//!
//! Presence goes the way of events, so that it comes in order; a server that
//! falls silent is present nowhere any more. Who is new is told everything.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use actix::fut::wrap_future;
use actix::{Actor, ActorFutureExt, Addr, AsyncContext, Context, Handler};
use db::Db;
use protocol::Topic;
use protocol::element::Owner;
use protocol::event::NodePresence;

use super::hub::{Alive, Hub, Share};
use super::topic::Here;

/// Mailbox: one message for each change at a topic.
const MAILBOX: usize = 256;
/// Changes within that time are told together.
const GATHER: Duration = Duration::from_millis(200);
/// How often a server says that it is there, and how long that counts.
const BEAT: Duration = Duration::from_secs(2);
const LIFE: Duration = Duration::from_secs(8);

pub struct Neighbours {
    db: Db,
    node: String,
    hub: Addr<Hub>,
    /// Where somebody is present by this server.
    here: HashMap<Topic, Vec<Owner>>,
    /// What is to be told.
    untold: BTreeSet<Topic>,
    telling: bool,
    known: BTreeSet<String>,
}

impl Neighbours {
    pub fn new(db: Db, node: String, hub: Addr<Hub>) -> Self {
        Self {
            db,
            node,
            hub,
            here: HashMap::new(),
            untold: BTreeSet::new(),
            telling: false,
            known: BTreeSet::new(),
        }
    }

    fn tell(&mut self, ctx: &mut Context<Self>) {
        if self.untold.is_empty() || std::mem::replace(&mut self.telling, true) {
            return;
        }
        let topics = std::mem::take(&mut self.untold);
        let presence = |topic: &Topic| NodePresence {
            node: self.node.clone(),
            topic: topic.clone(),
            people: self.here.get(topic).cloned().unwrap_or_default(),
        };
        let told: Vec<NodePresence> = topics.iter().map(presence).collect();
        let db = self.db.clone();
        let work = async move { db.tell_presence(told).await };
        ctx.spawn(wrap_future(work).map(move |done, this: &mut Self, ctx| {
            this.telling = false;
            if let Err(error) = done {
                tracing::warn!(%error, "other servers cannot be told who is present");
                this.untold.extend(topics);
            }
            this.later(ctx);
        }));
    }

    fn later(&mut self, ctx: &mut Context<Self>) {
        if !self.untold.is_empty() && !self.telling {
            ctx.run_later(GATHER, |this, ctx| this.tell(ctx));
        }
    }

    fn beat(&mut self, ctx: &mut Context<Self>) {
        let (db, node) = (self.db.clone(), self.node.clone());
        let work = async move { db.beat(&node, LIFE.as_millis() as u64).await };
        ctx.spawn(wrap_future(work).map(|alive, this: &mut Self, ctx| {
            match alive {
                Ok(alive) => this.meet(alive.into_iter().collect(), ctx),
                Err(error) => tracing::warn!(%error, "other servers cannot be found"),
            }
            ctx.run_later(BEAT, Self::beat);
        }));
    }

    fn meet(&mut self, alive: BTreeSet<String>, ctx: &mut Context<Self>) {
        if alive.difference(&self.known).any(|node| *node != self.node) {
            self.untold.extend(self.here.keys().cloned());
            self.later(ctx);
        }
        self.known.clone_from(&alive);
        self.hub.do_send(Alive(alive));
    }
}

impl Actor for Neighbours {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(MAILBOX);
        self.hub.do_send(Share {
            node: self.node.clone(),
            neighbours: ctx.address().recipient(),
        });
        self.beat(ctx);
    }
}

impl Handler<Here> for Neighbours {
    type Result = ();

    fn handle(&mut self, here: Here, ctx: &mut Self::Context) {
        let Here { topic, people } = here;
        if people.is_empty() {
            self.here.remove(&topic);
        } else {
            self.here.insert(topic.clone(), people);
        }
        let idle = self.untold.is_empty();
        self.untold.insert(topic);
        if idle {
            self.later(ctx);
        }
    }
}
