//! What sessions do and ask beside listening: by the same services as the HTTP
//! routes, so with the same rights and the same refusals.

use async_trait::async_trait;
use protocol::cluster::Placed;
use protocol::limits;
use protocol::search::Found;
use protocol::ws::{FeedArg, FeedName, LikeArg, SaveArg, SearchArg, UnsaveArg};

use crate::{Clusters, Elements, Feeds, PlatformError, Search, Viewer};

/// Changes something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    Like(LikeArg),
    Save(SaveArg),
    Unsave(UnsaveArg),
}

/// Asks for elements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    Search(SearchArg),
    Feed(FeedArg),
}

/// Who carries out and answers.
#[async_trait(?Send)]
pub trait Deeds: Send + Sync {
    /// # Errors
    /// As the route says that does the same.
    async fn act(&self, viewer: &Viewer, deed: Deed) -> Result<Option<Placed>, PlatformError>;

    /// # Errors
    /// As the route says that asks the same.
    async fn find(&self, viewer: &Viewer, ask: Ask) -> Result<Found, PlatformError>;
}

/// The platform's services.
pub struct Served {
    pub elements: Elements,
    pub clusters: Clusters,
    pub search: Search,
    pub feeds: Feeds,
}

#[async_trait(?Send)]
impl Deeds for Served {
    async fn act(&self, viewer: &Viewer, deed: Deed) -> Result<Option<Placed>, PlatformError> {
        match deed {
            Deed::Like(LikeArg { element, on }) => {
                self.elements.like(viewer, &element, on).await?;
                Ok(None)
            }
            Deed::Save(save) => {
                let placement = save.placement();
                let SaveArg {
                    cluster, element, ..
                } = save;
                let placed = self.clusters.place(viewer, &cluster, &element, placement);
                placed.await.map(Some)
            }
            Deed::Unsave(UnsaveArg { cluster, element }) => {
                let taken = self.clusters.take(viewer, &cluster, &element);
                taken.await.map(Some)
            }
        }
    }

    async fn find(&self, viewer: &Viewer, ask: Ask) -> Result<Found, PlatformError> {
        match ask {
            Ask::Search(SearchArg { q, page }) => {
                let limit = limits::page(page.limit);
                self.search.query(viewer, &q, page.cursor, limit).await
            }
            Ask::Feed(FeedArg { feed, page }) => {
                let limit = limits::page(page.limit);
                match feed {
                    FeedName::Home => self.feeds.page(viewer, page.cursor, limit).await,
                    FeedName::Explore => self.elements.explore(viewer, page.cursor, limit).await,
                }
            }
        }
    }
}
