//! What live stands on: the outbox that the relay empties, and what sessions
//! ask of accounts and of the history. The database is behind both; the
//! simulation puts books of its own there, which fail and dawdle as it likes.

use std::time::Duration;

use async_trait::async_trait;
use db::{Db, History, Published};
use protocol::{LoginId, SocketId, Topic, UserId};
use tokio::sync::watch;

use crate::{Accounts, PlatformError, Viewer};

/// How an account stands to a topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sight {
    /// It may not listen to it, or there is no such thing.
    None,
    Listener,
    /// It belongs to the cluster.
    Member,
}

/// Where events wait to be numbered.
#[async_trait]
pub(crate) trait Outbox: Send + Sync {
    /// Changes with every commit that is seen here.
    fn commits(&self) -> watch::Receiver<u64>;
    /// Numbers some, durably: see [`Db::relay_batch`]. After an error they may
    /// be numbered all the same.
    async fn number(&self, limit: usize) -> Result<Vec<Published>, PlatformError>;
    /// Forgets events that are older.
    async fn prune(&self, keep: Duration) -> Result<(), PlatformError>;
    /// Forgets logins that are over.
    async fn sweep_logins(&self) -> Result<(), PlatformError>;
}

/// What a session asks.
#[async_trait]
pub(crate) trait Ground: Send + Sync {
    /// Offsets only compare under the same one.
    fn epoch(&self) -> String;
    /// A name for a session that nobody guesses.
    fn name(&self) -> SocketId;
    async fn authenticate(&self, token: &str) -> Result<Option<Viewer>, PlatformError>;
    /// How the account of a login stands now, if the login still does.
    async fn refreshed(&self, login: &LoginId) -> Result<Option<Viewer>, PlatformError>;
    async fn sight(&self, viewer: &db::Viewer, topic: &Topic) -> Result<Sight, PlatformError>;
    /// The last offset of a topic.
    async fn position(&self, topic: &Topic) -> Result<u64, PlatformError>;
    async fn history(
        &self,
        topic: &Topic,
        after: u64,
        limit: usize,
    ) -> Result<History, PlatformError>;
    async fn mark_read(&self, user: &UserId, up_to: u64) -> Result<(), PlatformError>;
}

#[async_trait]
impl Outbox for Db {
    fn commits(&self) -> watch::Receiver<u64> {
        self.subscribe_commits()
    }

    async fn number(&self, limit: usize) -> Result<Vec<Published>, PlatformError> {
        Ok(self.relay_batch(limit).await?)
    }

    async fn prune(&self, keep: Duration) -> Result<(), PlatformError> {
        self.prune_outbox(keep.as_millis() as u64).await?;
        Ok(())
    }

    async fn sweep_logins(&self) -> Result<(), PlatformError> {
        Db::sweep_logins(self).await?;
        Ok(())
    }
}

/// The database and the accounts in it.
pub(crate) struct Stored {
    pub db: Db,
    pub accounts: Accounts,
}

#[async_trait]
impl Ground for Stored {
    fn epoch(&self) -> String {
        self.db.epoch().to_owned()
    }

    fn name(&self) -> SocketId {
        SocketId::from_parts(crate::platform::now_millis() as u64, rand::random())
    }

    async fn authenticate(&self, token: &str) -> Result<Option<Viewer>, PlatformError> {
        self.accounts.authenticate(token).await
    }

    async fn refreshed(&self, login: &LoginId) -> Result<Option<Viewer>, PlatformError> {
        self.accounts.refreshed(login).await
    }

    async fn sight(&self, viewer: &db::Viewer, topic: &Topic) -> Result<Sight, PlatformError> {
        let may = |may| if may { Sight::Listener } else { Sight::None };
        Ok(match topic {
            Topic::Explore => Sight::Listener,
            Topic::Tags | Topic::Accounts => Sight::None,
            Topic::User(id) | Topic::Feed(id) => may(viewer.id() == Some(id)),
            Topic::Element(id) => may(self.db.element(viewer, id).await?.is_some()),
            Topic::Cluster(id) => match self.db.cluster_sight(viewer, id).await? {
                None => Sight::None,
                Some(None) => Sight::Listener,
                Some(Some(_)) => Sight::Member,
            },
        })
    }

    async fn position(&self, topic: &Topic) -> Result<u64, PlatformError> {
        Ok(self.db.position(topic).await?)
    }

    async fn history(
        &self,
        topic: &Topic,
        after: u64,
        limit: usize,
    ) -> Result<History, PlatformError> {
        Ok(self.db.history(topic, after, limit).await?)
    }

    async fn mark_read(&self, user: &UserId, up_to: u64) -> Result<(), PlatformError> {
        self.db.mark_notifications_read(user, up_to).await?;
        Ok(())
    }
}
