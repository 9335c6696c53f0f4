//! Files on their way in, whose content and so whose name is not known yet.

use std::fs::File;
use std::path::PathBuf;

use bytes::Bytes;
use protocol::MediaHash;

use super::{Blobs, ORIGINAL, disk};
use crate::error::{DbError, Result};

/// A file that is being written, on the disk of the store but under no name
/// that anybody asks for. Dropping it removes it; so does the next start.
pub struct Incoming {
    blobs: Blobs,
    path: PathBuf,
    /// None once it failed.
    file: Option<File>,
}

impl Blobs {
    /// Begins a file.
    pub async fn incoming(&self) -> Result<Incoming> {
        let dir = self.dir.clone();
        let (path, file) = self.threads.work(move || disk::begin(&dir)).await?;
        Ok(Incoming {
            blobs: self.clone(),
            path,
            file: Some(file),
        })
    }
}

impl Incoming {
    /// Adds to its end.
    pub async fn write(&mut self, bytes: Bytes) -> Result<()> {
        let mut file = self.file.take().ok_or(DbError::BlobMissing)?;
        let path = self.path.clone();
        let written = self.blobs.threads.work(move || {
            disk::append(&mut file, &path, &bytes)?;
            Ok(file)
        });
        self.file = Some(written.await?);
        Ok(())
    }

    /// All that was written so far.
    pub async fn read(&self) -> Result<Bytes> {
        let path = self.path.clone();
        self.blobs.threads.work(move || disk::get(&path)).await
    }

    /// Makes it the original of that content; returns once it is on disk under
    /// its name. Again is fine.
    pub async fn keep(mut self, hash: &MediaHash) -> Result<()> {
        let file = self.file.take().ok_or(DbError::BlobMissing)?;
        let (from, to) = (self.path.clone(), self.blobs.place(hash, ORIGINAL));
        self.blobs
            .threads
            .work(move || disk::name(&file, &from, &to))
            .await
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        // renamed, if it was kept: then there is nothing of that name
        let _ = std::fs::remove_file(&self.path);
    }
}
