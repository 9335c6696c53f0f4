//! Clusters of others that an account follows.

use protocol::cluster::Cluster;
use protocol::{ClusterId, Cursor, ElementId, Page};
use surrealdb::types::{RecordId, SurrealValue, object};

use super::edge;
use crate::elements::Viewer;
use crate::error::{DbError, Result};
use crate::limits::READ_MAX;
use crate::row::{self, Key};
use crate::store::Db;

impl Db {
    /// Those of others that the viewer follows and may still see, last
    /// followed first. What is followed meanwhile comes in front of the first
    /// page and changes none behind it.
    ///
    /// # Errors
    /// A cursor of another list.
    pub async fn followed_clusters(
        &self,
        viewer: &Viewer,
        element: Option<&ElementId>,
        cursor: Option<Cursor>,
        limit: usize,
    ) -> Result<Page<Cluster>> {
        let Some(user) = viewer.id() else {
            return Ok(Page {
                items: Vec::new(),
                next_cursor: None,
            });
        };
        let limit = limit.clamp(1, READ_MAX);
        let mut after = cursor.map(|cursor| Place::read(&cursor)).transpose()?;
        let mut items: Vec<Cluster> = Vec::new();
        loop {
            // one more than is wanted, to know whether there is more
            let wanted = limit + 1 - items.len();
            let (at, id) = match &after {
                Some(place) => (place.at, place.id.clone()),
                None => (i64::MAX, "~".to_owned()),
            };
            let last = RecordId::new("cluster", id);
            let vars = object! {
                user: row::user(user),
                at: at,
                last: last,
                count: row::int(wanted),
            };
            let follows: Vec<FollowRow> = self.read(FOLLOWED, vars).await?.all(0)?;
            let full = follows.len() == wanted;
            let ids: Vec<ClusterId> = follows
                .iter()
                .map(|row| super::id_of(&row.out))
                .collect::<Result<_>>()?;
            // whoever follows one had its address
            let mut found = self.clusters(viewer, &ids, element, true).await?;
            found.retain(|cluster| cluster.owner.id != *user);
            items.extend(found);
            after = follows.into_iter().next_back().map(|row| Place {
                at: row.at,
                id: row.out.0,
            });
            if !full || items.len() > limit {
                break;
            }
        }
        let more = items.len() > limit;
        items.truncate(limit);
        let next_cursor = match items.last() {
            Some(last) if more => self.followed_at(user, &last.id).await?,
            _ => None,
        };
        Ok(Page { items, next_cursor })
    }

    /// The place behind a followed cluster.
    async fn followed_at(&self, user: &protocol::UserId, id: &ClusterId) -> Result<Option<Cursor>> {
        let vars = object! { edge: edge("follows", user, id) };
        let row: Option<FollowRow> = self.read("SELECT out, at FROM $edge", vars).await?.one(0)?;
        Ok(row.and_then(|row| format!("{}.{}", row.at, row.out.0).parse().ok()))
    }
}

/// Where in the list.
struct Place {
    at: i64,
    id: String,
}

impl Place {
    fn read(cursor: &Cursor) -> Result<Self> {
        let (at, id) = cursor.as_str().split_once('.').ok_or(DbError::BadCursor)?;
        let id: ClusterId = id.parse().map_err(|_| DbError::BadCursor)?;
        Ok(Self {
            at: at.parse().map_err(|_| DbError::BadCursor)?,
            id: id.to_string(),
        })
    }
}

const FOLLOWED: &str = "SELECT out, at FROM follows WITH INDEX follows_user \
    WHERE in = $user \
    AND (at < $at OR (at = $at AND out < $last)) ORDER BY at DESC, out DESC LIMIT $count";

#[derive(SurrealValue)]
struct FollowRow {
    out: Key,
    at: i64,
}
