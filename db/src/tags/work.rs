//! What follows a change of the vocabulary on elements: done behind the
//! scenes, a few at a time, each step whole. A step that is lost is done
//! again, and does nothing twice.

use std::collections::BTreeSet;

use protocol::ElementId;
use surrealdb::types::{Object, RecordId, SurrealValue, object};

use super::rows::{FIELDS, TagRow, record};
use crate::elements::tags::restate;
use crate::error::Result;
use crate::id::now_millis;
use crate::limits::{REWRITE_SETTLE_MS, REWRITE_TAGS};
use crate::outbox::{self, Notice};
use crate::row::{self, Key};
use crate::store::{Db, Tx};

/// How far the rewriting is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rewriting {
    /// There is more to do at once.
    More,
    /// Something is to be looked at once more, in so many milliseconds.
    Later(u64),
    /// Nothing is left.
    Done,
}

impl Db {
    /// Does the next step of what changes of the vocabulary left to do on
    /// elements: at most so many of them. May be called by anybody at any
    /// time; two who do meet, and one starts over.
    pub async fn rewrite_tags(&self, limit: usize) -> Result<Rewriting> {
        let waiting = self.read(NEXT, Object::new()).await?.one::<DueRow>(0)?;
        let Some(DueRow { due }) = waiting else {
            return Ok(Rewriting::Done);
        };
        if let Ok(wait @ 1..) = u64::try_from(due - now_millis()) {
            return Ok(Rewriting::Later(wait));
        }
        let limit = limit.max(1);
        self.write("rewriting tags", move |tx| {
            Box::pin(async move { step(tx, limit).await })
        })
        .await?;
        Ok(Rewriting::More)
    }
}

/// Has the elements of these tags looked at again, from the beginning.
pub(super) async fn order(tx: &Tx, tags: &BTreeSet<String>) -> Result<()> {
    let now = now_millis();
    let rows: Vec<Object> = tags
        .iter()
        .map(|tag| {
            object! {
                id: RecordId::new("tag_work", tag.as_str()),
                tag: record(tag),
                cursor: "",
                due: now,
                since: now,
                last: false,
            }
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    let query = "FOR $row IN $rows { UPSERT $row.id CONTENT $row RETURN NONE }";
    tx.run(query, object! { rows: rows }).await.map(drop)
}

async fn step(tx: &Tx, limit: usize) -> Result<()> {
    let vars = object! { now: now_millis(), count: row::int(REWRITE_TAGS) };
    let works: Vec<WorkRow> = tx.run(DUE, vars).await?.all(0)?;
    let mut changed: Vec<ElementId> = Vec::new();
    let mut left = limit;
    for work in works {
        if left == 0 {
            break;
        }
        let ids = elements(tx, &work, left).await?;
        let whole = ids.len() < left;
        left -= ids.len();
        for id in &ids {
            if restate(tx, id).await? {
                changed.push(id.clone());
            }
        }
        if !whole {
            let cursor = ids.last().map(ToString::to_string);
            let vars = object! { id: work.id.clone(), cursor: cursor.unwrap_or_default() };
            tx.run("UPDATE $id SET cursor = $cursor RETURN NONE", vars)
                .await?;
        } else if !work.last {
            // whoever wrote by the old vocabulary has done so by then
            let vars = object! { id: work.id, due: work.since + REWRITE_SETTLE_MS };
            tx.run(ONCE_MORE, vars).await?;
        } else {
            tx.run("DELETE $id", object! { id: work.id }).await?;
            bury(tx, &work.tag).await?;
        }
    }
    if !changed.is_empty() {
        outbox::write(tx, &[Notice::tags(Vec::new(), changed)]).await?;
    }
    Ok(())
}

/// The next elements of which a tag was said, in the order of their ids.
async fn elements(tx: &Tx, work: &WorkRow, limit: usize) -> Result<Vec<ElementId>> {
    let mut found: Vec<ElementId> = Vec::new();
    let mut beyond = work.cursor.clone();
    // several may say the same of one element
    while found.len() < limit {
        let vars = object! {
            tag: record(&work.tag.0),
            beyond: RecordId::new("element", beyond.as_str()),
            count: row::int(limit),
        };
        let rows: Vec<Key> = tx.run(CARRYING, vars).await?.all(0)?;
        let full = rows.len() == limit;
        for key in rows {
            if found.last().map(ElementId::as_str) != Some(&key.0) && found.len() < limit {
                found.push(key.parse()?);
            }
        }
        match found.last() {
            Some(last) if full && last.as_str() != beyond => beyond = last.to_string(),
            _ => break,
        }
    }
    Ok(found)
}

/// Forgets the record of an older version once nothing hangs on it.
async fn bury(tx: &Tx, tag: &Key) -> Result<()> {
    let vars = object! { id: record(&tag.0) };
    let query =
        format!("SELECT {FIELDS} FROM $id; SELECT VALUE in FROM tagged WHERE out = $id LIMIT 1");
    let mut answer = tx.run(query, vars.clone()).await?;
    let row = answer.one::<TagRow>(0)?;
    let used = !answer.all::<Key>(1)?.is_empty();
    if row.is_some_and(|row| row.is_legacy()) && !used {
        tx.run("DELETE $id", vars).await?;
    }
    Ok(())
}

#[derive(SurrealValue)]
struct DueRow {
    due: i64,
}

#[derive(SurrealValue)]
struct WorkRow {
    id: RecordId,
    tag: Key,
    cursor: String,
    since: i64,
    last: bool,
}

const NEXT: &str = "SELECT due FROM tag_work ORDER BY due LIMIT 1";

const DUE: &str = "SELECT * FROM tag_work WHERE due <= $now ORDER BY due LIMIT $count";

const CARRYING: &str =
    "SELECT VALUE in FROM tagged WHERE out = $tag AND in > $beyond ORDER BY in LIMIT $count";

const ONCE_MORE: &str = "UPDATE $id SET cursor = '', due = $due, last = true RETURN NONE";
