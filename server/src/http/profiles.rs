//! What accounts show of themselves, and how they stand to each other.

use actix_multipart::Multipart;
use actix_web::web::{Data, Json, Path, Query};
use actix_web::{HttpResponse, delete, get, patch, put};
use actors::Tie;
use protocol::element::Element;
use protocol::profile::{People, Profile, ProfilePatch};
use protocol::value::Handle;
use protocol::visual::Region;
use protocol::{ErrorCode, Page, Problem, limits};
use utoipa::ToSchema;

use super::app::App;
use super::auth::Viewer;
use super::body::Body;
use super::error::{ApiError, ApiResult};
use super::paging::Paging;
use super::upload::{next, read};

/// An account. A former handle leads to it too: `moved_from` says so, and
/// `handle` is the one to keep. Who is blocked by it gets `not_found`.
#[utoipa::path(
    tag = "accounts",
    params(("handle" = Handle, Path, description = "Its handle, or a former one")),
    responses((status = 200, description = "What it shows", body = Profile))
)]
#[get("/api/v1/users/{handle}")]
pub async fn get(app: Data<App>, viewer: Viewer, handle: Path<Handle>) -> ApiResult<Json<Profile>> {
    Ok(Json(app.platform.profiles().get(&viewer.0, &handle).await?))
}

/// Changes name, words, links, whether likes are shown, or the handle. A
/// handle can be changed three times in 30 days; the former one stays the
/// account's and leads to the new one. A refusal names its field, `links[1]`
/// for the second link.
#[utoipa::path(
    tag = "accounts",
    request_body = ProfilePatch,
    responses((status = 200, description = "The profile as it is now", body = Profile))
)]
#[patch("/api/v1/users/me/profile")]
pub async fn update(
    app: Data<App>,
    viewer: Viewer,
    patch: Body<ProfilePatch>,
) -> ApiResult<Json<Profile>> {
    let profiles = app.platform.profiles();
    Ok(Json(profiles.update(&viewer.0, patch.0).await?))
}

/// The form of an avatar.
#[derive(ToSchema)]
#[allow(dead_code, reason = "documentation of the multipart form")]
pub struct AvatarForm {
    /// Which part of it, in parts of its sides; before the file. The middle
    /// when it is not said. What is not square is cut around its middle.
    #[schema(value_type = Option<Region>)]
    crop: Option<String>,
    /// A picture, at most 16 MiB.
    #[schema(value_type = String, format = Binary)]
    file: String,
}

/// Makes a part of a picture the account's own. It is cut square and encoded
/// anew; the file itself is not kept.
#[utoipa::path(
    tag = "accounts",
    request_body(content = AvatarForm, content_type = "multipart/form-data"),
    responses((status = 200, description = "The profile as it is now", body = Profile))
)]
#[put("/api/v1/users/me/avatar")]
pub async fn set_avatar(
    app: Data<App>,
    viewer: Viewer,
    mut form: Multipart,
) -> ApiResult<Json<Profile>> {
    let mut crop: Option<Region> = None;
    while let Some(field) = next(&mut form).await? {
        match field.name() {
            Some("crop") => {
                let Some(bytes) = read(field, limits::JSON_BYTES).await? else {
                    return Err(ApiError(Problem::field("crop", "too long")));
                };
                let region = serde_json::from_slice(&bytes)
                    .map_err(|e| ApiError(Problem::field("crop", e.to_string())))?;
                crop = Some(region);
            }
            Some("file") => {
                let places = app.uploads.acquire().await;
                let _place =
                    places.map_err(|_| ApiError::new(ErrorCode::Unavailable, "stopping"))?;
                let Some(bytes) = read(field, limits::AVATAR_BYTES).await? else {
                    let most = limits::AVATAR_BYTES >> 20;
                    let detail = format!("an avatar is made of at most {most} MiB");
                    return Err(ApiError(Problem {
                        field: Some("file".into()),
                        ..Problem::new(ErrorCode::TooLarge, detail)
                    }));
                };
                let profiles = app.platform.profiles();
                return Ok(Json(profiles.set_avatar(&viewer.0, bytes, crop).await?));
            }
            _ => drop(field),
        }
    }
    Err(ApiError(Problem::field("file", "send a part named file")))
}

/// Takes the account's picture away.
#[utoipa::path(
    tag = "accounts",
    responses((status = 200, description = "The profile as it is now", body = Profile))
)]
#[delete("/api/v1/users/me/avatar")]
pub async fn remove_avatar(app: Data<App>, viewer: Viewer) -> ApiResult<Json<Profile>> {
    let profiles = app.platform.profiles();
    Ok(Json(profiles.remove_avatar(&viewer.0).await?))
}

/// What an account likes, the latest first, as far as the viewer sees it;
/// `not_found` where it keeps that to itself.
#[utoipa::path(
    tag = "accounts",
    params(("handle" = Handle, Path, description = "The account"), Paging),
    responses((status = 200, description = "One page", body = Page<Element>))
)]
#[get("/api/v1/users/{handle}/likes")]
pub async fn likes(
    app: Data<App>,
    viewer: Viewer,
    handle: Path<Handle>,
    paging: Query<Paging>,
) -> ApiResult<Json<Page<Element>>> {
    let limit = paging.limit();
    let cursor = paging.into_inner().cursor;
    let profiles = app.platform.profiles();
    Ok(Json(
        profiles.likes(&viewer.0, &handle, cursor, limit).await?,
    ))
}

/// Those that the viewer follows, the latest first.
#[utoipa::path(
    tag = "accounts",
    responses((status = 200, description = "All of them", body = People))
)]
#[get("/api/v1/users/me/following")]
pub async fn following(app: Data<App>, viewer: Viewer) -> ApiResult<Json<People>> {
    tied(app, viewer, Tie::Follow).await
}

/// Those that the viewer mutes, the latest first.
#[utoipa::path(
    tag = "accounts",
    responses((status = 200, description = "All of them", body = People))
)]
#[get("/api/v1/users/me/muted")]
pub async fn muted(app: Data<App>, viewer: Viewer) -> ApiResult<Json<People>> {
    tied(app, viewer, Tie::Mute).await
}

/// Those that the viewer blocks, the latest first.
#[utoipa::path(
    tag = "accounts",
    responses((status = 200, description = "All of them", body = People))
)]
#[get("/api/v1/users/me/blocked")]
pub async fn blocked(app: Data<App>, viewer: Viewer) -> ApiResult<Json<People>> {
    tied(app, viewer, Tie::Block).await
}

/// Follows an account: what it saves for everybody comes into the home feed.
#[utoipa::path(
    tag = "accounts",
    params(("handle" = Handle, Path, description = "The account")),
    responses((status = 204, description = "It is followed"))
)]
#[put("/api/v1/users/{handle}/follow")]
pub async fn follow(
    app: Data<App>,
    viewer: Viewer,
    handle: Path<Handle>,
) -> ApiResult<HttpResponse> {
    tie(app, viewer, handle, Tie::Follow, true).await
}

/// Follows it no longer.
#[utoipa::path(
    tag = "accounts",
    params(("handle" = Handle, Path, description = "The account")),
    responses((status = 204, description = "It is not followed"))
)]
#[delete("/api/v1/users/{handle}/follow")]
pub async fn unfollow(
    app: Data<App>,
    viewer: Viewer,
    handle: Path<Handle>,
) -> ApiResult<HttpResponse> {
    tie(app, viewer, handle, Tie::Follow, false).await
}

/// Mutes an account: its elements are in none of the viewer's feeds, topics
/// and searches. On its own pages they still are, and it is not told.
#[utoipa::path(
    tag = "accounts",
    params(("handle" = Handle, Path, description = "The account")),
    responses((status = 204, description = "It is muted"))
)]
#[put("/api/v1/users/{handle}/mute")]
pub async fn mute(app: Data<App>, viewer: Viewer, handle: Path<Handle>) -> ApiResult<HttpResponse> {
    tie(app, viewer, handle, Tie::Mute, true).await
}

/// Mutes it no longer.
#[utoipa::path(
    tag = "accounts",
    params(("handle" = Handle, Path, description = "The account")),
    responses((status = 204, description = "It is not muted"))
)]
#[delete("/api/v1/users/{handle}/mute")]
pub async fn unmute(
    app: Data<App>,
    viewer: Viewer,
    handle: Path<Handle>,
) -> ApiResult<HttpResponse> {
    tie(app, viewer, handle, Tie::Mute, false).await
}

/// Blocks an account: the two see nothing of each other's profiles, elements
/// and clusters. Follows between them and memberships in clusters of the other
/// end. It is not told, but finds nothing.
#[utoipa::path(
    tag = "accounts",
    params(("handle" = Handle, Path, description = "The account")),
    responses((status = 204, description = "It is blocked"))
)]
#[put("/api/v1/users/{handle}/block")]
pub async fn block(
    app: Data<App>,
    viewer: Viewer,
    handle: Path<Handle>,
) -> ApiResult<HttpResponse> {
    tie(app, viewer, handle, Tie::Block, true).await
}

/// Blocks it no longer. What blocking ended does not come back by itself.
#[utoipa::path(
    tag = "accounts",
    params(("handle" = Handle, Path, description = "The account")),
    responses((status = 204, description = "It is not blocked"))
)]
#[delete("/api/v1/users/{handle}/block")]
pub async fn unblock(
    app: Data<App>,
    viewer: Viewer,
    handle: Path<Handle>,
) -> ApiResult<HttpResponse> {
    tie(app, viewer, handle, Tie::Block, false).await
}

async fn tied(app: Data<App>, viewer: Viewer, tie: Tie) -> ApiResult<Json<People>> {
    Ok(Json(app.platform.profiles().tied_to(&viewer.0, tie).await?))
}

async fn tie(
    app: Data<App>,
    viewer: Viewer,
    handle: Path<Handle>,
    tie: Tie,
    on: bool,
) -> ApiResult<HttpResponse> {
    let profiles = app.platform.profiles();
    profiles.tie(&viewer.0, &handle, tie, on).await?;
    Ok(HttpResponse::NoContent().finish())
}
