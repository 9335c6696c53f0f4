//! How far an account read, and what it wants to be told.

use protocol::event::Event;
use protocol::notification::{NotificationPreferences, PreferencesPatch, ReadUpTo};
use protocol::{Topic, UserId};
use surrealdb::types::object;

use super::inbox;
use super::row::InboxRow;
use super::tell::edit;
use crate::error::Result;
use crate::outbox::{self, Notice};
use crate::store::{Db, Tx};

impl Db {
    /// Notes that an account read its list up to a sequence, and tells its
    /// other devices. Answers the boundary as it is then: it never goes back,
    /// nor beyond what was given.
    pub async fn mark_notifications_read(&self, user: &UserId, up_to: u64) -> Result<u64> {
        let user = user.clone();
        self.write("a read list", move |tx| {
            let user = user.clone();
            Box::pin(async move { read_up_to(tx, &user, up_to).await })
        })
        .await
    }

    /// What an account wants to be told, by default everything.
    pub async fn notification_preferences(&self, user: &UserId) -> Result<NotificationPreferences> {
        let vars = object! { inbox: inbox(user) };
        let row: Option<InboxRow> = self.read("SELECT * FROM $inbox", vars).await?.one(0)?;
        let inbox = row.map(|row| row.inbox().1).unwrap_or_default();
        Ok(inbox.preferences())
    }

    /// Changes that; answers how it is then.
    pub async fn set_notification_preferences(
        &self,
        user: &UserId,
        patch: PreferencesPatch,
    ) -> Result<NotificationPreferences> {
        let (who, patch) = (user.clone(), patch);
        self.write("wishes about notifications", move |tx| {
            let (who, patch) = (who.clone(), patch.clone());
            Box::pin(async move {
                edit(tx, &who, move |inbox| {
                    inbox.preferences = Some(inbox.preferences().with(&patch));
                    true
                })
                .await
            })
        })
        .await?;
        self.notification_preferences(user).await
    }
}

async fn read_up_to(tx: &Tx, user: &UserId, up_to: u64) -> Result<u64> {
    let mut read = 0;
    let further = edit(tx, user, |inbox| {
        let wanted = up_to.min(inbox.last);
        let further = wanted > inbox.read;
        inbox.read = inbox.read.max(wanted);
        read = inbox.read;
        further
    })
    .await?;
    if further {
        let event = Event::NotificationsRead(ReadUpTo { up_to: read });
        let topics = vec![Topic::User(user.clone())];
        outbox::write(tx, &[Notice::plain(topics, event)]).await?;
    }
    Ok(read)
}
