//! One actor for each account that reads its home feed just now: it holds the
//! ranking that pages are cut from, so that they fit together.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix::ActorFutureExt;
use actix::{
    Actor, ActorContext, AsyncContext, Context, Handler, Message, ResponseActFuture, WrapFuture,
};
use db::{Db, Scope, Viewer};
use protocol::search::Why;
use protocol::{ElementId, Timestamp, UserId};
use rand::seq::SliceRandom;

use crate::PlatformError;
use crate::recommend::{Pick, Recommender, Wish};

/// Questions that wait for one account.
const MAILBOX: usize = 32;
/// A ranking is made anew for a first page after so long.
const FRESH: Duration = Duration::from_secs(120);
/// Rankings whose later pages may still be asked for.
const KEPT: usize = 3;
/// An account that has not asked for so long has no actor.
const IDLE: Duration = Duration::from_secs(900);
const LOOK: Duration = Duration::from_secs(60);

/// Clusters that a ranking grows from, and the last elements of each.
const CLUSTERS: usize = 16;
const ELEMENTS: usize = 120;
/// Waved-away elements that are remembered.
const LESS: usize = 200;
/// One in so many picks is there to find out whether it is liked.
const EXPLORE_EVERY: usize = 9;
/// New elements that these are chosen from.
const EXPLORE_AMONG: usize = 120;

/// A ranking with its name.
#[derive(Debug, Clone)]
pub struct Ranking {
    pub id: u32,
    pub picks: Arc<Vec<Pick>>,
}

/// Asks for the ranking: a certain one if it is still there, else a fresh one.
#[derive(Message)]
#[rtype(result = "Result<Ranking, PlatformError>")]
pub struct Ask {
    pub viewer: Viewer,
    pub ranking: Option<u32>,
}

/// What the feed grows from changed.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Stale;

pub struct FeedActor {
    user: UserId,
    db: Db,
    recommender: Recommender,
    rankings: VecDeque<(Instant, Ranking)>,
    stale: bool,
    asked: Instant,
}

impl FeedActor {
    pub fn new(user: UserId, db: Db, recommender: Recommender) -> Self {
        Self {
            user,
            db,
            recommender,
            rankings: VecDeque::new(),
            stale: true,
            asked: Instant::now(),
        }
    }

    fn known(&self, wanted: Option<u32>) -> Option<Ranking> {
        let found = match wanted {
            Some(id) => self.rankings.iter().find(|(_, ranking)| ranking.id == id),
            None => self
                .rankings
                .back()
                .filter(|(made, _)| !self.stale && made.elapsed() < FRESH),
        };
        found.map(|(_, ranking)| ranking.clone())
    }
}

impl Actor for FeedActor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(MAILBOX);
        ctx.run_interval(LOOK, |feed, ctx| {
            if feed.asked.elapsed() > IDLE {
                ctx.stop();
            }
        });
    }
}

impl Handler<Ask> for FeedActor {
    type Result = ResponseActFuture<Self, Result<Ranking, PlatformError>>;

    fn handle(&mut self, ask: Ask, _: &mut Self::Context) -> Self::Result {
        self.asked = Instant::now();
        if let Some(known) = self.known(ask.ranking) {
            return Box::pin(std::future::ready(Ok(known)).into_actor(self));
        }
        // what changes from here on is not in it
        self.stale = false;
        let (db, recommender) = (self.db.clone(), self.recommender.clone());
        let user = self.user.clone();
        let work = async move { rank(&db, &recommender, &user, &ask.viewer).await };
        Box::pin(work.into_actor(self).map(|made, feed, _| {
            let picks = made.inspect_err(|_| feed.stale = true)?;
            let ranking = Ranking {
                id: rand::random(),
                picks: Arc::new(picks),
            };
            if feed.rankings.len() == KEPT {
                feed.rankings.pop_front();
            }
            feed.rankings.push_back((Instant::now(), ranking.clone()));
            Ok(ranking)
        }))
    }
}

impl Handler<Stale> for FeedActor {
    type Result = ();

    fn handle(&mut self, _: Stale, _: &mut Self::Context) {
        self.stale = true;
    }
}

async fn rank(
    db: &Db,
    recommender: &Recommender,
    user: &UserId,
    viewer: &Viewer,
) -> Result<Vec<Pick>, PlatformError> {
    let interests = db.interests(viewer, CLUSTERS, ELEMENTS).await?;
    let less = db.seen_enough(viewer, LESS).await?;
    let wish = Wish {
        viewer,
        user,
        interests: &interests,
        less: &less,
        known: &HashSet::new(),
        now: Timestamp::from_millis(now_millis()).millis(),
    };
    let picks = recommender.rank(&wish).await?;
    if picks.is_empty() {
        return Ok(picks);
    }
    let newest = db
        .list_elements(viewer, Scope::Explore, None, EXPLORE_AMONG)
        .await?;
    let mut taken: HashSet<&ElementId> = picks.iter().map(|p| &p.element).collect();
    taken.extend(interests.iter().flat_map(|i| &i.elements));
    taken.extend(&less);
    let mut others: Vec<ElementId> = newest
        .items
        .into_iter()
        .filter(|e| e.owner.id != *user && !taken.contains(&e.id))
        .map(|e| e.id)
        .collect();
    let share = picks.len() / (EXPLORE_EVERY - 1);
    others.shuffle(&mut rand::rng());
    others.truncate(share);
    Ok(interleaved(picks, others))
}

/// One to explore after every so many picks.
fn interleaved(picks: Vec<Pick>, explored: Vec<ElementId>) -> Vec<Pick> {
    let mut explored = explored.into_iter();
    let mut all = Vec::new();
    for (at, pick) in picks.into_iter().enumerate() {
        all.push(pick);
        if (at + 1) % (EXPLORE_EVERY - 1) == 0
            && let Some(element) = explored.next()
        {
            all.push(Pick {
                element,
                score: 0.0,
                why: vec![Why::Exploring],
                because: None,
            });
        }
    }
    all
}

fn now_millis() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_explored_stands_between_what_is_recommended() {
        let id = |n: u64| ElementId::from_parts(n, 0);
        let pick = |n| Pick {
            element: id(n),
            score: 1.0,
            why: vec![],
            because: None,
        };
        let all = interleaved((0..20).map(pick).collect(), vec![id(100), id(101), id(102)]);
        assert_eq!(all.len(), 22, "the third finds no place");
        assert_eq!((&all[8].element, &all[17].element), (&id(100), &id(101)));
        assert_eq!(all[8].why, [Why::Exploring]);
    }
}
