//! Who asks.

use std::net::IpAddr;

use protocol::LoginId;
use protocol::account::User;

/// An authenticated account and the login it came with.
#[derive(Debug, Clone, PartialEq)]
pub struct Viewer {
    pub user: User,
    pub login: LoginId,
}

impl Viewer {
    /// The database's idea of who asks.
    pub(crate) fn scope(&self) -> db::Viewer {
        db::Viewer::user(self.user.id.clone())
    }
}

/// The other end of a connection, before anybody logged in.
#[derive(Debug, Clone)]
pub struct Client {
    pub address: IpAddr,
    /// What the client calls itself.
    pub agent: String,
}
