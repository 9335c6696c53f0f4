//! What the recommender knows of an account: its clusters, what others saved
//! beside their content, and what it wants to see less of.

use std::collections::HashMap;

use protocol::cluster::{ClusterRef, Influence};
use protocol::{ClusterId, ElementId};
use surrealdb::types::{RecordId, SurrealValue, object};

use super::{cluster, items, pair};
use crate::elements::Viewer;
use crate::error::Result;
use crate::id::now_millis;
use crate::limits::READ_MAX;
use crate::row::{self, Key};
use crate::store::Db;

/// A cluster as a source of recommendations.
#[derive(Debug, Clone, PartialEq)]
pub struct Interest {
    pub cluster: ClusterRef,
    pub influence: Influence,
    /// When its member last put something there, milliseconds since 1970.
    pub used_at: i64,
    /// Last added first.
    pub elements: Vec<ElementId>,
}

/// An element that others saved together with what was asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Together {
    pub element: ElementId,
    /// In so many public clusters.
    pub clusters: u32,
}

/// Clusters that are looked into for what was saved together.
const NEIGHBOURS: usize = 24;
/// Elements of each of them.
const EACH: usize = 60;

impl Db {
    /// The viewer's clusters that count most: not muted, last used first, each
    /// with its last elements.
    pub async fn interests(
        &self,
        viewer: &Viewer,
        clusters: usize,
        elements: usize,
    ) -> Result<Vec<Interest>> {
        let mut mine = self.memberships(viewer).await?;
        mine.retain(|m| m.influence != Influence::Muted);
        mine.sort_by_key(|m| (m.influence != Influence::Boosted, -m.used_at));
        mine.truncate(clusters);
        let ids: Vec<ClusterId> = mine
            .iter()
            .map(|m| super::id_of(&m.out))
            .collect::<Result<_>>()?;
        let records: Vec<RecordId> = ids.iter().map(cluster).collect();
        let query = "SELECT id, name FROM $ids WHERE gone_at = NONE";
        let names: Vec<NameRow> = self.read(query, object! { ids: records }).await?.all(0)?;
        let names: HashMap<String, String> = names.into_iter().map(|n| (n.id.0, n.name)).collect();
        let mut found = Vec::new();
        for (member, id) in mine.into_iter().zip(ids) {
            let Some(name) = names.get(id.as_str()).cloned() else {
                continue;
            };
            let elements = self.cluster_elements(&id, elements).await?;
            found.push(Interest {
                cluster: ClusterRef { id, name },
                influence: member.influence,
                used_at: member.used_at,
                elements,
            });
        }
        Ok(found)
    }

    /// What a cluster holds, last added first, whoever may see it.
    pub async fn cluster_elements(&self, id: &ClusterId, most: usize) -> Result<Vec<ElementId>> {
        let (query, cluster, count) = items::newest(id, most.clamp(1, READ_MAX));
        let vars = object! { cluster: cluster, count: count };
        let keys: Vec<Key> = self.read(query, vars).await?.all(0)?;
        keys.iter().map(Key::parse).collect()
    }

    /// What stands in public clusters beside these elements, most often first.
    /// Private clusters tell nobody what is in them, not even so.
    pub async fn saved_together(&self, elements: &[ElementId]) -> Result<Vec<Together>> {
        if elements.is_empty() {
            return Ok(Vec::new());
        }
        let records: Vec<RecordId> = elements.iter().map(row::element).collect();
        let query = "SELECT VALUE in FROM holds WHERE out IN $elements LIMIT $count";
        let vars = object! { elements: records, count: row::int(READ_MAX) };
        let held: Vec<Key> = self.read(query, vars).await?.all(0)?;
        let mut overlap: HashMap<String, u32> = HashMap::new();
        for key in held {
            *overlap.entry(key.0).or_default() += 1;
        }
        let mut overlap: Vec<(String, u32)> = overlap.into_iter().collect();
        overlap.sort_by(|a, b| (b.1, &a.0).cmp(&(a.1, &b.0)));
        let open = self.first_open(&overlap).await?;
        let mut counts: HashMap<ElementId, u32> = HashMap::new();
        for cluster in open {
            for element in self.cluster_elements(&cluster, EACH).await? {
                *counts.entry(element).or_default() += 1;
            }
        }
        for own in elements {
            counts.remove(own);
        }
        let mut together: Vec<Together> = counts
            .into_iter()
            .map(|(element, clusters)| Together { element, clusters })
            .collect();
        together.sort_by(|a, b| (b.clusters, &a.element).cmp(&(a.clusters, &b.element)));
        Ok(together)
    }

    /// The first of these clusters that everybody may look into. Each is asked
    /// once, however many of the elements it holds, and few of them are.
    async fn first_open(&self, clusters: &[(String, u32)]) -> Result<Vec<ClusterId>> {
        let mut open: Vec<ClusterId> = Vec::new();
        for some in clusters.chunks(NEIGHBOURS * 2) {
            let ids = some
                .iter()
                .map(|(key, _)| RecordId::new("cluster", key.as_str()));
            let vars = object! { ids: ids.collect::<Vec<_>>() };
            let keys: Vec<Key> = self.read(OPEN, vars).await?.all(0)?;
            for (key, _) in some {
                if keys.iter().any(|open| open.0 == *key) {
                    open.push(row::parse(key)?);
                }
                if open.len() == NEIGHBOURS {
                    return Ok(open);
                }
            }
        }
        Ok(open)
    }

    /// Marks what the viewer wants to see less of, or takes that back.
    pub async fn see_less(&self, viewer: &Viewer, element: &ElementId, less: bool) -> Result<()> {
        let user = super::account(viewer)?;
        let vars = object! {
            mark: pair("less", user.as_str(), element.as_str()),
            user: row::user(user),
            element: row::element(element),
            now: now_millis(),
        };
        let query = match less {
            true => "UPSERT $mark CONTENT { user: $user, element: $element, at: $now } RETURN NONE",
            false => "DELETE $mark RETURN NONE",
        };
        self.write("a wish for less", move |tx| {
            let vars = vars.clone();
            Box::pin(async move { tx.run(query, vars).await.map(drop) })
        })
        .await
    }

    /// What the viewer wants to see less of, the latest first.
    pub async fn seen_enough(&self, viewer: &Viewer, most: usize) -> Result<Vec<ElementId>> {
        let Some(user) = viewer.id() else {
            return Ok(Vec::new());
        };
        let vars = object! { user: row::user(user), count: row::int(most.clamp(1, READ_MAX)) };
        let query = "SELECT element, at FROM less WHERE user = $user ORDER BY at DESC LIMIT $count";
        let rows: Vec<LessRow> = self.read(query, vars).await?.all(0)?;
        rows.iter().map(|row| row.element.parse()).collect()
    }
}

const OPEN: &str = "SELECT VALUE id FROM $ids WHERE visibility = 'public' AND gone_at = NONE";

#[derive(SurrealValue)]
struct NameRow {
    id: Key,
    name: String,
}

#[derive(SurrealValue)]
struct LessRow {
    element: Key,
}
