//! Elements: list, fetch, edit, remove, retry, and what resembles them.

use actix_web::web::{Data, Json, Path, Query};
use actix_web::{HttpResponse, delete, get, patch, post, put};
use actors::ListQuery;
use protocol::element::{Audience, Element, ElementPatch, Likes, Neighbours, Removed};
use protocol::search::Found;
use protocol::value::Handle;
use protocol::{ElementId, Page, Problem, limits};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::app::App;
use super::auth::Viewer;
use super::body::Body;
use super::error::{ApiError, ApiResult};
use super::paging::Paging;

/// Elements by their ids.
#[derive(Debug, Serialize, ToSchema)]
pub struct Bulk {
    /// In the order asked for; what does not exist or may not be seen is left out.
    items: Vec<Element>,
}

/// Whose elements.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Of {
    /// Only those of this account.
    #[param(value_type = Option<String>)]
    owner: Option<Handle>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Ids {
    /// Up to 100 ids with commas between them.
    ids: String,
}

/// All elements that the viewer may see, newest first.
#[utoipa::path(
    tag = "elements",
    params(Of, Paging),
    responses((status = 200, description = "One page", body = Page<Element>))
)]
#[get("/api/v1/elements")]
pub async fn list(
    app: Data<App>,
    viewer: Viewer,
    of: Query<Of>,
    paging: Query<Paging>,
) -> ApiResult<Json<Page<Element>>> {
    let limit = paging.limit();
    let query = ListQuery {
        owner: of.into_inner().owner,
        cursor: paging.into_inner().cursor,
        limit,
    };
    Ok(Json(app.platform.elements().list(&viewer.0, query).await?))
}

/// Several elements at once.
#[utoipa::path(
    tag = "elements",
    params(Ids),
    responses((status = 200, description = "Those that exist and may be seen", body = Bulk))
)]
#[get("/api/v1/elements/bulk")]
pub async fn bulk(app: Data<App>, viewer: Viewer, ids: Query<Ids>) -> ApiResult<Json<Bulk>> {
    let ids = parse_ids(&ids.ids)?;
    let items = app.platform.elements().bulk(&viewer.0, &ids).await?;
    Ok(Json(Bulk { items }))
}

/// Which of some elements the viewer likes.
#[utoipa::path(
    tag = "elements",
    params(Ids),
    responses((status = 200, description = "Those that are liked", body = Likes))
)]
#[get("/api/v1/elements/likes")]
pub async fn likes(app: Data<App>, viewer: Viewer, ids: Query<Ids>) -> ApiResult<Json<Likes>> {
    let ids = parse_ids(&ids.ids)?;
    Ok(Json(app.platform.elements().likes(&viewer.0, &ids).await?))
}

/// One element.
#[utoipa::path(
    tag = "elements",
    params(("id" = ElementId, Path, description = "The element")),
    responses((status = 200, description = "The element", body = Element))
)]
#[get("/api/v1/elements/{id}")]
pub async fn get(app: Data<App>, viewer: Viewer, id: Path<ElementId>) -> ApiResult<Json<Element>> {
    Ok(Json(app.platform.elements().get(&viewer.0, &id).await?))
}

/// Changes title, description, alternative text or visibility; only the owner
/// may.
#[utoipa::path(
    tag = "elements",
    params(("id" = ElementId, Path, description = "The element")),
    request_body = ElementPatch,
    responses((status = 200, description = "The element as it is now", body = Element))
)]
#[patch("/api/v1/elements/{id}")]
pub async fn update(
    app: Data<App>,
    viewer: Viewer,
    id: Path<ElementId>,
    patch: Body<ElementPatch>,
) -> ApiResult<Json<Element>> {
    Ok(Json(
        app.platform
            .elements()
            .update(&viewer.0, &id, patch.0)
            .await?,
    ))
}

/// Deletes an element; only the owner may. It is nowhere for nobody from then on, and that can be taken back for a while.
#[utoipa::path(
    tag = "elements",
    params(("id" = ElementId, Path, description = "The element")),
    responses((status = 200, description = "Until when it can be taken back", body = Removed))
)]
#[delete("/api/v1/elements/{id}")]
pub async fn remove(
    app: Data<App>,
    viewer: Viewer,
    id: Path<ElementId>,
) -> ApiResult<Json<Removed>> {
    Ok(Json(app.platform.elements().remove(&viewer.0, &id).await?))
}

/// Takes a deletion back.
#[utoipa::path(
    tag = "elements",
    params(("id" = ElementId, Path, description = "The element")),
    responses((status = 200, description = "The element, where it was and with all that it had", body = Element))
)]
#[post("/api/v1/elements/{id}/restore")]
pub async fn restore(
    app: Data<App>,
    viewer: Viewer,
    id: Path<ElementId>,
) -> ApiResult<Json<Element>> {
    Ok(Json(app.platform.elements().restore(&viewer.0, &id).await?))
}

/// Who can see it, and by which way; for its owner.
#[utoipa::path(
    tag = "elements",
    params(("id" = ElementId, Path, description = "The element")),
    responses((status = 200, description = "In words, by clusters and by people", body = Audience))
)]
#[get("/api/v1/elements/{id}/audience")]
pub async fn audience(
    app: Data<App>,
    viewer: Viewer,
    id: Path<ElementId>,
) -> ApiResult<Json<Audience>> {
    let elements = app.platform.elements();
    Ok(Json(elements.audience(&viewer.0, &id).await?))
}

/// What stands beside it among its owner's elements, newest first.
#[utoipa::path(
    tag = "elements",
    params(("id" = ElementId, Path, description = "The element")),
    responses((status = 200, description = "As far as the viewer sees them in lists", body = Neighbours))
)]
#[get("/api/v1/elements/{id}/neighbours")]
pub async fn neighbours(
    app: Data<App>,
    viewer: Viewer,
    id: Path<ElementId>,
) -> ApiResult<Json<Neighbours>> {
    let elements = app.platform.elements();
    Ok(Json(elements.neighbours(&viewer.0, &id).await?))
}

/// Starts its failed steps again; only the owner may.
#[utoipa::path(
    tag = "elements",
    params(("id" = ElementId, Path, description = "The element")),
    responses((status = 202, description = "The steps are queued", body = Element))
)]
#[post("/api/v1/elements/{id}/retry")]
pub async fn retry(app: Data<App>, viewer: Viewer, id: Path<ElementId>) -> ApiResult<HttpResponse> {
    let element = app.platform.elements().retry(&viewer.0, &id).await?;
    Ok(HttpResponse::Accepted().json(element))
}

/// Likes an element.
#[utoipa::path(
    tag = "elements",
    params(("id" = ElementId, Path, description = "The element")),
    responses((status = 204, description = "It is liked"))
)]
#[put("/api/v1/elements/{id}/like")]
pub async fn like(app: Data<App>, viewer: Viewer, id: Path<ElementId>) -> ApiResult<HttpResponse> {
    app.platform.elements().like(&viewer.0, &id, true).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Takes the like back.
#[utoipa::path(
    tag = "elements",
    params(("id" = ElementId, Path, description = "The element")),
    responses((status = 204, description = "It is not liked any more"))
)]
#[delete("/api/v1/elements/{id}/like")]
pub async fn unlike(
    app: Data<App>,
    viewer: Viewer,
    id: Path<ElementId>,
) -> ApiResult<HttpResponse> {
    app.platform.elements().like(&viewer.0, &id, false).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// What looks like it, the nearest first.
#[utoipa::path(
    tag = "elements",
    params(("id" = ElementId, Path, description = "The element"), Paging),
    responses((status = 200, description = "Similar elements", body = Found))
)]
#[get("/api/v1/elements/{id}/similar")]
pub async fn similar(
    app: Data<App>,
    viewer: Viewer,
    id: Path<ElementId>,
    paging: Query<Paging>,
) -> ApiResult<Json<Found>> {
    Ok(Json(
        app.platform
            .elements()
            .similar(&viewer.0, &id, paging.limit())
            .await?,
    ))
}

fn parse_ids(text: &str) -> ApiResult<Vec<ElementId>> {
    let names: Vec<&str> = text
        .split(',')
        .map(str::trim)
        .filter(|t| !t.is_empty())
        .collect();
    if names.len() > limits::BULK_IDS {
        let detail = format!("at most {} ids at once", limits::BULK_IDS);
        return Err(ApiError(Problem::field("ids", detail)));
    }
    let parsed: Result<_, _> = names.into_iter().map(str::parse).collect();
    parsed.map_err(|bad: protocol::id::BadId| ApiError(Problem::field("ids", bad.to_string())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_counted_and_checked() {
        let id = ElementId::from_parts(1, 1).to_string();
        assert_eq!(parse_ids(&format!("{id}, {id},")).unwrap().len(), 2);
        assert_eq!(parse_ids("").unwrap().len(), 0);
        assert!(parse_ids("nonsense").is_err());
        assert!(parse_ids(&vec![id; limits::BULK_IDS + 1].join(",")).is_err());
    }
}
