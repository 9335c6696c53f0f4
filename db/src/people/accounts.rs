//! Accounts.

use std::collections::BTreeSet;

use protocol::account::{Preferences, Role, User};
use protocol::profile::{ProfileLink, avatar_files};
use protocol::value::Handle;
use protocol::{Timestamp, UserId};
use surrealdb::types::{Object, SerdeWrapper, SurrealValue, object};

use super::handles;
use crate::elements::Ties;
use crate::error::Result;
use crate::id::{Fresh, now_millis};
use crate::row::{self, Key};
use crate::store::{Db, Tx};

/// An account to be made.
#[derive(Debug, Clone)]
pub struct NewUser {
    pub handle: Handle,
    pub display_name: String,
    pub password_hash: String,
    /// The server makes it for itself: it never becomes the first admin.
    pub house: bool,
}

/// What a password is checked against.
#[derive(Debug, Clone)]
pub struct Credentials {
    pub user: User,
    pub password_hash: String,
}

impl Db {
    /// Makes an account. [`HandleTaken`](crate::DbError::HandleTaken) when somebody
    /// has or had the handle.
    /// The first one of a person is the admin.
    pub async fn create_user(&self, new: NewUser) -> Result<User> {
        let user = User {
            id: UserId::fresh(),
            handle: new.handle,
            display_name: new.display_name,
            created_at: Timestamp::from_millis(now_millis()),
            avatar: Vec::new(),
        };
        let house = new.house;
        let handle = user.handle.clone();
        let vars = object! {
            id: row::user(&user.id),
            handle: user.handle.to_string(),
            name: user.display_name.clone(),
            hash: new.password_hash,
            now: user.created_at.millis(),
        };
        self.write("an account", move |tx| {
            let (mut vars, handle) = (vars.clone(), handle.clone());
            Box::pin(async move {
                handles::vacant(tx, &handle, None).await?;
                let role = if house {
                    Role::Member
                } else {
                    first_role(tx, &vars).await?
                };
                vars.insert("role", SerdeWrapper(role));
                tx.run(CREATE, vars).await.map(drop)
            })
        })
        .await?;
        Ok(user)
    }

    /// The account of that handle, current or former, with its password's
    /// hash. Any text is a fair question.
    pub async fn credentials(&self, handle: &str) -> Result<Option<Credentials>> {
        let Ok(handle) = handle.parse::<Handle>() else {
            return Ok(None);
        };
        self.row_of(&handle)
            .await?
            .map(|row| {
                let password_hash = row.password_hash.clone();
                Ok(Credentials {
                    user: row.user()?,
                    password_hash,
                })
            })
            .transpose()
    }

    pub async fn user(&self, id: &UserId) -> Result<Option<User>> {
        let row = self.user_row(id).await?;
        row.map(UserRow::user).transpose()
    }

    pub(crate) async fn user_row(&self, id: &UserId) -> Result<Option<UserRow>> {
        let query = "SELECT * FROM $id WHERE gone_at = NONE";
        self.read(query, object! { id: row::user(id) })
            .await?
            .one(0)
    }

    /// The account of a handle, current or former.
    pub async fn user_by_handle(&self, handle: &Handle) -> Result<Option<User>> {
        Ok(self.credentials(handle.as_str()).await?.map(|c| c.user))
    }

    /// Replaces the hash of a password. False when the account is gone.
    pub async fn set_password_hash(&self, id: &UserId, hash: &str) -> Result<bool> {
        let vars = object! { id: row::user(id), hash: hash.to_owned() };
        self.write("a password", move |tx| {
            let vars = vars.clone();
            Box::pin(async move {
                let changed = tx
                    .run("UPDATE $id SET password_hash = $hash RETURN id", vars)
                    .await?
                    .one::<IdRow>(0)?;
                Ok(changed.is_some())
            })
        })
        .await
    }
}

/// Admin for the first who asks. Of two first ones at once both write the
/// same row: one of them is run again and comes second.
async fn first_role(tx: &Tx, vars: &Object) -> Result<Role> {
    let mut answer = tx.run(FIRST_ADMIN, Object::new()).await?;
    if answer.one::<IdRow>(0)?.is_some() {
        return Ok(Role::Member);
    }
    let vars = object! { user: vars.get("id").cloned() };
    tx.run("CREATE meta:first_admin SET user = $user RETURN NONE", vars)
        .await?;
    Ok(Role::Admin)
}

const FIRST_ADMIN: &str = "SELECT id FROM ONLY meta:first_admin";

const CREATE: &str = "CREATE $id SET handle = $handle, display_name = $name, \
    password_hash = $hash, role = $role, created_at = $now RETURN NONE";

#[derive(SurrealValue)]
pub(crate) struct IdRow {
    pub id: Key,
}

#[derive(SurrealValue)]
pub(crate) struct UserRow {
    id: Key,
    handle: String,
    display_name: String,
    password_hash: String,
    created_at: i64,
    #[surreal(wrap)]
    role: Option<Role>,
    preferences: Option<SerdeWrapper<Preferences>>,
    avatar: Option<String>,
    pub bio: Option<String>,
    pub links: Option<SerdeWrapper<Vec<ProfileLink>>>,
    pub share_likes: Option<bool>,
    muted: Option<Vec<Key>>,
    blocked: Option<Vec<Key>>,
    blocked_by: Option<Vec<Key>>,
}

impl UserRow {
    pub(crate) fn role(&self) -> Role {
        self.role.unwrap_or_default()
    }

    pub(crate) fn preferences(&self) -> Preferences {
        self.preferences.as_ref().map(|p| p.0).unwrap_or_default()
    }

    /// Whom it keeps away, or is kept away by.
    pub(crate) fn ties(&self) -> Result<Ties> {
        let read = |keys: &Option<Vec<Key>>| -> Result<BTreeSet<UserId>> {
            keys.iter().flatten().map(Key::parse).collect()
        };
        Ok(Ties {
            muted: read(&self.muted)?,
            blocked: read(&self.blocked)?,
            blocked_by: read(&self.blocked_by)?,
        })
    }

    pub(crate) fn user(self) -> Result<User> {
        let avatar = match &self.avatar {
            Some(hash) => avatar_files(&row::parse(hash)?),
            None => Vec::new(),
        };
        Ok(User {
            id: self.id.parse()?,
            handle: row::parse(&self.handle)?,
            display_name: self.display_name,
            created_at: Timestamp::from_millis(self.created_at),
            avatar,
        })
    }
}
