//! Accounts: who one is, and what proves it.

mod hashing;
pub(crate) mod token;

use std::sync::Arc;

use db::{Db, NewLogin, NewUser};
use protocol::account::{LoggedIn, Login, LoginSession, Me, MePatch, Register, Role, User};
use protocol::value::Handle;
use protocol::{ErrorCode, LoginId, Problem, Timestamp, limits};

use crate::throttle::{self, Throttle};
use crate::{Client, PlatformConfig, PlatformError, Viewer};
pub(crate) use hashing::Hasher;

/// Longest client name that is kept, in characters.
const AGENT_MAX: usize = 120;

/// Registration, login and logins.
#[derive(Clone)]
pub struct Accounts {
    db: Db,
    hasher: Arc<Hasher>,
    throttle: Arc<Throttle>,
}

impl Accounts {
    pub(crate) fn new(db: Db, throttle: Arc<Throttle>, config: &PlatformConfig) -> Self {
        Self {
            db,
            hasher: Arc::new(Hasher::new(config.hashing_threads)),
            throttle,
        }
    }

    /// Opens an account and logs it in.
    ///
    /// # Errors
    /// `handle_taken`, `rate_limited`, `invalid_field`.
    pub async fn register(
        &self,
        form: Register,
        client: Client,
    ) -> Result<LoggedIn, PlatformError> {
        self.throttle
            .attempt(throttle::Kind::Register, &client.address.to_string())?;
        let user = self.create(form, false).await?;
        self.open_login(user, &client).await
    }

    /// The account of that handle, opened now if there is none. For the
    /// operator's side (demo and sample accounts), not for clients.
    pub async fn ensure(&self, form: Register) -> Result<User, PlatformError> {
        match self.db.user_by_handle(&form.handle).await? {
            Some(user) => Ok(user),
            None => self.create(form, true).await,
        }
    }

    /// The account of a handle.
    pub async fn find(&self, handle: &protocol::value::Handle) -> Result<User, PlatformError> {
        let user = self.db.user_by_handle(handle).await?;
        user.ok_or_else(|| PlatformError::not_found("account"))
    }

    /// Logs in. A wrong handle costs as much time as a wrong password.
    ///
    /// # Errors
    /// `bad_credentials`, `rate_limited`.
    pub async fn login(&self, form: Login, client: Client) -> Result<LoggedIn, PlatformError> {
        let handle = form.handle.trim().to_lowercase();
        self.throttle
            .attempt(throttle::Kind::Address, &client.address.to_string())?;
        self.throttle.attempt(throttle::Kind::Handle, &handle)?;
        let known = self.db.credentials(&handle).await?;
        let hash = known.as_ref().map(|c| c.password_hash.clone());
        let right = self.hasher.verify(form.password, hash).await?;
        let Some(known) = known.filter(|_| right) else {
            return Err(PlatformError::Refused(Problem::of(
                ErrorCode::BadCredentials,
            )));
        };
        self.throttle.forgive(throttle::Kind::Handle, &handle);
        self.throttle
            .forgive(throttle::Kind::Address, &client.address.to_string());
        self.open_login(known.user, &client).await
    }

    /// The account behind a token, if the login still stands.
    pub async fn authenticate(&self, token: &str) -> Result<Option<Viewer>, PlatformError> {
        let Some(digest) = token::digest(token) else {
            return Ok(None);
        };
        let login = self.db.login_by_token(&digest).await?;
        Ok(login.map(Viewer::from))
    }

    /// How the account of a login stands now, if the login still does.
    pub(crate) async fn refreshed(&self, login: &LoginId) -> Result<Option<Viewer>, PlatformError> {
        let login = self.db.login(login).await?;
        Ok(login.map(Viewer::from))
    }

    /// Is it the account's password? Takes as long as a login.
    pub(crate) async fn knows_password(
        &self,
        viewer: &Viewer,
        password: String,
    ) -> Result<bool, PlatformError> {
        let me = self.me(viewer).await?;
        let known = self.db.credentials(me.user.handle.as_str()).await?;
        let hash = known.map(|known| known.password_hash);
        self.hasher.verify(password, hash).await
    }

    /// The account as it sees itself.
    ///
    /// # Errors
    /// `not_found` when it is gone.
    pub async fn me(&self, viewer: &Viewer) -> Result<Me, PlatformError> {
        let me = self.db.me(&viewer.user.id).await?;
        me.ok_or_else(|| PlatformError::not_found("account"))
    }

    /// Changes what the account set for itself.
    ///
    /// # Errors
    /// `not_found` when it is gone.
    pub async fn update(&self, viewer: &Viewer, patch: MePatch) -> Result<Me, PlatformError> {
        if let Some(preferences) = patch.preferences {
            let id = &viewer.user.id;
            let changed = self.db.set_preferences(id, preferences).await?;
            return changed.ok_or_else(|| PlatformError::not_found("account"));
        }
        self.me(viewer).await
    }

    /// Gives an account a role.
    ///
    /// # Errors
    /// `forbidden` for who is no administrator, `not_found` for an unknown
    /// handle, `conflict` for one's own: there must remain an administrator.
    pub async fn set_role(
        &self,
        viewer: &Viewer,
        handle: &Handle,
        role: Role,
    ) -> Result<(), PlatformError> {
        viewer.needs(Role::Admin)?;
        if *handle == viewer.user.handle {
            let detail = "nobody changes their own role: another administrator does";
            return Err(PlatformError::refused(ErrorCode::Conflict, detail));
        }
        if self.db.set_role(handle, role).await? {
            Ok(())
        } else {
            Err(PlatformError::not_found("account"))
        }
    }

    /// Ends the login that asks.
    pub async fn logout(&self, viewer: &Viewer) -> Result<(), PlatformError> {
        self.db.end_login(&viewer.user.id, &viewer.login).await?;
        Ok(())
    }

    /// All logins of the account, the latest used first.
    pub async fn logins(&self, viewer: &Viewer) -> Result<Vec<LoginSession>, PlatformError> {
        let rows = self.db.logins(&viewer.user.id).await?;
        let mut logins: Vec<_> = rows
            .into_iter()
            .map(|row| LoginSession {
                current: row.id == viewer.login,
                id: row.id,
                client: row.client,
                address: row.address,
                created_at: row.created_at,
                last_used_at: row.last_used_at,
            })
            .collect();
        logins.sort_by_key(|l| std::cmp::Reverse((l.current, l.last_used_at)));
        Ok(logins)
    }

    /// Ends one login; its sockets close.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn revoke(&self, viewer: &Viewer, login: &LoginId) -> Result<(), PlatformError> {
        if self.db.end_login(&viewer.user.id, login).await? {
            Ok(())
        } else {
            Err(PlatformError::not_found("login"))
        }
    }

    async fn create(&self, form: Register, house: bool) -> Result<User, PlatformError> {
        let display_name = match form.display_name.as_deref().map(str::trim) {
            None | Some("") => form.handle.to_string(),
            Some(name) if name.chars().count() > limits::DISPLAY_NAME_MAX => {
                return Err(PlatformError::Refused(Problem::field(
                    "display_name",
                    format!("at most {} characters", limits::DISPLAY_NAME_MAX),
                )));
            }
            Some(name) => name.to_owned(),
        };
        let password_hash = self.hasher.hash(form.password.expose().to_owned()).await?;
        let user = NewUser {
            handle: form.handle,
            display_name,
            password_hash,
            house,
        };
        Ok(self.db.create_user(user).await?)
    }

    async fn open_login(&self, user: User, client: &Client) -> Result<LoggedIn, PlatformError> {
        let (token, token_hash) = token::mint();
        let login = NewLogin {
            user: user.id.clone(),
            token_hash,
            client: client.agent.chars().take(AGENT_MAX).collect(),
            address: client.address.to_string(),
            expires_at: in_days(limits::LOGIN_DAYS),
        };
        self.db.create_login(login).await?;
        Ok(LoggedIn { token, user })
    }
}

fn in_days(days: i64) -> Timestamp {
    Timestamp::from_millis(crate::platform::now_millis() + days * 86_400_000)
}
