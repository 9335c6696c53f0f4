//! Whom a save to a cluster is told to.

use protocol::{ClusterId, ElementId, UserId};
use surrealdb::types::{SurrealValue, object};

use super::row::{ClusterRow, RoleRow, known_of};
use super::{edge, holds_key};
use crate::elements::Viewer;
use crate::elements::viewer::there;
use crate::error::Result;
use crate::notifications::{self, News, Spread};
use crate::row::{self, Key};
use crate::store::Tx;

/// Somebody put an element in: its owner is told, if the cluster is one to know
/// of, and soon everybody who follows it or belongs to it.
pub(super) async fn saved(
    tx: &Tx,
    into: &ClusterRow,
    element: &ElementId,
    by: &UserId,
) -> Result<()> {
    let vars = object! { element: row::element(element) };
    let owner: Option<Key> = tx
        .run("SELECT VALUE owner FROM $element", vars)
        .await?
        .one(0)?;
    let Some(owner) = owner else {
        return Ok(());
    };
    let (owner, id): (UserId, ClusterId) = (owner.parse()?, into.id()?);
    let vars = object! { member: edge("member_of", &owner, &id) };
    let role: Option<RoleRow> = tx.run("SELECT role FROM $member", vars).await?.one(0)?;
    let viewer = Viewer::user(owner.clone());
    if known_of(&viewer, &into.owner, into.visibility, role.is_some(), false) {
        let news = News::saved(owner, element, &id, by);
        notifications::tell(tx, &[news]).await?;
    }
    notifications::spread(tx, &id, by, Spread::Added(element.clone())).await
}

/// What was told of an element that is in a cluster; none when it is not in.
pub(super) async fn save_of(tx: &Tx, id: &ClusterId, element: &ElementId) -> Result<Option<News>> {
    let vars = object! { edge: holds_key(id, element) };
    let query = format!(
        "SELECT by, out.owner AS owner FROM $edge WHERE {}",
        there("out")
    );
    let held: Option<SaverRow> = tx.run(query, vars).await?.one(0)?;
    held.map(|held| {
        let (owner, by): (UserId, UserId) = (held.owner.parse()?, held.by.parse()?);
        Ok(News::saved(owner, element, id, &by))
    })
    .transpose()
}

#[derive(SurrealValue)]
struct SaverRow {
    by: Key,
    owner: Key,
}
