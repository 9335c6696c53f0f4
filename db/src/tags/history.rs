//! What was changed about tags, by whom.

use protocol::element::Owner;
use protocol::tag::{TagChange, TagChangeKind};
use protocol::{ChangeId, Cursor, Page, TagId, Timestamp, UserId};
use surrealdb::types::{RecordId, SerdeWrapper, SurrealValue, object};

use super::change::Done;
use super::op::Op;
use super::rows::{record, tag};
use crate::elements::newest_first;
use crate::error::{DbError, Result};
use crate::id::{Fresh, now_millis};
use crate::limits::READ_MAX;
use crate::row::{self, Key};
use crate::store::{Db, Tx};

impl Db {
    /// What was changed about a tag, the newest first; `undoable` as far as
    /// rights go, and nothing was changed since.
    ///
    /// # Errors
    /// [`DbError::BadCursor`].
    pub async fn tag_history(
        &self,
        id: &TagId,
        moderator: bool,
        cursor: Option<Cursor>,
        limit: usize,
    ) -> Result<Page<TagChange>> {
        let limit = limit.clamp(1, READ_MAX);
        let beyond = match cursor {
            Some(cursor) => {
                let last: ChangeId = cursor.as_str().parse().map_err(|_| DbError::BadCursor)?;
                place(&last)
            }
            None => String::new(),
        };
        let vars = object! { tag: tag(id), beyond: beyond, count: row::int(limit + 1) };
        let mut answer = self.read(HISTORY, vars).await?;
        let mut rows: Vec<ChangeRow> = answer.all(0)?;
        let now: Option<NowRow> = answer.one(1)?;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next_cursor = match rows.last() {
            Some(last) if more => last.id.0.parse().ok(),
            _ => None,
        };
        let items = rows
            .into_iter()
            .map(|row| row.change(moderator, now.as_ref()))
            .collect::<Result<Vec<_>>>()?;
        Ok(Page { items, next_cursor })
    }
}

/// Notes a change; returns its id.
pub(super) async fn note(tx: &Tx, by: Option<&UserId>, tag: &str, done: &Done) -> Result<ChangeId> {
    let id = ChangeId::fresh();
    let vars = object! {
        id: change(&id),
        tag: record(tag),
        place: place(&id),
        at: now_millis(),
        by: by.map(row::user),
        kind: SerdeWrapper(done.kind),
        before: done.before.clone(),
        after: done.after.clone(),
        did: SerdeWrapper(done.op.clone()),
    };
    tx.run(NOTE, vars).await?;
    Ok(id)
}

/// What a change did, if it may be taken back.
pub(super) async fn undoable(tx: &Tx, tag: &str, id: &ChangeId, moderator: bool) -> Result<Op> {
    let vars = object! { id: change(id), tag: record(tag) };
    let query = "SELECT did, undone_by FROM $id WHERE tag = $tag";
    let row: Option<DidRow> = tx.run(query, vars).await?.one(0)?;
    let row = row.ok_or(DbError::Missing("change of this tag"))?;
    if row.did.is_for_moderators() && !moderator {
        return Err(DbError::Denied("only moderators take this back"));
    }
    if row.undone_by.is_some() {
        return Err(DbError::Stale("it was taken back already"));
    }
    Ok(row.did)
}

/// Notes that a change was taken back.
pub(super) async fn mark(tx: &Tx, undone: &ChangeId, by: &ChangeId) -> Result<()> {
    let vars = object! { id: change(undone), by: by.to_string() };
    tx.run("UPDATE $id SET undone_by = $by RETURN NONE", vars)
        .await
        .map(drop)
}

fn change(id: &ChangeId) -> RecordId {
    RecordId::new("tag_change", id.as_str())
}

/// Sorts the newest first.
fn place(id: &ChangeId) -> String {
    // the same letters, of another kind of thing
    let same = id.as_str().parse();
    same.map(|id| newest_first(&id)).unwrap_or_default()
}

#[derive(SurrealValue)]
struct ChangeRow {
    id: Key,
    at: i64,
    by: Option<Key>,
    handle: Option<String>,
    display_name: Option<String>,
    #[surreal(wrap)]
    kind: TagChangeKind,
    before: Option<String>,
    after: Option<String>,
    undone_by: Option<String>,
    #[surreal(wrap)]
    did: Op,
}

impl ChangeRow {
    fn change(self, moderator: bool, now: Option<&NowRow>) -> Result<TagChange> {
        let by = match (self.by, self.handle, self.display_name) {
            (Some(id), Some(handle), Some(display_name)) => Some(Owner {
                id: id.parse()?,
                handle: row::parse(&handle)?,
                display_name,
            }),
            _ => None,
        };
        let allowed = moderator || !self.did.is_for_moderators();
        let stands = now.is_some_and(|now| match &self.did {
            Op::Name { to, .. } => now.name == *to,
            Op::Description { to, .. } => now.description == *to,
            Op::Category { to, .. } => now.category == *to,
            _ => true,
        });
        Ok(TagChange {
            id: self.id.parse()?,
            at: Timestamp::from_millis(self.at),
            by,
            kind: self.kind,
            before: self.before,
            after: self.after,
            undoable: allowed && stands && self.undone_by.is_none(),
            undone_by: self.undone_by.map(|id| row::parse(&id)).transpose()?,
        })
    }
}

#[derive(SurrealValue)]
struct DidRow {
    #[surreal(wrap)]
    did: Op,
    undone_by: Option<String>,
}

#[derive(SurrealValue)]
struct NowRow {
    name: String,
    category: String,
    description: String,
}

const NOTE: &str = "CREATE $id SET tag = $tag, place = $place, at = $at, by = $by, \
    kind = $kind, before = $before, after = $after, did = $did RETURN NONE";

const HISTORY: &str = "SELECT id, at, by, by.handle AS handle, by.display_name AS display_name, \
    kind, before, after, undone_by, did FROM tag_change \
    WHERE tag = $tag AND place > $beyond ORDER BY place LIMIT $count; \
    SELECT name, category, description ?? '' AS description FROM $tag";
