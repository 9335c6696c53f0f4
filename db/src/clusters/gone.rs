//! What deleting an element does to the clusters that hold it.
//!
//! While the deletion can be taken back the edges stay, so that everything
//! finds its place again; the counts leave it out.

use protocol::{ClusterId, ElementId};
use surrealdb::types::{RecordId, object};

use super::{cluster, reopen, say};
use crate::error::Result;
use crate::id::now_millis;
use crate::row::{self, Key};
use crate::store::Tx;

/// An element was deleted: its clusters count one less.
pub(crate) async fn left(tx: &Tx, element: &ElementId) -> Result<()> {
    recount(tx, element, LESS).await?;
    reopen(tx, element).await
}

/// It came back: they count it again.
pub(crate) async fn returned(tx: &Tx, element: &ElementId) -> Result<()> {
    recount(tx, element, MORE).await
}

/// It goes for good: none is named as a cover any more. The edges go with it.
pub(crate) async fn forget(tx: &Tx, element: &ElementId) -> Result<()> {
    let ids = holding(tx, element).await?;
    let clusters: Vec<RecordId> = ids.iter().map(cluster).collect();
    let vars = object! { clusters: clusters, element: row::element(element) };
    tx.run(UNCOVER, vars).await.map(drop)
}

async fn recount(tx: &Tx, element: &ElementId, query: &str) -> Result<()> {
    for id in holding(tx, element).await? {
        let vars = object! { cluster: cluster(&id), now: now_millis() };
        tx.run(query, vars).await?;
        say::touched(tx, &id).await?;
    }
    Ok(())
}

async fn holding(tx: &Tx, element: &ElementId) -> Result<Vec<ClusterId>> {
    let vars = object! { element: row::element(element) };
    let keys: Vec<Key> = tx
        .run("SELECT VALUE in FROM holds WHERE out = $element", vars)
        .await?
        .all(0)?;
    keys.iter().map(Key::parse).collect()
}

const LESS: &str = "UPDATE $cluster SET count = math::max([count - 1, 0]), changed_at = $now \
    RETURN NONE";

const MORE: &str = "UPDATE $cluster SET count += 1, changed_at = $now RETURN NONE";

const UNCOVER: &str = "UPDATE $clusters SET cover = NONE WHERE cover = $element RETURN NONE";
