//! Pictures that come in pieces, until they are whole.
//!
//! `{dir}/{device}_{upload}/`: `init`, what was announced; `c-{offset}-{length}-{crc}`,
//! one file for each chunk; `done`, what became of it. A chunk's file has its name
//! only when it is on disk as a whole, so that what is there after a crash is what
//! was acked, and nothing else has to be remembered.

mod disk;
mod ranges;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use protocol::mqtt::{MessageId, UploadInit};
use protocol::{DeviceId, limits};

use crate::blobs::Use;
use crate::blobs::threads::Threads;
use crate::error::Result;
use crate::limits::UPLOADS_BYTES;
pub use ranges::{Have, missing};

/// Which upload.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct UploadKey {
    pub device: DeviceId,
    pub upload: MessageId,
}

/// What came of a beginning.
#[derive(Debug, Clone, PartialEq)]
pub enum Begun {
    /// It can go on: what there is of it already.
    Open(Have),
    /// It ended: what was written down of that.
    Done(String),
    /// Another one of that id was begun.
    Other,
    /// The device has too many that are not complete.
    TooMany,
    /// There is no room for it just now.
    NoRoom,
}

/// What came of a chunk. It is on disk for [`Put::Stored`].
#[derive(Debug, Clone, PartialEq)]
pub enum Put {
    Stored(Have),
    /// It ended before: what was written down of that.
    Done(String),
    /// Nothing of that id was begun.
    Unknown,
    /// It does not fit: beyond the end, over another chunk, too small.
    Misfit(&'static str),
}

/// The store of unfinished uploads. Cheap to clone; can be awaited from any
/// runtime. Whoever calls sees to it that an upload is changed by one at a time.
#[derive(Clone)]
pub struct Uploads {
    dir: PathBuf,
    threads: Threads,
    /// Announced bytes of those that are not complete.
    open: Arc<Mutex<HashMap<UploadKey, u64>>>,
}

impl Uploads {
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
        let threads = Threads::start("asterism-uploads", &dir)?;
        let uploads = Self {
            dir: dir.clone(),
            threads,
            open: Arc::default(),
        };
        let found = uploads
            .threads
            .work(move || disk::prepare(&dir, how))
            .await?;
        uploads.held().extend(found);
        Ok(uploads)
    }

    /// Begins an upload; the same beginning again is fine.
    pub async fn begin(&self, key: &UploadKey, init: &UploadInit) -> Result<Begun> {
        let place = self.place(key);
        let known = self.threads.work({
            let place = place.clone();
            move || disk::read(&place)
        });
        match known.await? {
            disk::State::Done(text) => return Ok(Begun::Done(text)),
            disk::State::Open(have) if have.init == *init => return Ok(Begun::Open(have)),
            disk::State::Open(_) => return Ok(Begun::Other),
            disk::State::Nothing => {}
        }
        if let Some(full) = self.reserve(key, init.size) {
            return Ok(full);
        }
        let (root, init) = (self.dir.clone(), init.clone());
        let begun = self
            .threads
            .work(move || disk::begin(&root, &place, init))
            .await;
        match begun {
            Ok(have) => Ok(Begun::Open(have)),
            Err(error) => {
                self.held().remove(key);
                Err(error)
            }
        }
    }

    /// Keeps a chunk; returns once it is on disk. The same chunk again is fine.
    pub async fn put(&self, key: &UploadKey, offset: u64, crc: u32, bytes: Bytes) -> Result<Put> {
        let place = self.place(key);
        self.threads
            .work(move || {
                let mut have = match disk::read(&place)? {
                    disk::State::Nothing => return Ok(Put::Unknown),
                    disk::State::Done(text) => return Ok(Put::Done(text)),
                    disk::State::Open(have) => have,
                };
                match have.fits(offset, bytes.len() as u64, crc) {
                    Err(why) => return Ok(Put::Misfit(why)),
                    Ok(ranges::Fit::There) => {}
                    Ok(ranges::Fit::New) => {
                        disk::put(&place, offset, crc, &bytes)?;
                        have.add(offset, bytes.len() as u64, crc);
                    }
                }
                Ok(Put::Stored(have))
            })
            .await
    }

    /// How it stands.
    pub async fn state(&self, key: &UploadKey) -> Result<Put> {
        let place = self.place(key);
        self.threads
            .work(move || {
                Ok(match disk::read(&place)? {
                    disk::State::Nothing => Put::Unknown,
                    disk::State::Done(text) => Put::Done(text),
                    disk::State::Open(have) => Put::Stored(have),
                })
            })
            .await
    }

    /// All of it, in order; of one that is complete.
    pub async fn whole(&self, key: &UploadKey, have: &Have) -> Result<Bytes> {
        let (place, have) = (self.place(key), have.clone());
        self.threads.work(move || disk::whole(&place, &have)).await
    }

    /// Writes down what became of it and lets its chunks go.
    pub async fn finish(&self, key: &UploadKey, outcome: String) -> Result<()> {
        let place = self.place(key);
        self.threads
            .work(move || disk::finish(&place, &outcome))
            .await?;
        self.held().remove(key);
        Ok(())
    }

    /// Forgets those to which nothing came for so long; says how many.
    pub async fn sweep(&self, idle: Duration) -> Result<usize> {
        let dir = self.dir.clone();
        let gone = self.threads.work(move || disk::sweep(&dir, idle)).await?;
        let mut open = self.held();
        open.retain(|key, _| !gone.contains(&disk::name(key)));
        Ok(gone.len())
    }

    /// Takes room for one, or says why there is none.
    fn reserve(&self, key: &UploadKey, size: u64) -> Option<Begun> {
        let mut open = self.held();
        let others = || open.keys().filter(|other| other.device == key.device);
        if others().count() >= limits::MQTT_UPLOADS {
            return Some(Begun::TooMany);
        }
        let held: u64 = open.values().sum();
        if held.saturating_add(size) > UPLOADS_BYTES {
            return Some(Begun::NoRoom);
        }
        open.insert(key.clone(), size);
        None
    }

    fn place(&self, key: &UploadKey) -> PathBuf {
        self.dir.join(disk::name(key))
    }

    fn held(&self) -> std::sync::MutexGuard<'_, HashMap<UploadKey, u64>> {
        self.open
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
