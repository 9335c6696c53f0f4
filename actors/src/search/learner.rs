//! Learns from what people do: which tags they accept and refuse, and what
//! they keep.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use actix::fut::wrap_future;
use actix::{Actor, AsyncContext, Context};
use db::Db;
use ml::tags::TagFeedback;
use ml::taste::Taste;
use protocol::ElementId;

use super::{Library, Spaces};
use crate::PlatformError;

/// How often it looks whether there is something to learn.
const EVERY: Duration = Duration::from_secs(30);
/// The latest kept elements that taste is learned from, and as many others
/// at most that were not kept.
const KEPT: usize = 2_000;
const OTHERS: usize = 4_000;

/// Looks now and then; cheap while nothing changed.
pub struct Learner {
    db: Db,
    library: Arc<Library>,
    spaces: Arc<Spaces>,
    seen: Seen,
}

/// What the last lesson was drawn from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Seen {
    feedback: HashMap<String, TagFeedback>,
    kept: Vec<ElementId>,
}

impl Learner {
    pub fn new(db: Db, library: Arc<Library>, spaces: Arc<Spaces>) -> Self {
        Self {
            db,
            library,
            spaces,
            seen: Seen::default(),
        }
    }

    fn look(&mut self, ctx: &mut Context<Self>) {
        let (db, library, spaces) = (self.db.clone(), self.library.clone(), self.spaces.clone());
        let seen = self.seen.clone();
        let work = async move { learn(&db, library, spaces, seen).await };
        ctx.wait(actix::fut::ActorFutureExt::map(
            wrap_future(work),
            |learned, learner: &mut Self, _| match learned {
                Ok(seen) => learner.seen = seen,
                Err(error) => tracing::warn!(%error, "nothing learned from people just now"),
            },
        ));
    }
}

impl Actor for Learner {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        self.look(ctx);
        ctx.run_interval(EVERY, |learner, ctx| learner.look(ctx));
    }
}

async fn learn(
    db: &Db,
    library: Arc<Library>,
    spaces: Arc<Spaces>,
    seen: Seen,
) -> Result<Seen, PlatformError> {
    let feedback: HashMap<String, TagFeedback> = db
        .tag_feedback()
        .await?
        .into_iter()
        .map(|(tag, accepted, rejected)| {
            let feedback = TagFeedback { accepted, rejected };
            (tag.to_string(), feedback)
        })
        .collect();
    if feedback != seen.feedback {
        library.set_tags(library.shipped_tags().with_feedback(&feedback));
        tracing::debug!(tags = feedback.len(), "thresholds of tags follow people");
    }
    let kept = db.liked_ids(KEPT).await?;
    if kept != seen.kept {
        let ids = kept.clone();
        let taste = tokio::task::spawn_blocking(move || {
            let (kept, others) = spaces.kept_and_others(&ids, OTHERS);
            Taste::learn(&kept, &others)
        })
        .await
        .map_err(|_| PlatformError::Gone("the learner"))?;
        tracing::debug!(kept = kept.len(), learned = taste.is_some(), "taste");
        library.set_taste(taste);
    }
    Ok(Seen { feedback, kept })
}
