//! Telling those who look at a cluster.

use protocol::cluster::{ClusterGone, ClusterItemChange, ClusterTouched};
use protocol::element::Visibility;
use protocol::event::Event;
use protocol::{ClusterId, ElementId, Topic};
use surrealdb::types::{SurrealValue, object};

use crate::elements::Viewer;
use crate::error::Result;
use crate::outbox::{self, Notice};
use crate::row::{self, Key};
use crate::store::Tx;

/// Tells its members and whoever looks that it changed.
pub(crate) async fn touched(tx: &Tx, id: &ClusterId) -> Result<()> {
    let event = Event::ClusterChanged(ClusterTouched { id: id.clone() });
    let notice = Notice::plain(everybody(tx, id).await?, event);
    outbox::write(tx, &[notice]).await
}

/// Tells them that it is gone.
pub(crate) async fn gone(tx: &Tx, id: &ClusterId) -> Result<()> {
    let event = Event::ClusterRemoved(ClusterGone { id: id.clone() });
    let notice = Notice::plain(everybody(tx, id).await?, event);
    outbox::write(tx, &[notice]).await
}

/// Tells one account that it no longer belongs to it.
pub(crate) async fn left(tx: &Tx, id: &ClusterId, user: &protocol::UserId) -> Result<()> {
    let event = Event::ClusterRemoved(ClusterGone { id: id.clone() });
    let notice = Notice::plain(vec![Topic::User(user.clone())], event);
    outbox::write(tx, &[notice]).await
}

/// Tells those who look about one item, as far as all of them may see it.
pub(crate) async fn item(tx: &Tx, change: ClusterItemChange) -> Result<()> {
    let topic = vec![Topic::Cluster(change.id.clone())];
    let event = if is_public(tx, &change.element).await? {
        Event::ClusterItem(change.clone())
    } else {
        Event::ClusterChanged(ClusterTouched {
            id: change.id.clone(),
        })
    };
    let members = members(tx, &change.id).await?;
    let count = Event::ClusterChanged(ClusterTouched { id: change.id });
    outbox::write(
        tx,
        &[Notice::plain(topic, event), Notice::plain(members, count)],
    )
    .await
}

async fn everybody(tx: &Tx, id: &ClusterId) -> Result<Vec<Topic>> {
    let mut topics = members(tx, id).await?;
    topics.push(Topic::Cluster(id.clone()));
    Ok(topics)
}

async fn members(tx: &Tx, id: &ClusterId) -> Result<Vec<Topic>> {
    let vars = object! { cluster: super::cluster(id) };
    let users: Vec<Key> = tx
        .run("SELECT VALUE in FROM member_of WHERE out = $cluster", vars)
        .await?
        .all(0)?;
    users
        .iter()
        .map(|user| Ok(Topic::User(user.parse()?)))
        .collect()
}

async fn is_public(tx: &Tx, element: &ElementId) -> Result<bool> {
    let mut vars = object! { element: row::element(element) };
    Viewer::System.bind(&mut vars);
    let found = tx.run("SELECT visibility FROM $element", vars).await?;
    let mut found = found;
    let found = found.one::<VisibilityRow>(0)?;
    Ok(found.is_some_and(|row| row.visibility == Visibility::Public))
}

#[derive(SurrealValue)]
struct VisibilityRow {
    #[surreal(wrap)]
    visibility: Visibility,
}
