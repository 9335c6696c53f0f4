//! Taking a file in: examined, hashed, on disk, in the database, then acked.

use bytes::Bytes;
use db::{Incoming, NewElement, Saved};
use protocol::element::{Source, StageName, State, Visibility};
use protocol::{ElementId, MediaHash, limits};
use tokio::task::spawn_blocking;

use super::{Elements, text};
use crate::{PlatformError, Viewer};

/// Longest file name that is kept, in characters.
const FILE_NAME_MAX: usize = 200;

/// A file as somebody hands it in.
#[derive(Debug, Clone)]
pub struct NewFile {
    pub bytes: Bytes,
    /// As the client named it; never used as a path.
    pub file_name: Option<String>,
    pub title: Option<String>,
    pub description: Option<String>,
    pub visibility: Visibility,
    pub source: Source,
    /// Nobody waits for it: goes behind what somebody waits for.
    pub backfill: bool,
}

/// A file that was written as it came.
pub(crate) struct Stored {
    pub file: Incoming,
    /// The hash of what was written.
    pub media: MediaHash,
}

/// What became of it. It is durable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intake {
    pub id: ElementId,
    pub state: State,
    /// The account had saved the same file before.
    pub duplicate_of: Option<ElementId>,
}

impl Elements {
    /// Saves a file. When this returns, the element survives a crash.
    ///
    /// # Errors
    /// Typed by what is wrong with the file; nothing is stored then.
    pub async fn intake(&self, viewer: &Viewer, file: NewFile) -> Result<Intake, PlatformError> {
        self.take_in(viewer, file, None).await
    }

    /// The same of a file that lies in the blob store already, without a name.
    pub(crate) async fn take_in(
        &self,
        viewer: &Viewer,
        file: NewFile,
        stored: Option<Stored>,
    ) -> Result<Intake, PlatformError> {
        let title = text("title", file.title, limits::TITLE_MAX)?.unwrap_or_default();
        let description =
            text("description", file.description, limits::DESCRIPTION_MAX)?.unwrap_or_default();
        let bytes = file.bytes;
        let known = stored.as_ref().map(|stored| stored.media.clone());
        let (probe, media) = self.examine(bytes.clone(), known).await?;
        let mut source = file.source;
        source.file_name = file
            .file_name
            .as_deref()
            .map(plain_name)
            .filter(|n| !n.is_empty());

        // The file before the row: a row never points at nothing. A file
        // without a row is swept.
        let _kept = self.blobs.shared().await?;
        match stored {
            Some(stored) => stored.file.keep(&media).await?,
            None => self.blobs.put_original(&media, bytes.clone()).await?,
        }
        let element = NewElement {
            owner: viewer.user.id.clone(),
            media,
            bytes: bytes.len() as u64,
            mime: probe.format.mime().to_owned(),
            width: probe.width,
            height: probe.height,
            taken_at: probe.taken_at,
            camera: probe.camera,
            title,
            description,
            visibility: file.visibility,
            source,
            stages: StageName::IMAGE.to_vec(),
            backfill: file.backfill,
        };
        metrics::counter!("asterism_intake_total").increment(1);
        Ok(match self.db.save_element(element).await? {
            Saved::New(id) => Intake {
                id,
                state: State::Processing,
                duplicate_of: None,
            },
            // one that had been deleted is back
            Saved::Duplicate(id) | Saved::Restored(id) => {
                let known = self.db.element(&viewer.scope(), &id).await?;
                let state = known.map_or(State::Processing, |e| e.state);
                Intake {
                    id: id.clone(),
                    state,
                    duplicate_of: Some(id),
                }
            }
        })
    }

    /// Looks at the headers only: decoding is a job, and hostile files are
    /// refused before a pixel is decoded. The whole is decoded once to find
    /// out whether it can be: a broken picture is refused, not half-stored.
    async fn examine(
        &self,
        bytes: Bytes,
        known: Option<MediaHash>,
    ) -> Result<(media::Probe, MediaHash), PlatformError> {
        let place = self.places.clone().acquire_owned().await;
        let place = place.map_err(|_| PlatformError::Gone("intake"))?;
        let work = move || {
            let _place = place;
            let limits = media::Limits::default();
            let probe = media::probe(&bytes, &limits)?;
            media::decode(&bytes, &limits)?;
            let hashed = || MediaHash::from_bytes(*blake3::hash(&bytes).as_bytes());
            let hash = known.unwrap_or_else(hashed);
            Ok::<_, PlatformError>((probe, hash))
        };
        spawn_blocking(work)
            .await
            .map_err(|_| PlatformError::Gone("intake"))?
    }
}

/// The last part of a path, without control characters, shortened.
fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    last.chars()
        .filter(|c| !c.is_control())
        .take(FILE_NAME_MAX)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::plain_name;

    #[test]
    fn file_names_lose_their_folders() {
        assert_eq!(plain_name("../../etc/passwd"), "passwd");
        assert_eq!(plain_name("C:\\fotos\\see.jpg"), "see.jpg");
        assert_eq!(plain_name("a\u{0}b.png"), "ab.png");
    }
}
