//! Who asks.

use std::net::IpAddr;
use std::sync::Arc;

use protocol::account::{Preferences, Role, User};
use protocol::{ErrorCode, LoginId};

use crate::PlatformError;

/// An authenticated account and the login it came with.
#[derive(Debug, Clone, PartialEq)]
pub struct Viewer {
    pub user: User,
    pub login: LoginId,
    pub role: Role,
    pub preferences: Preferences,
    /// Whom it keeps away, or is kept away by.
    pub(crate) ties: Arc<db::Ties>,
}

impl From<db::ActiveLogin> for Viewer {
    fn from(login: db::ActiveLogin) -> Self {
        Self {
            user: login.user,
            login: login.id,
            role: login.role,
            preferences: login.preferences,
            ties: login.ties,
        }
    }
}

impl Viewer {
    /// The account itself, acting without a login: for the operator's side.
    pub fn acting(user: User) -> Self {
        Self {
            user,
            login: LoginId::from_parts(0, 0),
            role: Role::Member,
            preferences: Preferences::default(),
            ties: Arc::default(),
        }
    }

    /// # Errors
    /// `forbidden` when the account's role is a lesser one.
    pub(crate) fn needs(&self, role: Role) -> Result<(), PlatformError> {
        if self.role >= role {
            return Ok(());
        }
        Err(PlatformError::refused(
            ErrorCode::Forbidden,
            format!("this is for accounts with the role {}", role.as_str()),
        ))
    }

    /// The database's idea of who asks.
    pub(crate) fn scope(&self) -> db::Viewer {
        let hidden = self.preferences.labels.hidden();
        let viewer = db::Viewer::user(self.user.id.clone()).hiding(hidden);
        viewer.tied(self.ties.clone())
    }
}

/// The other end of a connection, before anybody logged in.
#[derive(Debug, Clone)]
pub struct Client {
    pub address: IpAddr,
    /// What the client calls itself.
    pub agent: String,
}
