//! One actor for each account that reads its home feed just now: it holds the
//! rankings that pages are cut from, so that they fit together, and counts what
//! comes meanwhile and fits.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix::{
    Actor, ActorContext, ActorFutureExt, AsyncContext, Context, Handler, Message,
    ResponseActFuture, WrapFuture,
};
use db::Viewer;
use protocol::ws::Signal;
use protocol::{ElementId, Topic, UserId};

use super::news::News;
use super::ranking::{Grown, grow};
use crate::PlatformError;
use crate::live::{Heard, Hub, Tell};
use crate::platform::now_millis;
use crate::recommend::{Arrival, Pick, Recommender, Source};
use crate::supervise::Supervised;
use crate::time;

/// A ranking is made anew for a first page after so long.
const FRESH: Duration = Duration::from_secs(120);
/// Rankings whose later pages may still be asked for.
const KEPT: usize = 3;
/// An account that has not asked for so long, and of which nobody listens, has
/// no actor.
const IDLE: Duration = Duration::from_secs(900);
const LOOK: Duration = Duration::from_secs(60);

/// A ranking with its name.
#[derive(Debug, Clone)]
pub struct Ranking {
    pub id: u32,
    pub picks: Arc<Vec<Pick>>,
}

/// Asks for the ranking: a certain one, which may be gone; or, from the top,
/// one that is fresh.
#[derive(Message)]
#[rtype(result = "Result<Option<Ranking>, PlatformError>")]
pub struct Ask {
    pub viewer: Viewer,
    pub ranking: Option<u32>,
}

/// What the feed grows from changed.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Stale;

/// New public elements that can be judged by their looks from now on.
#[derive(Clone, Message)]
#[rtype(result = "()")]
pub struct Arrived(pub Arc<Vec<Arrival>>);

/// Elements that are gone, or no longer everybody's.
#[derive(Clone, Message)]
#[rtype(result = "()")]
pub struct Left(pub Arc<Vec<ElementId>>);

pub struct FeedActor {
    user: UserId,
    recommender: Recommender,
    hub: Supervised<Hub>,
    rankings: VecDeque<(Instant, Ranking)>,
    /// The next first page is made anew; what it grows from has changed too.
    stale: bool,
    changed: bool,
    asked: Instant,
    /// Who asked last: what may be seen by it.
    viewer: Option<Viewer>,
    /// What the last ranking grew from and was to be spared.
    sources: Arc<Vec<Source>>,
    less: Arc<Vec<ElementId>>,
    /// Since the feed was last fetched from the top.
    news: News,
}

impl FeedActor {
    pub fn new(user: UserId, recommender: Recommender, hub: Supervised<Hub>) -> Self {
        Self {
            user,
            recommender,
            hub,
            rankings: VecDeque::new(),
            stale: true,
            changed: true,
            asked: time::now(),
            viewer: None,
            sources: Arc::default(),
            less: Arc::default(),
            news: News::default(),
        }
    }

    /// The one that was named; without a name, the latest while it is fresh.
    fn known(&self, wanted: Option<u32>) -> Option<Ranking> {
        let found = match wanted {
            Some(id) => self.rankings.iter().find(|(_, ranking)| ranking.id == id),
            None => self
                .rankings
                .back()
                .filter(|(made, _)| !self.stale && time::since(*made) < FRESH),
        };
        found.map(|(_, ranking)| ranking.clone())
    }

    fn keep(&mut self, grown: Grown) -> Ranking {
        let ranking = Ranking {
            id: rand::random_range(1..=u32::MAX),
            picks: Arc::new(grown.picks),
        };
        (self.sources, self.less) = (Arc::new(grown.sources), Arc::new(grown.less));
        if self.rankings.len() == KEPT {
            self.rankings.pop_front();
        }
        self.rankings.push_back((time::now(), ranking.clone()));
        ranking
    }

    /// Tells those who listen what came since the top was fetched.
    fn tell(&self, ctx: &mut Context<Self>) {
        let (count, because) = self.news.told();
        let tell = self.hub.send(Tell {
            topic: Topic::Feed(self.user.clone()),
            signal: Signal::FeedNew { count, because },
        });
        // a hub that is gone has nobody who listens
        ctx.spawn(tell.into_actor(self).map(|_, _, _| ()));
    }
}

impl Actor for FeedActor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        time::every(ctx, LOOK, |feed: &mut Self, ctx| {
            if time::since(feed.asked) < IDLE {
                return;
            }
            let heard = feed.hub.send(Heard(Topic::Feed(feed.user.clone())));
            ctx.spawn(heard.into_actor(feed).map(|heard, _, ctx| {
                if !heard.unwrap_or(false) {
                    ctx.stop();
                }
            }));
        });
    }
}

impl Handler<Ask> for FeedActor {
    type Result = ResponseActFuture<Self, Result<Option<Ranking>, PlatformError>>;

    fn handle(&mut self, ask: Ask, ctx: &mut Self::Context) -> Self::Result {
        self.asked = time::now();
        self.viewer = Some(ask.viewer.clone());
        let known = self.known(ask.ranking);
        if ask.ranking.is_some() || known.is_some() {
            return Box::pin(std::future::ready(Ok(known)).into_actor(self));
        }
        // what comes and changes from here on is not in it
        (self.stale, self.changed) = (false, false);
        let news = std::mem::take(&mut self.news);
        self.tell(ctx);
        let (recommender, user) = (self.recommender.clone(), self.user.clone());
        let work = async move {
            let first = news.elements();
            let grown = grow(&recommender, &user, &ask.viewer, &first, now_millis()).await;
            (grown, news)
        };
        Box::pin(
            work.into_actor(self)
                .map(|(grown, news), feed, ctx| match grown {
                    Ok(grown) => Ok(Some(feed.keep(grown))),
                    Err(error) => {
                        (feed.stale, feed.changed) = (true, true);
                        feed.news.put_back(news);
                        feed.tell(ctx);
                        Err(error)
                    }
                }),
        )
    }
}

impl Handler<Stale> for FeedActor {
    type Result = ();

    fn handle(&mut self, _: Stale, _: &mut Self::Context) {
        (self.stale, self.changed) = (true, true);
    }
}

impl Handler<Arrived> for FeedActor {
    type Result = ResponseActFuture<Self, ()>;

    fn handle(&mut self, arrived: Arrived, _: &mut Self::Context) -> Self::Result {
        let Some(viewer) = self.viewer.clone() else {
            return Box::pin(std::future::ready(()).into_actor(self));
        };
        let (recommender, user) = (self.recommender.clone(), self.user.clone());
        let changed = std::mem::take(&mut self.changed);
        let known = self.sources.clone();
        let less = self.less.clone();
        let work = async move {
            let sources = match changed {
                true => Arc::new(recommender.sources(&viewer, &user, now_millis()).await?),
                false => known,
            };
            let fitting = recommender.fitting(&viewer, &user, &sources, &less, &arrived.0);
            Ok::<_, PlatformError>((sources, fitting))
        };
        Box::pin(work.into_actor(self).map(|judged, feed, ctx| {
            let Ok((sources, fitting)) = judged else {
                feed.changed = true;
                return;
            };
            feed.sources = sources;
            if feed.news.add(fitting) {
                feed.stale = true;
                feed.tell(ctx);
            }
        }))
    }
}

impl Handler<Left> for FeedActor {
    type Result = ();

    fn handle(&mut self, left: Left, ctx: &mut Self::Context) {
        if self.news.remove(&left.0) {
            self.tell(ctx);
        }
    }
}
