//! Files by content: originals and what is derived from them.
//!
//! `{dir}/{first two digits}/{hash}/upload.raw` and `…/{variant}`. A file is
//! written in `{dir}/unfinished`, synced, renamed to its place and the
//! directory synced, so that a name that exists is a whole file, also after a
//! crash. Nothing is ever overwritten with other content.

pub(crate) mod disk;
mod gate;
mod incoming;
pub(crate) mod threads;

use std::path::PathBuf;

use bytes::Bytes;
use protocol::MediaHash;

use crate::error::{DbError, Result};
use gate::{Alone, Gate, Shared};
pub use incoming::Incoming;
use threads::Threads;

/// Name of the file as it came. No variant can be named so: what came may hold
/// a place in its metadata, and is never served.
const ORIGINAL: &str = "upload.raw";

/// Who else uses a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    Alone,
    WithOthers,
}

/// The blob store in a local directory. Cheap to clone; can be awaited from
/// any runtime.
#[derive(Clone)]
pub struct Blobs {
    dir: PathBuf,
    threads: Threads,
    /// Shared while a file is on its way to its row, held alone while files
    /// that no row names are removed.
    gate: Gate,
}

impl Blobs {
    /// Opens or makes the store and sweeps what a crash left unfinished.
    pub async fn open(dir: impl Into<PathBuf>) -> Result<Self> {
        Self::open_with(dir.into(), Use::Alone).await
    }

    /// The same for a folder that other servers use at the same time: what is
    /// unfinished may be theirs, so only what is old is swept.
    pub async fn open_with_others(dir: impl Into<PathBuf>) -> Result<Self> {
        Self::open_with(dir.into(), Use::WithOthers).await
    }

    async fn open_with(dir: PathBuf, how: Use) -> Result<Self> {
        let threads = Threads::start("asterism-blobs", &dir)?;
        let blobs = Self {
            dir: dir.clone(),
            threads,
            gate: Gate::new(&dir, how == Use::WithOthers),
        };
        blobs.threads.work(move || disk::prepare(&dir, how)).await?;
        Ok(blobs)
    }

    /// Keeps an original; returns once it is on disk. Again is fine.
    pub async fn put_original(&self, hash: &MediaHash, bytes: Bytes) -> Result<()> {
        self.put(self.place(hash, ORIGINAL), bytes).await
    }

    /// Keeps a derived file; returns once it is on disk. Again is fine.
    pub async fn put_variant(&self, hash: &MediaHash, variant: &str, bytes: Vec<u8>) -> Result<()> {
        let path = self.place(hash, checked(variant)?);
        self.put(path, bytes.into()).await
    }

    /// To be held from before a file is put until a row names it: meanwhile
    /// nobody decides that nobody has it.
    pub async fn shared(&self) -> Result<Shared> {
        self.gate.shared(&self.threads).await
    }

    /// To be held while it is looked whether any row names a file, until it is
    /// removed.
    pub async fn alone(&self) -> Result<Alone> {
        self.gate.alone(&self.threads).await
    }

    async fn put(&self, path: PathBuf, bytes: Bytes) -> Result<()> {
        let root = self.dir.clone();
        self.threads
            .work(move || disk::put(&root, &path, &bytes))
            .await
    }

    /// Lets media have the files of others, for libraries that are made up:
    /// each is a link to the folder of the one beside it.
    pub async fn share(&self, links: Vec<(MediaHash, MediaHash)>) -> Result<()> {
        let folder = |hash: &MediaHash| {
            let mut file = self.place(hash, ORIGINAL);
            file.pop();
            file
        };
        let links: Vec<_> = links
            .iter()
            .map(|(own, other)| (folder(own), folder(other)))
            .collect();
        self.threads.work(move || disk::share(&links)).await
    }

    /// The original's bytes.
    pub async fn original(&self, hash: &MediaHash) -> Result<Bytes> {
        let path = self.place(hash, ORIGINAL);
        self.threads.work(move || disk::get(&path)).await
    }

    /// A derived file's bytes.
    pub async fn variant(&self, hash: &MediaHash, variant: &str) -> Result<Bytes> {
        let path = self.place(hash, checked(variant)?);
        self.threads.work(move || disk::get(&path)).await
    }

    /// Where a file lies, if it does; for serving it in ranges.
    pub async fn path(&self, hash: &MediaHash, variant: &str) -> Result<Option<PathBuf>> {
        let path = self.place(hash, checked(variant)?);
        self.threads
            .work(move || Ok(path.is_file().then_some(path)))
            .await
    }

    /// Forgets a media with all its files. For media that nothing refers to.
    pub async fn remove_media(&self, hash: &MediaHash) -> Result<()> {
        let dir = self.place(hash, ORIGINAL);
        self.threads.work(move || disk::remove_parent(&dir)).await
    }

    fn place(&self, hash: &MediaHash, name: &str) -> PathBuf {
        let hash = hash.as_str();
        self.dir.join(&hash[..2]).join(hash).join(name)
    }
}

/// Refuses names that could lead elsewhere.
fn checked(variant: &str) -> Result<&str> {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if !variant.is_empty() && variant.len() <= 40 && variant.bytes().all(plain) {
        Ok(variant)
    } else {
        Err(DbError::BadVariant(variant.chars().take(40).collect()))
    }
}
