//! Tags put on and taken off several elements, and that taken back.

use protocol::element::TagState;
use protocol::value::TagName;
use protocol::{ChangeId, ElementId};
use surrealdb::types::{Array, RecordId, SerdeWrapper, SurrealValue, object};

use crate::elements::Viewer;
use crate::elements::tags::{Tagging, Word};
use crate::error::{DbError, Result};
use crate::id::{Fresh, now_millis};
use crate::row::{self, Key};
use crate::store::{Db, Tx};

/// Why nothing was done to one of the elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotTagged {
    /// There is none of this viewer's.
    NoElement,
    /// Its tags were changed since: what was there is not put back over that.
    ChangedSince,
}

/// What became of several elements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tagged {
    pub change: ChangeId,
    /// In the order asked.
    pub items: Vec<(ElementId, Option<NotTagged>)>,
}

impl Db {
    /// Puts tags on elements of the viewer's and takes others off, each
    /// element by itself; what was there is kept, so that it can be put back.
    pub async fn tag_elements(
        &self,
        viewer: &Viewer,
        elements: &[ElementId],
        add: &[TagName],
        remove: &[TagName],
    ) -> Result<Tagged> {
        let change = self.new_bulk(viewer).await?;
        let mut items: Vec<(ElementId, Option<NotTagged>)> = Vec::with_capacity(elements.len());
        for (at, id) in elements.iter().enumerate() {
            let known = items.iter().find(|(other, _)| other == id);
            let refused = match known {
                Some((_, refused)) => *refused,
                None => {
                    let wishes = (add.to_vec(), remove.to_vec());
                    self.tag_one(viewer, id, &change, at, wishes).await?
                }
            };
            items.push((id.clone(), refused));
        }
        Ok(Tagged { change, items })
    }

    /// Puts back what was there before such a change of this viewer's; that is
    /// a change too.
    ///
    /// # Errors
    /// [`DbError::Missing`] for a change of somebody else's or none,
    /// [`DbError::Stale`] when it was taken back already.
    pub async fn undo_tag_elements(&self, viewer: &Viewer, undone: &ChangeId) -> Result<Tagged> {
        let vars = object! {
            id: bulk(undone),
            viewer: viewer.id().map(row::user),
            change: undone.to_string(),
        };
        let mut answer = self.read(MADE, vars).await?;
        let made: Option<BulkRow> = answer.one(0)?;
        let mut rows: Vec<ItemRow> = answer.all(1)?;
        let made = made.ok_or(DbError::Missing("change of yours"))?;
        if made.undone_by.is_some() {
            return Err(DbError::Stale("it was taken back already"));
        }
        rows.sort_by_key(|row| row.at);
        let change = self.new_bulk(viewer).await?;
        let mut items = Vec::with_capacity(rows.len());
        for row in rows {
            let id: ElementId = row.element.parse()?;
            let (to, at) = (change.clone(), row.at);
            let refused = self.put_back(viewer, &id, &to, at, row.said.0).await?;
            items.push((id, refused));
        }
        // last: what was cut short can be taken back again
        let vars = object! { id: bulk(undone), by: change.to_string() };
        self.write("a bulk change", move |tx| {
            let vars = vars.clone();
            Box::pin(async move {
                let query = "UPDATE $id SET undone_by = $by RETURN NONE";
                tx.run(query, vars).await.map(drop)
            })
        })
        .await?;
        Ok(Tagged { change, items })
    }

    /// Forgets changes that were made before `before`: they can be taken back
    /// no longer.
    pub async fn sweep_bulk_tags(&self, before: i64) -> Result<()> {
        self.write("a sweep of bulk changes", move |tx| {
            let vars = object! { before: before };
            Box::pin(async move { tx.run(SWEEP, vars).await.map(drop) })
        })
        .await
    }

    async fn new_bulk(&self, viewer: &Viewer) -> Result<ChangeId> {
        let change = ChangeId::fresh();
        let vars = object! {
            id: bulk(&change),
            by: viewer.id().map(row::user),
            at: now_millis(),
        };
        self.write("a bulk change", move |tx| {
            let vars = vars.clone();
            Box::pin(async move {
                let query = "CREATE $id SET by = $by, at = $at RETURN NONE";
                tx.run(query, vars).await.map(drop)
            })
        })
        .await?;
        Ok(change)
    }

    async fn tag_one(
        &self,
        viewer: &Viewer,
        id: &ElementId,
        change: &ChangeId,
        at: usize,
        wishes: (Vec<TagName>, Vec<TagName>),
    ) -> Result<Option<NotTagged>> {
        let (who, what, change) = (viewer.clone(), id.clone(), change.clone());
        self.write("tags of an element", move |tx| {
            let (who, what, change) = (who.clone(), what.clone(), change.clone());
            let (add, remove) = wishes.clone();
            Box::pin(async move {
                let Some(mut tagging) = Tagging::begin(tx, &who, &what).await? else {
                    return Ok(Some(NotTagged::NoElement));
                };
                let add = add.iter().map(|tag| (tag, Word::Say(TagState::Fact)));
                let wishes = add.chain(remove.iter().map(|tag| (tag, Word::Drop)));
                let mut said: Vec<Said> = Vec::new();
                for (tag, word) in wishes {
                    let Some((key, before, after)) = tagging.say(tx, tag, word).await? else {
                        continue;
                    };
                    match said.iter_mut().find(|said| said.tag == key) {
                        Some(said) => said.after = after,
                        None => said.push(Said {
                            tag: key,
                            before,
                            after,
                        }),
                    }
                }
                tagging.write(tx).await?;
                keep(tx, &change, &what, at, said).await?;
                Ok(None)
            })
        })
        .await
    }

    async fn put_back(
        &self,
        viewer: &Viewer,
        id: &ElementId,
        change: &ChangeId,
        at: usize,
        said: Vec<Said>,
    ) -> Result<Option<NotTagged>> {
        let (who, what, change) = (viewer.clone(), id.clone(), change.clone());
        self.write("tags of an element", move |tx| {
            let (who, what, change) = (who.clone(), what.clone(), change.clone());
            let said = said.clone();
            Box::pin(async move {
                let Some(mut tagging) = Tagging::begin(tx, &who, &what).await? else {
                    return Ok(Some(NotTagged::NoElement));
                };
                let mut said = said;
                for one in &mut said {
                    one.tag = tagging.now(tx, &one.tag).await?;
                    let now = tagging.person(&one.tag);
                    if now != one.after && now != one.before {
                        return Ok(Some(NotTagged::ChangedSince));
                    }
                }
                for one in &said {
                    tagging.put(tx, &one.tag, one.before).await?;
                }
                tagging.write(tx).await?;
                let turned = |one: Said| Said {
                    before: one.after,
                    after: one.before,
                    ..one
                };
                keep(
                    tx,
                    &change,
                    &what,
                    at,
                    said.into_iter().map(turned).collect(),
                )
                .await?;
                Ok(None)
            })
        })
        .await
    }
}

/// Keeps what was said of an element before, with the change itself.
async fn keep(
    tx: &Tx,
    change: &ChangeId,
    element: &ElementId,
    at: usize,
    said: Vec<Said>,
) -> Result<()> {
    let vars = object! {
        id: item_key(change, element.as_str()),
        element: element.to_string(),
        at: row::int(at),
        said: SerdeWrapper(said),
    };
    tx.run(KEEP, vars).await.map(drop)
}

fn bulk(change: &ChangeId) -> RecordId {
    RecordId::new("tag_bulk", change.as_str())
}

fn item_key(change: &ChangeId, element: &str) -> RecordId {
    let parts = vec![
        change.to_string().into_value(),
        element.to_owned().into_value(),
    ];
    RecordId::new("tag_bulk_item", Array::from(parts))
}

/// What a person said of a tag on an element, before and after.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
struct Said {
    tag: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    before: Option<TagState>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    after: Option<TagState>,
}

#[derive(SurrealValue)]
struct BulkRow {
    undone_by: Option<String>,
}

#[derive(SurrealValue)]
struct ItemRow {
    element: Key,
    at: usize,
    said: SerdeWrapper<Vec<Said>>,
}

const MADE: &str = "SELECT undone_by FROM $id WHERE by = $viewer; \
    SELECT element, at, said FROM tag_bulk_item:[$change]..[$change, '~']";

const KEEP: &str = "CREATE $id SET element = $element, at = $at, said = $said RETURN NONE";

const SWEEP: &str = "FOR $old IN (SELECT VALUE id FROM tag_bulk WHERE at < $before) { \
    LET $key = record::id($old); \
    DELETE tag_bulk_item:[$key]..[$key, '~']; DELETE $old }";
