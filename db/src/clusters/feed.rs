//! What the recommender knows of an account: its clusters, what others saved
//! beside their content, and what it wants to see less of.

use std::collections::{HashMap, HashSet};

use protocol::cluster::{ClusterRef, Influence};
use protocol::{ClusterId, ElementId};
use surrealdb::types::{RecordId, SurrealValue, object};

use super::row::MemberRow;
use super::{cluster, items, pair};
use crate::elements::Viewer;
use crate::elements::viewer::THERE;
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
    pub state: ClusterState,
}

/// By which a change of what a cluster holds is noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClusterState {
    /// Milliseconds since 1970.
    pub changed_at: i64,
    pub count: u64,
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
/// Ways by which elements come to an account without being chosen one by one.
const UNMEANT: [&str; 3] = ["sample", "mqtt", "camera"];

impl Db {
    /// The viewer's clusters that count most: not muted, last used first.
    pub async fn interests(&self, viewer: &Viewer, clusters: usize) -> Result<Vec<Interest>> {
        let mut mine = self.memberships(viewer).await?;
        mine.retain(|m| m.influence != Influence::Muted);
        mine.sort_by_key(|m| (m.influence != Influence::Boosted, -m.used_at));
        mine.truncate(clusters);
        if mine.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<ClusterId> = mine
            .iter()
            .map(|m| super::id_of(&m.out))
            .collect::<Result<_>>()?;
        let records: Vec<RecordId> = ids.iter().map(cluster).collect();
        let query = "SELECT id, name, changed_at, count FROM $ids WHERE gone_at = NONE";
        let heads: Vec<HeadRow> = self.read(query, object! { ids: records }).await?.all(0)?;
        let mut heads: HashMap<String, HeadRow> =
            heads.into_iter().map(|h| (h.id.0.clone(), h)).collect();
        let interest = |(member, id): (MemberRow, ClusterId)| {
            let head = heads.remove(id.as_str())?;
            Some(Interest {
                state: head.state(),
                cluster: ClusterRef {
                    id,
                    name: head.name,
                },
                influence: member.influence,
                used_at: member.used_at,
            })
        };
        Ok(mine.into_iter().zip(ids).filter_map(interest).collect())
    }

    /// By which a change of what a cluster holds is noticed; none when there is
    /// no such cluster.
    pub async fn cluster_state(&self, id: &ClusterId) -> Result<Option<ClusterState>> {
        let query = "SELECT id, name, changed_at, count FROM $id WHERE gone_at = NONE";
        let head: Option<HeadRow> = self
            .read(query, object! { id: cluster(id) })
            .await?
            .one(0)?;
        Ok(head.map(|head| head.state()))
    }

    /// What the viewer keeps beside clusters: what it liked last, then what it
    /// saved last itself; nothing that one of its muted clusters holds.
    pub async fn kept_loosely(&self, viewer: &Viewer, most: usize) -> Result<Vec<ElementId>> {
        let Some(user) = viewer.id() else {
            return Ok(Vec::new());
        };
        let vars = object! {
            user: row::user(user),
            key: user.to_string(),
            count: row::int(most.clamp(1, READ_MAX)),
        };
        let mut answer = self.read(KEPT, vars).await?;
        let liked: Vec<LikedRow> = answer.all(0)?;
        let saved: Vec<SavedRow> = answer.all(1)?;
        let saved = saved
            .iter()
            .filter(|row| !UNMEANT.contains(&row.via.as_str()));
        let keys = liked
            .iter()
            .map(|row| &row.out)
            .chain(saved.map(|row| &row.id));
        let mut ids: Vec<ElementId> = Vec::new();
        for key in keys {
            let id = key.parse()?;
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        let there = self.there(&ids).await?;
        ids.retain(|id| there.contains(id));
        ids.truncate(most);
        let muted = self.memberships(viewer).await?;
        let muted = muted.iter().filter(|m| m.influence == Influence::Muted);
        let muted: HashSet<&str> = muted.map(|m| m.out.0.as_str()).collect();
        let held = self.holders(&ids, &muted).await?;
        ids.retain(|id| !held.contains(id));
        Ok(ids)
    }

    /// Those of the elements that one of the viewer's clusters holds.
    pub async fn held_by(&self, viewer: &Viewer, ids: &[ElementId]) -> Result<HashSet<ElementId>> {
        let mine = self.memberships(viewer).await?;
        let mine: HashSet<&str> = mine.iter().map(|m| m.out.0.as_str()).collect();
        self.holders(ids, &mine).await
    }

    /// Those of the elements that a cluster holds.
    pub async fn held_in(&self, id: &ClusterId, ids: &[ElementId]) -> Result<HashSet<ElementId>> {
        let edges: Vec<RecordId> = ids.iter().map(|e| super::holds_key(id, e)).collect();
        let query = "SELECT VALUE out FROM $edges";
        let held: Vec<Key> = self.read(query, object! { edges: edges }).await?.all(0)?;
        held.iter().map(Key::parse).collect()
    }

    /// Those of the elements that are not deleted.
    async fn there(&self, ids: &[ElementId]) -> Result<HashSet<ElementId>> {
        let records: Vec<RecordId> = ids.iter().map(row::element).collect();
        let query = format!("SELECT VALUE id FROM $ids WHERE {THERE}");
        let there: Vec<Key> = self.read(query, object! { ids: records }).await?.all(0)?;
        there.iter().map(Key::parse).collect()
    }

    /// Those of the elements that one of these clusters holds.
    async fn holders(
        &self,
        ids: &[ElementId],
        clusters: &HashSet<&str>,
    ) -> Result<HashSet<ElementId>> {
        if ids.is_empty() || clusters.is_empty() {
            return Ok(HashSet::new());
        }
        let records: Vec<RecordId> = ids.iter().map(row::element).collect();
        let vars = object! { elements: records, count: row::int(READ_MAX) };
        let query = "SELECT in, out FROM holds WHERE out IN $elements LIMIT $count";
        let held: Vec<EdgeRow> = self.read(query, vars).await?.all(0)?;
        let held = held
            .iter()
            .filter(|edge| clusters.contains(edge.r#in.0.as_str()));
        held.map(|edge| edge.out.parse()).collect()
    }

    /// What a cluster holds, last added first, whoever may see it.
    pub async fn cluster_elements(&self, id: &ClusterId, most: usize) -> Result<Vec<ElementId>> {
        let vars = object! { cluster: cluster(id), count: row::int(most.clamp(1, READ_MAX)) };
        let query = items::newest_of("cluster");
        let keys: Vec<Key> = self.read(query, vars).await?.all(0)?;
        keys.iter().map(Key::parse).collect()
    }

    /// What stands in public clusters beside these elements, most often first;
    /// what was deleted is among it. Private clusters tell nobody what is in
    /// them, not even so.
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
        // all of them in one go
        let open = self.first_open(&overlap).await?;
        let mut vars = object! { count: row::int(EACH) };
        let mut query = String::new();
        for (at, id) in open.iter().enumerate() {
            vars.insert(format!("c{at}"), cluster(id));
            query.push_str(&items::newest_edges_of(&format!("c{at}")));
        }
        let mut counts: HashMap<ElementId, u32> = HashMap::new();
        if !open.is_empty() {
            let mut answer = self.read(query, vars).await?;
            for at in 0..open.len() {
                for element in answer.all::<Key>(at)? {
                    *counts.entry(element.parse()?).or_default() += 1;
                }
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
struct HeadRow {
    id: Key,
    name: String,
    changed_at: i64,
    count: u64,
}

impl HeadRow {
    fn state(&self) -> ClusterState {
        ClusterState {
            changed_at: self.changed_at,
            count: self.count,
        }
    }
}

#[derive(SurrealValue)]
struct EdgeRow {
    r#in: Key,
    out: Key,
}

#[derive(SurrealValue)]
struct LikedRow {
    out: Key,
}

#[derive(SurrealValue)]
struct SavedRow {
    id: Key,
    via: String,
}

#[derive(SurrealValue)]
struct LessRow {
    element: Key,
}

const KEPT: &str = "SELECT out, place FROM likes:[$key]..[$key, '~'] ORDER BY place LIMIT $count; \
    SELECT id, place, source.via ?? '' AS via FROM element WHERE owner = $user AND place > '' \
    ORDER BY place LIMIT $count";
