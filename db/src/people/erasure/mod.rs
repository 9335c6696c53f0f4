//! Erasing an account, in bounded steps that a kill can interrupt anywhere.
//!
//! One transaction ends every login and makes the account unfindable; then
//! [`Db::erase_some`] takes away what there is, each step with its count in the
//! same transaction, so that the receipt is right whatever happens. Files go
//! between the last step and [`Db::finish_erasure`].

mod files;
mod preview;
mod steps;

use protocol::event::{Event, LoginGone};
use protocol::limits::RECEIPT_DAYS;
use protocol::profile::{Erased, Receipt, ReceiptState};
use protocol::{LoginId, Timestamp, Topic, UserId};
use surrealdb::types::{Object, RecordId, SerdeWrapper, SurrealValue, object};

use crate::error::{DbError, Result};
use crate::id::now_millis;
use crate::outbox::{self, Notice};
use crate::people::IdRow;
use crate::row::{self, Key};
use crate::store::{Db, Tx};

/// Names a receipt: the hex of its secret's hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptKey(pub String);

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

impl Db {
    /// Closes an account at once: nobody finds it, its logins end. What it has
    /// is erased from then on.
    ///
    /// # Errors
    /// [`DbError::Missing`] when it is gone already.
    pub async fn begin_erasure(&self, id: &UserId, key: &ReceiptKey) -> Result<()> {
        let (id, key) = (id.clone(), key.clone());
        self.write("the end of an account", move |tx| {
            let (id, key) = (id.clone(), key.clone());
            Box::pin(async move {
                let vars = object! {
                    id: row::user(&id),
                    erasure: record(&key),
                    user: id.to_string(),
                    now: now_millis(),
                    erased: SerdeWrapper(Erased::default()),
                };
                let mut answer = tx.run(BEGIN, vars.clone()).await?;
                if answer.one::<IdRow>(0)?.is_none() {
                    return Err(DbError::Missing("account"));
                }
                let logins: Vec<Key> = answer.all(3)?;
                let mut notices = Vec::new();
                for login in &logins {
                    let id: LoginId = login.parse()?;
                    let gone = Event::LoginRevoked(LoginGone { id });
                    notices.push(Notice::plain(vec![Topic::Accounts], gone));
                }
                let topics = vec![Topic::Accounts, Topic::Explore];
                notices.push(Notice::account(topics, id));
                outbox::write(tx, &notices).await?;
                let erased = Erased {
                    logins: logins.len() as u64,
                    ..Erased::default()
                };
                count(tx, &key, erased).await
            })
        })
        .await
    }

    /// Accounts that are not erased to the end.
    pub async fn open_erasures(&self) -> Result<Vec<ReceiptKey>> {
        let query = "SELECT VALUE id FROM erasure WHERE open = true";
        let keys: Vec<Key> = self.read(query, Object::new()).await?.all(0)?;
        Ok(keys.into_iter().map(|key| ReceiptKey(key.0)).collect())
    }

    /// Takes the next things away; false when there is nothing left but files.
    pub async fn erase_some(&self, key: &ReceiptKey) -> Result<bool> {
        let Some(user) = self.erased_user(key).await? else {
            return Ok(false);
        };
        steps::next(self, key, &user).await
    }

    /// All is gone, files too: forgets the account itself and closes the
    /// receipt. False while files are left.
    pub async fn finish_erasure(&self, key: &ReceiptKey) -> Result<bool> {
        let Some(user) = self.erased_user(key).await? else {
            return Ok(true);
        };
        let key = key.clone();
        self.write("the end of an erasure", move |tx| {
            let vars = object! {
                id: row::user(&user),
                erasure: record(&key),
                now: now_millis(),
                mine: format!("user:{user}"),
                feed: format!("feed:{user}"),
            };
            Box::pin(async move {
                let left = "SELECT VALUE id FROM unclaimed \
                     WHERE erasure = $erasure AND looked = false LIMIT 1";
                if !tx.run(left, vars.clone()).await?.all::<Key>(0)?.is_empty() {
                    return Ok(false);
                }
                tx.run(FINISH, vars).await?;
                Ok(true)
            })
        })
        .await
    }

    /// How far an erasure is; none for a receipt that there is not (any more).
    pub async fn receipt(&self, key: &ReceiptKey) -> Result<Option<Receipt>> {
        let vars = object! { erasure: record(key) };
        let query = "SELECT asked_at, done_at, erased FROM $erasure";
        let found: Option<ErasureRow> = self.read(query, vars).await?.one(0)?;
        Ok(found.map(|row| Receipt {
            id: None,
            state: match row.done_at {
                Some(_) => ReceiptState::Done,
                None => ReceiptState::Erasing,
            },
            asked_at: Some(Timestamp::from_millis(row.asked_at)),
            done_at: row.done_at.map(Timestamp::from_millis),
            erased: row.erased.0,
        }))
    }

    /// Forgets receipts that are too old to be asked for.
    pub async fn sweep_receipts(&self) -> Result<()> {
        self.write("a sweep of receipts", |tx| {
            Box::pin(async move {
                let vars = object! { before: now_millis() - RECEIPT_DAYS * DAY_MS };
                tx.run(SWEEP, vars).await.map(drop)
            })
        })
        .await
    }

    async fn erased_user(&self, key: &ReceiptKey) -> Result<Option<UserId>> {
        let query = "SELECT user FROM $erasure";
        let vars = object! { erasure: record(key) };
        let found: Option<UserOf> = self.read(query, vars).await?.one(0)?;
        let user = found.and_then(|row| row.user);
        user.as_deref().map(row::parse).transpose()
    }
}

/// Adds to what the receipt says, in the transaction that took it away.
async fn count(tx: &Tx, key: &ReceiptKey, by: Erased) -> Result<()> {
    let vars = object! { erasure: record(key) };
    let before: Option<CountsRow> = tx.run("SELECT erased FROM $erasure", vars).await?.one(0)?;
    let before = before.map(|row| row.erased.0).unwrap_or_default();
    let vars = object! { erasure: record(key), erased: SerdeWrapper(sum(before, by)) };
    tx.run("UPDATE $erasure SET erased = $erased RETURN NONE", vars)
        .await
        .map(drop)
}

fn sum(a: Erased, b: Erased) -> Erased {
    Erased {
        elements: a.elements + b.elements,
        embeddings: a.embeddings + b.embeddings,
        files: a.files + b.files,
        likes: a.likes + b.likes,
        clusters: a.clusters + b.clusters,
        clusters_handed_over: a.clusters_handed_over + b.clusters_handed_over,
        memberships: a.memberships + b.memberships,
        relations: a.relations + b.relations,
        devices: a.devices + b.devices,
        logins: a.logins + b.logins,
    }
}

fn record(key: &ReceiptKey) -> RecordId {
    RecordId::new("erasure", key.0.as_str())
}

// the password goes first: no login can come between
const BEGIN: &str = "SELECT id FROM $id WHERE gone_at = NONE; \
    UPDATE $id SET gone_at = $now, password_hash = '' WHERE gone_at = NONE RETURN NONE; \
    CREATE $erasure SET user = $user, asked_at = $now, erased = $erased, open = true RETURN NONE; \
    SELECT VALUE id FROM login WHERE user = $id; \
    DELETE login WHERE user = $id RETURN NONE;";

const FINISH: &str = "DELETE event:[$mine]..[$mine, 9223372036854775807]; \
    DELETE event:[$feed]..[$feed, 9223372036854775807]; DELETE $id RETURN NONE; \
    UPDATE $erasure SET user = NONE, done_at = $now, open = false RETURN NONE;";

const SWEEP: &str = "DELETE erasure WHERE done_at > 0 AND done_at < $before RETURN NONE";

#[derive(SurrealValue)]
struct ErasureRow {
    asked_at: i64,
    done_at: Option<i64>,
    erased: SerdeWrapper<Erased>,
}

#[derive(SurrealValue)]
struct CountsRow {
    erased: SerdeWrapper<Erased>,
}

#[derive(SurrealValue)]
struct UserOf {
    user: Option<String>,
}
