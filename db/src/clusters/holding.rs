//! Which clusters hold an element.

use std::cmp::Reverse;
use std::collections::HashSet;

use protocol::cluster::Cluster;
use protocol::element::Visibility;
use protocol::{ClusterId, ElementId};
use surrealdb::types::{RecordId, SurrealValue, object};

use super::row::known_of;
use super::{cluster, edge};
use crate::elements::Viewer;
use crate::elements::viewer::HELD;
use crate::error::Result;
use crate::limits::READ_MAX;
use crate::row::{self, Key};
use crate::store::Db;

impl Db {
    /// Those that hold an element, as far as the viewer sees them in lists and
    /// the element in them.
    pub async fn clusters_holding(
        &self,
        viewer: &Viewer,
        element: &ElementId,
        limit: usize,
    ) -> Result<Vec<Cluster>> {
        let mut vars = object! { element: row::element(element), count: row::int(READ_MAX) };
        viewer.bind(&mut vars);
        let query =
            format!("SELECT VALUE in FROM holds WHERE out = $element AND {HELD} LIMIT $count");
        let ids: Vec<Key> = self.read(query, vars).await?.all(0)?;
        let ids: Vec<ClusterId> = ids.iter().map(super::id_of).collect::<Result<_>>()?;
        // a popular element is in thousands: only the first are read in full
        let first = self.first_known(viewer, &ids, limit).await?;
        self.clusters(viewer, &first, Some(element), false).await
    }

    /// Of some clusters those that the viewer knows of by lists and that come
    /// first: one's own, then what others find worth following.
    async fn first_known(
        &self,
        viewer: &Viewer,
        ids: &[ClusterId],
        limit: usize,
    ) -> Result<Vec<ClusterId>> {
        let edges = |user| ids.iter().map(move |id| edge("member_of", user, id));
        let members: Vec<RecordId> = viewer
            .id()
            .map(|user| edges(user).collect())
            .unwrap_or_default();
        let records: Vec<RecordId> = ids.iter().map(cluster).collect();
        let vars = object! { ids: records, members: members };
        let mut answer = self.read(RANKS, vars).await?;
        let ranks: Vec<RankRow> = answer.all(0)?;
        let mine: Vec<Key> = answer.all(1)?;
        let mine: HashSet<&str> = mine.iter().map(|key| key.0.as_str()).collect();
        let mut known: Vec<(bool, &RankRow)> = ranks
            .iter()
            .map(|row| (mine.contains(row.id.0.as_str()), row))
            .filter(|(member, row)| known_of(viewer, &row.owner, row.visibility, *member, false))
            .collect();
        known.sort_by_key(|(member, row)| (!member, Reverse(row.followers)));
        let first = known.into_iter().take(limit);
        first.map(|(_, row)| super::id_of(&row.id)).collect()
    }
}

/// What decides which of many clusters come first.
const RANKS: &str = "SELECT id, owner, visibility, followers FROM $ids WHERE gone_at = NONE; \
    SELECT VALUE out FROM $members;";

#[derive(SurrealValue)]
struct RankRow {
    id: Key,
    owner: Key,
    #[surreal(wrap)]
    visibility: Visibility,
    followers: u64,
}
