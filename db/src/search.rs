//! Candidate lists for search: by words and by tags, within what the viewer may see.

use protocol::element::TagSource;
use protocol::ElementId;

use crate::{Db, Result, Viewer};

/// An element whose words match.
#[derive(Debug, Clone, PartialEq)]
pub struct TextHit {
    pub element: ElementId,
    /// Higher is better; comparable within one answer.
    pub score: f32,
    /// Where it matched best: `title`, `description` or `file name`.
    pub field: &'static str,
}

/// An element that carries a tag.
#[derive(Debug, Clone, PartialEq)]
pub struct TagHit {
    pub element: ElementId,
    pub name: String,
    pub score: f32,
    pub source: TagSource,
}

impl Db {
    pub async fn search_text(
        &self,
        _viewer: &Viewer,
        _text: &str,
        _limit: usize,
    ) -> Result<Vec<TextHit>> {
        todo!()
    }
    pub async fn search_tags(
        &self,
        _viewer: &Viewer,
        _names: &[String],
        _limit: usize,
    ) -> Result<Vec<TagHit>> {
        todo!()
    }
}
