//! Whether everybody sees an element where it is held: kept on the edge, so
//! that what an outsider sees of a cluster is counted by looking at the few
//! that are not open, not at all that it holds.

use protocol::ElementId;
use surrealdb::types::{SurrealValue, object};

use crate::elements::Viewer;
use crate::elements::viewer::HELD;
use crate::error::Result;
use crate::row;
use crate::store::Tx;

/// An element's visibility, its flags, or whether it is there changed: its
/// edges say so from now on.
pub(crate) async fn reopen(tx: &Tx, element: &ElementId) -> Result<()> {
    let vars = object! { element: row::element(element) };
    tx.run(REOPEN, vars).await.map(drop)
}

// the schema says what the value is
const REOPEN: &str = "UPDATE holds SET open = false WHERE out = $element RETURN NONE";

/// A statement that counts, of a cluster, what not everybody sees in it: all of
/// that, and what the viewer does. Who keeps somebody away looks at all of it.
pub(super) fn hidden(viewer: &Viewer, cluster: &str) -> String {
    let apart = viewer
        .ties()
        .is_some_and(|t| t.all_apart().next().is_some());
    let which = match apart {
        true => "(open = false OR out.owner IN $apart)",
        false => "open = false",
    };
    format!(
        "SELECT count(out.gone_at = NONE) AS all, count({HELD}) AS seen FROM holds \
         WHERE in = {cluster} AND {which} GROUP ALL;"
    )
}

/// Its answer: no row for none.
#[derive(SurrealValue)]
pub(super) struct HiddenRow {
    all: u64,
    seen: u64,
}

impl HiddenRow {
    /// Of so many in all, how many the viewer sees.
    pub fn seen_of(count: u64, row: Option<&Self>) -> u64 {
        row.map_or(count, |row| count.saturating_sub(row.all) + row.seen)
    }
}
