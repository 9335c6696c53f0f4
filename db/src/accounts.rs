//! Accounts.

use protocol::UserId;
use protocol::account::User;
use protocol::value::Handle;

use crate::{Db, Result};

/// An account to be made.
#[derive(Debug, Clone)]
pub struct NewUser {
    pub handle: Handle,
    pub display_name: String,
    pub password_hash: String,
}

/// What a password is checked against.
#[derive(Debug, Clone)]
pub struct Credentials {
    pub user: User,
    pub password_hash: String,
}

impl Db {
    pub async fn create_user(&self, _new: NewUser) -> Result<User> {
        todo!()
    }
    pub async fn credentials(&self, _handle: &str) -> Result<Option<Credentials>> {
        todo!()
    }
    pub async fn user(&self, _id: &UserId) -> Result<Option<User>> {
        todo!()
    }
    pub async fn user_by_handle(&self, _handle: &Handle) -> Result<Option<User>> {
        todo!()
    }
    pub async fn set_password_hash(&self, _id: &UserId, _hash: &str) -> Result<bool> {
        todo!()
    }
}
