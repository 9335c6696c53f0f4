//! Saving what lies elsewhere, by its address.

use actix_web::web::{Data, Json, Path};
use actix_web::{HttpResponse, delete, get, post};
use protocol::FetchId;
use protocol::fetch::{Fetch, Fetches, LookAt, Looked, SaveByUrl};

use super::app::App;
use super::auth::Viewer;
use super::body::Body;
use super::error::ApiResult;

/// Saves a picture by its address, or the best of a page by that of the page.
/// `202` means that it is taken down and survives a crash; that it is fetched,
/// and what it became, comes as `fetch_changed` on the account's topic. The
/// same address again, while it waits, is the same fetch.
#[utoipa::path(
    tag = "elements",
    request_body = SaveByUrl,
    responses((status = 202, description = "It is on its way", body = Fetch))
)]
#[post("/api/v1/elements/by-url")]
pub async fn save(
    app: Data<App>,
    viewer: Viewer,
    save: Body<SaveByUrl>,
) -> ApiResult<HttpResponse> {
    let fetch = app.platform.fetches().save(&viewer.0, save.0).await?;
    Ok(HttpResponse::Accepted().json(fetch))
}

/// What is on its way, what failed, and what was saved within a day.
#[utoipa::path(
    tag = "elements",
    responses((status = 200, description = "Newest first", body = Fetches))
)]
#[get("/api/v1/elements/by-url")]
pub async fn list(app: Data<App>, viewer: Viewer) -> ApiResult<Json<Fetches>> {
    Ok(Json(app.platform.fetches().list(&viewer.0).await?))
}

/// Looks what there is to be saved at an address: a picture, or a page's
/// pictures to choose from.
#[utoipa::path(
    tag = "elements",
    request_body = LookAt,
    responses((status = 200, description = "The best first", body = Looked))
)]
#[post("/api/v1/elements/by-url/look")]
pub async fn look(app: Data<App>, viewer: Viewer, at: Body<LookAt>) -> ApiResult<Json<Looked>> {
    Ok(Json(
        app.platform.fetches().look(&viewer.0, &at.0.url).await?,
    ))
}

/// One fetch.
#[utoipa::path(
    tag = "elements",
    params(("id" = FetchId, Path, description = "The fetch")),
    responses((status = 200, description = "How it stands", body = Fetch))
)]
#[get("/api/v1/elements/by-url/{id}")]
pub async fn get(app: Data<App>, viewer: Viewer, id: Path<FetchId>) -> ApiResult<Json<Fetch>> {
    Ok(Json(app.platform.fetches().get(&viewer.0, &id).await?))
}

/// Takes it back, or forgets how it ended; what was saved stays.
#[utoipa::path(
    tag = "elements",
    params(("id" = FetchId, Path, description = "The fetch")),
    responses((status = 204, description = "It is gone"))
)]
#[delete("/api/v1/elements/by-url/{id}")]
pub async fn remove(app: Data<App>, viewer: Viewer, id: Path<FetchId>) -> ApiResult<HttpResponse> {
    app.platform.fetches().remove(&viewer.0, &id).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Tries a failed one again.
#[utoipa::path(
    tag = "elements",
    params(("id" = FetchId, Path, description = "The fetch")),
    responses((status = 202, description = "It waits again", body = Fetch))
)]
#[post("/api/v1/elements/by-url/{id}/retry")]
pub async fn retry(app: Data<App>, viewer: Viewer, id: Path<FetchId>) -> ApiResult<HttpResponse> {
    let fetch = app.platform.fetches().retry(&viewer.0, &id).await?;
    Ok(HttpResponse::Accepted().json(fetch))
}
