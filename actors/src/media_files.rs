//! Files that show elements, for those who may see them.

use std::path::PathBuf;

use db::{Blobs, Db};
use protocol::MediaHash;

use crate::{PlatformError, Viewer};

/// A file on disk that may be served to the one who asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaFile {
    pub path: PathBuf,
    pub mime: String,
}

#[derive(Clone)]
pub struct MediaFiles {
    db: Db,
    blobs: Blobs,
}

impl MediaFiles {
    pub(crate) fn new(db: Db, blobs: Blobs) -> Self {
        Self { db, blobs }
    }

    /// The file of a variant; the raw upload is never among them.
    ///
    /// # Errors
    /// `not_found` when no element that the viewer may see shows it.
    pub async fn open(
        &self,
        viewer: &Viewer,
        hash: &MediaHash,
        variant: &str,
    ) -> Result<MediaFile, PlatformError> {
        let row = self
            .db
            .media_visible(&viewer.scope(), hash, variant)
            .await?;
        let row = row.ok_or_else(|| PlatformError::not_found("file"))?;
        let path = self.blobs.path(hash, variant).await?;
        let path = path.ok_or_else(|| PlatformError::not_found("file"))?;
        Ok(MediaFile {
            path,
            mime: row.mime,
        })
    }
}
