//! Nobody removes a file that is on its way to its row, in this process or in
//! another one that uses the same store.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::{OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock};

use super::threads::Threads;
use crate::error::{DbError, Result};

/// The file that processes lock; no shard has this name.
const NAME: &str = "gate";

#[derive(Clone)]
pub struct Gate {
    own: Arc<RwLock<()>>,
    /// Where other processes use the store too.
    file: Option<PathBuf>,
}

/// Open for others who put files, closed for who removes some.
pub struct Shared {
    _own: OwnedRwLockReadGuard<()>,
    /// Unlocked when it is closed.
    _file: Option<File>,
}

/// Closed for everybody else.
pub struct Alone {
    _own: OwnedRwLockWriteGuard<()>,
    _file: Option<File>,
}

impl Gate {
    pub fn new(dir: &Path, with_others: bool) -> Self {
        Self {
            own: Arc::default(),
            file: with_others.then(|| dir.join(NAME)),
        }
    }

    pub async fn shared(&self, threads: &Threads) -> Result<Shared> {
        let own = self.own.clone().read_owned().await;
        let file = self.lock(threads, File::lock_shared).await?;
        Ok(Shared {
            _own: own,
            _file: file,
        })
    }

    pub async fn alone(&self, threads: &Threads) -> Result<Alone> {
        let own = self.own.clone().write_owned().await;
        let file = self.lock(threads, File::lock).await?;
        Ok(Alone {
            _own: own,
            _file: file,
        })
    }

    /// Waits on one of the store's threads: others hold it as long as it takes
    /// to ask the database once and to remove a folder.
    async fn lock(
        &self,
        threads: &Threads,
        lock: fn(&File) -> std::io::Result<()>,
    ) -> Result<Option<File>> {
        let Some(path) = self.file.clone() else {
            return Ok(None);
        };
        let locked = threads.work(move || {
            let failed = |source| DbError::Blob {
                path: path.clone(),
                source,
            };
            let file = File::options()
                .create(true)
                .append(true)
                .open(&path)
                .map_err(failed)?;
            lock(&file).map_err(failed)?;
            Ok(file)
        });
        locked.await.map(Some)
    }
}
