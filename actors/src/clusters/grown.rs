//! What belongs into a cluster.

use protocol::cluster::{Cluster, ClusterRef};
use protocol::search::Found;
use protocol::{ClusterId, Cursor, ElementId};

use super::Clusters;
use crate::feed::{found, hits};
use crate::platform::now_millis;
use crate::recommend::{Pick, Source, Wish};
use crate::{PlatformError, Viewer};

/// Waved-away elements that are remembered.
const LESS: usize = 200;

impl Clusters {
    /// What belongs to it and is not in it.
    ///
    /// # Errors
    /// `not_found`; `cursor_expired` for a list that is no longer kept.
    pub async fn recommendations(
        &self,
        viewer: &Viewer,
        id: &ClusterId,
        cursor: Option<Cursor>,
        limit: usize,
    ) -> Result<Found, PlatformError> {
        let cluster = self.get(viewer, id, None).await?;
        let user = &viewer.user.id;
        let cut = match cursor {
            Some(cursor) => self.grown.next(user, &cursor, limit)?,
            None => {
                let picks = self.grown_from(viewer, cluster).await?;
                self.grown.first(user, picks, limit)
            }
        };
        let items = hits(&self.db, viewer, &cut.items).await?;
        Ok(found(items, cut.next))
    }

    async fn grown_from(
        &self,
        viewer: &Viewer,
        cluster: Cluster,
    ) -> Result<Vec<Pick>, PlatformError> {
        let Cluster { id, name, .. } = cluster;
        let state = self.db.cluster_state(&id).await?;
        let state = state.ok_or_else(|| PlatformError::not_found("cluster"))?;
        let scope = viewer.scope();
        let theme = self.recommender.themes().of_cluster(&id, state).await?;
        let source = Source {
            // no more than the viewer sees in it: a stranger must not learn of
            // the rest
            theme: self.recommender.as_seen(&scope, theme),
            cluster: Some(ClusterRef {
                id: id.clone(),
                name,
            }),
            weight: 1.0,
        };
        let less = self.db.seen_enough(&scope, LESS).await?;
        let wish = Wish {
            viewer: &scope,
            user: &viewer.user.id,
            sources: &[source],
            less: &less,
            now: now_millis(),
        };
        let mut picks = self.recommender.rank(&wish).await?;
        // of a large cluster only the last added are known so far
        let ids: Vec<ElementId> = picks.iter().map(|p| p.element.clone()).collect();
        let held = self.db.held_in(&id, &ids).await?;
        picks.retain(|pick| !held.contains(&pick.element));
        Ok(picks)
    }
}
