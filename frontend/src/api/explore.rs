//! What there is to discover.

use protocol::Cursor;
use protocol::explore::{ExploreTopics, RisingClusters};
use protocol::search::Found;

use super::Failure;
use super::http::{escape, get};

pub async fn topics() -> Result<ExploreTopics, Failure> {
    get("explore/topics").await
}

/// What a topic holds.
pub async fn topic(id: &str, cursor: Option<&Cursor>) -> Result<Found, Failure> {
    let after = cursor.map(|cursor| format!("?cursor={cursor}"));
    let after = after.unwrap_or_default();
    get(&format!("explore/topics/{}{after}", escape(id))).await
}

/// Public clusters that grow just now.
pub async fn clusters() -> Result<RisingClusters, Failure> {
    get("explore/clusters").await
}
