//! Logins: who holds a token, hashed.

use std::sync::Arc;

use protocol::account::{Preferences, Role, User};
use protocol::event::{Event, LoginGone};
use protocol::limits::LOGIN_DAYS;
use protocol::{LoginId, Timestamp, Topic, UserId};
use surrealdb::types::{SurrealValue, object};

use crate::elements::Ties;
use crate::error::Result;
use crate::id::{Fresh, now_millis};
use crate::limits::{CLIENT_CHARS, TOUCH_MS};
use crate::outbox::{self, Notice};
use crate::people::{IdRow, UserRow};
use crate::row::{self, Key};
use crate::store::Db;

/// A login to be made.
#[derive(Debug, Clone)]
pub struct NewLogin {
    pub user: UserId,
    pub token_hash: [u8; 32],
    /// What the client calls itself; shortened.
    pub client: String,
    pub address: String,
    pub expires_at: Timestamp,
}

/// A login that is in force.
#[derive(Debug, Clone)]
pub struct ActiveLogin {
    pub id: LoginId,
    pub user: User,
    pub role: Role,
    pub preferences: Preferences,
    pub ties: Arc<Ties>,
}

/// One login of an account.
#[derive(Debug, Clone)]
pub struct LoginRow {
    pub id: LoginId,
    pub client: String,
    pub address: String,
    pub created_at: Timestamp,
    pub last_used_at: Timestamp,
}

const MILLIS_PER_DAY: i64 = 24 * 60 * 60 * 1_000;

impl Db {
    pub async fn create_login(&self, new: NewLogin) -> Result<LoginId> {
        let id = LoginId::fresh();
        let vars = object! {
            id: row::login(&id),
            user: row::user(&new.user),
            hash: hex(&new.token_hash),
            client: new.client.chars().take(CLIENT_CHARS).collect::<String>(),
            address: new.address.chars().take(CLIENT_CHARS).collect::<String>(),
            now: now_millis(),
            expires: new.expires_at.millis(),
        };
        self.write("a login", move |tx| {
            let vars = vars.clone();
            Box::pin(async move { tx.run(CREATE, vars).await.map(drop) })
        })
        .await?;
        Ok(id)
    }

    /// The login that a token stands for, while it has not expired. Using it
    /// prolongs it; that is written at most once a minute.
    pub async fn login_by_token(&self, token_hash: &[u8; 32]) -> Result<Option<ActiveLogin>> {
        let now = now_millis();
        let mut answer = self
            .read(BY_TOKEN, object! { hash: hex(token_hash) })
            .await?;
        let Some(found) = answer.one::<TokenRow>(0)? else {
            return Ok(None);
        };
        if found.expires_at <= now {
            return Ok(None);
        }
        if now - found.last_used_at >= TOUCH_MS {
            self.touch(&found.id.parse()?, now).await?;
        }
        found.login().map(Some)
    }

    /// A login that is in force, by its id: how its account stands now.
    pub async fn login(&self, id: &LoginId) -> Result<Option<ActiveLogin>> {
        let query = "SELECT id, expires_at, last_used_at, user.* AS user FROM $id \
             WHERE user.handle != NONE AND user.gone_at = NONE";
        let mut answer = self.read(query, object! { id: row::login(id) }).await?;
        let found = answer.one::<TokenRow>(0)?;
        let found = found.filter(|row| row.expires_at > now_millis());
        found.map(TokenRow::login).transpose()
    }

    /// The account's logins in force, last used first.
    pub async fn logins(&self, user: &UserId) -> Result<Vec<LoginRow>> {
        let vars = object! { user: row::user(user), now: now_millis() };
        self.read(LIST, vars)
            .await?
            .all::<ListRow>(0)?
            .into_iter()
            .map(|row| {
                Ok(LoginRow {
                    id: row.id.parse()?,
                    client: row.client,
                    address: row.address,
                    created_at: Timestamp::from_millis(row.created_at),
                    last_used_at: Timestamp::from_millis(row.last_used_at),
                })
            })
            .collect()
    }

    /// Ends a login and says so on the account's topic. False when it is not
    /// this account's, or was over.
    pub async fn end_login(&self, user: &UserId, login: &LoginId) -> Result<bool> {
        let (user, login) = (user.clone(), login.clone());
        self.write("the end of a login", move |tx| {
            let (user, login) = (user.clone(), login.clone());
            Box::pin(async move {
                let vars = object! { id: row::login(&login), user: row::user(&user) };
                let ended = tx
                    .run("DELETE $id WHERE user = $user RETURN BEFORE", vars)
                    .await?
                    .one::<IdRow>(0)?;
                if ended.is_none() {
                    return Ok(false);
                }
                let gone = Event::LoginRevoked(LoginGone { id: login });
                outbox::write(tx, &[Notice::plain(vec![Topic::User(user)], gone)]).await?;
                Ok(true)
            })
        })
        .await
    }

    /// Forgets expired logins; says how many.
    pub async fn sweep_logins(&self) -> Result<usize> {
        self.write("a sweep of logins", move |tx| {
            Box::pin(async move {
                let gone = tx
                    .run(
                        "DELETE login WHERE expires_at <= $now RETURN BEFORE",
                        object! { now: now_millis() },
                    )
                    .await?
                    .all::<IdRow>(0)?;
                Ok(gone.len())
            })
        })
        .await
    }

    async fn touch(&self, id: &LoginId, now: i64) -> Result<()> {
        let vars = object! {
            id: row::login(id),
            now: now,
            expires: now + LOGIN_DAYS * MILLIS_PER_DAY,
        };
        self.write("the use of a login", move |tx| {
            let vars = vars.clone();
            Box::pin(async move {
                let query = "UPDATE $id SET last_used_at = $now, expires_at = $expires RETURN NONE";
                tx.run(query, vars).await.map(drop)
            })
        })
        .await
    }
}

const CREATE: &str = "IF (SELECT id FROM $user WHERE gone_at = NONE)[0] = NONE \
    { THROW 'the account is gone' }; CREATE $id SET user = $user, token_hash = $hash, client = $client, \
    address = $address, created_at = $now, last_used_at = $now, expires_at = $expires RETURN NONE";

const BY_TOKEN: &str = "SELECT id, expires_at, last_used_at, user.* AS user FROM login WHERE token_hash = $hash \
    AND user.handle != NONE AND user.gone_at = NONE";

const LIST: &str = "SELECT id, client, address, created_at, last_used_at FROM login \
    WITH INDEX login_user WHERE user = $user AND expires_at > $now ORDER BY last_used_at DESC";

#[derive(SurrealValue)]
struct TokenRow {
    id: Key,
    expires_at: i64,
    last_used_at: i64,
    user: UserRow,
}

impl TokenRow {
    fn login(self) -> Result<ActiveLogin> {
        Ok(ActiveLogin {
            id: self.id.parse()?,
            role: self.user.role(),
            preferences: self.user.preferences(),
            ties: Arc::new(self.user.ties()?),
            user: self.user.user()?,
        })
    }
}

#[derive(SurrealValue)]
struct ListRow {
    id: Key,
    client: String,
    address: String,
    created_at: i64,
    last_used_at: i64,
}

fn hex(bytes: &[u8; 32]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
