//! What an account set for itself, and what it may do.

use protocol::account::{Me, Preferences, Role};
use protocol::value::Handle;
use protocol::{Topic, UserId};
use surrealdb::types::{SerdeWrapper, object};

use crate::error::Result;
use crate::outbox::{self, Notice};
use crate::people::IdRow;
use crate::row;
use crate::store::Db;

impl Db {
    /// An account as it sees itself.
    pub async fn me(&self, id: &UserId) -> Result<Option<Me>> {
        self.user_row(id)
            .await?
            .map(|row| {
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
        let touched = Notice::account(vec![Topic::User(id.clone())], id.clone());
        self.write("preferences", move |tx| {
            let (vars, touched) = (vars.clone(), touched.clone());
            Box::pin(async move {
                let query = "UPDATE $id SET preferences = $preferences RETURN NONE";
                tx.run(query, vars).await?;
                outbox::write(tx, &[touched]).await
            })
        })
        .await?;
        self.me(id).await
    }

    /// Is it the only administrator, and not the only account?
    pub async fn is_last_admin(&self, id: &UserId) -> Result<bool> {
        let query = "SELECT VALUE id FROM user WHERE role = 'admin' AND id != $id \
             AND gone_at = NONE LIMIT 1; \
             SELECT VALUE id FROM user WHERE id != $id AND gone_at = NONE LIMIT 1;";
        let mut answer = self.read(query, object! { id: row::user(id) }).await?;
        let other_admins = !answer.all::<row::Key>(0)?.is_empty();
        let others = !answer.all::<row::Key>(1)?.is_empty();
        Ok(others && !other_admins)
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
