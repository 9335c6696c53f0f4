//! Elements: saving, reading, changing, and who may see them.

use protocol::element::{Element, ElementPatch, Source, StageName, TagState, Visibility};
use protocol::value::TagName;
use protocol::{Cursor, ElementId, MediaHash, Page, UserId};

use crate::{Db, Result};

/// On whose behalf something is read or changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Viewer {
    User(UserId),
    /// The server itself: sees everything.
    System,
}

/// A file that was stored and is now to become an element.
#[derive(Debug, Clone)]
pub struct NewElement {
    pub owner: UserId,
    pub media: MediaHash,
    /// Size of the original, in bytes.
    pub bytes: u64,
    pub mime: String,
    /// As displayed, in pixels.
    pub width: u32,
    pub height: u32,
    pub taken_at: Option<String>,
    pub camera: Option<String>,
    pub title: String,
    pub description: String,
    pub visibility: Visibility,
    pub source: Source,
    /// What is to be done with it, in order.
    pub stages: Vec<StageName>,
    /// Nobody waits for it: its jobs go behind interactive ones.
    pub backfill: bool,
}

/// What became of a save.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Saved {
    New(ElementId),
    /// The owner had saved the same file before: this is that element.
    Duplicate(ElementId),
}

/// Which elements a list is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Public ones with a preview.
    Explore,
    /// Those of one account that the viewer may see in lists.
    Owner(UserId),
    /// All of the viewer's own.
    Mine,
}

/// A file that may be served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaRow {
    pub mime: String,
}

impl Db {
    pub async fn save_element(&self, _new: NewElement) -> Result<Saved> {
        todo!()
    }
    pub async fn element(&self, _viewer: &Viewer, _id: &ElementId) -> Result<Option<Element>> {
        todo!()
    }
    pub async fn elements(&self, _viewer: &Viewer, _ids: &[ElementId]) -> Result<Vec<Element>> {
        todo!()
    }
    pub async fn list_elements(
        &self,
        _viewer: &Viewer,
        _scope: Scope,
        _cursor: Option<Cursor>,
        _limit: usize,
    ) -> Result<Page<Element>> {
        todo!()
    }
    pub async fn update_element(
        &self,
        _viewer: &Viewer,
        _id: &ElementId,
        _patch: ElementPatch,
    ) -> Result<Option<Element>> {
        todo!()
    }
    pub async fn remove_element(&self, _viewer: &Viewer, _id: &ElementId) -> Result<bool> {
        todo!()
    }
    pub async fn media_visible(
        &self,
        _viewer: &Viewer,
        _media: &MediaHash,
        _variant: &str,
    ) -> Result<Option<MediaRow>> {
        todo!()
    }
    pub async fn set_tag(
        &self,
        _viewer: &Viewer,
        _id: &ElementId,
        _tag: &TagName,
        _state: TagState,
    ) -> Result<Option<Element>> {
        todo!()
    }
}
