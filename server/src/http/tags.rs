//! Tags by themselves: what they are called, what they imply, what was changed
//! about that; and the tags of several elements at once.

use actix_web::web::{Data, Json, Path, Query};
use actix_web::{delete, get, patch, post, put};
use protocol::tag::{BulkTagged, BulkTags, TagChange, TagMerge, TagPage, TagPatch};
use protocol::value::TagName;
use protocol::{ChangeId, Page};

use super::app::App;
use super::auth::Viewer;
use super::body::Body;
use super::error::ApiResult;
use super::paging::Paging;

/// A tag with all that is known of it, by its name or another word for it.
#[utoipa::path(
    tag = "tags",
    params(("name" = String, Path, description = "The tag")),
    responses((status = 200, description = "The tag", body = TagPage))
)]
#[get("/api/v1/tags/{name}")]
pub async fn page(app: Data<App>, viewer: Viewer, name: Path<TagName>) -> ApiResult<Json<TagPage>> {
    Ok(Json(app.platform.tags().page(&viewer.0, &name).await?))
}

/// Changes it: everybody describes and sorts, moderators rename.
#[utoipa::path(
    tag = "tags",
    params(("name" = String, Path, description = "The tag")),
    request_body = TagPatch,
    responses((status = 200, description = "The tag as it is now", body = TagPage))
)]
#[patch("/api/v1/tags/{name}")]
pub async fn update(
    app: Data<App>,
    viewer: Viewer,
    name: Path<TagName>,
    patch: Body<TagPatch>,
) -> ApiResult<Json<TagPage>> {
    let tags = app.platform.tags();
    Ok(Json(tags.update(&viewer.0, &name, patch.0).await?))
}

/// Makes a word another word for the tag; for moderators.
#[utoipa::path(
    tag = "tags",
    params(
        ("name" = String, Path, description = "The tag"),
        ("alias" = String, Path, description = "The other word")
    ),
    responses((status = 200, description = "The tag as it is now", body = TagPage))
)]
#[put("/api/v1/tags/{name}/aliases/{alias}")]
pub async fn alias(
    app: Data<App>,
    viewer: Viewer,
    path: Path<(TagName, TagName)>,
) -> ApiResult<Json<TagPage>> {
    let (name, word) = path.into_inner();
    let tags = app.platform.tags();
    Ok(Json(tags.alias(&viewer.0, &name, word, true).await?))
}

/// Takes another word for the tag off it; for moderators. One that was a tag
/// of its own before is one again.
#[utoipa::path(
    tag = "tags",
    params(
        ("name" = String, Path, description = "The tag"),
        ("alias" = String, Path, description = "The other word")
    ),
    responses((status = 200, description = "The tag as it is now", body = TagPage))
)]
#[delete("/api/v1/tags/{name}/aliases/{alias}")]
pub async fn no_alias(
    app: Data<App>,
    viewer: Viewer,
    path: Path<(TagName, TagName)>,
) -> ApiResult<Json<TagPage>> {
    let (name, word) = path.into_inner();
    let tags = app.platform.tags();
    Ok(Json(tags.alias(&viewer.0, &name, word, false).await?))
}

/// Says that the tag implies another; for moderators.
#[utoipa::path(
    tag = "tags",
    params(
        ("name" = String, Path, description = "The tag"),
        ("other" = String, Path, description = "What it implies")
    ),
    responses((status = 200, description = "The tag as it is now", body = TagPage))
)]
#[put("/api/v1/tags/{name}/implications/{other}")]
pub async fn imply(
    app: Data<App>,
    viewer: Viewer,
    path: Path<(TagName, TagName)>,
) -> ApiResult<Json<TagPage>> {
    let (name, other) = path.into_inner();
    let tags = app.platform.tags();
    Ok(Json(tags.imply(&viewer.0, &name, other, true).await?))
}

/// Takes that back; for moderators.
#[utoipa::path(
    tag = "tags",
    params(
        ("name" = String, Path, description = "The tag"),
        ("other" = String, Path, description = "What it implied")
    ),
    responses((status = 200, description = "The tag as it is now", body = TagPage))
)]
#[delete("/api/v1/tags/{name}/implications/{other}")]
pub async fn not_imply(
    app: Data<App>,
    viewer: Viewer,
    path: Path<(TagName, TagName)>,
) -> ApiResult<Json<TagPage>> {
    let (name, other) = path.into_inner();
    let tags = app.platform.tags();
    Ok(Json(tags.imply(&viewer.0, &name, other, false).await?))
}

/// Makes the tag part of another: what carried it carries that; for moderators.
#[utoipa::path(
    tag = "tags",
    params(("name" = String, Path, description = "The tag")),
    request_body = TagMerge,
    responses((status = 200, description = "The other tag as it is now", body = TagPage))
)]
#[post("/api/v1/tags/{name}/merge")]
pub async fn merge(
    app: Data<App>,
    viewer: Viewer,
    name: Path<TagName>,
    merge: Body<TagMerge>,
) -> ApiResult<Json<TagPage>> {
    let tags = app.platform.tags();
    Ok(Json(tags.merge(&viewer.0, &name, merge.0.into).await?))
}

/// What was changed about the tag, and by whom.
#[utoipa::path(
    tag = "tags",
    params(("name" = String, Path, description = "The tag"), Paging),
    responses((status = 200, description = "The latest change first", body = Page<TagChange>))
)]
#[get("/api/v1/tags/{name}/history")]
pub async fn history(
    app: Data<App>,
    viewer: Viewer,
    name: Path<TagName>,
    paging: Query<Paging>,
) -> ApiResult<Json<Page<TagChange>>> {
    let limit = paging.limit();
    let cursor = paging.into_inner().cursor;
    let tags = app.platform.tags();
    Ok(Json(tags.history(&viewer.0, &name, cursor, limit).await?))
}

/// Takes a change back, which is a change too; for whoever may make it.
#[utoipa::path(
    tag = "tags",
    params(
        ("name" = String, Path, description = "The tag"),
        ("change" = ChangeId, Path, description = "The change")
    ),
    responses((status = 200, description = "The tag as it is now", body = TagPage))
)]
#[post("/api/v1/tags/{name}/history/{change}/undo")]
pub async fn undo(
    app: Data<App>,
    viewer: Viewer,
    path: Path<(TagName, ChangeId)>,
) -> ApiResult<Json<TagPage>> {
    let (name, change) = path.into_inner();
    let tags = app.platform.tags();
    Ok(Json(tags.undo(&viewer.0, &name, &change).await?))
}

/// Puts tags on several of the viewer's elements and takes others off; each
/// element has its own answer.
#[utoipa::path(
    tag = "elements",
    request_body = BulkTags,
    responses((status = 200, description = "What became of each, in the order asked", body = BulkTagged))
)]
#[post("/api/v1/elements/tags")]
pub async fn bulk(
    app: Data<App>,
    viewer: Viewer,
    wish: Body<BulkTags>,
) -> ApiResult<Json<BulkTagged>> {
    Ok(Json(app.platform.tags().bulk(&viewer.0, wish.0).await?))
}

/// Puts back what was there before such a change; for thirty days.
#[utoipa::path(
    tag = "elements",
    params(("change" = ChangeId, Path, description = "The change")),
    responses((status = 200, description = "What became of each", body = BulkTagged))
)]
#[post("/api/v1/elements/tags/{change}/undo")]
pub async fn undo_bulk(
    app: Data<App>,
    viewer: Viewer,
    change: Path<ChangeId>,
) -> ApiResult<Json<BulkTagged>> {
    Ok(Json(
        app.platform.tags().undo_bulk(&viewer.0, &change).await?,
    ))
}
