//! Who belongs to a cluster, who follows it, who can see it.

use protocol::cluster::{Cluster, ClusterRole, Members};
use protocol::element::Audience;
use protocol::value::Handle;
use protocol::{ClusterId, Cursor, ElementId, Page};

use super::Clusters;
use crate::elements::audience::of_cluster;
use crate::{PlatformError, Viewer};

impl Clusters {
    /// # Errors
    /// `not_found`; `forbidden` for who is no member.
    pub async fn members(&self, viewer: &Viewer, id: &ClusterId) -> Result<Members, PlatformError> {
        Ok(self.db.cluster_members(&viewer.scope(), id).await?)
    }

    /// # Errors
    /// `not_found`, `forbidden`, `conflict` when there are too many.
    pub async fn set_member(
        &self,
        viewer: &Viewer,
        id: &ClusterId,
        handle: &Handle,
        role: ClusterRole,
    ) -> Result<Members, PlatformError> {
        let user = self.account(viewer, handle).await?;
        let scope = viewer.scope();
        self.db.set_member(&scope, id, &user, role).await?;
        self.feeds.stale(&user);
        self.members(viewer, id).await
    }

    /// The owner removes anybody, a member leaves.
    ///
    /// # Errors
    /// `not_found`, `forbidden`.
    pub async fn drop_member(
        &self,
        viewer: &Viewer,
        id: &ClusterId,
        handle: &Handle,
    ) -> Result<Members, PlatformError> {
        let user = self.account(viewer, handle).await?;
        self.db.drop_member(&viewer.scope(), id, &user).await?;
        self.feeds.stale(&user);
        if user == viewer.user.id {
            return Ok(Members { items: Vec::new() });
        }
        self.members(viewer, id).await
    }

    /// # Errors
    /// `not_found`.
    pub async fn follow(
        &self,
        viewer: &Viewer,
        id: &ClusterId,
        on: bool,
    ) -> Result<Cluster, PlatformError> {
        self.db.follow_cluster(&viewer.scope(), id, on).await?;
        self.get(viewer, id, None).await
    }

    /// Those of others that the viewer follows, last followed first.
    ///
    /// # Errors
    /// A cursor of another list.
    pub async fn followed(
        &self,
        viewer: &Viewer,
        element: Option<&ElementId>,
        cursor: Option<Cursor>,
        limit: usize,
    ) -> Result<Page<Cluster>, PlatformError> {
        let scope = viewer.scope();
        let page = self.db.followed_clusters(&scope, element, cursor, limit);
        Ok(page.await?)
    }

    /// Who can see it, and by which way; for its owner.
    ///
    /// # Errors
    /// `not_found` for everybody else.
    pub async fn audience(
        &self,
        viewer: &Viewer,
        id: &ClusterId,
    ) -> Result<Audience, PlatformError> {
        let found = self.db.cluster_audience(&viewer.scope(), id).await?;
        let found = found.ok_or_else(|| PlatformError::not_found("cluster"))?;
        Ok(of_cluster(found))
    }
}
