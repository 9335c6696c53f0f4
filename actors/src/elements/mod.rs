//! Elements: taking them in, showing and changing them.

mod intake;
mod lists;

use std::sync::Arc;

use db::{Blobs, Db};
use protocol::element::{Element, ElementPatch};
use protocol::{ElementId, Problem, limits};

use crate::search::Spaces;
use crate::{PlatformError, Viewer};

pub use intake::{Intake, NewFile};
pub use lists::ListQuery;

#[derive(Clone)]
pub struct Elements {
    db: Db,
    blobs: Blobs,
    spaces: Arc<Spaces>,
    /// Files examined at once.
    places: Arc<tokio::sync::Semaphore>,
}

impl Elements {
    pub(crate) fn new(db: Db, blobs: Blobs, spaces: Arc<Spaces>, threads: usize) -> Self {
        let places = Arc::new(tokio::sync::Semaphore::new(threads.max(1)));
        Self {
            db,
            blobs,
            spaces,
            places,
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
        if ids.len() > limits::BULK_IDS {
            let detail = format!("at most {} ids at once", limits::BULK_IDS);
            return Err(PlatformError::Refused(Problem::field("ids", detail)));
        }
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
            visibility: patch.visibility,
            declares_ai: patch.declares_ai,
        };
        let changed = self.db.update_element(&viewer.scope(), id, patch).await?;
        changed.ok_or_else(|| PlatformError::not_found("element"))
    }

    /// Deletes it with all that was derived from it.
    ///
    /// # Errors
    /// `not_found` for everybody but the owner.
    pub async fn remove(&self, viewer: &Viewer, id: &ElementId) -> Result<(), PlatformError> {
        if self.db.remove_element(&viewer.scope(), id).await? {
            Ok(())
        } else {
            Err(PlatformError::not_found("element"))
        }
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
        element
            .map(drop)
            .ok_or_else(|| PlatformError::not_found("element"))
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

/// Trims a text and checks its length.
fn text(field: &str, text: Option<String>, most: usize) -> Result<Option<String>, PlatformError> {
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
