//! Checkpoints of the database on disk.
//!
//! The storage engine (surrealkv 0.21.4) loses an acked commit when it is
//! killed after its table of unflushed writes ran full: the commit that does
//! not fit any more stands in the log of the full table, is put into the next
//! table, and its log is deleted once the full one is flushed. So the table
//! must never run full: it is given much room, and before a small part of it
//! is used the database is closed (which flushes everything, in order, without
//! that step) and opened again. Readers and writers wait meanwhile, for a
//! fraction of a second. `tests/crash.rs` kills the process throughout. See
//! also `settle.rs`.

use std::sync::Weak;

use crate::limits::CHECKPOINT_LOOK;
use crate::open;
use crate::settle::{bytes_in, log_directory};
use crate::store::Inner;

/// Makes checkpoints for as long as the database is open. For one on disk.
pub(crate) async fn keep(database: Weak<Inner>) {
    let Some((mut commits, directory, most)) = database.upgrade().and_then(|db| {
        let directory = log_directory(&open::directory(&db.config)?);
        Some((
            db.commits.subscribe(),
            directory,
            open::checkpoint_bytes(&db.config),
        ))
    }) else {
        return;
    };
    let mut looked = 0;
    while commits.changed().await.is_ok() {
        let count = *commits.borrow_and_update();
        if count - looked < CHECKPOINT_LOOK {
            continue;
        }
        looked = count;
        if bytes_in(&directory) >= most {
            let Some(database) = database.upgrade() else {
                return;
            };
            if let Err(error) = database.checkpoint().await {
                // without an engine nothing commits: the next caller tries again
                tracing::error!(%error, "the database did not come back from a checkpoint");
            }
        }
    }
}
