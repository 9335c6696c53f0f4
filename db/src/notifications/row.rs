//! Rows of inboxes and happenings.

use protocol::notification::{NotificationPreferences, What};
use protocol::{ClusterId, ElementId, UserId};
use surrealdb::types::{Object, RecordId, SerdeWrapper, SurrealValue, object};

use crate::error::Result;
use crate::row::{self, Key};

/// What is known of an account's list.
#[derive(Debug, Clone, Default)]
pub(super) struct Inbox {
    /// The highest sequence that was given.
    pub last: u64,
    pub read: u64,
    pub kept: u64,
    /// None until the account set some.
    pub preferences: Option<NotificationPreferences>,
}

impl Inbox {
    /// For `UPSERT … CONTENT`.
    pub fn columns(&self) -> Object {
        object! {
            last: row::int(self.last),
            read: row::int(self.read),
            kept: row::int(self.kept),
            preferences: self.preferences.clone().map(SerdeWrapper),
        }
    }
}

#[derive(SurrealValue)]
pub(super) struct InboxRow {
    id: Key,
    last: u64,
    read: u64,
    kept: u64,
    preferences: Option<SerdeWrapper<NotificationPreferences>>,
}

impl InboxRow {
    pub fn inbox(self) -> (String, Inbox) {
        let inbox = Inbox {
            last: self.last,
            read: self.read,
            kept: self.kept,
            preferences: self.preferences.map(|p| p.0),
        };
        (self.id.0, inbox)
    }
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Happening {
    pub cause: String,
    pub base: String,
    pub seq: u64,
    /// Milliseconds since 1970.
    pub at: i64,
    pub actor: Option<UserId>,
    pub element: Option<ElementId>,
    pub cluster: Option<ClusterId>,
    pub what: What,
}

#[derive(SurrealValue)]
pub(super) struct HappeningRow {
    cause: String,
    base: String,
    seq: u64,
    at: i64,
    actor: Option<Key>,
    element: Option<Key>,
    cluster: Option<Key>,
    #[surreal(wrap)]
    what: What,
}

impl HappeningRow {
    pub fn happening(self) -> Result<Happening> {
        Ok(Happening {
            cause: self.cause,
            base: self.base,
            seq: self.seq,
            at: self.at,
            actor: self.actor.as_ref().map(Key::parse).transpose()?,
            element: self.element.as_ref().map(Key::parse).transpose()?,
            cluster: self.cluster.as_ref().map(Key::parse).transpose()?,
            what: self.what,
        })
    }
}

/// As much of a happening as it takes to replace, forget or take it back.
#[derive(SurrealValue)]
pub(super) struct PlaceRow {
    pub id: RecordId,
    pub seq: u64,
    pub at: i64,
}
