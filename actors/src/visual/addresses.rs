//! Pictures elsewhere that somebody searches by.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use media::Picture;
use protocol::{ErrorCode, Problem, UserId};
use tokio::sync::{Semaphore, watch};
use url::Url;

use super::blocking;
use super::recent::{self, RecentPictures};
use crate::fetch::Fetcher;
use crate::throttle::{Kind, Throttle};
use crate::{PlatformError, Viewer};

/// How long what was fetched is taken for what is still there.
const LASTS: Duration = Duration::from_secs(15 * 60);
/// Addresses that are fetched for one account at once.
const AT_ONCE: usize = 3;
/// Fetched pictures that are decoded at once.
const DECODED: usize = 2;

/// By account, so that nobody learns from the time it takes what others look
/// at.
type Key = (UserId, Url);
type Outcome = Option<Result<Arc<Picture>, Problem>>;

/// Fetches each address once, however often the box moves meanwhile.
pub struct Addresses(Arc<Parts>);

struct Parts {
    fetcher: Fetcher,
    throttle: Arc<Throttle>,
    recent: RecentPictures<Key>,
    under_way: Mutex<HashMap<Key, watch::Receiver<Outcome>>>,
    decoders: Semaphore,
}

impl Addresses {
    pub fn new(fetcher: Fetcher, throttle: Arc<Throttle>) -> Self {
        Self(Arc::new(Parts {
            fetcher,
            throttle,
            recent: RecentPictures::new(Some(LASTS)),
            under_way: Mutex::default(),
            decoders: Semaphore::new(DECODED),
        }))
    }

    /// The picture at an address, or the best of the page there, in the size
    /// that regions are cut from. Who drops the future stops waiting; what was
    /// begun is finished, as the next question is likely to need it.
    ///
    /// # Errors
    /// What is wrong with the address or with what is there; `rate_limited`.
    pub async fn picture(
        &self,
        viewer: &Viewer,
        address: &str,
    ) -> Result<Arc<Picture>, PlatformError> {
        let parts = &self.0;
        let url = parts.fetcher.check(address)?;
        let key = (viewer.user.id.clone(), url);
        if let Some(picture) = parts.recent.get(&key) {
            return Ok(picture);
        }
        let mut outcome = parts.begun(key)?;
        let told = outcome.wait_for(Option::is_some).await;
        let told = told.map_err(|_| PlatformError::Gone("the fetcher"))?;
        match told.as_ref() {
            Some(Ok(picture)) => Ok(picture.clone()),
            Some(Err(problem)) => Err(PlatformError::Refused(problem.clone())),
            None => Err(PlatformError::Gone("the fetcher")),
        }
    }
}

impl Parts {
    /// What becomes of it: begun before, or now.
    fn begun(self: &Arc<Self>, key: Key) -> Result<watch::Receiver<Outcome>, PlatformError> {
        let mut under_way = self.lock();
        if let Some(outcome) = under_way.get(&key) {
            return Ok(outcome.clone());
        }
        let of_this = under_way.keys().filter(|(user, _)| *user == key.0).count();
        if of_this >= AT_ONCE {
            let detail = "wait for what is being fetched already";
            let problem = Problem::new(ErrorCode::RateLimited, detail).retry_after(3);
            return Err(PlatformError::Refused(problem));
        }
        self.throttle.attempt(Kind::Fetch, &key.0.to_string())?;
        let (tell, outcome) = watch::channel(None);
        under_way.insert(key.clone(), outcome.clone());
        let ending = Ending {
            parts: self.clone(),
            key,
        };
        tokio::spawn(async move {
            let done = ending.parts.fetch(&ending.key.1).await;
            if let Ok(picture) = &done {
                ending.parts.recent.put(ending.key.clone(), picture.clone());
            }
            // kept first, so that whoever asks now finds one or the other
            drop(ending);
            let outcome = if done.is_ok() { "fetched" } else { "refused" };
            metrics::counter!("asterism_fetched_total", "outcome" => outcome).increment(1);
            let told = done.map_err(|error| Problem {
                field: Some("url".into()),
                ..error.problem()
            });
            let _ = tell.send(Some(told));
        });
        Ok(outcome)
    }

    async fn fetch(&self, url: &Url) -> Result<Arc<Picture>, PlatformError> {
        let (download, _) = self.fetcher.picture(url.as_str()).await?;
        let bytes = download.all().await?;
        let place = self.decoders.acquire().await;
        let _place = place.map_err(|_| PlatformError::Gone("the fetcher"))?;
        blocking(move || {
            let picture = media::decode(&bytes, &media::Limits::default())?;
            Ok(Arc::new(picture.resized(recent::WIDTH)))
        })
        .await
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, watch::Receiver<Outcome>>> {
        self.under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whatever happens to the task, the address can be asked for again.
struct Ending {
    parts: Arc<Parts>,
    key: Key,
}

impl Drop for Ending {
    fn drop(&mut self) {
        self.parts.lock().remove(&self.key);
    }
}
