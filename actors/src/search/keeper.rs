//! Keeps the derived spaces: loads them at start, then follows the events.

use std::collections::BTreeSet;
use std::sync::Arc;

use actix::fut::wrap_future;
use actix::{Actor, AsyncContext, Context, Handler, Message, ResponseFuture};
use db::{Access, Db, FactRow, VectorRow};
use ml::space::{CLIP as CLIP_SPACE, CONSE as CONSE_SPACE};
use protocol::element::{Element, Label, StageName, StageState};
use protocol::event::Event;
use protocol::{ElementId, TagId, Topic};

use super::facts::FactIndex;
use super::respace::IMAGES;
use super::spaces::Alike;
use super::{Library, Spaces};
use crate::PlatformError;
use crate::live::Deliver;
use crate::tags;

/// Mailbox: batches of the relay, which waits when it is full.
const MAILBOX: usize = 4;
/// Rows read at once while loading; few pages, since the engine reads each
/// range beyond its limit.
const PAGE: usize = 5_000;
/// Read everything that is stored.
#[derive(Message)]
#[rtype(result = "Result<(), PlatformError>")]
pub struct Load;

pub struct IndexKeeper {
    db: Db,
    library: Arc<Library>,
    spaces: Arc<Spaces>,
    facts: Arc<FactIndex>,
}

impl IndexKeeper {
    pub fn new(db: Db, library: Arc<Library>, spaces: Arc<Spaces>, facts: Arc<FactIndex>) -> Self {
        Self {
            db,
            library,
            spaces,
            facts,
        }
    }

    /// Words changed, vectors of elements were stored: take them over.
    fn refresh(&self, words: Vec<TagId>, ids: BTreeSet<ElementId>, ctx: &mut Context<Self>) {
        let (db, spaces) = (self.db.clone(), self.spaces.clone());
        let facts = self.facts.clone();
        let work = async move {
            if let Err(error) = tags::refresh(&db, &facts, &words).await {
                tracing::warn!(%error, "the vocabulary misses a change until the next start");
            }
            for id in ids {
                if let Err(error) = refresh(&db, &spaces, &facts, &id).await {
                    tracing::warn!(%error, element = %id, "vector index misses an element until the next start");
                }
            }
        };
        // `wait`: the relay's next batch is held back meanwhile.
        ctx.wait(wrap_future(work));
    }
}

impl Actor for IndexKeeper {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(MAILBOX);
    }
}

impl Handler<Load> for IndexKeeper {
    type Result = ResponseFuture<Result<(), PlatformError>>;

    fn handle(&mut self, _: Load, _: &mut Self::Context) -> Self::Result {
        let (db, library, spaces) = (self.db.clone(), self.library.clone(), self.spaces.clone());
        let facts = self.facts.clone();
        Box::pin(async move {
            load_facts(&db, &facts).await?;
            load(&db, &library, &spaces, &facts).await?;
            tracing::info!(elements = spaces.len(), "vector index loaded");
            Ok(())
        })
    }
}

impl Handler<Deliver> for IndexKeeper {
    type Result = ();

    fn handle(&mut self, events: Deliver, ctx: &mut Self::Context) {
        let mut stale = BTreeSet::new();
        let mut words = BTreeSet::new();
        for published in &events.0 {
            match &published.event {
                Event::ElementStage(change)
                    if change.stage.state == StageState::Done
                        && matches!(
                            change.stage.name,
                            StageName::Preview
                                | StageName::Embed
                                | StageName::Tag
                                | StageName::Screen
                                | StageName::Score
                                | StageName::Read
                        ) =>
                {
                    stale.insert(change.id.clone());
                }
                // with results already: it was deleted and came back
                Event::ElementAdded(element)
                    if published.topic != Topic::Explore && !element.media.is_empty() =>
                {
                    stale.insert(element.id.clone());
                }
                Event::ElementChanged(element) => {
                    self.spaces.set_access(&element.id, &access(element));
                    self.facts.put(&facts_of(element));
                }
                Event::TagsChanged(touched) => {
                    words.extend(touched.tags.iter().cloned());
                    stale.extend(touched.elements.iter().cloned());
                }
                // Leaving `explore` is not leaving the library.
                Event::ElementRemoved(gone) if published.topic != Topic::Explore => {
                    self.spaces.remove(&gone.id);
                    self.facts.remove(&gone.id);
                }
                _ => {}
            }
        }
        if !stale.is_empty() || !words.is_empty() {
            self.refresh(words.into_iter().collect(), stale, ctx);
        }
    }
}

/// Takes an element's vectors over as they are stored now.
async fn refresh(
    db: &Db,
    spaces: &Spaces,
    facts: &FactIndex,
    id: &ElementId,
) -> Result<(), PlatformError> {
    let Some(element) = db.element(&db::Viewer::System, id).await? else {
        return Ok(());
    };
    facts.put(&facts_of(&element));
    let access = access(&element);
    for (space, vector) in db.embeddings_of(id).await? {
        match space.as_str() {
            CONSE_SPACE => spaces.put_concept(id, &access, &vector),
            image => spaces.put_image(image, id, &access, &vector),
        }
    }
    Ok(())
}

fn facts_of(element: &Element) -> FactRow {
    FactRow {
        element: element.id.clone(),
        access: access(element),
        handle: element.owner.handle.clone(),
        colors: element.colors.clone(),
        tags: element.tags.clone(),
        labels: element.labels.clone(),
        quality: element.quality,
        created_at: element.created_at,
        titled: !element.title.is_empty(),
        worded: !element.text.is_empty(),
    }
}

/// Reads what is known of every element.
async fn load_facts(db: &Db, facts: &FactIndex) -> Result<(), PlatformError> {
    let mut after = None;
    loop {
        let rows = db.facts(after.as_ref(), PAGE).await?;
        rows.iter().for_each(|row| facts.put(row));
        match rows.last() {
            Some(last) if rows.len() == PAGE => after = Some(last.element.clone()),
            _ => return Ok(()),
        }
    }
}

/// Who may see it, for the indexes in memory.
pub(crate) fn access(element: &Element) -> Access {
    let flags = element.labels.iter().filter_map(Label::flag);
    Access {
        owner: element.owner.id.clone(),
        visibility: element.visibility,
        flags: flags.map(str::to_owned).collect(),
    }
}

/// Reads every stored vector that is used: pictures in the space in which
/// they are compared, and what words are compared with.
async fn load(
    db: &Db,
    library: &Library,
    spaces: &Spaces,
    facts: &FactIndex,
) -> Result<(), PlatformError> {
    if let Some(active) = db.active_space(IMAGES).await?
        && active != CLIP_SPACE
    {
        spaces.switch(Alike::read(db, library, &active).await?);
    }
    let mut last: Option<VectorRow> = None;
    loop {
        let after = last.as_ref().map(|row| (&row.element, row.space.as_str()));
        let mut rows = db.vectors(after, PAGE).await?;
        for row in &rows {
            // of what was deleted nothing is known; what is new is told of
            let Some(access) = facts.access(&row.element) else {
                continue;
            };
            match row.space.as_str() {
                CLIP_SPACE => spaces.put_image(CLIP_SPACE, &row.element, &access, &row.vector),
                CONSE_SPACE => spaces.put_concept(&row.element, &access, &row.vector),
                // read already, or of a tower that is not in use
                _ => {}
            }
        }
        if rows.len() < PAGE {
            return Ok(());
        }
        last = rows.pop();
    }
}
