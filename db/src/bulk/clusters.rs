//! Clusters with what they hold and who belongs to them, many at once.

use protocol::cluster::{ClusterRole, Section};
use protocol::element::Visibility;
use protocol::{ClusterId, ElementId, Timestamp, UserId};
use surrealdb::types::{Object, SerdeWrapper, object};

use super::elements::place;
use crate::clusters::{self, order, row as edges};
use crate::error::Result;
use crate::limits::BULK_ROWS;
use crate::row;
use crate::store::Db;

/// A cluster as it was made at some time, and filled since.
#[derive(Debug, Clone)]
pub struct BulkCluster {
    pub id: ClusterId,
    pub owner: UserId,
    pub name: String,
    pub description: String,
    pub visibility: Visibility,
    pub created_at: Timestamp,
    pub sections: Vec<Section>,
    /// In the order in which they were put there, each in front of the others.
    pub items: Vec<BulkItem>,
    /// Besides the owner.
    pub members: Vec<BulkMember>,
    pub followers: Vec<(UserId, Timestamp)>,
}

/// An element in it.
#[derive(Debug, Clone)]
pub struct BulkItem {
    pub element: ElementId,
    /// Empty for none.
    pub section: String,
    pub by: UserId,
    pub at: Timestamp,
}

/// Somebody who belongs to it.
#[derive(Debug, Clone)]
pub struct BulkMember {
    pub user: UserId,
    pub role: ClusterRole,
    pub since: Timestamp,
}

impl Db {
    /// Makes clusters. Accounts and elements are there.
    pub async fn bulk_clusters(&self, clusters: Vec<BulkCluster>) -> Result<()> {
        let mut part = Rows::default();
        for cluster in clusters {
            part.add(cluster);
            if part.len() >= BULK_ROWS {
                self.write_clusters(std::mem::take(&mut part)).await?;
            }
        }
        self.write_clusters(part).await
    }

    /// The row of a cluster tells of its edges, so those of one are written
    /// together.
    async fn write_clusters(&self, rows: Rows) -> Result<()> {
        let vars = rows.vars();
        self.write("a bulk import", move |tx| {
            let vars = vars.clone();
            Box::pin(async move { tx.run(WRITE, vars).await.map(drop) })
        })
        .await
    }
}

#[derive(Default)]
struct Rows {
    clusters: Vec<Object>,
    members: Vec<Object>,
    holds: Vec<Object>,
    follows: Vec<Object>,
}

impl Rows {
    fn len(&self) -> usize {
        self.clusters.len() + self.members.len() + self.holds.len() + self.follows.len()
    }

    fn add(&mut self, cluster: BulkCluster) {
        let id = &cluster.id;
        let made = cluster.created_at.millis();
        let last = cluster.items.last().map_or(made, |item| item.at.millis());
        self.clusters.push(object! {
            id: clusters::cluster(id),
            owner: row::user(&cluster.owner),
            name: cluster.name,
            description: cluster.description,
            visibility: SerdeWrapper(cluster.visibility),
            count: row::int(cluster.items.len()),
            followers: row::int(cluster.followers.len()),
            sections: SerdeWrapper(cluster.sections),
            created_at: made,
            changed_at: last,
            place: clusters::place(id),
        });
        let owner = BulkMember {
            user: cluster.owner.clone(),
            role: ClusterRole::Owner,
            since: cluster.created_at,
        };
        for member in std::iter::once(&owner).chain(&cluster.members) {
            let put = cluster.items.iter().filter(|item| item.by == member.user);
            let since = member.since.millis();
            let used = put.map(|item| item.at.millis()).max().unwrap_or(since);
            self.members
                .push(edges::member(&member.user, id, member.role, since, used));
        }
        let mut first: std::collections::HashMap<String, String> = Default::default();
        for item in cluster.items {
            let before = first.get(&item.section).map(String::as_str);
            let order = order::between(None, before);
            self.holds.push(edges::holds(
                id,
                &item.element,
                &item.section,
                &order,
                &item.by,
                (item.at.millis(), place(item.at)),
            ));
            first.insert(item.section, order);
        }
        for (user, at) in &cluster.followers {
            self.follows.push(edges::follows(user, id, at.millis()));
        }
    }

    fn vars(self) -> Object {
        object! {
            clusters: self.clusters,
            members: self.members,
            holds: self.holds,
            follows: self.follows,
        }
    }
}

const WRITE: &str = "INSERT INTO cluster $clusters RETURN NONE; \
    INSERT RELATION INTO member_of $members RETURN NONE; \
    INSERT RELATION INTO holds $holds RETURN NONE; \
    INSERT RELATION INTO follows $follows RETURN NONE";
