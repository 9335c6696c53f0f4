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
use protocol::{ElementId, TagId};
use tokio::sync::watch;

use super::{Library, Spaces};
use crate::PlatformError;
use crate::tags::{TagNo, Vocabulary};

/// How often it looks whether there is something to learn.
const EVERY: Duration = Duration::from_secs(30);
/// The latest kept elements that taste is learned from, and as many others
/// at most that were not kept.
const KEPT: usize = 2_000;
const OTHERS: usize = 4_000;

/// Looks now and then; cheap while nothing changed.
pub struct Learner {
    db: Db,
    vocabulary: Arc<Vocabulary>,
    library: Arc<Library>,
    spaces: Arc<Spaces>,
    /// Is everything in memory that is stored?
    loaded: watch::Receiver<bool>,
    seen: Seen,
}

/// What the last lesson was drawn from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Seen {
    feedback: HashMap<String, TagFeedback>,
    kept: Vec<ElementId>,
}

impl Learner {
    pub fn new(
        db: Db,
        vocabulary: Arc<Vocabulary>,
        library: Arc<Library>,
        spaces: Arc<Spaces>,
        loaded: watch::Receiver<bool>,
    ) -> Self {
        Self {
            db,
            vocabulary,
            library,
            spaces,
            loaded,
            seen: Seen::default(),
        }
    }

    fn look(&mut self, ctx: &mut Context<Self>) {
        // half a library teaches something else
        if !*self.loaded.borrow() {
            return;
        }
        let (db, library, spaces) = (self.db.clone(), self.library.clone(), self.spaces.clone());
        let (vocabulary, seen) = (self.vocabulary.clone(), self.seen.clone());
        let work = async move { learn(&db, &vocabulary, library, spaces, seen).await };
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
        // a large library takes a while
        let mut loaded = self.loaded.clone();
        let wait = async move { loaded.wait_for(|loaded| *loaded).await.is_ok() };
        ctx.spawn(actix::fut::ActorFutureExt::map(
            wrap_future(wait),
            |_, learner: &mut Self, ctx| learner.look(ctx),
        ));
        ctx.run_interval(EVERY, |learner, ctx| learner.look(ctx));
    }
}

/// What people said, by the names that the program gives tags, whatever they
/// are called here; what became one tag is heard as one.
fn feedback(
    library: &Library,
    vocabulary: &Vocabulary,
    said: Vec<(TagId, u32, u32)>,
) -> HashMap<String, TagFeedback> {
    let words = vocabulary.read();
    let mut by_tag: HashMap<TagNo, TagFeedback> = HashMap::new();
    for (id, accepted, rejected) in said {
        if let Some(no) = words.by_id(&id) {
            let heard = by_tag.entry(words.tag(no)).or_default();
            heard.accepted += accepted;
            heard.rejected += rejected;
        }
    }
    let shipped = library.shipped_tags().tags().iter();
    let named = shipped.filter_map(|tag| {
        let heard = by_tag.get(&words.by_shipped(&tag.name)?)?;
        Some((tag.name.clone(), *heard))
    });
    named.collect()
}

async fn learn(
    db: &Db,
    vocabulary: &Vocabulary,
    library: Arc<Library>,
    spaces: Arc<Spaces>,
    seen: Seen,
) -> Result<Seen, PlatformError> {
    let feedback = feedback(&library, vocabulary, db.tag_feedback().await?);
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
