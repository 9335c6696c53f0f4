//! Elements: taking them in, showing and changing them.

pub(crate) mod audience;
mod intake;
mod lists;

use std::sync::Arc;
use std::time::Duration;

use db::{Blobs, Db};
use protocol::element::{Audience, Element, ElementPatch, Likes, Neighbours, Removed};
use protocol::{ElementId, Problem, Timestamp, limits};

use crate::feed::Feeds;
use crate::search::Spaces;
use crate::{PlatformConfig, PlatformError, Viewer, sweeper};

pub(crate) use intake::Stored;
pub use intake::{Intake, NewFile};
pub use lists::ListQuery;

#[derive(Clone)]
pub struct Elements {
    db: Db,
    blobs: Blobs,
    spaces: Arc<Spaces>,
    feeds: Feeds,
    /// Files examined at once.
    places: Arc<tokio::sync::Semaphore>,
    undo: Duration,
}

impl Elements {
    pub(crate) fn new(
        db: Db,
        blobs: Blobs,
        spaces: Arc<Spaces>,
        feeds: Feeds,
        config: &PlatformConfig,
    ) -> Self {
        let threads = config.media_threads.max(1);
        let places = Arc::new(tokio::sync::Semaphore::new(threads));
        Self {
            db,
            blobs,
            spaces,
            feeds,
            places,
            undo: config.undo,
        }
    }

    /// One element.
    ///
    /// # Errors
    /// `not_found`, also when it is hidden from the viewer.
    pub async fn get(&self, viewer: &Viewer, id: &ElementId) -> Result<Element, PlatformError> {
        let element = self.db.element(&viewer.scope(), id).await?;
        let mut element = element.ok_or_else(|| PlatformError::not_found("element"))?;
        if let Some(quality) = &mut element.quality_parts {
            quality.taste = self.spaces.taste(id);
        }
        Ok(element)
    }

    /// Those of the elements that the viewer may see, in the order asked.
    ///
    /// # Errors
    /// `invalid_field` for more than [`limits::BULK_IDS`].
    pub async fn bulk(
        &self,
        viewer: &Viewer,
        ids: &[ElementId],
    ) -> Result<Vec<Element>, PlatformError> {
        few(ids)?;
        Ok(self.db.elements(&viewer.scope(), ids).await?)
    }

    /// Changes what its owner may change.
    ///
    /// # Errors
    /// `invalid_field`; `not_found` for everybody but the owner.
    pub async fn update(
        &self,
        viewer: &Viewer,
        id: &ElementId,
        patch: ElementPatch,
    ) -> Result<Element, PlatformError> {
        let patch = ElementPatch {
            title: text("title", patch.title, limits::TITLE_MAX)?,
            description: text("description", patch.description, limits::DESCRIPTION_MAX)?,
            alt: text("alt", patch.alt, limits::ALT_MAX)?,
            visibility: patch.visibility,
            declares_ai: patch.declares_ai,
        };
        let changed = self.db.update_element(&viewer.scope(), id, patch).await?;
        changed.ok_or_else(|| PlatformError::not_found("element"))
    }

    /// Deletes it: it is nowhere for nobody. [`Elements::restore`] takes that
    /// back for a while; then all that was derived from it goes.
    ///
    /// # Errors
    /// `not_found` for everybody but the owner.
    pub async fn remove(&self, viewer: &Viewer, id: &ElementId) -> Result<Removed, PlatformError> {
        let at = self.db.remove_element(&viewer.scope(), id).await?;
        let at = at.ok_or_else(|| PlatformError::not_found("element"))?;
        Ok(Removed {
            id: id.clone(),
            restorable_until: Timestamp::from_millis(sweeper::until(at, self.undo)),
        })
    }

    /// Takes a deletion back: it is where it was, with all that it had.
    ///
    /// # Errors
    /// `not_found` when it is too late, and for everybody but the owner.
    pub async fn restore(&self, viewer: &Viewer, id: &ElementId) -> Result<Element, PlatformError> {
        let since = sweeper::since(self.undo);
        let back = self.db.restore_element(&viewer.scope(), id, since).await?;
        back.ok_or_else(|| PlatformError::not_found("deleted element"))
    }

    /// Who can see it, and by which way; for its owner.
    ///
    /// # Errors
    /// `not_found` for everybody else.
    pub async fn audience(
        &self,
        viewer: &Viewer,
        id: &ElementId,
    ) -> Result<Audience, PlatformError> {
        let found = self.db.element_audience(&viewer.scope(), id).await?;
        let found = found.ok_or_else(|| PlatformError::not_found("element"))?;
        Ok(audience::of_element(found))
    }

    /// What stands beside it among its owner's elements, newest first, as far
    /// as the viewer sees them in lists.
    ///
    /// # Errors
    /// `not_found`, also when it is hidden from the viewer.
    pub async fn neighbours(
        &self,
        viewer: &Viewer,
        id: &ElementId,
    ) -> Result<Neighbours, PlatformError> {
        let found = self.db.neighbours(&viewer.scope(), id).await?;
        found.ok_or_else(|| PlatformError::not_found("element"))
    }

    /// Likes an element, or takes the like back.
    ///
    /// # Errors
    /// `not_found`, also when it is hidden from the viewer.
    pub async fn like(
        &self,
        viewer: &Viewer,
        id: &ElementId,
        liked: bool,
    ) -> Result<(), PlatformError> {
        let element = self.db.like(&viewer.scope(), id, liked).await?;
        element.ok_or_else(|| PlatformError::not_found("element"))?;
        self.feeds.stale(&viewer.user.id);
        Ok(())
    }

    /// Those of the elements that the viewer likes, in the order asked.
    ///
    /// # Errors
    /// `invalid_field` for more than [`limits::BULK_IDS`].
    pub async fn likes(&self, viewer: &Viewer, ids: &[ElementId]) -> Result<Likes, PlatformError> {
        few(ids)?;
        let items = self.db.likes_among(&viewer.scope(), ids).await?;
        Ok(Likes { items })
    }

    /// Tries its failed stages again.
    pub async fn retry(&self, viewer: &Viewer, id: &ElementId) -> Result<Element, PlatformError> {
        let element = self.get(viewer, id).await?;
        if element.owner.id != viewer.user.id {
            return Err(PlatformError::not_found("element"));
        }
        self.db.retry_failed(&viewer.scope(), id).await?;
        self.get(viewer, id).await
    }
}

/// No more than one request may name.
fn few(ids: &[ElementId]) -> Result<(), PlatformError> {
    if ids.len() <= limits::BULK_IDS {
        return Ok(());
    }
    let detail = format!("at most {} ids at once", limits::BULK_IDS);
    Err(PlatformError::Refused(Problem::field("ids", detail)))
}

/// Trims a text and checks its length.
pub(crate) fn text(
    field: &str,
    text: Option<String>,
    most: usize,
) -> Result<Option<String>, PlatformError> {
    let Some(text) = text.map(|t| t.trim().to_owned()) else {
        return Ok(None);
    };
    if text.chars().count() > most {
        return Err(PlatformError::Refused(Problem::field(
            field,
            format!("at most {most} characters"),
        )));
    }
    Ok(Some(text))
}
