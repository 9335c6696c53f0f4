//! Notifications: the rules around what the database keeps. What is told is
//! written where it happens; here it is read, and spread to many.

mod spreader;

use db::Db;
use protocol::notification::{
    MarkRead, NotificationPage, NotificationPreferences, PreferencesPatch, ReadState,
};
use protocol::{Cursor, Problem};

use crate::{PlatformError, Viewer};

pub(crate) use spreader::spread;

#[derive(Clone)]
pub struct Notifications {
    db: Db,
}

impl Notifications {
    pub(crate) fn new(db: Db) -> Self {
        Self { db }
    }

    /// What the account is told, the latest first, as far as it may see what it
    /// is about.
    ///
    /// # Errors
    /// A cursor of another list.
    pub async fn list(
        &self,
        viewer: &Viewer,
        cursor: Option<Cursor>,
        limit: usize,
    ) -> Result<NotificationPage, PlatformError> {
        let page = self.db.notifications(&viewer.user.id, cursor, limit);
        Ok(page.await?)
    }

    /// The account has read up to there; its other devices are told. Answers
    /// how much is read then.
    ///
    /// # Errors
    /// `unavailable` while the database does not answer.
    pub async fn read(&self, viewer: &Viewer, read: MarkRead) -> Result<ReadState, PlatformError> {
        let user = &viewer.user.id;
        self.db.mark_notifications_read(user, read.up_to).await?;
        Ok(self.db.notifications_read(user).await?)
    }

    /// What the account wants to be told.
    ///
    /// # Errors
    /// `unavailable` while the database does not answer.
    pub async fn preferences(
        &self,
        viewer: &Viewer,
    ) -> Result<NotificationPreferences, PlatformError> {
        Ok(self.db.notification_preferences(&viewer.user.id).await?)
    }

    /// Changes that.
    ///
    /// # Errors
    /// `invalid_field` for quiet hours that are none.
    pub async fn prefer(
        &self,
        viewer: &Viewer,
        patch: PreferencesPatch,
    ) -> Result<NotificationPreferences, PlatformError> {
        if let Some((field, why)) = patch.quiet.and_then(|quiet| quiet.fault()) {
            return Err(PlatformError::Refused(Problem::field(field, why)));
        }
        let user = &viewer.user.id;
        Ok(self.db.set_notification_preferences(user, patch).await?)
    }
}
