//! Clusters: lists of them, what they hold, who belongs to them.

use gloo::net::http::Method;
use protocol::cluster::{
    AddElements, Added, Cluster, ClusterItem, ClusterPatch, ClusterRole, Invite, MemberPatch,
    Members, NewCluster, NewInvite, Placed, Placement, Suggestions,
};
use protocol::element::Audience;
use protocol::search::Found;
use protocol::value::Handle;
use protocol::{ClusterId, Cursor, ElementId, Page, limits};
use serde_json::json;

use super::{Failure, http};

pub async fn create(new: &NewCluster) -> Result<Cluster, Failure> {
    http::send(Method::POST, "clusters", new).await
}

/// All that the viewer is a member of, last used first. With an element each
/// says whether it holds it.
pub async fn mine(element: Option<&ElementId>) -> Result<Vec<Cluster>, Failure> {
    let element = element.map(|id| format!("&element={id}"));
    all("clusters", &element.unwrap_or_default()).await
}

/// Those of others that the viewer follows, last followed first.
pub async fn followed() -> Result<Vec<Cluster>, Failure> {
    all("clusters", "&followed=true").await
}

/// Who can see it; for its owner.
pub async fn audience(id: &ClusterId) -> Result<Audience, Failure> {
    http::get(&format!("clusters/{id}/audience")).await
}

/// Those of an account that the viewer may see.
pub async fn owned(owner: &Handle) -> Result<Vec<Cluster>, Failure> {
    let owner = http::escape(owner.as_str());
    all(&format!("users/{owner}/clusters"), "").await
}

/// Those that hold an element and that the viewer may see; the first page is
/// as much as anybody reads.
pub async fn holding(element: &ElementId) -> Result<Vec<Cluster>, Failure> {
    let page: Page<Cluster> = http::get(&format!("elements/{element}/clusters")).await?;
    Ok(page.items)
}

async fn all(path: &str, and: &str) -> Result<Vec<Cluster>, Failure> {
    let mut clusters = Vec::new();
    let mut cursor = None::<Cursor>;
    loop {
        let after = cursor.map(|cursor| format!("&cursor={cursor}"));
        let after = after.unwrap_or_default();
        let path = format!("{path}?limit={}{and}{after}", limits::PAGE_MAX);
        let page: Page<Cluster> = http::get(&path).await?;
        let empty = page.items.is_empty();
        clusters.extend(page.items);
        cursor = page.next_cursor;
        if cursor.is_none() || empty || clusters.len() > limits::CLUSTERS_PER_USER {
            return Ok(clusters);
        }
    }
}

/// Where an element may belong, likeliest first.
pub async fn suggest(element: &ElementId) -> Result<Suggestions, Failure> {
    http::get(&format!("clusters/suggest?element={element}")).await
}

pub async fn get(id: &ClusterId) -> Result<Cluster, Failure> {
    http::get(&format!("clusters/{id}")).await
}

pub async fn patch(id: &ClusterId, patch: &ClusterPatch) -> Result<Cluster, Failure> {
    http::send(Method::PATCH, &format!("clusters/{id}"), patch).await
}

pub async fn remove(id: &ClusterId) -> Result<(), Failure> {
    http::call(Method::DELETE, &format!("clusters/{id}")).await
}

/// Takes a deletion back; possible for some minutes.
pub async fn restore(id: &ClusterId) -> Result<Cluster, Failure> {
    http::fetch(Method::POST, &format!("clusters/{id}/restore")).await
}

/// Its elements: those without a section first, then the sections in order.
pub async fn items(id: &ClusterId, cursor: Option<&Cursor>) -> Result<Page<ClusterItem>, Failure> {
    http::get(&paged(&format!("clusters/{id}/elements?"), cursor)).await
}

/// Elements that may fit in.
pub async fn recommendations(id: &ClusterId, cursor: Option<&Cursor>) -> Result<Found, Failure> {
    http::get(&paged(&format!("clusters/{id}/recommendations?"), cursor)).await
}

/// Puts an element in, or moves it.
pub async fn place(
    id: &ClusterId,
    element: &ElementId,
    placement: &Placement,
) -> Result<Placed, Failure> {
    http::send(Method::PUT, &item_path(id, element), placement).await
}

/// Puts several in; each has its own answer. At most
/// [`limits::BULK_IDS`] at once.
pub async fn add(id: &ClusterId, elements: &[ElementId]) -> Result<Added, Failure> {
    let body = AddElements {
        elements: elements.to_vec(),
        section: None,
    };
    http::send(Method::POST, &format!("clusters/{id}/elements"), &body).await
}

pub async fn take_out(id: &ClusterId, element: &ElementId) -> Result<Placed, Failure> {
    http::fetch(Method::DELETE, &item_path(id, element)).await
}

fn item_path(id: &ClusterId, element: &ElementId) -> String {
    format!("clusters/{id}/elements/{element}")
}

pub async fn members(id: &ClusterId) -> Result<Members, Failure> {
    http::get(&format!("clusters/{id}/members")).await
}

pub async fn put_member(
    id: &ClusterId,
    member: &Handle,
    role: ClusterRole,
) -> Result<Members, Failure> {
    http::send(Method::PUT, &member_path(id, member), &MemberPatch { role }).await
}

/// The owner removes anybody; others remove themselves.
pub async fn remove_member(id: &ClusterId, member: &Handle) -> Result<Members, Failure> {
    http::fetch(Method::DELETE, &member_path(id, member)).await
}

fn member_path(id: &ClusterId, member: &Handle) -> String {
    format!("clusters/{id}/members/{}", http::escape(member.as_str()))
}

pub async fn invite(id: &ClusterId, role: ClusterRole) -> Result<Invite, Failure> {
    let body = NewInvite { role };
    http::send(Method::POST, &format!("clusters/{id}/invites"), &body).await
}

/// Accepts an invitation.
pub async fn join(token: &str) -> Result<Cluster, Failure> {
    let path = format!("clusters/join/{}", http::escape(token));
    http::send(Method::POST, &path, &json!({})).await
}

pub async fn follow(id: &ClusterId, follows: bool) -> Result<Cluster, Failure> {
    let method = if follows { Method::PUT } else { Method::DELETE };
    http::fetch(method, &format!("clusters/{id}/follow")).await
}

fn paged(path: &str, cursor: Option<&Cursor>) -> String {
    match cursor {
        Some(cursor) => format!("{path}cursor={cursor}"),
        None => path.trim_end_matches('?').to_owned(),
    }
}
