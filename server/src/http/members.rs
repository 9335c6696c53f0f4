//! Who belongs to a cluster, who is invited, who follows it.

use actix_web::web::{Data, Json, Path};
use actix_web::{HttpResponse, delete, get, post, put};
use protocol::ClusterId;
use protocol::cluster::{Cluster, Invite, MemberPatch, Members, NewInvite};
use protocol::value::Handle;

use super::app::App;
use super::auth::Viewer;
use super::body::Body;
use super::error::ApiResult;

/// Its members, the owner first; for members.
#[utoipa::path(
    tag = "clusters",
    params(("id" = ClusterId, Path, description = "The cluster")),
    responses((status = 200, description = "All of them", body = Members))
)]
#[get("/api/v1/clusters/{id}/members")]
pub async fn list(app: Data<App>, viewer: Viewer, id: Path<ClusterId>) -> ApiResult<Json<Members>> {
    let clusters = app.platform.clusters();
    Ok(Json(clusters.members(&viewer.0, &id).await?))
}

/// Makes somebody a member, or gives a member another role; for the owner.
#[utoipa::path(
    tag = "clusters",
    params(("id" = ClusterId, Path, description = "The cluster"), ("handle" = String, Path, description = "The account")),
    request_body = MemberPatch,
    responses((status = 200, description = "All of them", body = Members))
)]
#[put("/api/v1/clusters/{id}/members/{handle}")]
pub async fn set(
    app: Data<App>,
    viewer: Viewer,
    path: Path<(ClusterId, Handle)>,
    patch: Body<MemberPatch>,
) -> ApiResult<Json<Members>> {
    let (id, handle) = path.into_inner();
    let clusters = app.platform.clusters();
    let members = clusters.set_member(&viewer.0, &id, &handle, patch.0.role);
    Ok(Json(members.await?))
}

/// Ends a membership: the owner anybody's, a member their own.
#[utoipa::path(
    tag = "clusters",
    params(("id" = ClusterId, Path, description = "The cluster"), ("handle" = String, Path, description = "The account")),
    responses((status = 200, description = "Who is left; nobody for who left", body = Members))
)]
#[delete("/api/v1/clusters/{id}/members/{handle}")]
pub async fn leave(
    app: Data<App>,
    viewer: Viewer,
    path: Path<(ClusterId, Handle)>,
) -> ApiResult<Json<Members>> {
    let (id, handle) = path.into_inner();
    let clusters = app.platform.clusters();
    Ok(Json(clusters.drop_member(&viewer.0, &id, &handle).await?))
}

/// Makes a link that lets whoever opens it in, for a week; for the owner.
#[utoipa::path(
    tag = "clusters",
    params(("id" = ClusterId, Path, description = "The cluster")),
    request_body = NewInvite,
    responses((status = 201, description = "Its secret, shown this once", body = Invite))
)]
#[post("/api/v1/clusters/{id}/invites")]
pub async fn invite(
    app: Data<App>,
    viewer: Viewer,
    id: Path<ClusterId>,
    new: Body<NewInvite>,
) -> ApiResult<HttpResponse> {
    let clusters = app.platform.clusters();
    let invite = clusters.invite(&viewer.0, &id, new.0.role).await?;
    Ok(HttpResponse::Created().json(invite))
}

/// Becomes a member by an invitation.
#[utoipa::path(
    tag = "clusters",
    params(("token" = String, Path, description = "The secret of the link")),
    responses((status = 200, description = "The cluster", body = Cluster))
)]
#[post("/api/v1/clusters/join/{token}")]
pub async fn join(app: Data<App>, viewer: Viewer, token: Path<String>) -> ApiResult<Json<Cluster>> {
    let clusters = app.platform.clusters();
    Ok(Json(clusters.join(&viewer.0, &token).await?))
}

/// Follows a cluster.
#[utoipa::path(
    tag = "clusters",
    params(("id" = ClusterId, Path, description = "The cluster")),
    responses((status = 200, description = "The cluster as it is now", body = Cluster))
)]
#[put("/api/v1/clusters/{id}/follow")]
pub async fn follow(
    app: Data<App>,
    viewer: Viewer,
    id: Path<ClusterId>,
) -> ApiResult<Json<Cluster>> {
    let clusters = app.platform.clusters();
    Ok(Json(clusters.follow(&viewer.0, &id, true).await?))
}

/// Follows it no longer.
#[utoipa::path(
    tag = "clusters",
    params(("id" = ClusterId, Path, description = "The cluster")),
    responses((status = 200, description = "The cluster as it is now", body = Cluster))
)]
#[delete("/api/v1/clusters/{id}/follow")]
pub async fn unfollow(
    app: Data<App>,
    viewer: Viewer,
    id: Path<ClusterId>,
) -> ApiResult<Json<Cluster>> {
    let clusters = app.platform.clusters();
    Ok(Json(clusters.follow(&viewer.0, &id, false).await?))
}
