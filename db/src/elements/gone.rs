//! Deleting an element, taking that back, and forgetting it in the end.
//!
//! A deleted element keeps its row, with `gone_at`, and all that hangs on it:
//! vectors, tags, likes, places in clusters. No condition of
//! [`viewer`](super::viewer) holds for it, so that it is nowhere for nobody,
//! and its jobs are put aside. What was deleted too long ago is swept.

use std::ops::Bound;

use protocol::element::{Element, Visibility};
use protocol::{ElementId, Topic};
use surrealdb::types::{
    Array, RecordId, RecordIdKey, RecordIdKeyRange, SerdeWrapper, SurrealValue, object,
};

use super::change::Owned;
use super::labels;
use super::save::NewElement;
use super::viewer::{RESTORABLE, Viewer};
use crate::clusters;
use crate::error::Result;
use crate::id::now_millis;
use crate::jobs;
use crate::limits::SWEEP_MAX;
use crate::outbox::{self, ElementEvent, Notice};
use crate::row::{self, Key};
use crate::store::{Db, Tx};

impl Db {
    /// Deletes an element; [`Db::restore_element`] takes that back until it is
    /// swept. Answers when that was, in milliseconds since 1970; none when
    /// there is no such element of this viewer's.
    pub async fn remove_element(&self, viewer: &Viewer, id: &ElementId) -> Result<Option<i64>> {
        let (viewer, id) = (viewer.clone(), id.clone());
        let now = now_millis();
        self.write("a removal", move |tx| {
            let (viewer, id) = (viewer.clone(), id.clone());
            Box::pin(async move { Ok(remove(tx, &viewer, &id, now).await?.then_some(now)) })
        })
        .await
    }

    /// Takes a deletion back that is not older than `since`: the element is
    /// where it was, with all that it had. None when there is nothing of this
    /// viewer's to take back.
    pub async fn restore_element(
        &self,
        viewer: &Viewer,
        id: &ElementId,
        since: i64,
    ) -> Result<Option<Element>> {
        let (who, what) = (viewer.clone(), id.clone());
        let back = self
            .write("a return", move |tx| {
                let (who, what) = (who.clone(), what.clone());
                Box::pin(async move {
                    let mut vars = object! { id: row::element(&what), since: since };
                    who.bind(&mut vars);
                    let query = format!("SELECT VALUE id FROM $id WHERE {RESTORABLE}");
                    let found: Vec<Key> = tx.run(query, vars).await?.all(0)?;
                    if found.is_empty() {
                        return Ok(false);
                    }
                    restore(tx, &what).await?;
                    Ok(true)
                })
            })
            .await?;
        match back {
            true => self.element(viewer, id).await,
            false => Ok(None),
        }
    }

    /// Forgets elements that were deleted before `before`, with all that hung
    /// on them; says how many. The files stay until they are swept.
    pub async fn sweep_elements(&self, before: i64) -> Result<usize> {
        let mut total = 0;
        loop {
            let vars = object! { range: gone_until(before), count: row::int(SWEEP_MAX) };
            let query = "SELECT VALUE element FROM $range LIMIT $count";
            let old: Vec<Key> = self.read(query, vars).await?.all(0)?;
            for key in &old {
                let id: ElementId = key.parse()?;
                self.write("a sweep of elements", move |tx| {
                    let id = id.clone();
                    Box::pin(async move { forget(tx, &id, before).await })
                })
                .await?;
            }
            total += old.len();
            if old.len() < SWEEP_MAX {
                return Ok(total);
            }
        }
    }
}

async fn remove(tx: &Tx, viewer: &Viewer, id: &ElementId, now: i64) -> Result<bool> {
    let Some(before) = Owned::find(tx, viewer, id).await? else {
        return Ok(false);
    };
    let vars = object! {
        id: row::element(id),
        now: now,
        mark: gone_key(now, id),
    };
    tx.run(REMOVE, vars).await?;
    jobs::put_aside(tx, id).await?;
    clusters::left(tx, id).await?;
    let mut topics = before.topics(id)?;
    if before.shown() {
        topics.push(Topic::Explore);
    }
    outbox::write(tx, &[Notice::removed(topics, id.clone())]).await?;
    Ok(true)
}

/// Deletes an element and forgets it at once, for an account that is erased:
/// its clusters, its lists and whoever looks at it are told.
pub(crate) async fn erase(tx: &Tx, id: &ElementId) -> Result<()> {
    let now = now_millis();
    remove(tx, &Viewer::System, id, now).await?;
    forget(tx, id, i64::MAX).await
}

/// Brings back what was deleted, whoever asks and however long ago.
async fn restore(tx: &Tx, id: &ElementId) -> Result<()> {
    let vars = object! { id: row::element(id) };
    let gone: Option<GoneRow> = tx
        .run("SELECT gone_at FROM $id", vars.clone())
        .await?
        .one(0)?;
    let Some(at) = gone.and_then(|row| row.gone_at) else {
        return Ok(());
    };
    let mut vars = vars;
    vars.insert("mark", gone_key(at, id));
    tx.run(RESTORE, vars).await?;
    clusters::returned(tx, id).await?;
    // rulings may have been made meanwhile
    labels::derive(tx, id).await?;
    let Some(progress) = jobs::take_up(tx, id).await? else {
        return Ok(());
    };
    let mut topics = progress.topics();
    if progress.shown() {
        topics.push(Topic::Explore);
    }
    let added = Notice::element(topics, ElementEvent::Added, id.clone());
    outbox::write(tx, &[added]).await?;
    progress.write(tx).await
}

/// The same file is saved again while its element is deleted: that comes
/// back. What is said at saving counts, but nobody gets to see more than
/// before: of the two visibilities the narrower one holds.
pub(super) async fn revive(tx: &Tx, new: &NewElement, id: &ElementId) -> Result<()> {
    let before: Option<VisibilityRow> = tx
        .run(
            "SELECT visibility FROM $id",
            object! { id: row::element(id) },
        )
        .await?
        .one(0)?;
    let open = |v: Visibility| match v {
        Visibility::Private => 0,
        Visibility::Unlisted => 1,
        Visibility::Public => 2,
    };
    let before = before.map_or(Visibility::Private, |row| row.visibility);
    let visibility = match open(before) < open(new.visibility) {
        true => before,
        false => new.visibility,
    };
    let said = |text: &String| Some(text.clone()).filter(|t| !t.is_empty());
    let vars = object! {
        id: row::element(id),
        title: said(&new.title),
        description: said(&new.description),
        visibility: SerdeWrapper(visibility),
    };
    tx.run(SAY, vars).await?;
    restore(tx, id).await
}

/// Forgets an element for good, unless it came back or was deleted again.
async fn forget(tx: &Tx, id: &ElementId, before: i64) -> Result<()> {
    let vars = object! { id: row::element(id), key: id.to_string() };
    let gone: Option<GoneRow> = tx
        .run("SELECT gone_at FROM $id", vars.clone())
        .await?
        .one(0)?;
    let Some(at) = gone.and_then(|row| row.gone_at).filter(|at| *at < before) else {
        return Ok(());
    };
    clusters::forget(tx, id).await?;
    let mut vars = vars;
    vars.insert("jobs", jobs::keys(id));
    vars.insert("mark", gone_key(at, id));
    // edges go with the record they hang on
    tx.run(FORGET, vars).await.map(drop)
}

/// Notes that an element was deleted: the list of what is to be swept, in its
/// order. A sweep must not look at all elements.
fn gone_key(at: i64, id: &ElementId) -> RecordId {
    let parts = vec![at.into_value(), id.to_string().into_value()];
    RecordId::new("gone", Array::from(parts))
}

fn gone_until(before: i64) -> RecordId {
    let range = RecordIdKeyRange {
        start: Bound::Unbounded,
        end: Bound::Excluded(RecordIdKey::Array(Array::from(vec![before.into_value()]))),
    };
    RecordId::new("gone", RecordIdKey::Range(Box::new(range)))
}

const REMOVE: &str = "UPDATE $id SET gone_at = $now RETURN NONE; \
    UPSERT $mark SET element = $id RETURN NONE";

const RESTORE: &str = "UPDATE $id SET gone_at = NONE RETURN NONE; DELETE $mark RETURN NONE";

const SAY: &str = "UPDATE $id SET title = $title ?? title, \
    description = $description ?? description, visibility = $visibility RETURN NONE";

const FORGET: &str = "DELETE embedding:[$key]..[$key, '~']; DELETE $jobs; DELETE $id; \
    DELETE appeal:[$key]..[$key, '~']; DELETE review:[$key]..[$key, '~']; \
    DELETE less WHERE element = $id; DELETE $mark";

#[derive(SurrealValue)]
struct GoneRow {
    gone_at: Option<i64>,
}

#[derive(SurrealValue)]
struct VisibilityRow {
    #[surreal(wrap)]
    visibility: Visibility,
}
