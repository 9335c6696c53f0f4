//! Logins: who holds a token, hashed.

use protocol::account::User;
use protocol::{LoginId, Timestamp, UserId};

use crate::{Db, Result};

/// A login to be made.
#[derive(Debug, Clone)]
pub struct NewLogin {
    pub user: UserId,
    pub token_hash: [u8; 32],
    /// What the client calls itself.
    pub client: String,
    pub address: String,
    pub expires_at: Timestamp,
}

/// A login that is in force.
#[derive(Debug, Clone)]
pub struct ActiveLogin {
    pub id: LoginId,
    pub user: User,
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

impl Db {
    pub async fn create_login(&self, _new: NewLogin) -> Result<LoginId> {
        todo!()
    }
    pub async fn login_by_token(&self, _hash: &[u8; 32]) -> Result<Option<ActiveLogin>> {
        todo!()
    }
    pub async fn logins(&self, _user: &UserId) -> Result<Vec<LoginRow>> {
        todo!()
    }
    pub async fn end_login(&self, _user: &UserId, _login: &LoginId) -> Result<bool> {
        todo!()
    }
    pub async fn sweep_logins(&self) -> Result<usize> {
        todo!()
    }
}
