//! The pictures that everything is grown out of, whole and in parts: each part
//! is a real picture with a real vector.

use std::path::Path;
use std::sync::Arc;

use db::{ModelTag, Scope};
use ml::pool::Lane;
use ml::tags::Confidence;
use protocol::element::{Element, TagBand};
use protocol::value::{Handle, TagName};
use protocol::visual::Region;
use protocol::{ElementId, MediaHash};
use serde::{Deserialize, Serialize};

use super::{SeedProgress, Seeder};
use crate::PlatformError;

/// Longest side of what models look at, in pixels.
const SIDE: u32 = 512;
/// Pictures of one page of a list.
const PAGE: usize = 100;
/// Number of the form in which views are kept.
const FORM: u32 = 1;

/// The whole, quarters and the middle.
const PARTS: [Region; 6] = [
    part(0.0, 0.0, 1.0),
    part(0.0, 0.0, 0.55),
    part(0.45, 0.0, 0.55),
    part(0.0, 0.45, 0.55),
    part(0.45, 0.45, 0.55),
    part(0.25, 0.25, 0.5),
];

const fn part(x: f32, y: f32, side: f32) -> Region {
    Region {
        x,
        y,
        w: side,
        h: side,
    }
}

/// All pictures with all views of them.
pub struct Views {
    pub pictures: Vec<Picture>,
    pub views: Vec<View>,
}

/// One picture of the sample library.
pub struct Picture {
    pub element: Element,
    pub media: MediaHash,
}

/// What was seen in a picture or a part of it.
#[derive(Clone, Serialize, Deserialize)]
pub struct View {
    /// Which picture; its place among [`Views::pictures`].
    pub picture: usize,
    pub clip: Vec<f32>,
    pub conse: Vec<f32>,
    pub tags: Vec<SeenTag>,
}

#[derive(Clone, Serialize, Deserialize)]
pub struct SeenTag {
    pub name: TagName,
    pub category: String,
    pub score: f32,
    pub band: TagBand,
}

impl SeenTag {
    pub fn model_tag(&self) -> ModelTag {
        ModelTag {
            name: self.name.clone(),
            category: self.category.clone(),
            score: self.score,
            band: self.band,
        }
    }
}

/// As kept in a file.
#[derive(Serialize, Deserialize)]
struct Kept {
    form: u32,
    /// Whose views they are, in order.
    pictures: Vec<ElementId>,
    views: Vec<View>,
}

impl Views {
    /// The vectors of all views, as they came.
    pub fn clip(&self) -> Vec<Vec<f32>> {
        self.views.iter().map(|view| view.clip.clone()).collect()
    }

    pub fn conse(&self) -> Vec<Vec<f32>> {
        self.views.iter().map(|view| view.conse.clone()).collect()
    }
}

pub(super) async fn look(
    seeder: &Seeder,
    owner: &Handle,
    file: &Path,
    progress: &dyn SeedProgress,
) -> Result<Views, PlatformError> {
    let pictures = pictures(seeder, owner).await?;
    let ids: Vec<ElementId> = pictures.iter().map(|p| p.element.id.clone()).collect();
    if let Some(kept) = read(file).filter(|kept| kept.pictures == ids) {
        return Ok(Views {
            pictures,
            views: kept.views,
        });
    }
    let mut views = Vec::new();
    progress.begin("views of the sample pictures", pictures.len() * PARTS.len());
    for (at, picture) in pictures.iter().enumerate() {
        for shown in parts(seeder, &picture.media).await? {
            views.push(view(seeder, at, shown).await?);
            progress.advance(1);
        }
    }
    let kept = Kept {
        form: FORM,
        pictures: ids,
        views,
    };
    // only saves time the next time
    let text = serde_json::to_vec(&kept).expect("views are plain data");
    if let Err(error) = std::fs::write(file, text) {
        tracing::warn!(%error, file = %file.display(), "views cannot be kept");
    }
    Ok(Views {
        pictures,
        views: kept.views,
    })
}

fn read(file: &Path) -> Option<Kept> {
    let text = std::fs::read(file).ok()?;
    let kept: Kept = serde_json::from_slice(&text).ok()?;
    (kept.form == FORM).then_some(kept)
}

/// The pictures of an account that can be shown, oldest first.
async fn pictures(seeder: &Seeder, owner: &Handle) -> Result<Vec<Picture>, PlatformError> {
    let owner = seeder.db.user_by_handle(owner).await?;
    let owner = owner.ok_or_else(|| PlatformError::not_found("account with sample pictures"))?;
    let mut pictures = Vec::new();
    let mut cursor = None;
    loop {
        let scope = Scope::Owner(owner.id.clone());
        let page = seeder
            .db
            .list_elements(&db::Viewer::System, scope, cursor, PAGE)
            .await?;
        for element in page.items.into_iter().filter(|e| !e.media.is_empty()) {
            let media = seeder
                .db
                .element_media(&db::Viewer::System, &element.id)
                .await?;
            pictures.extend(media.map(|media| Picture { element, media }));
        }
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    pictures.reverse();
    if pictures.is_empty() {
        return Err(PlatformError::not_found("sample picture that can be shown"));
    }
    Ok(pictures)
}

/// The picture and its parts, as models look at them.
async fn parts(seeder: &Seeder, media: &MediaHash) -> Result<Vec<Arc<ml::Rgb8>>, PlatformError> {
    let bytes = seeder.blobs.original(media).await?;
    let work = move || {
        let picture = media::decode(&bytes, &media::Limits::default())?;
        let small = |region: &Region| {
            let part = crate::visual::exact(&picture, *region);
            let rgb = part.resized(SIDE).to_rgb();
            let rgb = ml::Rgb8::new(rgb.width, rgb.height, rgb.data)?;
            Ok::<_, PlatformError>(Arc::new(rgb))
        };
        PARTS.iter().map(small).collect()
    };
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| PlatformError::Gone("the decoder"))?
}

async fn view(
    seeder: &Seeder,
    picture: usize,
    shown: Arc<ml::Rgb8>,
) -> Result<View, PlatformError> {
    let clip = seeder.inference.embed_image(Lane::Backfill, shown.clone());
    let classes = seeder.inference.classify(Lane::Backfill, shown);
    let (clip, classes) = tokio::try_join!(clip, classes)?;
    let band = |confidence: Confidence| match confidence {
        Confidence::Sure => TagBand::Sure,
        Confidence::Suggested => TagBand::Suggested,
        Confidence::Unsure => TagBand::Unsure,
    };
    let tags = seeder.library.tags().suggest(&classes);
    let tags = tags.into_iter().filter_map(|tag| {
        Some(SeenTag {
            name: tag.name.parse().ok()?,
            category: tag.category.to_string(),
            score: tag.score,
            band: band(tag.confidence),
        })
    });
    Ok(View {
        picture,
        tags: tags.collect(),
        conse: seeder.library.bridge.conse(&classes),
        clip: clip.vector,
    })
}
