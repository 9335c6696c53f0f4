//! Erases closed accounts behind the scenes, a step at a time.

use std::sync::Arc;
use std::time::Duration;

use db::{Blobs, Db};
use tokio::sync::Notify;

use crate::PlatformError;
use crate::platform::now_millis;

/// How often it looks by itself.
const LOOK: Duration = Duration::from_secs(30);
/// Files are looked at again after so long: a step that was at work on the
/// picture may have written some after they were removed.
const AGAIN_MS: i64 = 10 * 60 * 1_000;

/// Takes up at each start what a stop or a kill interrupted.
pub struct Eraser {
    pub db: Db,
    pub blobs: Blobs,
    pub wake: Arc<Notify>,
}

impl Eraser {
    pub async fn run(self) {
        loop {
            if let Err(error) = self.all().await {
                tracing::warn!(%error, "closed accounts cannot be erased just now");
            }
            // a wake that comes meanwhile is kept
            let _ = tokio::time::timeout(LOOK, self.wake.notified()).await;
        }
    }

    async fn all(&self) -> Result<(), PlatformError> {
        for key in self.db.open_erasures().await? {
            while self.db.erase_some(&key).await? {}
            self.files().await?;
            if self.db.finish_erasure(&key).await? {
                tracing::info!("an account was erased");
            }
        }
        tidy(&self.db, &self.blobs, now_millis() - AGAIN_MS).await
    }

    async fn files(&self) -> Result<(), PlatformError> {
        loop {
            let some = self.db.unclaimed().await?;
            if some.is_empty() {
                return Ok(());
            }
            for media in some {
                let removed = remove(&self.db, &self.blobs, &media).await?;
                self.db.looked_at(&media, removed).await?;
            }
        }
    }
}

/// Looks again at what was removed before that moment, in milliseconds since
/// 1970, and at receipts that nobody can ask for any more.
async fn tidy(db: &Db, blobs: &Blobs, before: i64) -> Result<(), PlatformError> {
    loop {
        let some = db.unclaimed_before(before).await?;
        if some.is_empty() {
            return Ok(db.sweep_receipts().await?);
        }
        for media in some {
            remove(db, blobs, &media).await?;
            db.forget_unclaimed(&media).await?;
        }
    }
}

/// Removes the files of a media unless somebody has it. Nobody saves a file
/// meanwhile: what is saved just now would lose it.
async fn remove(
    db: &Db,
    blobs: &Blobs,
    media: &protocol::MediaHash,
) -> Result<bool, PlatformError> {
    let _alone = blobs.alone().await?;
    if db.is_claimed(media).await? {
        return Ok(false);
    }
    blobs.remove_media(media).await?;
    Ok(true)
}
