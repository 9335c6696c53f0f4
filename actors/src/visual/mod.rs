//! Searching by a picture or a part of one.

mod addresses;
mod colors;
mod crop;
mod recent;
mod subjects;

use std::collections::HashMap;
use std::sync::Arc;

use db::{Blobs, Db};
use index::{Bits, Shade};
use media::Picture;
use ml::Rgb8;
use ml::pool::{Inference, Lane};
use protocol::element::Element;
use protocol::query::Filter;
use protocol::search::{Found, Hit, Why};
use protocol::value::TagName;
use protocol::visual::{Region, VisualMode, VisualQuery};
use protocol::{ElementId, MediaHash, Problem, limits};

use crate::search::{FactIndex, Library, Spaces};
use crate::{PlatformError, Viewer};
pub(crate) use addresses::Addresses;
pub(crate) use colors::shade;
pub(crate) use crop::exact;
use recent::RecentPictures;
use subjects::KnownSubjects;

/// Elements that are compared with the words beside a picture.
const CANDIDATES: usize = 400;
/// Cosine of centred vectors below which nothing is alike, and from which a
/// result is a confident one.
const FAINT: f32 = 0.06;
const SURE: f32 = 0.22;
/// The same of colours.
const FAINT_COLORS: f32 = 0.25;
const SURE_COLORS: f32 = 0.55;
/// What fully fitting the words adds to the likeness.
const WORDS: f32 = 0.5;
/// Longest side of what models are shown.
const SIDE: u32 = 512;

/// Whose picture it is.
pub enum Sample {
    Element(ElementId),
    /// A file that came with the question, and is not kept.
    File(Vec<u8>),
    /// A picture elsewhere, or a page that shows one; it is not kept either.
    Address(String),
}

#[derive(Clone)]
pub struct Visual {
    db: Db,
    blobs: Blobs,
    inference: Arc<dyn Inference>,
    library: Arc<Library>,
    spaces: Arc<Spaces>,
    facts: Arc<FactIndex>,
    recent: Arc<RecentPictures<MediaHash>>,
    addresses: Arc<Addresses>,
    known: Arc<KnownSubjects>,
}

/// What the results have to do with the sample.
struct Likeness {
    element: ElementId,
    score: f32,
    why: Vec<Why>,
    confident: bool,
}

impl Visual {
    pub(crate) fn new(
        db: Db,
        blobs: Blobs,
        inference: Arc<dyn Inference>,
        library: Arc<Library>,
        spaces: Arc<Spaces>,
        facts: Arc<FactIndex>,
        addresses: Addresses,
    ) -> Self {
        Self {
            db,
            blobs,
            inference,
            library,
            spaces,
            facts,
            recent: Arc::new(RecentPictures::new(None)),
            addresses: Arc::new(addresses),
            known: Arc::default(),
        }
    }

    /// Elements that look like a part of a picture, most alike first. Dropping
    /// the future drops the work that waits for a model.
    ///
    /// # Errors
    /// `invalid_field` for a region or a text; `not_found` for the element;
    /// what is wrong with the file or the address; `unavailable` while models
    /// are away.
    pub async fn search(
        &self,
        viewer: &Viewer,
        sample: Sample,
        query: VisualQuery,
    ) -> Result<Found, PlatformError> {
        let region = query.region.map(Region::checked).transpose();
        let region = region.map_err(|why| field("region", why.to_string()))?;
        let text = query.text.as_deref().map(str::trim);
        let text = text.filter(|text| !text.is_empty());
        if text.is_some_and(|text| text.chars().count() > limits::QUERY_MAX) {
            let detail = format!("at most {} characters", limits::QUERY_MAX);
            return Err(field("text", detail));
        }
        let limit = query.limit.unwrap_or(limits::PAGE_DEFAULT);
        let limit = limit.clamp(1, limits::PAGE_MAX);
        let own = match &sample {
            Sample::Element(id) => Some(id.clone()),
            Sample::File(_) | Sample::Address(_) => None,
        };
        let visual = self.clone();
        let (scope, tags) = (viewer.scope(), query.tags.clone());
        let within = move || visual.within(&scope, &tags, own.as_ref());
        let visual = self.clone();
        let mut likenesses = match query.mode {
            VisualMode::Content => {
                let vector = self.vector(viewer, sample, region).await?;
                blocking(move || Ok(visual.by_content(&vector, &within()))).await?
            }
            VisualMode::Colors => {
                let shades = self.shades(viewer, sample, region).await?;
                blocking(move || Ok(visual.by_colors(&shades, &within()))).await?
            }
        };
        if let Some(text) = text {
            self.refine(text, &mut likenesses).await?;
        }
        self.answer(viewer, likenesses, &query, limit).await
    }

    /// What may be found: what the viewer may see, carries all the tags, and
    /// is not what was asked about.
    fn within(&self, scope: &db::Viewer, tags: &[TagName], own: Option<&ElementId>) -> Bits {
        let filters: Vec<Filter> = tags.iter().cloned().map(Filter::Tag).collect();
        let mut within = self.facts.meeting(scope, &filters, &[], &[]);
        if let Some(own) = own.and_then(|id| self.facts.ordinal(id)) {
            within.remove(own);
        }
        within
    }

    fn by_content(&self, vector: &[f32], within: &Bits) -> Vec<Likeness> {
        let mut near = self.spaces.nearest_within(vector, CANDIDATES, within);
        near.retain(|(_, similarity)| *similarity >= FAINT);
        let likeness = |(element, similarity)| Likeness {
            element,
            score: similarity,
            why: vec![Why::Similar { similarity }],
            confident: similarity >= SURE,
        };
        self.facts.named(near).into_iter().map(likeness).collect()
    }

    fn by_colors(&self, shades: &[Shade], within: &Bits) -> Vec<Likeness> {
        let mut near = self.facts.colored(shades, CANDIDATES, within);
        near.retain(|(_, similarity)| *similarity >= FAINT_COLORS);
        let likeness = |(element, similarity)| Likeness {
            element,
            score: similarity,
            why: vec![Why::Colors { similarity }],
            confident: similarity >= SURE_COLORS,
        };
        self.facts.named(near).into_iter().map(likeness).collect()
    }

    /// Those that also show what the words say come first.
    async fn refine(&self, text: &str, likenesses: &mut [Likeness]) -> Result<(), PlatformError> {
        let texts = vec![text.to_owned()];
        let mut vectors = self.inference.embed_texts(Lane::Interactive, texts).await?;
        let Some(vector) = vectors.pop() else {
            return Ok(());
        };
        let query = self.library.bridge.query_vectors(&vector);
        let ids: Vec<ElementId> = likenesses.iter().map(|l| l.element.clone()).collect();
        let shown = self.spaces.shows(&query, &ids);
        let confident = self.library.bridge.confident();
        for (likeness, shown) in likenesses.iter_mut().zip(shown) {
            let confidence = shown.unwrap_or(0.0);
            likeness.score += WORDS * confidence;
            likeness.why.push(Why::Looks { confidence });
            likeness.confident = likeness.confident && confidence >= confident;
        }
        likenesses.sort_by(|a, b| {
            let sure = b.confident.cmp(&a.confident);
            sure.then_with(|| b.score.total_cmp(&a.score))
                .then_with(|| b.element.cmp(&a.element))
        });
        Ok(())
    }

    /// The centred vector of what was asked about.
    async fn vector(
        &self,
        viewer: &Viewer,
        sample: Sample,
        region: Option<Region>,
    ) -> Result<Vec<f32>, PlatformError> {
        if let (Sample::Element(id), None) = (&sample, region) {
            // seen before, as a whole
            let seen = self.db.element_media(&viewer.scope(), id).await?;
            seen.ok_or_else(|| PlatformError::not_found("element"))?;
            if let Some((_, vector)) = self.spaces.vectors(std::slice::from_ref(id)).pop() {
                return Ok(vector);
            }
        }
        let picture = self.picture(viewer, sample).await?;
        let shown = move || {
            let part = match region {
                Some(region) => crop::shown(&picture, region),
                None => (*picture).clone(),
            };
            let rgb = part.resized(SIDE).to_rgb();
            Ok(Arc::new(Rgb8::new(rgb.width, rgb.height, rgb.data)?))
        };
        let shown = blocking(shown).await?;
        let space = self.spaces.image_space();
        let embedding = if space == ml::space::CLIP {
            self.inference.embed_image(Lane::Interactive, shown).await?
        } else {
            let lane = Lane::Interactive;
            self.inference.embed_image_with(lane, &space, shown).await?
        };
        Ok(self.spaces.centred(&embedding.vector))
    }

    async fn shades(
        &self,
        viewer: &Viewer,
        sample: Sample,
        region: Option<Region>,
    ) -> Result<Vec<Shade>, PlatformError> {
        let picture = self.picture(viewer, sample).await?;
        blocking(move || {
            let part = crop::exact(&picture, region.unwrap_or(Region::WHOLE));
            let swatches = media::palette(&part).into_iter();
            let shade = |s: media::Swatch| Shade {
                lab: media::perceived(s.rgb),
                share: s.share,
            };
            Ok(swatches.map(shade).collect())
        })
        .await
    }

    /// The picture in the size that regions are cut from.
    async fn picture(
        &self,
        viewer: &Viewer,
        sample: Sample,
    ) -> Result<Arc<Picture>, PlatformError> {
        let (media, bytes) = match sample {
            Sample::File(bytes) => (None, bytes.into()),
            Sample::Address(address) => return self.addresses.picture(viewer, &address).await,
            Sample::Element(id) => {
                let media = self.db.element_media(&viewer.scope(), &id).await?;
                let media = media.ok_or_else(|| PlatformError::not_found("element"))?;
                if let Some(picture) = self.recent.get(&media) {
                    return Ok(picture);
                }
                let bytes = self.blobs.original(&media).await?;
                (Some(media), bytes)
            }
        };
        let picture = blocking(move || {
            let picture = media::decode(&bytes, &media::Limits::default())?;
            Ok(Arc::new(picture.resized(recent::WIDTH)))
        })
        .await?;
        if let Some(media) = media {
            self.recent.put(media, picture.clone());
        }
        Ok(picture)
    }

    /// The picture at an address as it is searched by, as a JPEG: to draw boxes
    /// on it.
    ///
    /// # Errors
    /// What is wrong with the address or with what is there.
    pub async fn sample(&self, viewer: &Viewer, address: &str) -> Result<Vec<u8>, PlatformError> {
        let picture = self.addresses.picture(viewer, address).await?;
        blocking(move || {
            let spec = media::VariantSpec::new(media::VariantKind::Jpeg, picture.width());
            Ok(media::encode(&picture, spec)?.bytes)
        })
        .await
    }

    async fn answer(
        &self,
        viewer: &Viewer,
        mut likenesses: Vec<Likeness>,
        query: &VisualQuery,
        limit: usize,
    ) -> Result<Found, PlatformError> {
        let all: Vec<ElementId> = likenesses.iter().map(|l| l.element.clone()).collect();
        let chosen: Vec<&str> = query.tags.iter().map(TagName::as_str).collect();
        let (facets, narrow) = self.facts.narrowing(&self.facts.bits(&all), &chosen);
        likenesses.truncate(limit);
        let ids: Vec<ElementId> = likenesses.iter().map(|l| l.element.clone()).collect();
        let elements = self.db.elements(&viewer.scope(), &ids).await?;
        let mut elements: HashMap<ElementId, Element> =
            elements.into_iter().map(|e| (e.id.clone(), e)).collect();
        let mut confident = 0;
        let mut items = Vec::new();
        for likeness in likenesses {
            let Some(element) = elements.remove(&likeness.element) else {
                continue;
            };
            confident += usize::from(likeness.confident);
            items.push(Hit {
                element,
                score: Some(likeness.score),
                why: likeness.why,
                because: None,
            });
        }
        Ok(Found {
            divider_after: (confident < items.len()).then(|| confident as i64 - 1),
            items,
            next_cursor: None,
            facets,
            hints: Vec::new(),
            narrow,
        })
    }
}

fn field(name: &str, detail: String) -> PlatformError {
    PlatformError::Refused(Problem::field(name, detail))
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, PlatformError> + Send + 'static,
) -> Result<T, PlatformError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(_) => Err(PlatformError::Media(media::MediaError::Damaged {
            reason: "it made the decoder panic".into(),
        })),
    }
}
