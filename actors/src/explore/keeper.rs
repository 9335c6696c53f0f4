//! Keeps explore's topics: looks for them anew when public elements have come
//! or gone.

use std::time::{Duration, Instant};

use actix::fut::wrap_future;
use actix::{Actor, ActorFutureExt, AsyncContext, Context, Handler};
use protocol::Topic as Stream;
use protocol::element::{StageName, StageState};
use protocol::event::Event;
use tokio::sync::{oneshot, watch};

use super::Explore;
use super::compute::Ground;
use super::topics::Topics;
use crate::PlatformError;
use crate::live::Deliver;

/// How often it looks whether there is something to do.
const LOOK: Duration = Duration::from_secs(1);
/// Between two searches passes at least this, and so many times as long as the
/// last one took: a large library that changes all the time costs a core a
/// twentieth of its time.
const PAUSE: Duration = Duration::from_secs(2);
const PAUSES: u32 = 19;

pub struct TopicKeeper {
    explore: Explore,
    /// Something happened since the last search began.
    changed: bool,
    busy: bool,
    /// Not before.
    next: Instant,
    /// Is everything in memory that is stored?
    loaded: watch::Receiver<bool>,
}

impl TopicKeeper {
    pub fn new(explore: Explore, loaded: watch::Receiver<bool>) -> Self {
        Self {
            explore,
            changed: true,
            busy: false,
            next: Instant::now(),
            loaded,
        }
    }

    fn look(&mut self, ctx: &mut Context<Self>) {
        if !self.changed || self.busy || Instant::now() < self.next {
            return;
        }
        // half a library has other topics
        if !*self.loaded.borrow() {
            return;
        }
        (self.changed, self.busy) = (false, true);
        let explore = self.explore.clone();
        let began = Instant::now();
        let work = async move { search(explore).await };
        ctx.spawn(wrap_future(work).map(move |found, keeper: &mut Self, _| {
            keeper.busy = false;
            keeper.next = Instant::now() + PAUSE.max(began.elapsed() * PAUSES);
            match found {
                Ok(topics) => keeper.explore.set(topics),
                Err(error) => {
                    tracing::warn!(%error, "topics cannot be found just now");
                    keeper.changed = true;
                }
            }
        }));
    }
}

/// Looks for topics on a thread of its own.
async fn search(explore: Explore) -> Result<Topics, PlatformError> {
    let (tell, found) = oneshot::channel();
    let work = move || {
        let ground = Ground {
            db: explore.db.clone(),
            spaces: explore.spaces.clone(),
            facts: explore.facts.clone(),
        };
        let before = explore.now();
        let search = async {
            // after a start, what the database remembers
            let remembered = match before.space.is_empty() {
                true => Some(ground.remembered().await?),
                false => None,
            };
            ground.topics(remembered.as_ref().unwrap_or(&before)).await
        };
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        let topics = match runtime {
            Ok(runtime) => runtime.block_on(search),
            Err(_) => Err(PlatformError::Gone("the thread for topics")),
        };
        // whoever asked may be gone
        let _ = tell.send(topics);
    };
    let thread = std::thread::Builder::new().name("explore".to_owned());
    thread
        .spawn(work)
        .map_err(|_| PlatformError::Gone("the thread for topics"))?;
    found
        .await
        .map_err(|_| PlatformError::Gone("the thread for topics"))?
}

impl Actor for TopicKeeper {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.run_interval(LOOK, |keeper, ctx| keeper.look(ctx));
    }
}

impl Handler<Deliver> for TopicKeeper {
    type Result = ();

    fn handle(&mut self, events: Deliver, _: &mut Self::Context) {
        let matters = |event: &Event, topic: &Stream| match event {
            Event::ElementStage(change) => {
                change.stage.name == StageName::Embed && change.stage.state == StageState::Done
            }
            Event::ElementAdded(_) | Event::ElementRemoved(_) => *topic == Stream::Explore,
            _ => false,
        };
        let mut events = events.0.iter();
        self.changed |= events.any(|published| matters(&published.event, &published.topic));
    }
}
