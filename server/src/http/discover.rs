//! Search and feeds.

use actix_web::web::{Data, Json, Path, Query};
use actix_web::{HttpResponse, delete, get, put};
use protocol::search::Found;
use protocol::tag::TagHints;
use protocol::{ElementId, Problem, limits};
use serde::Deserialize;
use utoipa::IntoParams;

use super::app::App;
use super::auth::Viewer;
use super::error::{ApiError, ApiResult};
use super::paging::Paging;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Words {
    /// What to look for: words of title, description and tags, or what a
    /// picture shows.
    #[serde(default)]
    q: String,
}

/// Searches by words and by what pictures show, fused.
#[utoipa::path(
    tag = "discover",
    params(Words, Paging),
    responses((status = 200, description = "The best matches first", body = Found))
)]
#[get("/api/v1/search")]
pub async fn search(
    app: Data<App>,
    viewer: Viewer,
    words: Query<Words>,
    paging: Query<Paging>,
) -> ApiResult<Json<Found>> {
    let limit = paging.limit();
    let q = words.q.trim();
    if q.chars().count() > limits::QUERY_MAX {
        let detail = format!("a search has at most {} characters", limits::QUERY_MAX);
        return Err(ApiError(Problem::field("q", detail)));
    }
    let cursor = paging.into_inner().cursor;
    Ok(Json(
        app.platform
            .search()
            .query(&viewer.0, q, cursor, limit)
            .await?,
    ))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Typed {
    /// What was typed of a tag.
    #[serde(default)]
    prefix: String,
}

/// Tags that what was typed may become: by their name, by another word for
/// them, or nearly spelt so.
#[utoipa::path(
    tag = "discover",
    params(Typed, Paging),
    responses((status = 200, description = "The most frequent first", body = TagHints))
)]
#[get("/api/v1/tags")]
pub async fn tags(
    app: Data<App>,
    _viewer: Viewer,
    typed: Query<Typed>,
    paging: Query<Paging>,
) -> ApiResult<Json<TagHints>> {
    let hints = app
        .platform
        .search()
        .tag_hints(&typed.prefix, paging.limit())?;
    Ok(Json(hints))
}

/// What is for this account: what grows from its clusters, then what is new.
#[utoipa::path(
    tag = "discover",
    params(Paging),
    responses((status = 200, description = "One page of the feed", body = Found))
)]
#[get("/api/v1/feed/home")]
pub async fn home(app: Data<App>, viewer: Viewer, paging: Query<Paging>) -> ApiResult<Json<Found>> {
    let limit = paging.limit();
    let cursor = paging.into_inner().cursor;
    let feeds = app.platform.feeds();
    Ok(Json(feeds.page(&viewer.0, cursor, limit).await?))
}

/// What is public, newest first.
#[utoipa::path(
    tag = "discover",
    params(Paging),
    responses((status = 200, description = "One page of the feed", body = Found))
)]
#[get("/api/v1/feed/explore")]
pub async fn explore(
    app: Data<App>,
    viewer: Viewer,
    paging: Query<Paging>,
) -> ApiResult<Json<Found>> {
    let limit = paging.limit();
    let cursor = paging.into_inner().cursor;
    Ok(Json(
        app.platform
            .elements()
            .explore(&viewer.0, cursor, limit)
            .await?,
    ))
}

/// Shows less like an element in the home feed and among recommendations.
#[utoipa::path(
    tag = "discover",
    params(("element" = ElementId, Path, description = "The element")),
    responses((status = 204, description = "It counts from the next page on"))
)]
#[put("/api/v1/feed/less/{element}")]
pub async fn less(
    app: Data<App>,
    viewer: Viewer,
    element: Path<ElementId>,
) -> ApiResult<HttpResponse> {
    app.platform.feeds().less(&viewer.0, &element, true).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Takes that back.
#[utoipa::path(
    tag = "discover",
    params(("element" = ElementId, Path, description = "The element")),
    responses((status = 204, description = "It counts no longer"))
)]
#[delete("/api/v1/feed/less/{element}")]
pub async fn not_less(
    app: Data<App>,
    viewer: Viewer,
    element: Path<ElementId>,
) -> ApiResult<HttpResponse> {
    app.platform
        .feeds()
        .less(&viewer.0, &element, false)
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
