//! What happens to public clusters just now: what is saved to them, and who
//! begins to follow them.

use std::collections::{HashMap, HashSet};

use protocol::{ClusterId, ElementId, UserId};
use surrealdb::types::{RecordId, SurrealValue, object};

use crate::error::Result;
use crate::row::{self, Key};
use crate::store::Db;

/// Edges of one read, and reads at most.
const PAGE: usize = 1_000;
const PAGES: usize = 5;

/// Somebody put an element into a public cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Save {
    pub cluster: ClusterId,
    pub element: ElementId,
    pub by: UserId,
    /// Milliseconds since 1970.
    pub at: i64,
}

/// Somebody began to follow a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Follow {
    pub cluster: ClusterId,
    pub by: UserId,
    /// Milliseconds since 1970.
    pub at: i64,
}

impl Db {
    /// The latest saves to public clusters that are not older than `since`, the
    /// last first, whoever may see the elements; some thousands at most.
    pub async fn latest_saves(&self, since: i64) -> Result<Vec<Save>> {
        let mut saves = Vec::new();
        let mut public: HashMap<String, bool> = HashMap::new();
        let mut after = String::new();
        for _ in 0..PAGES {
            let vars = object! { after: after.clone(), count: row::int(PAGE) };
            let rows: Vec<SaveRow> = self.read(SAVES, vars).await?.all(0)?;
            let unknown: HashSet<&str> = rows
                .iter()
                .map(|row| row.r#in.0.as_str())
                .filter(|key| !public.contains_key(*key))
                .collect();
            let open = self.public(&unknown).await?;
            for key in unknown {
                public.insert(key.to_owned(), open.contains(key));
            }
            let full = rows.len() == PAGE;
            let recent = rows.iter().filter(|row| row.at >= since);
            let old = recent.clone().count() < rows.len();
            for row in recent.filter(|row| public.get(&row.r#in.0) == Some(&true)) {
                saves.push(Save {
                    cluster: row.r#in.parse()?,
                    element: row.out.parse()?,
                    by: row.by.parse()?,
                    at: row.at,
                });
            }
            match rows.last() {
                Some(last) if full && !old => after.clone_from(&last.place),
                _ => break,
            }
        }
        Ok(saves)
    }

    /// Who began to follow what after `since`; some thousands at most.
    pub async fn latest_follows(&self, since: i64) -> Result<Vec<Follow>> {
        let vars = object! { since: since, count: row::int(PAGE * PAGES) };
        let rows: Vec<FollowRow> = self.read(FOLLOWS, vars).await?.all(0)?;
        let keys = rows.iter().map(|row| row.out.0.as_str());
        let open = self.public(&keys.collect()).await?;
        rows.iter()
            .filter(|row| open.contains(&row.out.0))
            .map(|row| {
                Ok(Follow {
                    cluster: row.out.parse()?,
                    by: row.r#in.parse()?,
                    at: row.at,
                })
            })
            .collect()
    }

    /// Those of the clusters that everybody may see.
    async fn public(&self, keys: &HashSet<&str>) -> Result<HashSet<String>> {
        if keys.is_empty() {
            return Ok(HashSet::new());
        }
        let records: Vec<RecordId> = keys.iter().map(|k| RecordId::new("cluster", *k)).collect();
        let found: Vec<Key> = self.read(PUBLIC, object! { ids: records }).await?.all(0)?;
        Ok(found.into_iter().map(|key| key.0).collect())
    }
}

#[derive(SurrealValue)]
struct SaveRow {
    r#in: Key,
    out: Key,
    by: Key,
    at: i64,
    place: String,
}

#[derive(SurrealValue)]
struct FollowRow {
    r#in: Key,
    out: Key,
    at: i64,
}

const SAVES: &str = "SELECT in, out, by, at, place FROM holds WHERE place > $after \
    ORDER BY place LIMIT $count";

const FOLLOWS: &str = "SELECT in, out, at FROM follows WHERE at > $since LIMIT $count";

const PUBLIC: &str = "SELECT VALUE id FROM $ids WHERE visibility = 'public' AND gone_at = NONE";
