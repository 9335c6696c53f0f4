//! Clusters: the rules around what the database keeps.

mod grown;
mod invites;
mod people;
mod suggest;

use std::sync::Arc;
use std::time::Duration;

use db::{ClusterChange, Db};
use protocol::cluster::{
    AddElements, Added, AddedElement, Cluster, ClusterItem, ClusterPatch, ClusterRole, NewCluster,
    Placed, Placement,
};
use protocol::value::Handle;
use protocol::{ClusterId, Cursor, ElementId, ErrorCode, Page, Problem, limits};

use crate::feed::Feeds;
use crate::paging::Lists;
use crate::recommend::{Pick, Recommender};
use crate::search::Spaces;
use crate::{PlatformError, Viewer, sweeper};

/// Clusters listed for an element.
const HOLDING: usize = 40;
/// Lists of recommendations whose next pages may be asked for.
const LISTS: usize = 128;

#[derive(Clone)]
pub struct Clusters {
    db: Db,
    spaces: Arc<Spaces>,
    recommender: Recommender,
    feeds: Feeds,
    undo: Duration,
    /// What grew from clusters lately.
    grown: Arc<Lists<Pick>>,
}

impl Clusters {
    pub(crate) fn new(
        db: Db,
        spaces: Arc<Spaces>,
        recommender: Recommender,
        feeds: Feeds,
        undo: Duration,
    ) -> Self {
        Self {
            db,
            spaces,
            recommender,
            feeds,
            undo,
            grown: Arc::new(Lists::new(LISTS)),
        }
    }

    /// Makes one, with what is to be in it.
    ///
    /// # Errors
    /// `invalid_field`; `conflict` when there are too many; `not_found` for an
    /// element, and then nothing was made.
    pub async fn create(&self, viewer: &Viewer, new: NewCluster) -> Result<Cluster, PlatformError> {
        let name = name("name", &new.name)?;
        let description = description(&new.description)?;
        few(&new.elements)?;
        let scope = viewer.scope();
        for element in &new.elements {
            let seen = self.db.element(&scope, element).await?;
            seen.ok_or_else(|| PlatformError::not_found("element"))?;
        }
        let id = self
            .db
            .create_cluster(&scope, name, description, new.visibility)
            .await?;
        for element in new.elements.iter().rev() {
            let placed = self
                .db
                .place_item(&scope, &id, element, None, Default::default());
            placed.await?;
        }
        self.feeds.stale(&viewer.user.id);
        self.get(viewer, &id, None).await
    }

    /// One cluster; with `element`, it is told whether that is in it.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn get(
        &self,
        viewer: &Viewer,
        id: &ClusterId,
        element: Option<&ElementId>,
    ) -> Result<Cluster, PlatformError> {
        let found = self.db.cluster(&viewer.scope(), id, element).await?;
        found.ok_or_else(|| PlatformError::not_found("cluster"))
    }

    /// All that the viewer is a member of, last used first.
    ///
    /// # Errors
    /// A cursor of another list.
    pub async fn mine(
        &self,
        viewer: &Viewer,
        element: Option<&ElementId>,
        cursor: Option<Cursor>,
        limit: usize,
    ) -> Result<Page<Cluster>, PlatformError> {
        let scope = viewer.scope();
        let page = self.db.my_clusters(&scope, element, cursor, limit);
        Ok(page.await?)
    }

    /// Those of an account that the viewer may see, newest first.
    ///
    /// # Errors
    /// `not_found` for an unknown handle.
    pub async fn of(
        &self,
        viewer: &Viewer,
        handle: &Handle,
        cursor: Option<Cursor>,
        limit: usize,
    ) -> Result<Page<Cluster>, PlatformError> {
        let owner = self.account(viewer, handle).await?;
        let scope = viewer.scope();
        let page = self.db.clusters_of(&scope, &owner, cursor, limit);
        Ok(page.await?)
    }

    /// Those that hold an element and that the viewer may see.
    ///
    /// # Errors
    /// `not_found` for the element.
    pub async fn holding(
        &self,
        viewer: &Viewer,
        element: &ElementId,
    ) -> Result<Page<Cluster>, PlatformError> {
        let scope = viewer.scope();
        let seen = self.db.element(&scope, element).await?;
        seen.ok_or_else(|| PlatformError::not_found("element"))?;
        let items = self.db.clusters_holding(&scope, element, HOLDING).await?;
        Ok(Page {
            items,
            next_cursor: None,
        })
    }

    /// # Errors
    /// `invalid_field`, `not_found`, `forbidden`.
    pub async fn update(
        &self,
        viewer: &Viewer,
        id: &ClusterId,
        patch: ClusterPatch,
    ) -> Result<Cluster, PlatformError> {
        let mut sections = patch.sections;
        for section in sections.iter_mut().flatten() {
            section.name = name("sections", &section.name)?;
        }
        let change = ClusterChange {
            name: patch.name.map(|n| name("name", &n)).transpose()?,
            description: patch.description.map(|d| description(&d)).transpose()?,
            visibility: patch.visibility,
            cover: patch.cover,
            sections,
            influence: patch.influence,
        };
        let changed = self.db.change_cluster(&viewer.scope(), id, change).await?;
        self.feeds.stale(&viewer.user.id);
        Ok(changed)
    }

    /// Deletes it; [`Clusters::restore`] takes that back for a while.
    ///
    /// # Errors
    /// `not_found`, `forbidden`.
    pub async fn remove(&self, viewer: &Viewer, id: &ClusterId) -> Result<(), PlatformError> {
        self.db.remove_cluster(&viewer.scope(), id).await?;
        self.feeds.stale(&viewer.user.id);
        Ok(())
    }

    /// # Errors
    /// `not_found` when it is too late.
    pub async fn restore(&self, viewer: &Viewer, id: &ClusterId) -> Result<Cluster, PlatformError> {
        let since = sweeper::since(self.undo);
        let back = self.db.restore_cluster(&viewer.scope(), id, since).await?;
        self.feeds.stale(&viewer.user.id);
        Ok(back)
    }

    /// What it holds, in its order.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn items(
        &self,
        viewer: &Viewer,
        id: &ClusterId,
        section: Option<&str>,
        cursor: Option<Cursor>,
        limit: usize,
    ) -> Result<Page<ClusterItem>, PlatformError> {
        let scope = viewer.scope();
        let page = self.db.cluster_items(&scope, id, section, cursor, limit);
        Ok(page.await?)
    }

    /// Puts an element in, or moves it.
    ///
    /// # Errors
    /// `not_found`, `forbidden`, `conflict` when it is full.
    pub async fn place(
        &self,
        viewer: &Viewer,
        id: &ClusterId,
        element: &ElementId,
        placement: Placement,
    ) -> Result<Placed, PlatformError> {
        let Placement { section, place } = placement;
        let scope = viewer.scope();
        let placed = self.db.place_item(&scope, id, element, section, place);
        let placed = placed.await?;
        self.feeds.stale(&viewer.user.id);
        Ok(Placed {
            order: Some(placed.order),
            section: placed.section,
            cluster: self.get(viewer, id, Some(element)).await?,
        })
    }

    /// Puts several in; each has its own answer.
    ///
    /// # Errors
    /// `not_found` and `forbidden` for the cluster; `invalid_field` for too
    /// many elements.
    pub async fn add(
        &self,
        viewer: &Viewer,
        id: &ClusterId,
        add: AddElements,
    ) -> Result<Added, PlatformError> {
        few(&add.elements)?;
        let cluster = self.get(viewer, id, None).await?;
        if cluster.role < Some(ClusterRole::Editor) {
            let detail = "adding to a cluster is for its editors";
            return Err(PlatformError::refused(ErrorCode::Forbidden, detail));
        }
        let scope = viewer.scope();
        let mut items = Vec::new();
        // the first of them stands first in the end
        for element in add.elements.iter().rev() {
            let section = add.section.clone();
            let placed = self
                .db
                .place_item(&scope, id, element, section, Default::default());
            let placed = placed.await.map_err(PlatformError::from);
            items.push(AddedElement {
                id: element.clone(),
                held: placed.as_ref().is_ok_and(|p| p.change.is_none()),
                error: placed.err().map(|error| error.problem()),
            });
        }
        items.reverse();
        self.feeds.stale(&viewer.user.id);
        let cluster = self.get(viewer, id, None).await?;
        Ok(Added { items, cluster })
    }

    /// Takes an element out; one that is not in is out already.
    ///
    /// # Errors
    /// `not_found`, `forbidden`.
    pub async fn take(
        &self,
        viewer: &Viewer,
        id: &ClusterId,
        element: &ElementId,
    ) -> Result<Placed, PlatformError> {
        self.db.remove_item(&viewer.scope(), id, element).await?;
        self.feeds.stale(&viewer.user.id);
        Ok(Placed {
            order: None,
            section: None,
            cluster: self.get(viewer, id, Some(element)).await?,
        })
    }

    async fn account(
        &self,
        viewer: &Viewer,
        handle: &Handle,
    ) -> Result<protocol::UserId, PlatformError> {
        let user = self.db.account(&viewer.scope(), handle).await?;
        user.ok_or_else(|| PlatformError::not_found("account"))
    }
}

/// A name that people can read.
fn name(field: &str, text: &str) -> Result<String, PlatformError> {
    let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if !(1..=limits::CLUSTER_NAME_MAX).contains(&name.chars().count()) {
        let detail = format!("a name has 1 to {} characters", limits::CLUSTER_NAME_MAX);
        return Err(PlatformError::Refused(Problem::field(field, detail)));
    }
    Ok(name)
}

fn description(text: &str) -> Result<String, PlatformError> {
    let text = text.trim();
    if text.chars().count() > limits::DESCRIPTION_MAX {
        let detail = format!("at most {} characters", limits::DESCRIPTION_MAX);
        return Err(PlatformError::Refused(Problem::field(
            "description",
            detail,
        )));
    }
    Ok(text.to_owned())
}

fn few(ids: &[ElementId]) -> Result<(), PlatformError> {
    if ids.len() <= limits::BULK_IDS {
        return Ok(());
    }
    let detail = format!("at most {} elements at once", limits::BULK_IDS);
    Err(PlatformError::Refused(Problem::field("elements", detail)))
}
