//! Clusters and what they hold.

use actix_web::web::{Data, Json, Path, Query};
use actix_web::{HttpResponse, delete, get, patch, post, put};
use protocol::cluster::{
    AddElements, Added, Cluster, ClusterItem, ClusterPatch, NewCluster, Placed, Placement,
    Suggestions,
};
use protocol::element::Audience;
use protocol::search::Found;
use protocol::value::Handle;
use protocol::{ClusterId, ElementId, Page};
use serde::Deserialize;
use utoipa::IntoParams;

use super::app::App;
use super::auth::Viewer;
use super::body::Body;
use super::error::ApiResult;
use super::paging::Paging;

/// An element that the request is about.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct About {
    /// Tell of each cluster whether it holds this element.
    #[param(value_type = Option<String>)]
    element: Option<ElementId>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// Those of others that the viewer follows, last followed first.
    #[serde(default)]
    followed: bool,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct For {
    /// Where this element may belong.
    #[param(value_type = String)]
    element: ElementId,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Part {
    /// Only this section; `none` for what has none.
    section: Option<String>,
}

/// Makes a cluster.
#[utoipa::path(
    tag = "clusters",
    request_body = NewCluster,
    responses((status = 201, description = "The new cluster", body = Cluster))
)]
#[post("/api/v1/clusters")]
pub async fn create(
    app: Data<App>,
    viewer: Viewer,
    new: Body<NewCluster>,
) -> ApiResult<HttpResponse> {
    let clusters = app.platform.clusters();
    let made = clusters.create(&viewer.0, new.0).await?;
    Ok(HttpResponse::Created().json(made))
}

/// All that the viewer is a member of, last used first; or those that the viewer follows.
#[utoipa::path(
    tag = "clusters",
    params(About, Which, Paging),
    responses((status = 200, description = "One page", body = Page<Cluster>))
)]
#[get("/api/v1/clusters")]
pub async fn mine(
    app: Data<App>,
    viewer: Viewer,
    about: Query<About>,
    which: Query<Which>,
    paging: Query<Paging>,
) -> ApiResult<Json<Page<Cluster>>> {
    let limit = paging.limit();
    let cursor = paging.into_inner().cursor;
    let element = about.element.as_ref();
    let clusters = app.platform.clusters();
    Ok(Json(match which.followed {
        true => clusters.followed(&viewer.0, element, cursor, limit).await?,
        false => clusters.mine(&viewer.0, element, cursor, limit).await?,
    }))
}

/// The viewer's clusters that an element looks like, likeliest first.
#[utoipa::path(
    tag = "clusters",
    params(For),
    responses((status = 200, description = "None where nothing is near", body = Suggestions))
)]
#[get("/api/v1/clusters/suggest")]
pub async fn suggest(
    app: Data<App>,
    viewer: Viewer,
    about: Query<For>,
) -> ApiResult<Json<Suggestions>> {
    let clusters = app.platform.clusters();
    Ok(Json(clusters.suggest(&viewer.0, &about.element).await?))
}

/// Those of an account that the viewer may see, newest first.
#[utoipa::path(
    tag = "clusters",
    params(("handle" = String, Path, description = "The account"), Paging),
    responses((status = 200, description = "One page", body = Page<Cluster>))
)]
#[get("/api/v1/users/{handle}/clusters")]
pub async fn of_user(
    app: Data<App>,
    viewer: Viewer,
    handle: Path<Handle>,
    paging: Query<Paging>,
) -> ApiResult<Json<Page<Cluster>>> {
    let limit = paging.limit();
    let cursor = paging.into_inner().cursor;
    let clusters = app.platform.clusters();
    Ok(Json(clusters.of(&viewer.0, &handle, cursor, limit).await?))
}

/// Clusters that hold an element and that the viewer may see.
#[utoipa::path(
    tag = "clusters",
    params(("element" = ElementId, Path, description = "The element")),
    responses((status = 200, description = "The viewer's own first", body = Page<Cluster>))
)]
#[get("/api/v1/elements/{element}/clusters")]
pub async fn holding(
    app: Data<App>,
    viewer: Viewer,
    element: Path<ElementId>,
) -> ApiResult<Json<Page<Cluster>>> {
    let clusters = app.platform.clusters();
    Ok(Json(clusters.holding(&viewer.0, &element).await?))
}

/// One cluster.
#[utoipa::path(
    tag = "clusters",
    params(("id" = ClusterId, Path, description = "The cluster"), About),
    responses((status = 200, description = "The cluster", body = Cluster))
)]
#[get("/api/v1/clusters/{id}")]
pub async fn get(
    app: Data<App>,
    viewer: Viewer,
    id: Path<ClusterId>,
    about: Query<About>,
) -> ApiResult<Json<Cluster>> {
    let element = about.element.as_ref();
    let clusters = app.platform.clusters();
    Ok(Json(clusters.get(&viewer.0, &id, element).await?))
}

/// Changes it: name, description and visibility are the owner's, cover and sections an editor's, influence every member's own.
#[utoipa::path(
    tag = "clusters",
    params(("id" = ClusterId, Path, description = "The cluster")),
    request_body = ClusterPatch,
    responses((status = 200, description = "The cluster as it is now", body = Cluster))
)]
#[patch("/api/v1/clusters/{id}")]
pub async fn update(
    app: Data<App>,
    viewer: Viewer,
    id: Path<ClusterId>,
    patch: Body<ClusterPatch>,
) -> ApiResult<Json<Cluster>> {
    let clusters = app.platform.clusters();
    Ok(Json(clusters.update(&viewer.0, &id, patch.0).await?))
}

/// Deletes it; that can be taken back for ten minutes, or as long as the operator says.
#[utoipa::path(
    tag = "clusters",
    params(("id" = ClusterId, Path, description = "The cluster")),
    responses((status = 204, description = "It is gone"))
)]
#[delete("/api/v1/clusters/{id}")]
pub async fn remove(
    app: Data<App>,
    viewer: Viewer,
    id: Path<ClusterId>,
) -> ApiResult<HttpResponse> {
    let clusters = app.platform.clusters();
    clusters.remove(&viewer.0, &id).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Takes a deletion back.
#[utoipa::path(
    tag = "clusters",
    params(("id" = ClusterId, Path, description = "The cluster")),
    responses((status = 200, description = "The cluster with all that it held", body = Cluster))
)]
#[post("/api/v1/clusters/{id}/restore")]
pub async fn restore(
    app: Data<App>,
    viewer: Viewer,
    id: Path<ClusterId>,
) -> ApiResult<Json<Cluster>> {
    let clusters = app.platform.clusters();
    Ok(Json(clusters.restore(&viewer.0, &id).await?))
}

/// Who can see it, and by which way; for its owner.
#[utoipa::path(
    tag = "clusters",
    params(("id" = ClusterId, Path, description = "The cluster")),
    responses((status = 200, description = "In words, and its members", body = Audience))
)]
#[get("/api/v1/clusters/{id}/audience")]
pub async fn audience(
    app: Data<App>,
    viewer: Viewer,
    id: Path<ClusterId>,
) -> ApiResult<Json<Audience>> {
    let clusters = app.platform.clusters();
    Ok(Json(clusters.audience(&viewer.0, &id).await?))
}

/// What it holds, in its order: what has no section first, then section by section.
#[utoipa::path(
    tag = "clusters",
    params(("id" = ClusterId, Path, description = "The cluster"), Part, Paging),
    responses((status = 200, description = "One page", body = Page<ClusterItem>))
)]
#[get("/api/v1/clusters/{id}/elements")]
pub async fn items(
    app: Data<App>,
    viewer: Viewer,
    id: Path<ClusterId>,
    part: Query<Part>,
    paging: Query<Paging>,
) -> ApiResult<Json<Page<ClusterItem>>> {
    let limit = paging.limit();
    let cursor = paging.into_inner().cursor;
    let section = part
        .section
        .as_deref()
        .map(|s| if s == "none" { "" } else { s });
    let clusters = app.platform.clusters();
    let page = clusters.items(&viewer.0, &id, section, cursor, limit);
    Ok(Json(page.await?))
}

/// Puts several elements in; each has its own answer.
#[utoipa::path(
    tag = "clusters",
    params(("id" = ClusterId, Path, description = "The cluster")),
    request_body = AddElements,
    responses((status = 200, description = "In the order asked", body = Added))
)]
#[post("/api/v1/clusters/{id}/elements")]
pub async fn add(
    app: Data<App>,
    viewer: Viewer,
    id: Path<ClusterId>,
    add: Body<AddElements>,
) -> ApiResult<Json<Added>> {
    let clusters = app.platform.clusters();
    Ok(Json(clusters.add(&viewer.0, &id, add.0).await?))
}

/// Puts an element in, or moves it.
#[utoipa::path(
    tag = "clusters",
    params(("id" = ClusterId, Path, description = "The cluster"), ("element" = ElementId, Path, description = "The element")),
    request_body = Placement,
    responses((status = 200, description = "Where it is now", body = Placed))
)]
#[put("/api/v1/clusters/{id}/elements/{element}")]
pub async fn place(
    app: Data<App>,
    viewer: Viewer,
    path: Path<(ClusterId, ElementId)>,
    placement: Body<Placement>,
) -> ApiResult<Json<Placed>> {
    let (id, element) = path.into_inner();
    let clusters = app.platform.clusters();
    let placed = clusters.place(&viewer.0, &id, &element, placement.0);
    Ok(Json(placed.await?))
}

/// Takes an element out; the element itself stays.
#[utoipa::path(
    tag = "clusters",
    params(("id" = ClusterId, Path, description = "The cluster"), ("element" = ElementId, Path, description = "The element")),
    responses((status = 200, description = "The cluster as it is now", body = Placed))
)]
#[delete("/api/v1/clusters/{id}/elements/{element}")]
pub async fn take(
    app: Data<App>,
    viewer: Viewer,
    path: Path<(ClusterId, ElementId)>,
) -> ApiResult<Json<Placed>> {
    let (id, element) = path.into_inner();
    let clusters = app.platform.clusters();
    Ok(Json(clusters.take(&viewer.0, &id, &element).await?))
}

/// What belongs to it and is not in it, each with its reason.
#[utoipa::path(
    tag = "clusters",
    params(("id" = ClusterId, Path, description = "The cluster"), Paging),
    responses((status = 200, description = "The best first", body = Found))
)]
#[get("/api/v1/clusters/{id}/recommendations")]
pub async fn recommendations(
    app: Data<App>,
    viewer: Viewer,
    id: Path<ClusterId>,
    paging: Query<Paging>,
) -> ApiResult<Json<Found>> {
    let limit = paging.limit();
    let cursor = paging.into_inner().cursor;
    let clusters = app.platform.clusters();
    let found = clusters.recommendations(&viewer.0, &id, cursor, limit);
    Ok(Json(found.await?))
}
