//! What belongs into a cluster.

use std::collections::HashSet;

use protocol::search::Found;
use protocol::{ClusterId, Cursor};

use super::{Clusters, now_millis};
use crate::feed::{found, hits};
use crate::recommend::Wish;
use crate::{PlatformError, Viewer};

/// Elements of a cluster that its recommendations grow from.
const GROWN_FROM: usize = 200;

impl Clusters {
    /// What belongs to it and is not in it.
    ///
    /// # Errors
    /// `not_found`; a cursor of another list.
    pub async fn recommendations(
        &self,
        viewer: &Viewer,
        id: &ClusterId,
        cursor: Option<Cursor>,
        limit: usize,
    ) -> Result<Found, PlatformError> {
        let cluster = self.get(viewer, id, None).await?;
        let from = match cursor {
            None => 0,
            Some(cursor) => cursor
                .as_str()
                .parse::<usize>()
                .map_err(|_| db::DbError::BadCursor)?,
        };
        let scope = viewer.scope();
        // no more than the viewer sees in it: a stranger must not learn of the rest
        let seen = self
            .db
            .cluster_items(&scope, id, None, None, GROWN_FROM)
            .await?;
        let interest = db::Interest {
            cluster: protocol::cluster::ClusterRef {
                id: id.clone(),
                name: cluster.name,
            },
            influence: Default::default(),
            used_at: now_millis(),
            elements: seen.items.into_iter().map(|i| i.element.id).collect(),
        };
        let less = self.db.seen_enough(&scope, GROWN_FROM).await?;
        let wish = Wish {
            viewer: &scope,
            user: &viewer.user.id,
            interests: &[interest],
            less: &less,
            known: &HashSet::new(),
            now: now_millis(),
        };
        let picks = self.recommender.rank(&wish).await?;
        let end = (from + limit).min(picks.len());
        let page = picks.get(from..end).unwrap_or_default();
        let items = hits(&self.db, viewer, page).await?;
        let next = (end < picks.len()).then(|| end.to_string().parse().ok());
        Ok(found(items, next.flatten()))
    }
}
