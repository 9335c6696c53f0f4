//! Notifications: what accounts are told, and how far they read.
//!
//! A happening is a row, written in the transaction that caused it and numbered
//! by its receiver's inbox; nothing else is counted. Entries of the list, which
//! may stand for several happenings, are folded from the rows when they are
//! read, so that a count is what is there, however many wrote at once, and
//! switching the grouping of a kind is no change of data. What the receiver may
//! see of it is looked up at the same time, for the list and for events alike.

mod fold;
mod news;
mod read;
mod row;
mod seen;
mod spread;
mod state;
mod tell;

pub(crate) use news::News;
pub(crate) use read::Noted;
pub(crate) use spread::{Spread, begin as spread};
pub(crate) use tell::{retract, tell};

use protocol::UserId;
use protocol::notification::NotificationKind;
use surrealdb::types::{Array, RecordId, SurrealValue};

/// Rows of one day are shown together.
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// The key of a happening.
fn key(user: &UserId, cause: &str) -> RecordId {
    let parts = vec![user.to_string().into_value(), cause.to_owned().into_value()];
    RecordId::new("notification", Array::from(parts))
}

fn inbox(user: &UserId) -> RecordId {
    RecordId::new("inbox", user.as_str())
}

/// The day of a moment, counted from 1970.
fn day(at: i64) -> i64 {
    at.div_euclid(DAY_MS)
}

/// The id of an entry: of a group, or of a happening that stands alone.
fn entry_id(base: &str, cause: &str, day: i64, grouped: bool) -> String {
    match grouped {
        true => format!("{base}.{day}"),
        false => cause.to_owned(),
    }
}

/// The kind that a base begins with.
fn kind_of(base: &str) -> Option<NotificationKind> {
    let name = base.split('.').next()?;
    let named = |kind: &&NotificationKind| kind.as_str() == name;
    NotificationKind::ALL.iter().find(named).copied()
}

#[cfg(test)]
mod tests;
