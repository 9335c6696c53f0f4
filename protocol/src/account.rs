//! Accounts and logins.

use serde::{Deserialize, Serialize};

use crate::element::Media;
use crate::label::LabelPreferences;
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
    /// Its picture, smallest file of each format first; absent where it has none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub avatar: Vec<Media>,
}

/// `GET users/me`: an account as it sees itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Me {
    #[serde(flatten)]
    pub user: User,
    pub role: Role,
    pub preferences: Preferences,
}

/// What an account may do beyond its own things.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize,
)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    #[default]
    Member,
    /// Decides on labels.
    Moderator,
    /// Also sees models and jobs. The first account is one.
    Admin,
}

impl Role {
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Member => "member",
            Role::Moderator => "moderator",
            Role::Admin => "admin",
        }
    }
}

/// What an account set for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Preferences {
    pub labels: LabelPreferences,
}

/// `PATCH users/me`: fields that are absent stay as they are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MePatch {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preferences: Option<Preferences>,
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
