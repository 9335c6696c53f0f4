//! Clusters: collections of elements with members, sections and an order.
//! Every change tells those who look, in its own transaction.

mod audience;
mod change;
mod feed;
mod followed;
mod gone;
mod holding;
mod items;
mod members;
pub mod order;
mod read;
mod rising;
pub(crate) mod row;
pub(crate) mod say;
mod sight;
mod told;

pub use audience::ClusterAudience;
pub(crate) use audience::There;
pub use change::ClusterChange;
pub(crate) use change::{NewCluster, make, place};
pub use feed::{ClusterState, Interest, Together};
pub(crate) use gone::{forget, left, returned};
pub use items::NewPlace;
pub use members::InviteKey;
pub use rising::{Follow, Save};
pub(crate) use row::person;
pub(crate) use sight::reopen;

use protocol::cluster::ClusterRole;
use protocol::{ClusterId, ElementId, UserId};
use surrealdb::types::{Array, RecordId, SurrealValue, object};

use crate::elements::Viewer;
use crate::error::{DbError, Result};
use crate::row as rows;
use crate::store::Tx;

/// What the viewer may do with a cluster, read within a transaction.
pub(crate) struct Standing {
    pub row: row::ClusterRow,
}

impl Standing {
    /// # Errors
    /// [`DbError::Missing`] when there is none or the viewer may not know,
    /// [`DbError::Denied`] when the viewer's role is a lesser one.
    pub async fn find(
        tx: &Tx,
        viewer: &Viewer,
        id: &ClusterId,
        needed: Option<ClusterRole>,
    ) -> Result<Self> {
        let vars = object! { id: cluster(id), member: member_key(viewer, id) };
        let query = format!(
            "SELECT {} FROM $id WHERE gone_at = NONE; SELECT role FROM $member;",
            row::FIELDS
        );
        let mut answer = tx.run(query, vars).await?;
        let row = answer.one::<row::ClusterRow>(0)?;
        let row = row.ok_or(DbError::Missing("cluster"))?;
        let role = match viewer {
            Viewer::System => Some(ClusterRole::Owner),
            Viewer::User { .. } => answer.one::<row::RoleRow>(1)?.map(|r| r.role),
        };
        if !row::known_of(viewer, &row.owner, row.visibility, role.is_some(), true) {
            return Err(DbError::Missing("cluster"));
        }
        if needed.is_some_and(|needed| role < Some(needed)) {
            return Err(DbError::Denied("this needs another role in the cluster"));
        }
        Ok(Self { row })
    }
}

pub(crate) fn cluster(id: &ClusterId) -> RecordId {
    RecordId::new("cluster", id.as_str())
}

/// The edge from a cluster to an element.
pub(crate) fn holds_key(id: &ClusterId, element: &ElementId) -> RecordId {
    pair("holds", id.as_str(), element.as_str())
}

/// The edge from an account to a cluster; the system has none.
pub(crate) fn member_key(viewer: &Viewer, id: &ClusterId) -> Option<RecordId> {
    viewer.id().map(|user| edge("member_of", user, id))
}

pub(crate) fn edge(table: &str, user: &UserId, id: &ClusterId) -> RecordId {
    pair(table, user.as_str(), id.as_str())
}

pub(crate) fn pair(table: &str, from: &str, to: &str) -> RecordId {
    let parts = vec![from.to_owned().into_value(), to.to_owned().into_value()];
    RecordId::new(table, Array::from(parts))
}

/// The account behind a viewer who changes something.
pub(crate) fn account(viewer: &Viewer) -> Result<&UserId> {
    viewer
        .id()
        .ok_or(DbError::Denied("only accounts have clusters"))
}

/// Reads an id out of a link.
pub(crate) fn id_of(key: &rows::Key) -> Result<ClusterId> {
    key.parse()
}
