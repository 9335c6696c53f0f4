//! Accounts, many at once.

use protocol::account::Role;
use protocol::value::Handle;
use protocol::{Timestamp, UserId};
use surrealdb::types::{Object, SerdeWrapper, object};

use crate::error::Result;
use crate::row;
use crate::store::Db;

/// An account as it was made at some time.
#[derive(Debug, Clone)]
pub struct BulkUser {
    pub id: UserId,
    pub handle: Handle,
    pub display_name: String,
    pub password_hash: String,
    pub created_at: Timestamp,
}

impl Db {
    /// Makes accounts of members; none of them becomes the first admin.
    ///
    /// # Errors
    /// A handle is taken.
    pub async fn bulk_users(&self, users: Vec<BulkUser>) -> Result<()> {
        let rows: Vec<Object> = users.iter().map(BulkUser::row).collect();
        self.insert("INSERT INTO user $rows RETURN NONE", rows)
            .await
    }
}

impl BulkUser {
    fn row(&self) -> Object {
        object! {
            id: row::user(&self.id),
            handle: self.handle.to_string(),
            display_name: self.display_name.clone(),
            password_hash: self.password_hash.clone(),
            role: SerdeWrapper(Role::Member),
            created_at: self.created_at.millis(),
        }
    }
}
