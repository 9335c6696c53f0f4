//! Handles: whose they are, and whose they were. A former handle leads to its
//! account and is nobody else's.

use protocol::limits::{HANDLE_CHANGE_DAYS, HANDLE_CHANGES};
use protocol::value::Handle;
use protocol::{Timestamp, UserId};
use surrealdb::types::{RecordId, SurrealValue, object};

use crate::error::{DbError, Result};
use crate::people::{IdRow, UserRow};
use crate::row::{self, Key};
use crate::store::{Db, Tx};

/// Handles that stand for something else in addresses.
const RESERVED: [&str; 1] = ["me"];

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

impl Db {
    /// The row of whoever has the handle, or had it.
    pub(crate) async fn row_of(&self, handle: &Handle) -> Result<Option<UserRow>> {
        let vars = object! { handle: handle.to_string(), former: former(handle) };
        let mut answer = self.read(BY_HANDLE, vars.clone()).await?;
        if let Some(row) = answer.one::<UserRow>(0)? {
            return Ok(Some(row));
        }
        // hardly anybody asks for these
        self.read(BY_FORMER, vars).await?.one(0)
    }
}

/// Refuses a handle that somebody has or had; but `own` may have its own back.
///
/// # Errors
/// [`DbError::HandleTaken`].
pub(crate) async fn vacant(tx: &Tx, handle: &Handle, own: Option<&UserId>) -> Result<()> {
    if RESERVED.contains(&handle.as_str()) {
        return Err(DbError::HandleTaken);
    }
    let vars = object! { handle: handle.to_string(), former: former(handle) };
    let query = "SELECT id FROM user WHERE handle = $handle; SELECT user FROM $former;";
    let mut answer = tx.run(query, vars).await?;
    if answer.one::<IdRow>(0)?.is_some() {
        return Err(DbError::HandleTaken);
    }
    let before = answer.one::<FormerRow>(1)?;
    let others = before.is_some_and(|row| own.is_none_or(|own| row.user.0 != own.as_str()));
    match others {
        true => Err(DbError::HandleTaken),
        false => Ok(()),
    }
}

/// Gives an account another handle; the one it had stays its own.
///
/// # Errors
/// [`DbError::HandleTaken`], [`DbError::TooSoon`].
pub(crate) async fn change(
    tx: &Tx,
    user: &UserId,
    before: &Handle,
    handle: &Handle,
    now: i64,
) -> Result<()> {
    vacant(tx, handle, Some(user)).await?;
    let vars = object! { id: row::user(user) };
    let row = tx
        .run("SELECT renamed ?? [] AS renamed FROM $id", vars)
        .await?;
    let row: Option<RenamedRow> = { row }.one(0)?;
    let mut lately = row.map(|row| row.renamed).unwrap_or_default();
    let since = now - HANDLE_CHANGE_DAYS * DAY_MS;
    lately.retain(|at| *at > since);
    if lately.len() >= HANDLE_CHANGES {
        let first = lately.iter().min().copied().unwrap_or(now);
        return Err(DbError::TooSoon {
            what: "a handle can be changed a few times a month",
            until: Timestamp::from_millis(first + HANDLE_CHANGE_DAYS * DAY_MS),
        });
    }
    lately.push(now);
    let vars = object! {
        id: row::user(user),
        handle: handle.to_string(),
        again: former(handle),
        before: former(before),
        renamed: lately,
        now: now,
    };
    tx.run(CHANGE, vars).await.map(drop)
}

pub(crate) fn former(handle: &Handle) -> RecordId {
    RecordId::new("former", handle.as_str())
}

const BY_HANDLE: &str = "SELECT * FROM user WHERE handle = $handle AND gone_at = NONE";

const BY_FORMER: &str = "SELECT * FROM (SELECT VALUE user FROM $former) WHERE gone_at = NONE";

const CHANGE: &str = "DELETE $again RETURN NONE; \
    UPDATE $id SET handle = $handle, renamed = $renamed RETURN NONE; \
    UPSERT $before CONTENT { user: $id, at: $now } RETURN NONE;";

#[derive(SurrealValue)]
struct FormerRow {
    user: Key,
}

#[derive(SurrealValue)]
struct RenamedRow {
    renamed: Vec<i64>,
}
