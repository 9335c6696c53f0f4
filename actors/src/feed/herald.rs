//! Carries what happens to those whose memory follows it: new public elements
//! to the home feeds, once they can be judged, and changes of clusters to the
//! feeds that grow from them.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use actix::{Actor, AsyncContext, Context, Handler};
use protocol::element::{StageName, StageState};
use protocol::event::Event;
use protocol::{ElementId, Topic};

use super::Feeds;
use crate::live::Deliver;
use crate::recommend::{Arrival, Recommender};

/// How often it carries, and how much at once.
const EVERY: Duration = Duration::from_millis(400);
const AT_ONCE: usize = 64;
/// New elements that wait for their vector; the oldest are given up first.
const WAITING: usize = 4_000;
/// So often a vector is looked for that should be there.
const LOOKS: u32 = 25;
/// How often what nobody asks for is forgotten.
const TIDY: Duration = Duration::from_secs(300);

pub struct Herald {
    feeds: Feeds,
    recommender: Recommender,
    /// Public elements without a vector.
    waiting: BTreeSet<ElementId>,
    /// Those whose vector is about to be in memory, and how often it was
    /// looked for.
    ripe: VecDeque<(ElementId, u32)>,
    left: Vec<ElementId>,
}

impl Herald {
    pub fn new(feeds: Feeds, recommender: Recommender) -> Self {
        Self {
            feeds,
            recommender,
            waiting: BTreeSet::new(),
            ripe: VecDeque::new(),
            left: Vec::new(),
        }
    }

    fn hear(&mut self, topic: &Topic, event: &Event) {
        match event {
            Event::ElementAdded(element) if *topic == Topic::Explore => {
                // one that was private before has its vector already
                match self.recommender.has_vector(&element.id) {
                    true => self.ripe.push_back((element.id.clone(), 0)),
                    false => {
                        self.waiting.insert(element.id.clone());
                    }
                }
                if self.waiting.len() > WAITING {
                    self.waiting.pop_first();
                }
            }
            Event::ElementStage(change)
                if change.stage.name == StageName::Embed
                    && change.stage.state == StageState::Done =>
            {
                if self.waiting.remove(&change.id) {
                    self.ripe.push_back((change.id.clone(), 0));
                }
                // what somebody saves is something they are interested in
                if let Topic::User(owner) = topic {
                    self.feeds.stale(owner);
                }
            }
            Event::ElementRemoved(gone) => {
                self.waiting.remove(&gone.id);
                self.ripe.retain(|(id, _)| *id != gone.id);
                self.left.push(gone.id.clone());
            }
            Event::ClusterChanged(_) | Event::ClusterRemoved(_) => {
                if let Topic::User(member) = topic {
                    self.feeds.stale(member);
                }
                if let (Event::ClusterRemoved(gone), Topic::Cluster(_)) = (event, topic) {
                    self.recommender.themes().forget(&gone.id);
                }
            }
            _ => {}
        }
    }

    fn carry(&mut self) {
        let left = std::mem::take(&mut self.left);
        if !left.is_empty() {
            self.feeds.left(Arc::new(left));
        }
        if self.ripe.is_empty() {
            return;
        }
        let some: Vec<(ElementId, u32)> = self.ripe.drain(..self.ripe.len().min(AT_ONCE)).collect();
        let ids: Vec<ElementId> = some.iter().map(|(id, _)| id.clone()).collect();
        let mut found: BTreeMap<ElementId, Arrival> = self
            .recommender
            .arrivals(&ids)
            .into_iter()
            .map(|arrival| (arrival.element.clone(), arrival))
            .collect();
        let mut arrived = Vec::new();
        for (id, looks) in some {
            match found.remove(&id) {
                Some(arrival) => arrived.push(arrival),
                None if looks < LOOKS => self.ripe.push_back((id, looks + 1)),
                None => {}
            }
        }
        if !arrived.is_empty() {
            self.feeds.arrived(Arc::new(arrived));
        }
    }
}

impl Actor for Herald {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.run_interval(EVERY, |herald, _| herald.carry());
        ctx.run_interval(TIDY, |herald, _| herald.recommender.themes().tidy());
    }
}

impl Handler<Deliver> for Herald {
    type Result = ();

    fn handle(&mut self, events: Deliver, _: &mut Self::Context) {
        for published in &events.0 {
            self.hear(&published.topic, &published.event);
        }
    }
}
