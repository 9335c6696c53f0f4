//! Who can see a cluster, and which clusters an account may know of.

use std::collections::{BTreeMap, HashSet};

use protocol::ClusterId;
use protocol::cluster::{ClusterRef, ClusterRole};
use protocol::element::{Owner, Visibility};
use surrealdb::types::{RecordId, SurrealValue, object};

use super::row::{known_of, person};
use super::{cluster, edge};
use crate::elements::Viewer;
use crate::error::Result;
use crate::id::now_millis;
use crate::row::{CountRow, Key};
use crate::store::Db;

/// By which ways others can see a cluster.
#[derive(Debug, Clone, PartialEq)]
pub struct ClusterAudience {
    pub visibility: Visibility,
    /// The owner first.
    pub members: Vec<Owner>,
    /// Invitations that make whoever opens them a member.
    pub invitations: u64,
}

/// A cluster that is there.
pub(crate) struct There {
    pub cluster: ClusterRef,
    pub visibility: Visibility,
    /// The viewer may know of it by lists.
    pub known: bool,
    /// Its address opens it for the viewer.
    pub open: bool,
    pub member: bool,
}

impl Db {
    /// None for everybody but its owner.
    pub async fn cluster_audience(
        &self,
        viewer: &Viewer,
        id: &ClusterId,
    ) -> Result<Option<ClusterAudience>> {
        let found = self.cluster(viewer, id, None).await?;
        let found = found.filter(|found| found.role == Some(ClusterRole::Owner));
        let Some(found) = found else {
            return Ok(None);
        };
        let members = self.cluster_members(viewer, id).await?;
        let vars = object! { cluster: cluster(id), now: now_millis() };
        let open: Option<CountRow> = self.read(OPEN_INVITES, vars).await?.one(0)?;
        Ok(Some(ClusterAudience {
            visibility: found.visibility,
            members: members.items.into_iter().map(|m| m.user).collect(),
            invitations: open.map_or(0, |row| row.count),
        }))
    }

    /// Those of the clusters that are not deleted, in the order asked.
    pub(crate) async fn clusters_there(
        &self,
        viewer: &Viewer,
        ids: &[ClusterId],
    ) -> Result<Vec<There>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let edges = |user| ids.iter().map(move |id| edge("member_of", user, id));
        let members: Vec<RecordId> = viewer
            .id()
            .map(|user| edges(user).collect())
            .unwrap_or_default();
        let records: Vec<RecordId> = ids.iter().map(cluster).collect();
        let vars = object! { ids: records, members: members };
        let query = "SELECT id, owner, name, visibility FROM $ids WHERE gone_at = NONE; \
             SELECT VALUE out FROM $members;";
        let mut answer = self.read(query, vars).await?;
        let rows: Vec<NameRow> = answer.all(0)?;
        let mine: Vec<Key> = answer.all(1)?;
        let mine: HashSet<String> = mine.into_iter().map(|key| key.0).collect();
        let there = rows.into_iter().map(|row| {
            let member = mine.contains(&row.id.0);
            Ok(There {
                known: known_of(viewer, &row.owner, row.visibility, member, false),
                open: known_of(viewer, &row.owner, row.visibility, member, true),
                member,
                visibility: row.visibility,
                cluster: ClusterRef {
                    id: row.id.parse()?,
                    name: row.name,
                },
            })
        });
        there.collect()
    }

    /// Everybody who belongs to one of the clusters, by handle.
    pub(crate) async fn members_of(&self, ids: &[ClusterId]) -> Result<Vec<Owner>> {
        let records: Vec<RecordId> = ids.iter().map(cluster).collect();
        let query = "SELECT in, in.handle AS handle, in.display_name AS name FROM member_of \
             WHERE out IN $clusters";
        let rows: Vec<PersonRow> = match records.is_empty() {
            true => Vec::new(),
            false => {
                let vars = object! { clusters: records };
                self.read(query, vars).await?.all(0)?
            }
        };
        let mut people = BTreeMap::new();
        for row in rows {
            let who = person(&row.r#in, &row.handle, row.name)?;
            people.insert(row.handle, who);
        }
        Ok(people.into_values().collect())
    }
}

const OPEN_INVITES: &str =
    "SELECT count() FROM invite WHERE cluster = $cluster AND expires_at > $now GROUP ALL";

#[derive(SurrealValue)]
struct NameRow {
    id: Key,
    owner: Key,
    name: String,
    #[surreal(wrap)]
    visibility: Visibility,
}

#[derive(SurrealValue)]
struct PersonRow {
    r#in: Key,
    handle: String,
    name: String,
}
