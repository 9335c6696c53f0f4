//! What accounts show of themselves, and how they stand to each other.

mod avatar;
mod closing;
mod eraser;
mod export;
mod restore;
mod shelf;
mod tape;

use std::sync::Arc;

use db::{Blobs, Db};
use protocol::element::Element;
use protocol::profile::{People, Profile, ProfilePatch};
use protocol::value::Handle;
use protocol::{Cursor, Page};
use tokio::sync::{Notify, Semaphore};

use crate::feed::Feeds;
use crate::search::FactIndex;
use crate::throttle::Throttle;
use crate::{Accounts, PlatformError, Viewer};

pub use db::Tie;
pub(crate) use eraser::Eraser;
pub use export::{Exported, Piece};
pub use restore::Restored;
pub use shelf::Shelf;

/// Pictures that become avatars at once.
const AVATARS_AT_ONCE: usize = 2;

#[derive(Clone)]
pub struct Profiles {
    db: Db,
    blobs: Blobs,
    accounts: Accounts,
    facts: Arc<FactIndex>,
    feeds: Feeds,
    throttle: Arc<Throttle>,
    /// Avatars that are made at once.
    places: Arc<Semaphore>,
    /// Wakes whoever erases.
    erase: Arc<Notify>,
}

/// What profiles are built on.
pub(crate) struct ProfileParts {
    pub db: Db,
    pub blobs: Blobs,
    pub accounts: Accounts,
    pub facts: Arc<FactIndex>,
    pub feeds: Feeds,
    pub throttle: Arc<Throttle>,
    pub erase: Arc<Notify>,
}

impl Profiles {
    pub(crate) fn new(parts: ProfileParts) -> Self {
        Self {
            db: parts.db,
            blobs: parts.blobs,
            accounts: parts.accounts,
            facts: parts.facts,
            feeds: parts.feeds,
            throttle: parts.throttle,
            places: Arc::new(Semaphore::new(AVATARS_AT_ONCE)),
            erase: parts.erase,
        }
    }

    /// What an account shows to the viewer. By a former handle it is found too,
    /// and the answer says so.
    ///
    /// # Errors
    /// `not_found`, also where the account keeps the viewer away.
    pub async fn get(&self, viewer: &Viewer, handle: &Handle) -> Result<Profile, PlatformError> {
        let scope = viewer.scope();
        let found = self.db.profile(&scope, handle).await?;
        let mut profile = found.ok_or_else(|| PlatformError::not_found("account"))?;
        if !profile.relation.is_some_and(|relation| relation.blocked) {
            profile.counts.elements = self.facts.count_of(&profile.user.id, &scope);
        }
        Ok(profile)
    }

    /// The account's own.
    ///
    /// # Errors
    /// `not_found` when it is gone.
    pub async fn own(&self, viewer: &Viewer) -> Result<Profile, PlatformError> {
        // the handle may have changed since the viewer logged in
        let me = self.accounts.me(viewer).await?;
        self.get(viewer, &me.user.handle).await
    }

    /// Changes what the account shows.
    ///
    /// # Errors
    /// `invalid_field`, `handle_taken`; `rate_limited` for a handle that was
    /// changed too often; each with its field.
    pub async fn update(
        &self,
        viewer: &Viewer,
        patch: ProfilePatch,
    ) -> Result<Profile, PlatformError> {
        let patch = patch.checked().map_err(PlatformError::Refused)?;
        self.db.change_profile(&viewer.user.id, patch).await?;
        self.own(viewer).await
    }

    /// What the account likes, the latest first, where it shows that.
    ///
    /// # Errors
    /// `not_found`, also where it keeps its likes to itself.
    pub async fn likes(
        &self,
        viewer: &Viewer,
        handle: &Handle,
        cursor: Option<Cursor>,
        limit: usize,
    ) -> Result<Page<Element>, PlatformError> {
        let scope = viewer.scope();
        let user = self.db.account(&scope, handle).await?;
        let user = user.ok_or_else(|| PlatformError::not_found("account"))?;
        let page = self.db.liked_by(&scope, &user, cursor, limit).await?;
        page.ok_or_else(|| PlatformError::not_found("list of likes"))
    }

    /// Follows, mutes or blocks an account, or no longer. Answers how it is now.
    ///
    /// # Errors
    /// `not_found`; `forbidden` for one's own; `conflict` for too many.
    pub async fn tie(
        &self,
        viewer: &Viewer,
        handle: &Handle,
        tie: Tie,
        on: bool,
    ) -> Result<(), PlatformError> {
        let scope = viewer.scope();
        // whoever is kept away may still want not to be seen
        let found = match tie {
            Tie::Follow => self.db.account(&scope, handle).await?,
            Tie::Mute | Tie::Block => self.db.user_by_handle(handle).await?.map(|user| user.id),
        };
        let other = found.ok_or_else(|| PlatformError::not_found("account"))?;
        self.db.set_tie(&scope, &other, tie, on).await?;
        self.feeds.stale(&viewer.user.id);
        self.feeds.stale(&other);
        Ok(())
    }

    /// Those that the account follows, mutes or blocks.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn tied_to(&self, viewer: &Viewer, tie: Tie) -> Result<People, PlatformError> {
        let mut items = self.db.tied_to(&viewer.user.id, tie).await?;
        if tie == Tie::Follow {
            let scope = viewer.scope();
            items.retain(|other| !scope.is_apart(&other.id));
        }
        Ok(People { items })
    }
}
