//! Tags as a vocabulary, and tags of several elements at once.

use gloo::net::http::Method;
use protocol::tag::{BulkTagged, BulkTags, TagChange, TagHints, TagMerge, TagPage, TagPatch};
use protocol::value::TagName;
use protocol::{ChangeId, Cursor, Page};

use super::{Failure, http};

/// What a beginning may become; the most frequent tags for an empty one.
pub async fn hints(prefix: &str, limit: usize) -> Result<TagHints, Failure> {
    let prefix = http::escape(prefix);
    http::get(&format!("tags?prefix={prefix}&limit={limit}")).await
}

pub async fn page(tag: &TagName) -> Result<TagPage, Failure> {
    http::get(&path(tag)).await
}

pub async fn patch(tag: &TagName, patch: &TagPatch) -> Result<TagPage, Failure> {
    http::send(Method::PATCH, &path(tag), patch).await
}

/// Makes `into` of it.
pub async fn merge(tag: &TagName, into: TagName) -> Result<TagPage, Failure> {
    let body = TagMerge { into };
    http::send(Method::POST, &format!("{}/merge", path(tag)), &body).await
}

/// Words that a tag is tied to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tie {
    /// Other words for it.
    Alias,
    /// What it implies.
    Implication,
}

pub async fn tie(tag: &TagName, tie: Tie, other: &TagName) -> Result<TagPage, Failure> {
    http::fetch(Method::PUT, &tie_path(tag, tie, other)).await
}

pub async fn untie(tag: &TagName, tie: Tie, other: &TagName) -> Result<TagPage, Failure> {
    http::fetch(Method::DELETE, &tie_path(tag, tie, other)).await
}

fn tie_path(tag: &TagName, tie: Tie, other: &TagName) -> String {
    let kind = match tie {
        Tie::Alias => "aliases",
        Tie::Implication => "implications",
    };
    format!("{}/{kind}/{}", path(tag), http::escape(other.as_str()))
}

/// Newest first.
pub async fn history(tag: &TagName, cursor: Option<&Cursor>) -> Result<Page<TagChange>, Failure> {
    let after = cursor.map(|cursor| format!("?cursor={cursor}"));
    let after = after.unwrap_or_default();
    http::get(&format!("{}/history{after}", path(tag))).await
}

/// Takes a change back.
pub async fn undo(tag: &TagName, change: &ChangeId) -> Result<TagPage, Failure> {
    let path = format!("{}/history/{change}/undo", path(tag));
    http::fetch(Method::POST, &path).await
}

fn path(tag: &TagName) -> String {
    format!("tags/{}", http::escape(tag.as_str()))
}

/// Puts tags on elements and takes others off; at most
/// [`protocol::limits::BULK_IDS`] elements.
pub async fn bulk(tags: &BulkTags) -> Result<BulkTagged, Failure> {
    http::send(Method::POST, "elements/tags", tags).await
}

pub async fn undo_bulk(change: &ChangeId) -> Result<BulkTagged, Failure> {
    http::fetch(Method::POST, &format!("elements/tags/{change}/undo")).await
}
