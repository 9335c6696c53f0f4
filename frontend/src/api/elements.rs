//! Single elements.

use gloo::net::http::Method;
use protocol::element::{
    Audience, Element, ElementPatch, Likes, Neighbours, Removed, TagState, TagVerdict,
};
use protocol::label::{LabelName, NewAppeal};
use protocol::search::Found;
use protocol::value::TagName;
use protocol::visual::Subjects;
use protocol::{ElementId, Page, limits};
use serde_json::json;

use super::{Failure, http};

pub async fn get(id: &ElementId) -> Result<Element, Failure> {
    http::get(&format!("elements/{id}")).await
}

/// Those of `ids` that can be seen, however many they are.
pub async fn bulk(ids: &[ElementId]) -> Result<Vec<Element>, Failure> {
    let mut all = Vec::new();
    for part in ids.chunks(limits::BULK_IDS) {
        let list: Vec<_> = part.iter().map(ElementId::as_str).collect();
        let page: Page<Element> =
            http::get(&format!("elements/bulk?ids={}", list.join(","))).await?;
        all.extend(page.items);
    }
    Ok(all)
}

pub async fn patch(id: &ElementId, patch: &ElementPatch) -> Result<Element, Failure> {
    http::send(Method::PATCH, &format!("elements/{id}"), patch).await
}

/// Deletes it; the answer says until when that can be taken back.
pub async fn remove(id: &ElementId) -> Result<Removed, Failure> {
    http::fetch(Method::DELETE, &format!("elements/{id}")).await
}

/// Takes a deletion back.
pub async fn restore(id: &ElementId) -> Result<Element, Failure> {
    http::fetch(Method::POST, &format!("elements/{id}/restore")).await
}

/// Those of `ids` that the viewer likes, however many they are.
pub async fn likes(ids: &[ElementId]) -> Result<Vec<ElementId>, Failure> {
    let mut all = Vec::new();
    for part in ids.chunks(limits::BULK_IDS) {
        let list: Vec<_> = part.iter().map(ElementId::as_str).collect();
        let likes: Likes = http::get(&format!("elements/likes?ids={}", list.join(","))).await?;
        all.extend(likes.items);
    }
    Ok(all)
}

pub async fn like(id: &ElementId, likes: bool) -> Result<(), Failure> {
    let method = if likes { Method::PUT } else { Method::DELETE };
    http::call(method, &format!("elements/{id}/like")).await
}

/// Who can see it; for its owner.
pub async fn audience(id: &ElementId) -> Result<Audience, Failure> {
    http::get(&format!("elements/{id}/audience")).await
}

/// What stands beside it among its owner's elements.
pub async fn neighbours(id: &ElementId) -> Result<Neighbours, Failure> {
    http::get(&format!("elements/{id}/neighbours")).await
}

/// What in the picture is worth a search of its own.
pub async fn subjects(id: &ElementId) -> Result<Subjects, Failure> {
    http::get(&format!("elements/{id}/subjects")).await
}

/// Has the failed steps run again.
pub async fn retry(id: &ElementId) -> Result<Element, Failure> {
    http::send(Method::POST, &format!("elements/{id}/retry"), &json!({})).await
}

pub async fn similar(id: &ElementId) -> Result<Found, Failure> {
    http::get(&format!(
        "elements/{id}/similar?limit={}",
        limits::PAGE_DEFAULT
    ))
    .await
}

/// Says of a tag that it is right, wrong, or left to the models.
pub async fn put_tag(id: &ElementId, tag: &TagName, state: TagState) -> Result<Element, Failure> {
    let verdict = TagVerdict { state };
    http::send(Method::PUT, &tag_path(id, tag), &verdict).await
}

/// Takes a tag away: for good if a model suggested it.
pub async fn delete_tag(id: &ElementId, tag: &TagName) -> Result<Element, Failure> {
    http::fetch(Method::DELETE, &tag_path(id, tag)).await
}

fn tag_path(id: &ElementId, tag: &TagName) -> String {
    format!("elements/{id}/tags/{}", http::escape(tag.as_str()))
}

pub async fn appeal(id: &ElementId, label: LabelName, note: &str) -> Result<Element, Failure> {
    let path = format!("elements/{id}/labels/{}/appeal", label.as_str());
    let body = NewAppeal { note: note.into() };
    http::send(Method::POST, &path, &body).await
}
