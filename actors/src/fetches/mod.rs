//! Saving by address: taken down at once, carried out behind the scenes.

mod carrier;

use std::sync::Arc;

use db::{Db, NewErrand};
use protocol::cluster::ClusterRole;
use protocol::fetch::{Fetch, Fetches as Listed, Looked, LookedPicture, SaveByUrl};
use protocol::{ErrorCode, FetchId, limits};

use crate::elements::text;
use crate::fetch::{At, Fetcher};
use crate::throttle::{Kind, Throttle};
use crate::{Clusters, PlatformError, Viewer};
pub(crate) use carrier::Carrier;

#[derive(Clone)]
pub struct Fetches {
    db: Db,
    fetcher: Fetcher,
    throttle: Arc<Throttle>,
    clusters: Clusters,
}

impl Fetches {
    pub(crate) fn new(
        db: Db,
        fetcher: Fetcher,
        throttle: Arc<Throttle>,
        clusters: Clusters,
    ) -> Self {
        Self {
            db,
            fetcher,
            throttle,
            clusters,
        }
    }

    /// Takes down what is to be saved. Nobody has been asked for it when this
    /// returns; how it goes on is told on the account's topic.
    ///
    /// # Errors
    /// `invalid_field` for an address that is never followed, a text or a
    /// cluster; `forbidden`; `conflict` when too much is waiting.
    pub async fn save(&self, viewer: &Viewer, save: SaveByUrl) -> Result<Fetch, PlatformError> {
        let url = self.fetcher.check(&save.url)?;
        let picture = save.picture.as_deref().map(|p| self.fetcher.check(p));
        let picture = picture.transpose()?;
        if let Some(cluster) = &save.cluster {
            let cluster = self.clusters.get(viewer, cluster, None).await?;
            if cluster.role < Some(ClusterRole::Editor) {
                let detail = "adding to a cluster is for its editors";
                return Err(PlatformError::refused(ErrorCode::Forbidden, detail));
            }
        }
        let said = |text: Option<String>| text.filter(|text| !text.is_empty());
        let errand = NewErrand {
            owner: viewer.user.id.clone(),
            url: url.into(),
            picture: picture.map(String::from),
            title: said(text("title", save.title, limits::TITLE_MAX)?),
            description: said(text(
                "description",
                save.description,
                limits::DESCRIPTION_MAX,
            )?),
            visibility: save.visibility,
            cluster: save.cluster,
        };
        Ok(self.db.add_errand(errand).await?)
    }

    /// The account's own, newest first.
    pub async fn list(&self, viewer: &Viewer) -> Result<Listed, PlatformError> {
        let items = self.db.errands(&viewer.user.id).await?;
        Ok(Listed { items })
    }

    /// # Errors
    /// `not_found` for everybody but the account itself.
    pub async fn get(&self, viewer: &Viewer, id: &FetchId) -> Result<Fetch, PlatformError> {
        let fetch = self.db.errand(&viewer.user.id, id).await?;
        fetch.ok_or_else(|| PlatformError::not_found("fetch"))
    }

    /// Takes it back, or forgets how it ended.
    ///
    /// # Errors
    /// `not_found` for everybody but the account itself.
    pub async fn remove(&self, viewer: &Viewer, id: &FetchId) -> Result<(), PlatformError> {
        if self.db.drop_errand(&viewer.user.id, id).await? {
            return Ok(());
        }
        Err(PlatformError::not_found("fetch"))
    }

    /// Tries a failed one again.
    ///
    /// # Errors
    /// `not_found` for everybody but the account itself.
    pub async fn retry(&self, viewer: &Viewer, id: &FetchId) -> Result<Fetch, PlatformError> {
        let fetch = self.db.retry_errand(&viewer.user.id, id).await?;
        fetch.ok_or_else(|| PlatformError::not_found("fetch"))
    }

    /// What there is to be saved at an address.
    ///
    /// # Errors
    /// What is wrong with the address or with what is there; `rate_limited`.
    pub async fn look(&self, viewer: &Viewer, address: &str) -> Result<Looked, PlatformError> {
        let url = self.fetcher.check(address)?;
        let who = viewer.user.id.to_string();
        self.throttle.attempt(Kind::Fetch, &who)?;
        Ok(match self.fetcher.at(url.as_str()).await? {
            At::Picture(download) => Looked {
                url: download.url.to_string(),
                title: None,
                author: None,
                site: None,
                pictures: vec![LookedPicture {
                    url: download.url.to_string(),
                    width: None,
                    height: None,
                    alt: None,
                }],
            },
            At::Page(page) => {
                let page = self.fetcher.embedded(page).await;
                let pictures = page.pictures.into_iter();
                Looked {
                    url: page.url.to_string(),
                    title: page.title,
                    author: page.author,
                    site: page.site,
                    pictures: pictures
                        .map(|picture| LookedPicture {
                            url: picture.url.to_string(),
                            width: picture.width,
                            height: picture.height,
                            alt: picture.alt,
                        })
                        .collect(),
                }
            }
        })
    }
}
