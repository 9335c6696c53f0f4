//! What a kill leaves behind, settled before the next start writes.
//!
//! A kill can cut the last record of the storage engine's log. The engine
//! (surrealkv 0.21.4) reads up to the cut, but then goes on in the same file:
//! the next reading stops at the cut and drops what follows; and when it
//! mends the file, it has opened the broken one for writing already. Either
//! way commits that were acked after a first kill are lost at a second one.
//! So a log that was left is read and flushed first, with nothing writing,
//! and the database proper starts on a fresh one.

use std::path::{Path, PathBuf};

use surrealkv::TreeBuilder;

use crate::error::{DbError, Result};
use crate::limits::{BLOCK_BYTES, BLOCK_CACHE_BYTES, MEMTABLE_BYTES};

/// Flushes the log that a kill left in a database's directory, if one did.
pub(crate) async fn settle(directory: &Path) -> Result<()> {
    let left = bytes_in(&log_directory(directory));
    if left == 0 {
        return Ok(());
    }
    tracing::info!(bytes = left, "settling what the last run left unflushed");
    let failed = |error: surrealkv::Error| {
        let text = error.to_string();
        if DbError::is_lock(&text) {
            let path = directory.to_owned();
            DbError::Locked { path }
        } else {
            DbError::Engine(format!("the log of the last run cannot be read: {text}"))
        }
    };
    // the same as the database opens it with
    let tree = TreeBuilder::new()
        .with_path(directory.to_owned())
        .with_enable_vlog(false)
        .with_versioning(false, 0)
        .with_max_memtable_size(MEMTABLE_BYTES)
        .with_block_cache_capacity(BLOCK_CACHE_BYTES)
        .with_block_size(BLOCK_BYTES)
        .build()
        .map_err(failed)?;
    let closed = tree.close().await.map_err(failed);
    // dropped among the engine's threads it would be closed once more, behind
    // the back of whoever opens the directory next
    let dropped = std::thread::spawn(move || drop(tree)).join();
    dropped.map_err(|_| DbError::Closed)?;
    closed
}

/// Where the engine keeps its log.
pub(crate) fn log_directory(directory: &Path) -> PathBuf {
    directory.join("wal")
}

/// Size of the files in a directory; 0 when it cannot be read.
pub(crate) fn bytes_in(directory: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(directory) else {
        return 0;
    };
    entries
        .filter_map(|entry| entry.ok()?.metadata().ok())
        .map(|file| file.len())
        .sum()
}
