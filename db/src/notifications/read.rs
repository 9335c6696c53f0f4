//! The list, and what events show of it.

use std::collections::HashMap;

use protocol::account::Preferences;
use protocol::event::Event;
use protocol::notification::{
    Notification, NotificationGone, NotificationNews, NotificationPage, ReadState,
};
use protocol::{Cursor, Timestamp, UserId};
use surrealdb::types::{SerdeWrapper, SurrealValue, object};

use super::fold::{Group, fold};
use super::row::{Happening, HappeningRow, Inbox, InboxRow};
use super::seen::Seen;
use super::{entry_id, inbox, kind_of};
use crate::elements::Viewer;
use crate::error::{DbError, Result};
use crate::id::now_millis;
use crate::limits::READ_MAX;
use crate::row;
use crate::store::Db;

/// A happening as the outbox keeps it: what there is to see is looked up when
/// it is delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Noted {
    pub cause: String,
    pub base: String,
    pub day: i64,
}

/// What an account's list is made of.
struct Listed {
    inbox: Inbox,
    /// The latest first; only what the account may see.
    groups: Vec<Group>,
    seen: Seen,
}

impl Db {
    /// A page of what an account is told, the latest first, and how much of it
    /// all was read.
    ///
    /// # Errors
    /// A cursor of another list.
    pub async fn notifications(
        &self,
        user: &UserId,
        cursor: Option<Cursor>,
        limit: usize,
    ) -> Result<NotificationPage> {
        let before: u64 = match cursor {
            None => u64::MAX,
            Some(cursor) => cursor.as_str().parse().map_err(|_| DbError::BadCursor)?,
        };
        let mut listed = self.listed(user, None).await?;
        let state = listed.state();
        listed.groups.retain(|group| group.seq < before);
        let limit = limit.clamp(1, READ_MAX);
        let more = listed.groups.len() > limit;
        listed.groups.truncate(limit);
        let last = listed.groups.last().filter(|_| more);
        let next_cursor = last.and_then(|last| last.seq.to_string().parse().ok());
        Ok(NotificationPage {
            items: self.dressed(listed.groups, &listed.seen).await?,
            next_cursor,
            state,
        })
    }

    /// How much of its list an account has read.
    pub async fn notifications_read(&self, user: &UserId) -> Result<ReadState> {
        Ok(self.listed(user, None).await?.state())
    }

    /// What events show an account, in the order of what was noted: the entry
    /// as it is now, or that there is none.
    pub(crate) async fn noted_events(&self, user: &UserId, noted: &[Noted]) -> Result<Vec<Event>> {
        let mut bases: Vec<String> = noted.iter().map(|one| one.base.clone()).collect();
        bases.sort();
        bases.dedup();
        let listed = self.listed(user, Some(&bases)).await?;
        let wishes = listed.inbox.preferences();
        let now = Timestamp::from_millis(now_millis());
        let quiet = wishes.quiet.cover(now);
        let ids: Vec<String> = noted
            .iter()
            .map(|one| {
                let grouped = kind_of(&one.base).is_none_or(|kind| wishes.of(kind).grouped);
                entry_id(&one.base, &one.cause, one.day, grouped)
            })
            .collect();
        let mut groups = listed.groups;
        groups.retain(|group| ids.contains(&group.id));
        let entries = self.dressed(groups, &listed.seen).await?;
        let entries: HashMap<&str, &Notification> = entries
            .iter()
            .map(|entry| (entry.id.as_str(), entry))
            .collect();
        let event = |id: String| match entries.get(id.as_str()) {
            Some(entry) => Event::Notification(Box::new(NotificationNews {
                notification: Notification::clone(entry),
                quiet,
            })),
            None => Event::NotificationRemoved(NotificationGone { id }),
        };
        Ok(ids.into_iter().map(event).collect())
    }

    /// All of an account's list, or what begins with one of some bases.
    async fn listed(&self, user: &UserId, bases: Option<&[String]>) -> Result<Listed> {
        let mut vars = object! {
            inbox: inbox(user),
            account: row::user(user),
            user: user.to_string(),
        };
        let mut query = "SELECT * FROM $inbox; SELECT preferences FROM $account;".to_owned();
        let parts = match bases {
            None => {
                query.push_str("SELECT * FROM notification:[$user]..[$user, '~'];");
                1
            }
            Some(bases) => {
                for (at, base) in bases.iter().enumerate() {
                    vars.insert(format!("from{at}"), base.clone());
                    vars.insert(format!("to{at}"), format!("{base}~"));
                    query.push_str(&format!(
                        "SELECT * FROM notification:[$user, $from{at}]..[$user, $to{at}];"
                    ));
                }
                bases.len()
            }
        };
        let mut answer = self.read(query, vars).await?;
        let inbox = answer.one::<InboxRow>(0)?;
        let inbox = inbox.map(|row| row.inbox().1).unwrap_or_default();
        let account: Option<AccountRow> = answer.one(1)?;
        let mut rows: Vec<Happening> = Vec::new();
        for part in 0..parts {
            let some: Vec<HappeningRow> = answer.all(2 + part)?;
            for row in some {
                rows.push(row.happening()?);
            }
        }
        let wishes = account.and_then(|row| row.preferences);
        let hidden = wishes.map(|w| w.0.labels.hidden()).unwrap_or_default();
        let own = self.user_row(user).await?;
        let ties = own.map(|row| row.ties()).transpose()?.unwrap_or_default();
        // what muted or blocked accounts do is nothing to be told of
        rows.retain(|row| row.actor.as_ref().is_none_or(|actor| !ties.away(actor)));
        let viewer = Viewer::user(user.clone()).hiding(hidden);
        let viewer = viewer.tied(std::sync::Arc::new(ties));
        let seen = Seen::look(self, &viewer, &rows).await?;
        rows.retain(|row| seen.shows(row));
        Ok(Listed {
            groups: fold(rows, &inbox.preferences()),
            inbox,
            seen,
        })
    }

    /// The entries with the names and pictures of what they are about.
    async fn dressed(&self, groups: Vec<Group>, seen: &Seen) -> Result<Vec<Notification>> {
        let people: Vec<UserId> = groups.iter().flat_map(|g| g.actors.clone()).collect();
        let pictures: Vec<_> = groups.iter().flat_map(|g| g.elements.clone()).collect();
        let people = self.noted_people(&people).await?;
        let pictures = self.noted_elements(&pictures).await?;
        let entry = |group: Group| Notification {
            actors: found(&people, &group.actors),
            elements: found(&pictures, &group.elements),
            cluster: group.cluster.and_then(|id| seen.cluster(&id)),
            id: group.id,
            seq: group.seq,
            what: group.what,
            people: group.people,
            count: group.count,
            at: Timestamp::from_millis(group.at),
        };
        Ok(groups.into_iter().map(entry).collect())
    }
}

fn found<K: std::hash::Hash + Eq, V: Clone>(all: &HashMap<K, V>, keys: &[K]) -> Vec<V> {
    keys.iter()
        .filter_map(|key| all.get(key).cloned())
        .collect()
}

impl Listed {
    fn state(&self) -> ReadState {
        let unread = self.groups.iter().filter(|g| g.seq > self.inbox.read);
        ReadState {
            read_up_to: self.inbox.read,
            unread: u32::try_from(unread.count()).unwrap_or(u32::MAX),
            latest: self.inbox.last,
        }
    }
}

#[derive(SurrealValue)]
struct AccountRow {
    preferences: Option<SerdeWrapper<Preferences>>,
}
