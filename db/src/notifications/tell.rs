//! Telling, and taking back, within the transaction that is the reason.

use std::collections::BTreeMap;

use protocol::limits::NOTIFICATIONS_KEPT;
use protocol::notification::NotificationPreferences;
use protocol::{Topic, UserId};
use surrealdb::types::{Object, RecordId, SerdeWrapper, object};

use super::news::Cause;
use super::row::{Inbox, InboxRow, PlaceRow};
use super::{News, Noted, day, inbox, key};
use crate::clusters::cluster;
use crate::error::Result;
use crate::id::now_millis;
use crate::limits::NOTIFICATIONS_SWEPT;
use crate::outbox::{self, Notice};
use crate::row;
use crate::store::Tx;

/// Writes what is new to each receiver and lets them know. Nobody is told of
/// their own act, of what they switched off, or of one cause twice.
pub(crate) async fn tell(tx: &Tx, news: &[News]) -> Result<()> {
    let news: Vec<&News> = news
        .iter()
        .filter(|one| one.actor.as_ref() != Some(&one.to))
        .collect();
    if news.is_empty() {
        return Ok(());
    }
    let users: Vec<UserId> = news.iter().map(|one| one.to.clone()).collect();
    let mut inboxes = Inboxes::read(tx, users).await?;
    let keys: Vec<RecordId> = news
        .iter()
        .map(|one| key(&one.to, &one.cause.key))
        .collect();
    let told: Vec<PlaceRow> = tx
        .run("SELECT id, seq, at FROM $keys", object! { keys: keys })
        .await?
        .all(0)?;
    let mut told: Vec<RecordId> = told.into_iter().map(|row| row.id).collect();
    let now = now_millis();
    let (mut rows, mut notices) = (Vec::new(), Vec::new());
    for one in news {
        let id = key(&one.to, &one.cause.key);
        let before = told.contains(&id);
        let inbox = inboxes.of(&one.to);
        let preferences = inbox.preferences.as_ref();
        let wanted = preferences.is_none_or(|p| p.of(one.what.kind()).in_app);
        if !wanted || (before && !one.cause.anew) {
            continue;
        }
        inbox.last += 1;
        if !before {
            inbox.kept += 1;
            told.push(id.clone());
        }
        rows.push(object! { id: id, set: one.columns(inbox.last, now) });
        notices.push(notice(&one.to, &one.cause, now));
    }
    if rows.is_empty() {
        return Ok(());
    }
    tx.run(TELL, object! { rows: rows }).await?;
    inboxes.sweep(tx).await?;
    inboxes.write(tx).await?;
    outbox::write(tx, &notices).await
}

/// Takes something back. What was read already stays: it was told.
pub(crate) async fn retract(tx: &Tx, news: &News) -> Result<()> {
    let (to, cause) = (&news.to, &news.cause);
    let id = key(to, &cause.key);
    let vars = object! { keys: vec![id.clone()] };
    let told: Option<PlaceRow> = tx
        .run("SELECT id, seq, at FROM $keys", vars)
        .await?
        .one(0)?;
    let Some(told) = told else {
        return Ok(());
    };
    let mut inboxes = Inboxes::read(tx, vec![to.clone()]).await?;
    let inbox = inboxes.of(to);
    if told.seq <= inbox.read {
        return Ok(());
    }
    inbox.kept = inbox.kept.saturating_sub(1);
    tx.run("DELETE $gone RETURN NONE", object! { gone: vec![id] })
        .await?;
    inboxes.write(tx).await?;
    outbox::write(tx, &[notice(to, cause, told.at)]).await
}

/// Changes an inbox; `change` says whether it did.
pub(super) async fn edit(
    tx: &Tx,
    user: &UserId,
    change: impl FnOnce(&mut Inbox) -> bool + Send,
) -> Result<bool> {
    let mut inboxes = Inboxes::read(tx, vec![user.clone()]).await?;
    let changed = change(inboxes.of(user));
    if changed {
        inboxes.write(tx).await?;
    }
    Ok(changed)
}

fn notice(to: &UserId, cause: &Cause, at: i64) -> Notice {
    let noted = Noted {
        cause: cause.key.clone(),
        base: cause.base.clone(),
        day: day(at),
    };
    Notice::noted(Topic::User(to.clone()), noted)
}

impl News {
    fn columns(&self, seq: u64, now: i64) -> Object {
        object! {
            cause: self.cause.key.clone(),
            base: self.cause.base.clone(),
            seq: row::int(seq),
            at: now,
            actor: self.actor.as_ref().map(row::user),
            element: self.element.as_ref().map(row::element),
            cluster: self.cluster.as_ref().map(cluster),
            what: SerdeWrapper(self.what.clone()),
        }
    }
}

/// The inboxes of those who are told something, to be written together.
struct Inboxes(BTreeMap<UserId, Inbox>);

impl Inboxes {
    async fn read(tx: &Tx, users: Vec<UserId>) -> Result<Self> {
        let each = |user| (user, Inbox::default());
        let mut all: BTreeMap<UserId, Inbox> = users.into_iter().map(each).collect();
        let ids: Vec<RecordId> = all.keys().map(inbox).collect();
        let rows: Vec<InboxRow> = tx
            .run("SELECT * FROM $ids", object! { ids: ids })
            .await?
            .all(0)?;
        for row in rows {
            let (user, inbox) = row.inbox();
            all.insert(row::parse(&user)?, inbox);
        }
        Ok(Self(all))
    }

    fn of(&mut self, user: &UserId) -> &mut Inbox {
        self.0.entry(user.clone()).or_default()
    }

    /// Forgets the oldest of those inboxes that hold too much: some more than
    /// that, so that it is not to be done again at once.
    async fn sweep(&mut self, tx: &Tx) -> Result<()> {
        for (user, inbox) in &mut self.0 {
            if inbox.kept <= NOTIFICATIONS_KEPT as u64 {
                continue;
            }
            let vars = object! { user: user.to_string() };
            let mut rows: Vec<PlaceRow> = tx.run(PLACES, vars).await?.all(0)?;
            rows.sort_by_key(|row| row.seq);
            let keep = NOTIFICATIONS_KEPT - NOTIFICATIONS_SWEPT;
            let old = rows.len().saturating_sub(keep);
            let gone: Vec<RecordId> = rows.drain(..old).map(|row| row.id).collect();
            tx.run("DELETE $gone RETURN NONE", object! { gone: gone })
                .await?;
            inbox.kept = rows.len() as u64;
        }
        Ok(())
    }

    async fn write(&self, tx: &Tx) -> Result<()> {
        let rows: Vec<Object> = self
            .0
            .iter()
            .map(|(user, row)| object! { id: inbox(user), set: row.columns() })
            .collect();
        tx.run(TELL, object! { rows: rows }).await.map(drop)
    }
}

impl Inbox {
    /// What the account wants, as it said or by default.
    pub(super) fn preferences(&self) -> NotificationPreferences {
        self.preferences.clone().unwrap_or_default()
    }
}

const TELL: &str = "FOR $row IN $rows { UPSERT $row.id CONTENT $row.set RETURN NONE }";

const PLACES: &str = "SELECT id, seq, at FROM notification:[$user]..[$user, '~']";
