//! Reading clusters, each as its viewer sees it.

use std::collections::{HashMap, HashSet};

use protocol::cluster::{Cluster, ClusterRole, CoverPicture};
use protocol::element::Visibility;
use protocol::limits::{CLUSTER_COVERS, CLUSTERS_PER_USER};
use protocol::{ClusterId, Cursor, ElementId, Page, UserId};
use surrealdb::types::{RecordId, SurrealValue, object};

use super::row::{ClusterRow, FIELDS, MemberRow, RoleRow, known_of};
use super::sight::{self, HiddenRow};
use super::{cluster, edge, holds_key, member_key, pair};
use crate::elements::viewer::{HELD, there};
use crate::elements::{CoverRow, Viewer};
use crate::error::{DbError, Result};
use crate::limits::READ_MAX;
use crate::row::{self, Key};
use crate::store::Db;

impl Db {
    /// One cluster, for whoever may know of it. With `element`, it is told
    /// whether that is in it.
    pub async fn cluster(
        &self,
        viewer: &Viewer,
        id: &ClusterId,
        element: Option<&ElementId>,
    ) -> Result<Option<Cluster>> {
        let found = self
            .clusters(viewer, std::slice::from_ref(id), element, true)
            .await?;
        Ok(found.into_iter().next())
    }

    /// Whether the viewer may know of a cluster, and with which role: none at
    /// all for what is hidden or gone, no role for who is no member.
    pub async fn cluster_sight(
        &self,
        viewer: &Viewer,
        id: &ClusterId,
    ) -> Result<Option<Option<ClusterRole>>> {
        let vars = object! { id: cluster(id), member: member_key(viewer, id) };
        let query = "SELECT owner, visibility FROM $id WHERE gone_at = NONE; \
             SELECT role FROM $member;";
        let mut answer = self.read(query, vars).await?;
        let found: Option<SightRow> = answer.one(0)?;
        let role = answer.one::<RoleRow>(1)?.map(|row| row.role);
        let open = |row: SightRow| {
            known_of(viewer, &row.owner, row.visibility, role.is_some(), true).then_some(role)
        };
        Ok(found.and_then(open))
    }

    /// Those that the viewer may know of, in the order asked. `by_address`
    /// includes unlisted ones of others.
    pub async fn clusters(
        &self,
        viewer: &Viewer,
        ids: &[ClusterId],
        element: Option<&ElementId>,
        by_address: bool,
    ) -> Result<Vec<Cluster>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let records: Vec<RecordId> = ids.iter().map(cluster).collect();
        let query = format!("SELECT {FIELDS} FROM $ids WHERE gone_at = NONE");
        let rows: Vec<ClusterRow> = self.read(query, object! { ids: records }).await?.all(0)?;
        let mut rows: HashMap<String, ClusterRow> =
            rows.into_iter().map(|r| (r.id.0.clone(), r)).collect();
        let rows = ids.iter().filter_map(|id| rows.remove(id.as_str()));
        self.decorate(viewer, rows.collect(), element, by_address)
            .await
    }

    /// All that the viewer is a member of, last used first.
    pub async fn my_clusters(
        &self,
        viewer: &Viewer,
        element: Option<&ElementId>,
        cursor: Option<Cursor>,
        limit: usize,
    ) -> Result<Page<Cluster>> {
        let mut mine = self.memberships(viewer).await?;
        mine.sort_by(|a, b| (b.used_at, &b.out.0).cmp(&(a.used_at, &a.out.0)));
        let from = match &cursor {
            None => 0,
            Some(cursor) => {
                let (at, id) = cursor.as_str().split_once('.').ok_or(DbError::BadCursor)?;
                let at: i64 = at.parse().map_err(|_| DbError::BadCursor)?;
                mine.partition_point(|m| (m.used_at, m.out.0.as_str()) >= (at, id))
            }
        };
        let limit = limit.clamp(1, READ_MAX);
        let page: Vec<ClusterId> = mine
            .iter()
            .skip(from)
            .take(limit)
            .map(|m| super::id_of(&m.out))
            .collect::<Result<_>>()?;
        let next_cursor = match mine.get((from + limit).saturating_sub(1)) {
            Some(last) if mine.len() > from + limit => {
                format!("{}.{}", last.used_at, last.out.0).parse().ok()
            }
            _ => None,
        };
        let items = self.clusters(viewer, &page, element, false).await?;
        Ok(Page { items, next_cursor })
    }

    /// Those of an account that the viewer sees in lists, newest first.
    pub async fn clusters_of(
        &self,
        viewer: &Viewer,
        owner: &UserId,
        cursor: Option<Cursor>,
        limit: usize,
    ) -> Result<Page<Cluster>> {
        if viewer.is_apart(owner) {
            return Ok(Page {
                items: Vec::new(),
                next_cursor: None,
            });
        }
        let limit = limit.clamp(1, READ_MAX);
        let mine = self.memberships(viewer).await?;
        let mine: Vec<RecordId> = mine
            .iter()
            .map(|m| RecordId::new("cluster", m.out.0.as_str()))
            .collect();
        let mut vars = object! {
            owner: row::user(owner),
            beyond: cursor.map(|c| c.as_str().to_owned()).unwrap_or_default(),
            count: row::int(limit + 1),
            mine: mine,
        };
        viewer.bind(&mut vars);
        let query = format!(
            "SELECT {FIELDS}, place FROM cluster WHERE owner = $owner AND place > $beyond \
             AND gone_at = NONE AND ($system OR owner = $viewer OR visibility = 'public' \
             OR id IN $mine) ORDER BY place LIMIT $count"
        );
        let mut rows: Vec<ClusterRow> = self.read(query, vars).await?.all(0)?;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let last = rows.last().map(ClusterRow::id).transpose()?;
        let next_cursor = last
            .filter(|_| more)
            .and_then(|id| super::change::place(&id).parse().ok());
        let items = self.decorate(viewer, rows, None, false).await?;
        Ok(Page { items, next_cursor })
    }

    pub(crate) async fn memberships(&self, viewer: &Viewer) -> Result<Vec<MemberRow>> {
        let Some(user) = viewer.id() else {
            return Ok(Vec::new());
        };
        let vars = object! { user: row::user(user), count: row::int(CLUSTERS_PER_USER * 2) };
        self.read(
            "SELECT out, role, influence, used_at FROM member_of WHERE in = $user LIMIT $count",
            vars,
        )
        .await?
        .all(0)
    }

    /// Adds what has to be looked up, and leaves out what the viewer may not
    /// know of.
    async fn decorate(
        &self,
        viewer: &Viewer,
        rows: Vec<ClusterRow>,
        element: Option<&ElementId>,
        by_address: bool,
    ) -> Result<Vec<Cluster>> {
        let ids: Vec<ClusterId> = rows.iter().map(ClusterRow::id).collect::<Result<_>>()?;
        let about = self.about(viewer, &ids, element).await?;
        let seen: Vec<ClusterRow> = rows
            .into_iter()
            .filter(|row| {
                let member = about.members.contains_key(&row.id.0);
                known_of(viewer, &row.owner, row.visibility, member, by_address)
            })
            .collect();
        let pictures = self.pictures(viewer, &seen, &about).await?;
        seen.into_iter()
            .zip(pictures)
            .map(|(row, (cover, count))| {
                let member = about.members.get(&row.id.0);
                let key = row.id.0.clone();
                let mut cluster = row.plain()?;
                cluster.role = member.map(|m| m.role);
                cluster.influence = member.map(|m| m.influence).unwrap_or_default();
                cluster.following = about.follows.contains(&key);
                cluster.holds = element.map(|_| about.holds.contains(&key));
                cluster.cover = cover;
                if let Some(count) = count {
                    cluster.count = count;
                }
                Ok(cluster)
            })
            .collect()
    }

    async fn about(
        &self,
        viewer: &Viewer,
        ids: &[ClusterId],
        element: Option<&ElementId>,
    ) -> Result<About> {
        let edges = |table: &'static str| -> Vec<RecordId> {
            let user = viewer.id();
            let each = |user| ids.iter().map(move |id| edge(table, user, id));
            user.map(|user| each(user).collect()).unwrap_or_default()
        };
        let holds: Vec<RecordId> = element
            .map(|element| ids.iter().map(|id| holds_key(id, element)).collect())
            .unwrap_or_default();
        let vars = object! { members: edges("member_of"), follows: edges("follows"), holds: holds };
        let query = format!(
            "SELECT out, role, influence, used_at FROM $members; \
             SELECT VALUE out FROM $follows; SELECT VALUE in FROM $holds WHERE {};",
            there("out")
        );
        let mut answer = self.read(query, vars).await?;
        let members: Vec<MemberRow> = answer.all(0)?;
        let keys = |keys: Vec<Key>| keys.into_iter().map(|k| k.0).collect();
        Ok(About {
            members: members.into_iter().map(|m| (m.out.0.clone(), m)).collect(),
            follows: keys(answer.all(1)?),
            holds: keys(answer.all(2)?),
        })
    }

    /// Of each cluster the pictures of its cover, and how many elements the
    /// viewer sees in it where that is another number than its own.
    async fn pictures(
        &self,
        viewer: &Viewer,
        rows: &[ClusterRow],
        about: &About,
    ) -> Result<Vec<(Vec<CoverPicture>, Option<u64>)>> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let mut vars = object! { covers: row::int(CLUSTER_COVERS) };
        viewer.bind(&mut vars);
        let mut query = String::new();
        for (at, row) in rows.iter().enumerate() {
            vars.insert(
                format!("c{at}"),
                RecordId::new("cluster", row.id.0.as_str()),
            );
            let chosen = row.cover.as_ref();
            let chosen = chosen.map(|key| vec![pair("holds", &row.id.0, &key.0)]);
            vars.insert(format!("e{at}"), chosen.unwrap_or_default());
            query.push_str(&format!(
                "SELECT {COVER} FROM $e{at} WHERE {HELD}; \
                 SELECT {COVER}, place FROM holds \
                 WHERE in = $c{at} AND place > '' AND {HELD} ORDER BY place LIMIT $covers;"
            ));
            // members see the number that is kept; it would tell others of
            // what is hidden from them
            if about.members.contains_key(&row.id.0) || *viewer == Viewer::System {
                query.push_str("RETURN [];");
            } else {
                query.push_str(&sight::hidden(viewer, &format!("$c{at}")));
            }
        }
        let mut answer = self.read(query, vars).await?;
        let mut all = Vec::with_capacity(rows.len());
        for (at, row) in rows.iter().enumerate() {
            let mut cover: Vec<CoverRow> = answer.all(3 * at)?;
            cover.extend(answer.all::<CoverRow>(3 * at + 1)?);
            let mut seen = HashSet::new();
            let cover = cover
                .into_iter()
                .filter(|c| !c.files.is_empty() && seen.insert(c.element.0.clone()))
                .take(CLUSTER_COVERS)
                .map(CoverRow::picture)
                .collect::<Result<Vec<_>>>()?;
            let hidden = answer.all::<HiddenRow>(3 * at + 2)?;
            let outside = !about.members.contains_key(&row.id.0) && *viewer != Viewer::System;
            let count = HiddenRow::seen_of(row.count, hidden.first());
            all.push((cover, outside.then_some(count)));
        }
        Ok(all)
    }
}

/// What is read of an edge to show its element on a cover.
const COVER: &str = "out AS element, out.width AS width, out.height AS height, \
    out.thumbhash AS thumbhash, out.files AS files";

#[derive(SurrealValue)]
struct SightRow {
    owner: Key,
    #[surreal(wrap)]
    visibility: Visibility,
}

/// What the viewer has to do with some clusters, by their keys.
struct About {
    members: HashMap<String, MemberRow>,
    follows: HashSet<String>,
    holds: HashSet<String>,
}
