//! Accounts and logins.

use serde::{Deserialize, Serialize};

use crate::value::{Handle, Password};
use crate::{LoginId, Timestamp, UserId};

/// `POST auth/register`.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Register {
    pub handle: Handle,
    pub password: Password,
    #[serde(default)]
    pub display_name: Option<String>,
}

/// `POST auth/login`. The handle is any text: one that cannot exist is
/// answered like one that does not.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Login {
    pub handle: String,
    pub password: String,
}

/// Answer to `register` and `login`. Web clients are also given a cookie and
/// need not keep the token; others send it as `Authorization: Bearer …`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct LoggedIn {
    pub token: String,
    pub user: User,
}

/// An account as others see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct User {
    pub id: UserId,
    pub handle: Handle,
    pub display_name: String,
    pub created_at: Timestamp,
}

/// One login of the asking account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct LoginSession {
    pub id: LoginId,
    /// What the client called itself, shortened.
    pub client: String,
    pub address: String,
    pub created_at: Timestamp,
    pub last_used_at: Timestamp,
    /// Is it the one that asked?
    pub current: bool,
}
