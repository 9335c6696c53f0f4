//! Saving: one transaction makes the element, its provenance, its jobs and
//! its event, so that an ack promises all of them.

use protocol::element::{
    Media, Source, Stage, StageName, StageState, State, Swatch, Tag, Visibility,
};
use protocol::{ElementId, MediaHash, Topic, UserId};
use surrealdb::types::{Object, SerdeWrapper, SurrealValue, object};

use super::gone;
use super::row::newest_first;
use crate::error::{DbError, Result};
use crate::id::{Fresh, now_millis};
use crate::jobs;
use crate::outbox::{self, ElementEvent, Notice};
use crate::people::IdRow;
use crate::row::{self, Key};
use crate::store::{Db, Tx};

/// A file that was stored and is now to become an element.
#[derive(Debug, Clone)]
pub struct NewElement {
    pub owner: UserId,
    pub media: MediaHash,
    /// Size of the original, in bytes.
    pub bytes: u64,
    pub mime: String,
    /// As displayed, in pixels.
    pub width: u32,
    pub height: u32,
    pub taken_at: Option<String>,
    pub camera: Option<String>,
    pub title: String,
    pub description: String,
    pub visibility: Visibility,
    pub source: Source,
    /// What is to be done with it, in order.
    pub stages: Vec<StageName>,
    /// Nobody waits for it: its jobs go behind interactive ones.
    pub backfill: bool,
}

/// What became of a save.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Saved {
    New(ElementId),
    /// The owner had saved the same file before: this is that element.
    Duplicate(ElementId),
    /// As before, and it had been deleted: it is back.
    Restored(ElementId),
}

impl Db {
    /// Saves an element, once per owner and file however often it is tried.
    /// Durable when this returns.
    pub async fn save_element(&self, new: NewElement) -> Result<Saved> {
        let id = ElementId::fresh();
        let now = now_millis();
        self.write("a save", move |tx| {
            let (new, id) = (new.clone(), id.clone());
            Box::pin(async move { save(tx, &new, id, now).await })
        })
        .await
    }
}

async fn save(tx: &Tx, new: &NewElement, id: ElementId, now: i64) -> Result<Saved> {
    let vars = object! { owner: row::user(&new.owner), media: new.media.to_string() };
    let mut known = tx.run(KNOWN, vars).await?;
    if known.one::<IdRow>(0)?.is_none() {
        return Err(DbError::Missing("account"));
    }
    if let Some(known) = known.one::<KnownRow>(1)? {
        let id = known.id.parse()?;
        if known.gone_at.is_none() {
            return Ok(Saved::Duplicate(id));
        }
        gone::revive(tx, new, &id).await?;
        return Ok(Saved::Restored(id));
    }
    let vars = object! { element: row(new, &id, now), saved: provenance(new, &id, now) };
    tx.run(CREATE, vars).await?;
    jobs::enqueue(tx, new, &id, now).await?;
    let topics = vec![Topic::User(new.owner.clone())];
    let added = Notice::element(topics, ElementEvent::Added, id.clone());
    outbox::write(tx, &[added]).await?;
    Ok(Saved::New(id))
}

/// The row of an element of which nothing has been made yet.
pub(crate) fn row(new: &NewElement, id: &ElementId, now: i64) -> Object {
    object! {
        id: row::element(id),
        place: newest_first(id),
        owner: row::user(&new.owner),
        media: new.media.to_string(),
        bytes: row::int(new.bytes),
        mime: new.mime.clone(),
        width: new.width,
        height: new.height,
        taken_at: new.taken_at.clone(),
        camera: new.camera.clone(),
        title: new.title.clone(),
        description: new.description.clone(),
        file_name: new.source.file_name.clone().unwrap_or_default(),
        visibility: SerdeWrapper(new.visibility),
        source: SerdeWrapper(new.source.clone()),
        stages: SerdeWrapper(stages(&new.stages, StageState::Waiting)),
        state: SerdeWrapper(State::Processing),
        thumbhash: String::new(),
        colors: SerdeWrapper(Vec::<Swatch>::new()),
        files: SerdeWrapper(Vec::<Media>::new()),
        tags: SerdeWrapper(Vec::<Tag>::new()),
        created_at: now,
    }
}

pub(crate) fn stages(names: &[StageName], state: StageState) -> Vec<Stage> {
    let stage = |name: &StageName| Stage {
        name: *name,
        state,
        error: None,
    };
    names.iter().map(stage).collect()
}

/// The edge that says who saved it from where.
pub(crate) fn provenance(new: &NewElement, id: &ElementId, now: i64) -> Object {
    object! {
        in: row::user(&new.owner),
        out: row::element(id),
        at: now,
        via: new.source.via.clone(),
    }
}

const KNOWN: &str = "SELECT id FROM $owner WHERE gone_at = NONE; \
    SELECT id, gone_at FROM element WHERE owner = $owner AND media = $media";

#[derive(SurrealValue)]
struct KnownRow {
    id: Key,
    gone_at: Option<i64>,
}

const CREATE: &str = "INSERT INTO element $element RETURN NONE; \
    INSERT RELATION INTO saved $saved RETURN NONE";
