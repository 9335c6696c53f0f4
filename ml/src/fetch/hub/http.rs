//! The requests.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;

use reqwest::header::{self, HeaderMap};
use reqwest::{Client, Method, Response, StatusCode, Url, redirect};

use super::{HubConfig, HubPath, MAX_FILE_BYTES};
use crate::MlError;
use crate::fetch::Progress;

/// The content may lie on another host; no real hub sends further than this.
const MAX_REDIRECTS: usize = 5;
/// How much of an answer's words goes into an error.
const DETAIL_CHARS: usize = 200;
/// Of a sha256 in hex; other entity tags are git's.
const SHA256_DIGITS: usize = 64;

/// What the hub says of a file before sending it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Meta {
    pub bytes: u64,
    /// Names the content.
    pub tag: String,
    /// Where the tag is one.
    pub sha256: Option<String>,
}

/// A client for one file.
pub(super) struct Http<'a> {
    pub config: &'a HubConfig,
    file: HubPath<'a>,
    client: Client,
    url: Url,
}

impl<'a> Http<'a> {
    pub fn new(config: &'a HubConfig, file: HubPath<'a>) -> Result<Self, MlError> {
        let HubPath {
            repository,
            revision,
            path,
        } = file;
        let base = config.endpoint.trim_end_matches('/');
        let url = Url::parse(&format!("{base}/{repository}/resolve/{revision}/{path}"));
        let url = url.map_err(|error| unreachable(config, error.to_string()))?;
        // redirects are followed by hand: they carry the headers that matter
        let client = Client::builder()
            .redirect(redirect::Policy::none())
            .connect_timeout(config.patience)
            .read_timeout(config.patience)
            .user_agent(concat!("asterism/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| unreachable(config, words(&error)))?;
        Ok(Self {
            config,
            file,
            client,
            url,
        })
    }

    /// For people.
    pub fn title(&self) -> String {
        format!(
            "{}@{:.7} {}",
            self.file.repository, self.file.revision, self.file.path
        )
    }

    /// Asks what the file is.
    pub async fn meta(&self) -> Result<Meta, MlError> {
        let mut url = self.url.clone();
        for _ in 0..=MAX_REDIRECTS {
            let answer = self.send(Method::HEAD, &url, None).await?;
            let headers = answer.headers();
            // a redirect away from the hub is the content's own address; one
            // within it is a repository that was renamed
            if let Some(next) = location(&answer, &url)
                && text(headers, "x-linked-etag").is_none()
                && next.origin() == url.origin()
            {
                url = next;
                continue;
            }
            return self.read_meta(headers);
        }
        Err(self.bad("it redirects in a circle"))
    }

    /// Appends to `part` what it lacks.
    pub async fn download(
        &self,
        meta: &Meta,
        part: &Path,
        progress: &dyn Progress,
    ) -> Result<(), MlError> {
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(part)
            .map_err(MlError::io(part))?;
        let mut have = file.metadata().map_err(MlError::io(part))?.len();
        if have > meta.bytes {
            have = empty(&file, part)?;
        }
        progress.advance(have);
        if have == meta.bytes {
            return Ok(());
        }
        let mut answer = self.content(have).await?;
        match answer.status() {
            StatusCode::PARTIAL_CONTENT if starts_at(answer.headers(), have) => {}
            // it does not resume: all of it comes
            StatusCode::OK => have = empty(&file, part)?,
            StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE => {
                empty(&file, part)?;
                return Err(unreachable(self.config, "it cannot resume there".into()));
            }
            other => return Err(self.bad(format!("HTTP {other}"))),
        }
        while let Some(bytes) = answer.chunk().await.map_err(|e| self.lost(&e))? {
            have += bytes.len() as u64;
            if have > meta.bytes {
                empty(&file, part)?;
                return Err(self.bad(format!("more than the announced {} bytes", meta.bytes)));
            }
            file.write_all(&bytes).map_err(MlError::io(part))?;
            progress.advance(have);
        }
        if have < meta.bytes {
            let detail = format!("it stopped after {have} of {} bytes", meta.bytes);
            return Err(unreachable(self.config, detail));
        }
        Ok(())
    }

    /// The content from `start` on, wherever it lies.
    async fn content(&self, start: u64) -> Result<Response, MlError> {
        let mut url = self.url.clone();
        for _ in 0..=MAX_REDIRECTS {
            let answer = self.send(Method::GET, &url, Some(start)).await?;
            match location(&answer, &url) {
                Some(next) => url = next,
                None => return Ok(answer),
            }
        }
        Err(self.bad("it redirects in a circle"))
    }

    async fn send(
        &self,
        method: Method,
        url: &Url,
        start: Option<u64>,
    ) -> Result<Response, MlError> {
        let mut request = self.client.request(method, url.clone());
        if let Some(start) = start.filter(|start| *start > 0) {
            request = request.header(header::RANGE, format!("bytes={start}-"));
        }
        if let Some(token) = &self.config.token
            && url.origin() == self.url.origin()
        {
            request = request.bearer_auth(token);
        }
        let answer = request.send().await.map_err(|e| self.lost(&e))?;
        let status = answer.status();
        if status.is_success()
            || status.is_redirection()
            || status == StatusCode::RANGE_NOT_SATISFIABLE
        {
            return Ok(answer);
        }
        let says = text(answer.headers(), "x-error-message").unwrap_or_default();
        let says: String = says.chars().take(DETAIL_CHARS).collect();
        Err(match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => MlError::HubRefused {
                what: self.title(),
                status: status.as_u16(),
            },
            StatusCode::NOT_FOUND | StatusCode::GONE => MlError::HubNotFound {
                what: self.title(),
                detail: if says.is_empty() {
                    status.to_string()
                } else {
                    says
                },
            },
            StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT => {
                unreachable(self.config, format!("HTTP {status}"))
            }
            _ if status.is_server_error() => unreachable(self.config, format!("HTTP {status}")),
            _ => self.bad(format!("HTTP {status} {says}")),
        })
    }

    fn read_meta(&self, headers: &HeaderMap) -> Result<Meta, MlError> {
        if let Some(commit) = text(headers, "x-repo-commit").filter(|c| *c != self.file.revision) {
            return Err(self.bad(format!("it is of commit {commit}")));
        }
        let size = text(headers, "x-linked-size").or(text(headers, "content-length"));
        let bytes = size
            .and_then(|size| size.parse().ok())
            .ok_or_else(|| self.bad("it does not say how long the file is"))?;
        if bytes > MAX_FILE_BYTES {
            return Err(self.bad(format!(
                "{bytes} bytes, more than the limit of {MAX_FILE_BYTES}"
            )));
        }
        let tag = text(headers, "x-linked-etag")
            .or(text(headers, "etag"))
            .map(|tag| tag.trim_start_matches("W/").trim_matches('"'))
            .filter(|tag| !tag.is_empty())
            .ok_or_else(|| self.bad("it has no entity tag"))?;
        let is_sha256 = tag.len() == SHA256_DIGITS && tag.bytes().all(|b| b.is_ascii_hexdigit());
        Ok(Meta {
            bytes,
            tag: tag.to_owned(),
            sha256: is_sha256.then(|| tag.to_ascii_lowercase()),
        })
    }

    fn lost(&self, error: &reqwest::Error) -> MlError {
        unreachable(self.config, words(error))
    }

    fn bad(&self, detail: impl Into<String>) -> MlError {
        MlError::HubAnswer {
            what: self.title(),
            detail: detail.into(),
        }
    }
}

fn unreachable(config: &HubConfig, detail: String) -> MlError {
    MlError::HubUnreachable {
        endpoint: config.endpoint.clone(),
        detail,
    }
}

/// The innermost cause says the most.
fn words(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn location(answer: &Response, from: &Url) -> Option<Url> {
    if !answer.status().is_redirection() {
        return None;
    }
    let next = from
        .join(text(answer.headers(), header::LOCATION.as_str())?)
        .ok()?;
    // nothing that was asked for in private is fetched in the open
    let open = from.scheme() == "https" && next.scheme() != "https";
    (!open).then_some(next)
}

/// Whether `Content-Range: bytes START-…` continues what is there.
fn starts_at(headers: &HeaderMap, start: u64) -> bool {
    text(headers, header::CONTENT_RANGE.as_str()).and_then(|range| {
        range
            .strip_prefix("bytes ")?
            .split('-')
            .next()?
            .parse()
            .ok()
    }) == Some(start)
}

fn empty(file: &File, path: &Path) -> Result<u64, MlError> {
    file.set_len(0).map_err(MlError::io(path))?;
    Ok(0)
}
