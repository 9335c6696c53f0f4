//! How values are kept in rows.

use std::str::FromStr;

use surrealdb::types::{Error, Kind, RecordId, RecordIdKey, SurrealValue, Value};

use crate::error::{DbError, Result};

/// The key of a record whose table is known and whose key is a text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key(pub String);

impl SurrealValue for Key {
    fn kind_of() -> Kind {
        Kind::Record(Vec::new())
    }

    fn is_value(value: &Value) -> bool {
        matches!(value, Value::RecordId(_) | Value::String(_))
    }

    fn into_value(self) -> Value {
        Value::String(self.0)
    }

    fn from_value(value: Value) -> std::result::Result<Self, Error> {
        match value {
            Value::RecordId(RecordId {
                key: RecordIdKey::String(key),
                ..
            })
            | Value::String(key) => Ok(Key(key)),
            other => Err(Error::internal(format!(
                "expected a record with a text key, found {}",
                other.kind_of_name()
            ))),
        }
    }
}

trait KindName {
    fn kind_of_name(&self) -> String;
}

impl KindName for Value {
    fn kind_of_name(&self) -> String {
        format!("{:?}", self.kind())
    }
}

impl Key {
    pub(crate) fn parse<T: FromStr>(&self) -> Result<T> {
        parse(&self.0)
    }
}

/// Reads a stored text as what it was when it was written.
pub(crate) fn parse<T: FromStr>(text: &str) -> Result<T> {
    text.parse().map_err(|_| {
        DbError::Damaged(format!(
            "{text:?} is no {}",
            std::any::type_name::<T>()
                .rsplit("::")
                .next()
                .unwrap_or("value")
        ))
    })
}

pub(crate) fn user(id: &protocol::UserId) -> RecordId {
    RecordId::new("user", id.as_str())
}

pub(crate) fn element(id: &protocol::ElementId) -> RecordId {
    RecordId::new("element", id.as_str())
}

/// What to read a table's rows from, in order of their keys, of which all lie
/// behind `$after`; an empty text or list is before all. As a call the engine
/// stops at the statement's limit; from a range that is written out, or bound
/// as a value, it reads everything that is left before it looks at the limit.
pub(crate) fn beyond(table: &str) -> String {
    format!("type::record('{table}', $after>..)")
}

/// A count in answer to `SELECT count() … GROUP ALL`, which has no row for none.
#[derive(surrealdb::types::SurrealValue)]
pub(crate) struct CountRow {
    pub count: u64,
}

pub(crate) fn login(id: &protocol::LoginId) -> RecordId {
    RecordId::new("login", id.as_str())
}

/// A count or size as the database keeps it.
pub(crate) fn int(n: impl TryInto<i64>) -> i64 {
    n.try_into().unwrap_or(i64::MAX)
}
