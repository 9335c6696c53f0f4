//! Which vector space is in use for what, and which elements it lacks.

use std::collections::HashSet;

use protocol::{ElementId, MediaHash};
use surrealdb::types::{RecordId, SurrealValue, object};

use crate::embeddings;
use crate::error::Result;
use crate::jobs::NewEmbedding;
use crate::limits::READ_MAX;
use crate::row::{self, Key};
use crate::store::Db;

/// Rows removed in one transaction.
const SWEEP: usize = 500;

impl Db {
    /// The space that is in use for this, if that was ever decided.
    pub async fn active_space(&self, role: &str) -> Result<Option<String>> {
        let vars = object! { id: setting(role) };
        let row: Option<SettingRow> = self.read("SELECT space FROM $id", vars).await?.one(0)?;
        Ok(row.map(|row| row.space))
    }

    /// Decides it, for everybody at once.
    pub async fn set_active_space(&self, role: &str, space: &str) -> Result<()> {
        let vars = object! { id: setting(role), space: space.to_owned() };
        self.write("a vector space", move |tx| {
            let vars = vars.clone();
            Box::pin(async move {
                tx.run("UPSERT $id SET space = $space RETURN NONE", vars)
                    .await
                    .map(drop)
            })
        })
        .await
    }

    /// Elements with a preview that have no vector in the space, in order of
    /// id from after `after`; fewer than `limit` come at the end alone.
    pub async fn elements_without(
        &self,
        space: &str,
        after: Option<ElementId>,
        limit: usize,
    ) -> Result<Vec<(ElementId, MediaHash)>> {
        let limit = limit.clamp(1, READ_MAX);
        let mut after = after;
        let mut found = Vec::new();
        loop {
            let key = after
                .as_ref()
                .map_or_else(String::new, ElementId::to_string);
            let vars = object! { after: key, count: row::int(limit) };
            let page: Vec<PlaceRow> = self.read(page_of(), vars).await?.all(0)?;
            let full = page.len() == limit;
            let ids = page
                .iter()
                .map(|row| row.id.parse())
                .collect::<Result<Vec<ElementId>>>()?;
            let keys: Vec<RecordId> = ids.iter().map(|id| embeddings::key(space, id)).collect();
            let has: HashSet<String> = self
                .read("SELECT key FROM $keys", object! { keys: keys })
                .await?
                .all::<HasRow>(0)?
                .into_iter()
                .map(|row| row.key)
                .collect();
            after = ids.last().cloned();
            for (id, row) in ids.into_iter().zip(&page) {
                if row.shows && !has.contains(id.as_str()) {
                    found.push((id, row::parse(&row.media)?));
                }
            }
            if found.len() >= limit || !full {
                // the next call begins behind the last one given
                found.truncate(limit);
                return Ok(found);
            }
        }
    }

    /// Stores one vector of an element, unless that is gone.
    pub async fn put_embedding(&self, id: &ElementId, new: NewEmbedding) -> Result<bool> {
        let (id, new) = (id.clone(), vec![new]);
        self.write("a vector", move |tx| {
            let (id, new) = (id.clone(), new.clone());
            Box::pin(async move {
                let vars = object! { id: row::element(&id) };
                let there: Option<PlaceRow> = tx.run(ONE, vars).await?.one(0)?;
                if there.is_none() {
                    return Ok(false);
                }
                embeddings::store(tx, &id, &new).await?;
                Ok(true)
            })
        })
        .await
    }

    /// One vector of an element.
    pub async fn embedding_of(&self, id: &ElementId, space: &str) -> Result<Option<Vec<f32>>> {
        let all = self.embeddings_of(id).await?;
        Ok(all
            .into_iter()
            .find(|(own, _)| own == space)
            .map(|(_, v)| v))
    }

    /// How many elements have a vector in the space, of all with a preview.
    pub async fn space_counts(&self, space: &str) -> Result<(usize, usize)> {
        let mut answer = self
            .read(COUNTS, object! { space: space.to_owned() })
            .await?;
        let count = |row: Option<CountRow>| row.map_or(0, |row| row.count);
        let done = count(answer.one(0)?);
        Ok((done, count(answer.one(1)?)))
    }

    /// Forgets a space; says how many vectors went.
    pub async fn drop_space(&self, space: &str) -> Result<usize> {
        let mut total = 0;
        loop {
            let vars = object! { space: space.to_owned(), count: row::int(SWEEP) };
            let gone = self
                .write("the end of a vector space", move |tx| {
                    let vars = vars.clone();
                    Box::pin(async move {
                        let rows: Vec<HasRow> = tx.run(DROP, vars).await?.all(1)?;
                        Ok(rows.len())
                    })
                })
                .await?;
            total += gone;
            if gone < SWEEP {
                return Ok(total);
            }
        }
    }
}

fn setting(role: &str) -> RecordId {
    RecordId::new("meta", format!("space_{role}"))
}

fn page_of() -> String {
    format!(
        "SELECT id, media, array::len(files) > 0 AS shows FROM {} LIMIT $count",
        row::beyond("element")
    )
}

const ONE: &str = "SELECT id, media, true AS shows FROM $id";

const COUNTS: &str = "SELECT count() AS count FROM embedding WHERE space = $space GROUP ALL; \
    SELECT count() AS count FROM element WHERE array::len(files) > 0 GROUP ALL";

const DROP: &str = "LET $gone = (SELECT VALUE id FROM embedding WHERE space = $space LIMIT $count); \
    DELETE $gone RETURN BEFORE";

#[derive(SurrealValue)]
struct SettingRow {
    space: String,
}

#[derive(SurrealValue)]
struct PlaceRow {
    id: Key,
    media: String,
    shows: bool,
}

#[derive(SurrealValue)]
struct HasRow {
    key: String,
}

#[derive(SurrealValue)]
struct CountRow {
    count: usize,
}
