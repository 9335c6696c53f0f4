//! Carries errands out: fetched by the guard, streamed to the blob store while
//! they are hashed, taken in like uploads.

use std::time::Duration;

use db::{Blobs, Db, Errand, ErrandEnd};
use protocol::cluster::AddElements;
use protocol::element::Source;
use protocol::{ElementId, MediaHash, Problem, limits};
use tokio::task::JoinSet;

use crate::elements::Stored;
use crate::fetch::{At, Download, Fetcher, Page};
use crate::{Clusters, Elements, Intake, NewFile, PlatformError, Viewer};

/// Errands that are carried out at once, in all and of one account.
const AT_ONCE: usize = 4;
const EACH: usize = 2;
/// Far longer than the guard's patience with everything a page names.
const LEASE_MILLIS: u64 = 30 * 60 * 1_000;
/// Errands are looked for this often even when no commit was seen.
const POLL: Duration = Duration::from_secs(2);
/// Pause after the database failed.
const RETRY: Duration = Duration::from_secs(2);
/// Pauses before further attempts; after the last it has failed.
const PAUSES_MS: [u64; 3] = [5_000, 30_000, 120_000];

pub(crate) struct Carrier {
    pub db: Db,
    pub blobs: Blobs,
    pub fetcher: Fetcher,
    pub elements: Elements,
    pub clusters: Clusters,
}

impl Carrier {
    /// Works until it is dropped; what is under way then is done again.
    pub async fn run(self) {
        let carrier = std::sync::Arc::new(self);
        let mut commits = carrier.db.subscribe_commits();
        let mut running = JoinSet::new();
        loop {
            commits.mark_unchanged();
            let free = AT_ONCE - running.len().min(AT_ONCE);
            match carrier.db.lease_errands(free, EACH, LEASE_MILLIS).await {
                Ok(errands) => {
                    for errand in errands {
                        let carrier = carrier.clone();
                        running.spawn(async move { carrier.carry(errand).await });
                    }
                }
                Err(db::DbError::Closed) => return,
                Err(error) => {
                    tracing::warn!(%error, "errands cannot be leased");
                    tokio::time::sleep(RETRY).await;
                }
            }
            tokio::select! {
                _ = commits.changed() => {}
                () = tokio::time::sleep(POLL) => {}
                Some(_) = running.join_next() => {}
            }
        }
    }

    async fn carry(&self, errand: Errand) {
        let end = match self.save(&errand).await {
            Ok(Some(end)) => end,
            // taken back meanwhile
            Ok(None) => return,
            Err(error) => {
                let problem = Problem {
                    field: Some("url".into()),
                    ..error.problem()
                };
                tracing::debug!(id = %errand.id, %error, attempt = errand.attempt, "not fetched");
                let pause = PAUSES_MS.get(errand.attempt as usize - 1);
                match pause.filter(|_| error.may_pass()) {
                    Some(&pause) => ErrandEnd::Later(pause, problem),
                    None => ErrandEnd::Failed(problem),
                }
            }
        };
        let outcome = match &end {
            ErrandEnd::Saved { .. } => "saved",
            ErrandEnd::Failed(_) => "failed",
            ErrandEnd::Later(..) => "later",
        };
        metrics::counter!("asterism_errands_total", "outcome" => outcome).increment(1);
        if let Err(error) = self.db.end_errand(&errand, end).await {
            // its lease runs out, and it is done again
            tracing::warn!(id = %errand.id, %error, "the end of an errand cannot be written");
        }
    }

    async fn save(&self, errand: &Errand) -> Result<Option<ErrandEnd>, PlatformError> {
        // it took whoever had it down again and again
        if errand.attempt as usize > PAUSES_MS.len() + 2 {
            return Err(PlatformError::Gone("the fetcher"));
        }
        let owner = self.db.user(&errand.owner).await?;
        let owner = owner.ok_or_else(|| PlatformError::not_found("account"))?;
        let viewer = Viewer::acting(owner);
        let (mut download, page) = self.find(errand).await?;
        let stored = self.store(&mut download).await?;
        if !self.db.holds_errand(errand).await? {
            return Ok(None);
        }
        let file = described(
            errand,
            &download,
            page.as_deref(),
            stored.file.read().await?,
        );
        let taken = self.elements.take_in(&viewer, file, Some(stored)).await?;
        let Intake {
            id, duplicate_of, ..
        } = taken;
        let problem = self.put_into_cluster(&viewer, errand, &id).await;
        Ok(Some(ErrandEnd::Saved {
            element: id,
            duplicate: duplicate_of.is_some(),
            problem,
        }))
    }

    /// The picture, and the page that shows it if there is one.
    async fn find(&self, errand: &Errand) -> Result<(Download, Option<Box<Page>>), PlatformError> {
        let page = match self.fetcher.at(&errand.url).await? {
            At::Picture(download) => return Ok((*download, None)),
            At::Page(page) => self.fetcher.embedded(page).await,
        };
        let download = match &errand.picture {
            Some(picture) => self.fetcher.on_page(&page.url, picture).await?,
            None => self.fetcher.best(&page).await?,
        };
        Ok((download, Some(page)))
    }

    /// To disk as it comes, so that a slow server takes no memory.
    async fn store(&self, download: &mut Download) -> Result<Stored, PlatformError> {
        let mut file = self.blobs.incoming().await?;
        let mut hasher = blake3::Hasher::new();
        while let Some(bytes) = download.next().await? {
            hasher.update(&bytes);
            file.write(bytes).await?;
        }
        let media = MediaHash::from_bytes(*hasher.finalize().as_bytes());
        Ok(Stored { file, media })
    }

    /// Why it is saved but not in its cluster, if so.
    async fn put_into_cluster(
        &self,
        viewer: &Viewer,
        errand: &Errand,
        id: &ElementId,
    ) -> Option<Problem> {
        let cluster = errand.cluster.as_ref()?;
        let add = AddElements {
            elements: vec![id.clone()],
            section: None,
        };
        match self.clusters.add(viewer, cluster, add).await {
            Ok(added) => added.items.into_iter().find_map(|item| item.error),
            Err(error) => Some(error.problem()),
        }
    }
}

fn described(
    errand: &Errand,
    download: &Download,
    page: Option<&Page>,
    bytes: bytes::Bytes,
) -> NewFile {
    let file_url = download.url.to_string();
    let title = errand.title.clone().or(page.and_then(|p| p.title.clone()));
    NewFile {
        bytes,
        file_name: download.file_name(),
        title: title.map(|title| title.chars().take(limits::TITLE_MAX).collect()),
        description: errand.description.clone(),
        visibility: errand.visibility,
        source: match page {
            Some(page) => Source {
                via: "url".into(),
                author: page.author.clone(),
                url: Some(page.url.to_string()),
                file_url: Some(file_url),
                site: page.site.clone(),
                ..Source::default()
            },
            None => Source {
                via: "url".into(),
                url: Some(file_url),
                ..Source::default()
            },
        },
        backfill: false,
    }
}
