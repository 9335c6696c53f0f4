//! What an account set for itself, and what it may do.

use protocol::UserId;
use protocol::account::{Me, Preferences, Role};
use protocol::value::Handle;
use surrealdb::types::{SerdeWrapper, SurrealValue, object};

use crate::accounts::{IdRow, UserRow};
use crate::error::Result;
use crate::row;
use crate::store::Db;

impl Db {
    /// An account as it sees itself.
    pub async fn me(&self, id: &UserId) -> Result<Option<Me>> {
        let mut answer = self.read(ME, object! { id: row::user(id) }).await?;
        let (user, settings) = (answer.one::<UserRow>(0)?, answer.one::<SettingsRow>(1)?);
        user.zip(settings)
            .map(|(user, settings)| {
                Ok(Me {
                    user: user.user()?,
                    role: settings.role.map(|r| r.0).unwrap_or_default(),
                    preferences: settings.preferences.map(|p| p.0).unwrap_or_default(),
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

const ME: &str = "SELECT * FROM $id; SELECT role, preferences FROM $id";

#[derive(SurrealValue)]
struct SettingsRow {
    role: Option<SerdeWrapper<Role>>,
    preferences: Option<SerdeWrapper<Preferences>>,
}
