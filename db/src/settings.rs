//! What an account set for itself, and what it may do.

use protocol::UserId;
use protocol::account::{Me, Preferences, Role};
use protocol::value::Handle;
use surrealdb::types::{SerdeWrapper, object};

use crate::accounts::{IdRow, UserRow};
use crate::error::Result;
use crate::row;
use crate::store::Db;

impl Db {
    /// An account as it sees itself.
    pub async fn me(&self, id: &UserId) -> Result<Option<Me>> {
        let row: Option<UserRow> = self
            .read("SELECT * FROM $id", object! { id: row::user(id) })
            .await?
            .one(0)?;
        row.map(|row| {
            Ok(Me {
                role: row.role(),
                preferences: row.preferences(),
                user: row.user()?,
            })
        })
        .transpose()
    }

    /// Replaces the preferences of an account. None when it is gone.
    pub async fn set_preferences(
        &self,
        id: &UserId,
        preferences: Preferences,
    ) -> Result<Option<Me>> {
        let vars = object! { id: row::user(id), preferences: SerdeWrapper(preferences) };
        self.write("preferences", move |tx| {
            let vars = vars.clone();
            Box::pin(async move {
                let query = "UPDATE $id SET preferences = $preferences RETURN NONE";
                tx.run(query, vars).await.map(drop)
            })
        })
        .await?;
        self.me(id).await
    }

    /// Gives an account a role. False when there is none of that handle.
    pub async fn set_role(&self, handle: &Handle, role: Role) -> Result<bool> {
        let vars = object! { handle: handle.to_string(), role: SerdeWrapper(role) };
        self.write("a role", move |tx| {
            let vars = vars.clone();
            Box::pin(async move {
                let query = "UPDATE user SET role = $role WHERE handle = $handle RETURN id";
                Ok(tx.run(query, vars).await?.one::<IdRow>(0)?.is_some())
            })
        })
        .await
    }
}
