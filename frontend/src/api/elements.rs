//! Single elements.

use gloo::net::http::Method;
use protocol::element::{Element, ElementPatch};
use protocol::search::Found;
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

pub async fn remove(id: &ElementId) -> Result<(), Failure> {
    http::call(Method::DELETE, &format!("elements/{id}")).await
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
