//! Fetches a picture, or a page that shows some, from an address that somebody
//! typed, and from nowhere else.
//!
//! Whoever types addresses must not reach what only this machine reaches. So
//! schemes, ports and credentials are looked at, names are resolved here, and
//! the very address that is connected to is checked, at every hop ([`wire`]).
//! Redirects are followed by hand. Bytes, time and packing are bounded
//! ([`body`]), and what came is known by its content, never by what its server
//! says. This module knows neither database nor users.

mod body;
mod config;
mod download;
mod inside;
mod page;
mod refusal;
mod resolve;
mod rules;
mod wire;

use std::sync::Arc;

use hyper::header;
use tokio::sync::{OnceCell, OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout, timeout_at};
use url::Url;

pub use config::FetchConfig;
pub use download::Download;
pub use page::Page;
pub use refusal::Refusal;
use resolve::{Resolve, System};
pub use rules::Allowed;

use body::Body;
use rules::Target;
use wire::{Answer, Wire};

/// Bytes by which is told what something is.
const SNIFFED: usize = 1_024;
/// Largest oEmbed answer, in bytes.
const EMBED_BYTES: usize = 64 << 10;
/// Pictures of a page that are tried before it is said to have none.
const TRIES: usize = 4;

/// Fetches. Cheap to clone.
#[derive(Clone)]
pub struct Fetcher(Arc<Parts>);

struct Parts {
    on: bool,
    wire: Wire,
    places: Arc<Semaphore>,
}

/// What is at an address.
pub enum At {
    Picture(Box<Download>),
    Page(Box<Page>),
}

impl Fetcher {
    pub fn new(config: &FetchConfig) -> Self {
        Self::asking(config, Arc::new(System))
    }

    /// With another resolver of names.
    pub fn asking(config: &FetchConfig, resolver: Arc<dyn Resolve>) -> Self {
        Self(Arc::new(Parts {
            on: config.on,
            places: Arc::new(Semaphore::new(config.limits.places.max(1))),
            wire: Wire {
                rules: config.rules(),
                limits: config.limits.clone(),
                resolver,
                tls: OnceCell::new(),
            },
        }))
    }

    /// Whether the address may be asked for, as far as can be told without
    /// asking anybody; as it is written then.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self, address: &str) -> Result<Url, Refusal> {
        if !self.0.on {
            return Err(Refusal::Off);
        }
        Ok(self.0.wire.rules.target(address)?.url)
    }

    /// What is at the address: the beginning of a picture, or a page, read.
    ///
    /// # Errors
    /// It may not be asked for, its server does not give it, or it is neither.
    pub async fn at(&self, address: &str) -> Result<At, Refusal> {
        self.check(address)?;
        let place = self.place().await?;
        let target = self.0.wire.rules.target(address)?;
        self.arrive(target, None, place).await
    }

    /// The picture at the address; that of a page is the best that can be had.
    /// With a page comes what it says about itself.
    ///
    /// # Errors
    /// As [`Fetcher::at`].
    pub async fn picture(&self, address: &str) -> Result<(Download, Option<Box<Page>>), Refusal> {
        match self.at(address).await? {
            At::Picture(download) => Ok((*download, None)),
            At::Page(page) => Ok((self.best(&page).await?, Some(page))),
        }
    }

    /// The best picture of a page that can be had.
    ///
    /// # Errors
    /// [`Refusal::NoPicture`], or why the one that the page is about is not
    /// given.
    pub async fn best(&self, page: &Page) -> Result<Download, Refusal> {
        let mut why = Refusal::NoPicture;
        for candidate in page.pictures.iter().take(TRIES) {
            match self.on_page(&page.url, candidate.url.as_str()).await {
                Ok(download) => return Ok(download),
                Err(refusal) => {
                    tracing::debug!(%refusal, "a picture of a page was not to be had");
                    // the first is the one that the page is about
                    if why == Refusal::NoPicture && matches!(refusal, Refusal::Status(_)) {
                        why = refusal;
                    }
                }
            }
        }
        Err(why)
    }

    /// A picture that stands on a page.
    ///
    /// # Errors
    /// As [`Fetcher::at`]; a page is no picture.
    pub async fn on_page(&self, page: &Url, address: &str) -> Result<Download, Refusal> {
        let target = self.0.wire.rules.target(address)?;
        let place = self.place().await?;
        // as browsers do it: where from, but not from which page
        let told = page.scheme() == target.url.scheme() || target.is_secure();
        let referer = told.then(|| format!("{}/", page.origin().ascii_serialization()));
        match self.arrive(target, referer.as_deref(), place).await? {
            At::Picture(download) => Ok(*download),
            At::Page(_) => Err(Refusal::Kind("another page")),
        }
    }

    /// The page with what its oEmbed description adds, if it has one that can
    /// be had.
    pub async fn embedded(&self, mut page: Box<Page>) -> Box<Page> {
        let Some(address) = page.embed.take() else {
            return page;
        };
        match self.description(address.as_str()).await {
            Ok(bytes) => page.take_embed(&bytes),
            Err(refusal) => tracing::debug!(%refusal, "no oEmbed description"),
        }
        page
    }

    async fn description(&self, address: &str) -> Result<Vec<u8>, Refusal> {
        let target = self.0.wire.rules.target(address)?;
        let _place = self.place().await?;
        let deadline = Instant::now() + self.0.wire.limits.head;
        let (_, answer) = self.follow(target, None, deadline).await?;
        let mut body = Body::of(answer, &self.0.wire.limits, EMBED_BYTES, deadline)?;
        body.first(EMBED_BYTES).await
    }

    async fn place(&self) -> Result<OwnedSemaphorePermit, Refusal> {
        let place = self.0.places.clone().acquire_owned();
        let place = timeout(self.0.wire.limits.head, place).await;
        place.map_err(|_| Refusal::Busy)?.map_err(|_| Refusal::Busy)
    }

    async fn arrive(
        &self,
        target: Target,
        referer: Option<&str>,
        place: OwnedSemaphorePermit,
    ) -> Result<At, Refusal> {
        let limits = &self.0.wire.limits;
        let deadline = Instant::now() + limits.total;
        let (url, answer) = self.follow(target, referer, deadline).await?;
        let kind = answer.response.headers().get(header::CONTENT_TYPE);
        let kind = kind.and_then(|kind| kind.to_str().ok()).map(str::to_owned);
        // a page may be longer than what is read of it
        let mut body = Body::of(answer, limits, limits.picture_bytes, deadline)?;
        let first = body.first(SNIFFED).await?;
        let refusal = match media::sniff(&first) {
            Ok(_) => {
                let download = Download::new(url, first, body, place);
                return Ok(At::Picture(Box::new(download)));
            }
            Err(media::MediaError::Unsupported { found }) => Refusal::Kind(found),
            Err(media::MediaError::Empty) => Refusal::Kind("nothing"),
            Err(_) => Refusal::Kind("a part of a file"),
        };
        if !page::is_page(&first, kind.as_deref()) {
            return Err(refusal);
        }
        let mut bytes = first;
        while bytes.len() < limits.page_bytes {
            match body.next().await? {
                Some(more) => bytes.extend_from_slice(&more),
                None => break,
            }
        }
        bytes.truncate(limits.page_bytes);
        drop((body, place));
        let read = move || page::read(&bytes, kind.as_deref(), url);
        let read = tokio::task::spawn_blocking(read).await;
        Ok(At::Page(Box::new(read.map_err(|_| Refusal::NoPicture)?)))
    }

    /// Asks, and goes on to where answers lead.
    async fn follow(
        &self,
        mut target: Target,
        referer: Option<&str>,
        deadline: Instant,
    ) -> Result<(Url, Answer), Refusal> {
        let wire = &self.0.wire;
        for _ in 0..=wire.limits.redirects {
            let asked = timeout_at(deadline, wire.ask(&target, referer)).await;
            let answer = asked.map_err(|_| Refusal::Slow("to answer"))??;
            let status = answer.response.status().as_u16();
            match status {
                200 | 203 => return Ok((target.url, answer)),
                301 | 302 | 303 | 307 | 308 => {
                    let location = answer.response.headers().get(header::LOCATION);
                    let location = location.and_then(|l| std::str::from_utf8(l.as_bytes()).ok());
                    let location = location.ok_or(Refusal::Broken)?;
                    target = wire.rules.next(&target.url, location)?;
                }
                _ => return Err(Refusal::Status(status)),
            }
        }
        Err(Refusal::Redirects)
    }
}

#[cfg(test)]
mod tests;
