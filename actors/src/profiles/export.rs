//! All that an account has, as one archive: a tar that any tool opens, and that
//! `asterism import` takes back.
//!
//! ```text
//! asterism.json              what this is, and the profile
//! elements/{id}.json         what is said of a picture; then its file, as it
//! media/{hash}.{ending}      was uploaded, place and all
//! clusters/{id}.json         own clusters, with what they hold and where
//! likes.json  people.json    what it likes; whom it follows, mutes, blocks
//! avatar.jpg
//! complete.json              last: without it, the archive is cut off
//! ```

use bytes::Bytes;
use db::{ExportRow, Tie, Viewer as Scope};
use protocol::account::Preferences;
use protocol::cluster::{Cluster, ClusterRole, Section};
use protocol::element::{Owner, Source, Tag, Visibility};
use protocol::profile::ProfileLink;
use protocol::value::Handle;
use protocol::{ClusterId, ElementId, MediaHash, Timestamp};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use super::{Profiles, tape};
use crate::platform::now_millis;
use crate::{PlatformError, Viewer};

/// Of the archive; a reader refuses a higher one.
pub const EXPORT_FORMAT: u32 = 1;

/// Pieces that wait for a slow reader: each at most one original.
const WAITING: usize = 2;
/// Rows read at once.
const PAGE: usize = 200;

/// `asterism.json`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Export {
    pub format: u32,
    pub exported_at: Timestamp,
    pub handle: Handle,
    pub display_name: String,
    pub bio: String,
    pub links: Vec<ProfileLink>,
    pub share_likes: bool,
    pub preferences: Preferences,
    pub created_at: Timestamp,
}

/// `elements/{id}.json`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ExportedElement {
    pub id: ElementId,
    /// Its file in the archive.
    pub file: String,
    pub media: MediaHash,
    pub mime: String,
    pub title: String,
    pub description: String,
    pub alt: String,
    pub visibility: Visibility,
    pub declares_ai: bool,
    pub source: Source,
    pub tags: Vec<Tag>,
    pub created_at: Timestamp,
}

/// `clusters/{id}.json`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ExportedCluster {
    pub id: ClusterId,
    pub name: String,
    pub description: String,
    pub visibility: Visibility,
    pub sections: Vec<Section>,
    /// In their order.
    pub items: Vec<ExportedItem>,
    pub created_at: Timestamp,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ExportedItem {
    pub element: ElementId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
}

/// One of `likes.json`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ExportedLike {
    pub element: ElementId,
    pub title: String,
    pub owner: Owner,
}

/// `people.json`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ExportedPeople {
    pub follows: Vec<Owner>,
    pub mutes: Vec<Owner>,
    pub blocks: Vec<Owner>,
}

/// `complete.json`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exported {
    pub elements: u64,
    pub clusters: u64,
    pub likes: u64,
    /// Originals that could not be read.
    pub files_missing: u64,
}

/// What is sent of an archive; an error ends it in the middle.
pub type Piece = Result<Bytes, PlatformError>;

impl Profiles {
    /// Writes the archive for as long as somebody reads it. Memory holds no
    /// more than some originals at once.
    ///
    /// # Errors
    /// `rate_limited`; later ones come as the last piece.
    pub async fn export(&self, viewer: &Viewer) -> Result<mpsc::Receiver<Piece>, PlatformError> {
        let id = &viewer.user.id;
        self.throttle
            .attempt(crate::throttle::Kind::Export, id.as_str())?;
        let (pieces, reader) = mpsc::channel(WAITING);
        let (profiles, viewer) = (self.clone(), viewer.clone());
        tokio::spawn(async move {
            let writer = Writer { pieces };
            if let Err(error) = profiles.write(&viewer, &writer).await {
                tracing::warn!(%error, "an export ends in the middle");
                // nobody reads any more when this fails
                let _ = writer.pieces.send(Err(error)).await;
            }
        });
        Ok(reader)
    }

    async fn write(&self, viewer: &Viewer, out: &Writer) -> Result<(), PlatformError> {
        let own = self.own(viewer).await?;
        let me = self.accounts.me(viewer).await?;
        let head = Export {
            format: EXPORT_FORMAT,
            exported_at: Timestamp::from_millis(now_millis()),
            handle: own.user.handle.clone(),
            display_name: own.user.display_name.clone(),
            bio: own.bio,
            links: own.links,
            share_likes: own.shares_likes,
            preferences: me.preferences,
            created_at: own.user.created_at,
        };
        out.json("asterism.json", &head).await?;
        let scope = Scope::user(viewer.user.id.clone());
        let mut done = Exported::default();
        self.write_elements(viewer, out, &mut done).await?;
        self.write_clusters(&scope, out, &mut done).await?;
        self.write_likes(&scope, viewer, out, &mut done).await?;
        let id = &viewer.user.id;
        let people = ExportedPeople {
            follows: self.db.tied_to(id, Tie::Follow).await?,
            mutes: self.db.tied_to(id, Tie::Mute).await?,
            blocks: self.db.tied_to(id, Tie::Block).await?,
        };
        out.json("people.json", &people).await?;
        if let Some(bytes) = self.avatar_bytes(&own.user.avatar).await? {
            out.file("avatar.jpg", bytes).await?;
        }
        out.json("complete.json", &done).await?;
        out.end().await
    }

    async fn write_elements(
        &self,
        viewer: &Viewer,
        out: &Writer,
        done: &mut Exported,
    ) -> Result<(), PlatformError> {
        let mut after = None;
        loop {
            let rows = self
                .db
                .export_elements(&viewer.user.id, after.as_ref(), PAGE)
                .await?;
            let full = rows.len() == PAGE;
            after = rows.last().map(|row| row.element.id.clone());
            for row in rows {
                let file = format!("media/{}.{}", row.media, ending(&row.mime));
                let media = row.media.clone();
                let about = about(row, file.clone());
                let path = format!("elements/{}.json", about.id);
                out.json(&path, &about).await?;
                match self.blobs.original(&media).await {
                    Ok(bytes) => out.file(&file, bytes).await?,
                    Err(error) => {
                        tracing::warn!(%error, %media, "an original cannot be exported");
                        done.files_missing += 1;
                    }
                }
                done.elements += 1;
            }
            if !full {
                return Ok(());
            }
        }
    }

    async fn write_clusters(
        &self,
        scope: &Scope,
        out: &Writer,
        done: &mut Exported,
    ) -> Result<(), PlatformError> {
        let mut cursor = None;
        loop {
            let page = self.db.my_clusters(scope, None, cursor, PAGE).await?;
            let own = page.items.into_iter();
            for cluster in own.filter(|c| c.role == Some(ClusterRole::Owner)) {
                let items = self.items(scope, &cluster.id).await?;
                let path = format!("clusters/{}.json", cluster.id);
                out.json(&path, &exported(cluster, items)).await?;
                done.clusters += 1;
            }
            cursor = page.next_cursor;
            if cursor.is_none() {
                return Ok(());
            }
        }
    }

    async fn items(
        &self,
        scope: &Scope,
        id: &ClusterId,
    ) -> Result<Vec<ExportedItem>, PlatformError> {
        let (mut items, mut cursor) = (Vec::new(), None);
        loop {
            let page = self.db.cluster_items(scope, id, None, cursor, PAGE).await?;
            items.extend(page.items.into_iter().map(|item| ExportedItem {
                element: item.element.id,
                section: item.section,
            }));
            cursor = page.next_cursor;
            if cursor.is_none() {
                return Ok(items);
            }
        }
    }

    async fn write_likes(
        &self,
        scope: &Scope,
        viewer: &Viewer,
        out: &Writer,
        done: &mut Exported,
    ) -> Result<(), PlatformError> {
        let (mut likes, mut cursor) = (Vec::new(), None);
        loop {
            let page = self
                .db
                .liked_by(scope, &viewer.user.id, cursor, PAGE)
                .await?;
            let Some(page) = page else { break };
            likes.extend(page.items.into_iter().map(|element| ExportedLike {
                element: element.id,
                title: element.title,
                owner: element.owner,
            }));
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        done.likes = likes.len() as u64;
        out.json("likes.json", &likes).await
    }

    async fn avatar_bytes(
        &self,
        avatar: &[protocol::element::Media],
    ) -> Result<Option<Bytes>, PlatformError> {
        let jpegs = avatar.iter().filter(|file| file.mime == "image/jpeg");
        let Some(file) = jpegs.max_by_key(|file| file.width) else {
            return Ok(None);
        };
        let hash = file
            .url
            .split('/')
            .nth(2)
            .and_then(|hash| hash.parse().ok());
        let Some(hash) = hash else { return Ok(None) };
        Ok(self.blobs.variant(&hash, &file.variant).await.ok())
    }
}

fn about(row: ExportRow, file: String) -> ExportedElement {
    let element = row.element;
    ExportedElement {
        id: element.id,
        file,
        media: row.media,
        mime: row.mime,
        title: element.title,
        description: element.description,
        alt: element.alt,
        visibility: element.visibility,
        declares_ai: row.declares_ai,
        source: element.source,
        tags: element.tags,
        created_at: element.created_at,
    }
}

fn exported(cluster: Cluster, items: Vec<ExportedItem>) -> ExportedCluster {
    ExportedCluster {
        id: cluster.id,
        name: cluster.name,
        description: cluster.description,
        visibility: cluster.visibility,
        sections: cluster.sections,
        items,
        created_at: cluster.created_at,
    }
}

/// The usual ending of a file of that kind.
fn ending(mime: &str) -> &str {
    match mime.rsplit('/').next().unwrap_or_default() {
        "jpeg" => "jpg",
        "svg+xml" | "" => "bin",
        other => other,
    }
}

/// The other end of the archive.
struct Writer {
    pieces: mpsc::Sender<Piece>,
}

impl Writer {
    async fn json(&self, path: &str, value: &impl Serialize) -> Result<(), PlatformError> {
        let text = serde_json::to_vec_pretty(value).map_err(|source| PlatformError::Io {
            what: "the archive".into(),
            source: source.into(),
        })?;
        self.file(path, text.into()).await
    }

    async fn file(&self, path: &str, bytes: Bytes) -> Result<(), PlatformError> {
        let (head, tail) = tape::around(path, bytes.len() as u64)?;
        self.send(head).await?;
        self.send(bytes).await?;
        self.send(tail).await
    }

    async fn end(&self) -> Result<(), PlatformError> {
        self.send(tape::end()).await
    }

    async fn send(&self, bytes: Bytes) -> Result<(), PlatformError> {
        if bytes.is_empty() {
            return Ok(());
        }
        let sent = self.pieces.send(Ok(bytes)).await;
        sent.map_err(|_| PlatformError::Gone("whoever reads the export"))
    }
}
