//! Element rows and what they mean outside.

use protocol::element::{
    Element, Kind, Label, Media, Owner, Quality, Source, Stage, State, Swatch, Tag, Visibility,
};
use protocol::{ElementId, Timestamp};
use surrealdb::types::{SerdeWrapper, SurrealValue};

use crate::error::Result;
use crate::row::{self, Key};

/// What is read of an element row.
pub(crate) const FIELDS: &str = "id, place, owner, owner.handle AS owner_handle, \
    owner.display_name AS owner_name, state, stages, title, description, width, height, \
    thumbhash, colors, files, tags, labels ?? [] AS labels, quality, quality_parts, \
    alt ?? '' AS alt, text ?? '' AS text, visibility, source, created_at";

#[derive(SurrealValue)]
pub(crate) struct ElementRow {
    pub id: Key,
    owner: Key,
    owner_handle: String,
    owner_name: String,
    #[surreal(wrap)]
    state: State,
    #[surreal(wrap)]
    stages: Vec<Stage>,
    title: String,
    description: String,
    width: u32,
    height: u32,
    thumbhash: String,
    #[surreal(wrap)]
    colors: Vec<Swatch>,
    #[surreal(wrap)]
    files: Vec<Media>,
    #[surreal(wrap)]
    tags: Vec<Tag>,
    #[surreal(wrap)]
    labels: Vec<Label>,
    quality: Option<f32>,
    quality_parts: Option<SerdeWrapper<Quality>>,
    alt: String,
    text: String,
    #[surreal(wrap)]
    visibility: Visibility,
    #[surreal(wrap)]
    source: Source,
    created_at: i64,
}

impl ElementRow {
    pub(crate) fn element(self) -> Result<Element> {
        Ok(Element {
            id: self.id.parse()?,
            kind: Kind::Image,
            state: self.state,
            stages: self.stages,
            title: self.title,
            description: self.description,
            width: self.width,
            height: self.height,
            thumbhash: self.thumbhash,
            colors: self.colors,
            media: self.files,
            tags: self.tags,
            labels: self.labels,
            quality: self.quality,
            quality_parts: self.quality_parts.map(|q| q.0),
            alt: self.alt,
            text: self.text,
            visibility: self.visibility,
            owner: Owner {
                id: self.owner.parse()?,
                handle: row::parse(&self.owner_handle)?,
                display_name: self.owner_name,
            },
            source: self.source,
            created_at: Timestamp::from_millis(self.created_at),
        })
    }
}

/// A text that sorts the other way round than the id does.
pub(crate) fn newest_first(id: &ElementId) -> String {
    const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let turned = |c: u8| {
        let value = DIGITS.iter().position(|d| *d == c);
        char::from(DIGITS[DIGITS.len() - 1 - value.expect("ids are made of these digits")])
    };
    id.as_str().bytes().map(turned).collect()
}

/// Is it in everybody's lists? The schema's `shown` says the same.
pub(crate) fn shown(visibility: Visibility, files: &[Media]) -> bool {
    visibility == Visibility::Public && !files.is_empty()
}
