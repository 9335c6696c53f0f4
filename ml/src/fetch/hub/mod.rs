//! Gets single files out of a repository of a model hub, by its documented
//! addresses: `{endpoint}/{owner}/{name}/resolve/{commit}/{path}`.
//!
//! A `HEAD` says how large the file is, its entity tag (for a large file its
//! sha256) and the commit; the content may lie elsewhere, behind redirects. An
//! interrupted download continues where it stopped, also after a restart.

mod http;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use http::{Http, Meta};

use super::{Progress, Retry, put_in_place, stamp};
use crate::MlError;
use crate::manifest::Pin;

/// Where the hub is and how it is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HubConfig {
    /// Scheme and host, maybe a path; a mirror serves the same addresses.
    pub endpoint: String,
    /// For repositories that want to know who asks. Sent to the endpoint alone.
    pub token: Option<String>,
    /// What happens when a download stops. Only tries that bring nothing count.
    pub retry: Retry,
    /// How long to wait for a connection, and for the next bytes.
    pub patience: Duration,
}

/// The public hub.
pub const PUBLIC_ENDPOINT: &str = "https://huggingface.co";
/// No file of a model is larger; what claims to be is refused.
pub const MAX_FILE_BYTES: u64 = 16 << 30;

impl Default for HubConfig {
    fn default() -> Self {
        Self {
            endpoint: PUBLIC_ENDPOINT.to_owned(),
            token: None,
            retry: Retry::default(),
            patience: Duration::from_secs(30),
        }
    }
}

/// One file in a repository at one commit.
#[derive(Debug, Clone, Copy)]
pub struct HubPath<'a> {
    /// `owner/name`.
    pub repository: &'a str,
    /// 40 hex digits.
    pub revision: &'a str,
    /// In the repository.
    pub path: &'a str,
}

impl HubConfig {
    /// Fetches `file` to `place` and says what it is. Without a `pin` the
    /// bytes are trusted as far as the hub vouches for them: by their length,
    /// and by their sha256 where the entity tag is one.
    ///
    /// # Errors
    /// `HubUnreachable`, `HubRefused`, `HubNotFound`, `HubAnswer`;
    /// `ChecksumMismatch` when the bytes are not those of `pin`, or not those
    /// that the hub announced; `Io`.
    pub fn fetch(
        &self,
        file: HubPath<'_>,
        pin: Option<&Pin>,
        place: &Path,
        progress: &dyn Progress,
    ) -> Result<Pin, MlError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(MlError::io(place))?;
        // a thread of its own, for a caller that is inside a runtime already
        std::thread::scope(|scope| {
            let fetching = scope.spawn(|| {
                runtime.block_on(async {
                    let http = Http::new(self, file)?;
                    fetch(&http, pin, place, progress).await
                })
            });
            fetching
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    }
}

async fn fetch(
    http: &Http<'_>,
    pin: Option<&Pin>,
    place: &Path,
    progress: &dyn Progress,
) -> Result<Pin, MlError> {
    progress.begin(&http.title(), pin.map(|pin| pin.bytes));
    let fetched = attempt(http, pin, place, progress).await;
    progress.end(fetched.is_ok());
    fetched
}

async fn attempt(
    http: &Http<'_>,
    pin: Option<&Pin>,
    place: &Path,
    progress: &dyn Progress,
) -> Result<Pin, MlError> {
    let meta = patiently(http, progress, || 0, || http.meta()).await?;
    if let Some(pin) = pin.filter(|pin| pin.bytes != meta.bytes) {
        return Err(mismatch(
            http,
            pin,
            &meta.sha256.unwrap_or_default(),
            meta.bytes,
        ));
    }
    let parent = place.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(parent).map_err(MlError::io(parent))?;
    let part = part_path(place, &meta);
    let size = || fs::metadata(&part).map_or(0, |m| m.len());
    patiently(http, progress, size, || {
        http.download(&meta, &part, progress)
    })
    .await?;
    let found = Pin {
        sha256: stamp::sha256_of(&part)?,
        bytes: size(),
    };
    let announced = meta.sha256.as_ref().map(|sha256| Pin {
        sha256: sha256.clone(),
        bytes: meta.bytes,
    });
    for expected in pin.into_iter().chain(&announced) {
        if *expected != found {
            // continuing it would never make it better
            fs::remove_file(&part).map_err(MlError::io(&part))?;
            return Err(mismatch(http, expected, &found.sha256, found.bytes));
        }
    }
    let synced = File::open(&part).and_then(|file| file.sync_all());
    synced.map_err(MlError::io(&part))?;
    put_in_place(&part, place)?;
    stamp::write(place, &found.sha256);
    Ok(found)
}

/// Asks again while the hub cannot be reached; a try after which `size` grew
/// does not count.
async fn patiently<T, F: Future<Output = Result<T, MlError>>>(
    http: &Http<'_>,
    progress: &dyn Progress,
    size: impl Fn() -> u64,
    ask: impl Fn() -> F,
) -> Result<T, MlError> {
    let retry = http.config.retry;
    let mut failed = 0;
    loop {
        let before = size();
        match ask().await {
            Err(error @ MlError::HubUnreachable { .. }) => {
                failed = if size() > before { 1 } else { failed + 1 };
                if failed >= retry.tries {
                    return Err(error);
                }
                let pause = retry.pause * 2_u32.pow(failed - 1);
                let pause = pause.mul_f64(rand::random_range(0.5..1.5));
                progress.note(&format!(
                    "{error}; trying again in {:.0} s",
                    pause.as_secs_f64().ceil()
                ));
                tokio::time::sleep(pause).await;
            }
            other => return other,
        }
    }
}

/// Named after the content, so that a part of something else is never
/// continued.
fn part_path(place: &Path, meta: &Meta) -> PathBuf {
    let name = place.file_name().unwrap_or_default().to_string_lossy();
    let tag: String = meta
        .tag
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    let end = tag.len().min(TAG_CHARS);
    place.with_file_name(format!(".{name}.{}.part", &tag[..end]))
}

const TAG_CHARS: usize = 40;

fn mismatch(http: &Http<'_>, expected: &Pin, found: &str, found_bytes: u64) -> MlError {
    MlError::ChecksumMismatch {
        what: http.title(),
        expected: expected.sha256.clone(),
        expected_bytes: expected.bytes,
        found: found.to_owned(),
        found_bytes,
    }
}

#[cfg(test)]
mod tests;
