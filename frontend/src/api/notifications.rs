//! Notifications: the list, how much of it was read, what is wanted of it.

use gloo::net::http::Method;
use protocol::Cursor;
use protocol::notification::{
    MarkRead, NotificationPage, NotificationPreferences, PreferencesPatch, ReadState,
};

use super::{Failure, http};

pub async fn list(cursor: Option<&Cursor>) -> Result<NotificationPage, Failure> {
    let path = match cursor {
        Some(cursor) => format!("notifications?cursor={cursor}"),
        None => "notifications".to_owned(),
    };
    http::get(&path).await
}

/// Everything up to a sequence was read.
pub async fn read(up_to: u64) -> Result<ReadState, Failure> {
    http::send(Method::POST, "notifications/read", &MarkRead { up_to }).await
}

pub async fn preferences() -> Result<NotificationPreferences, Failure> {
    http::get("notifications/preferences").await
}

pub async fn prefer(patch: &PreferencesPatch) -> Result<NotificationPreferences, Failure> {
    http::send(Method::PATCH, "notifications/preferences", patch).await
}
