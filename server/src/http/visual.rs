//! Searching by a picture: one that is here, or one that comes along.

use actix_multipart::Multipart;
use actix_web::web::{Data, Json, Path, Payload, Query};
use actix_web::{FromRequest, HttpRequest, HttpResponse, get, post};
use actors::Sample;
use protocol::search::Found;
use protocol::visual::{Subjects, VisualQuery};
use protocol::{ElementId, ErrorCode, Problem, limits};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::app::App;
use super::auth::Viewer;
use super::body::Body;
use super::error::{ApiError, ApiResult};
use super::upload::{next, read};

/// The form with a file of one's own.
#[derive(ToSchema)]
#[allow(dead_code, reason = "documentation of the multipart form")]
pub struct VisualForm {
    /// What is searched for, without `element` and `url`, as JSON; before the file.
    query: Option<VisualQuery>,
    /// The picture; it is not kept.
    #[schema(value_type = String, format = Binary)]
    file: String,
}

/// Where a picture is.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct At {
    /// Of a picture, or of a page that shows one.
    url: String,
}

/// Searches by what a picture or a part of it looks like: as JSON for an
/// element or an address, as a form for a file. Who hangs up is not waited for.
#[utoipa::path(
    tag = "discover",
    request_body(
        content((VisualQuery = "application/json"), (VisualForm = "multipart/form-data"))
    ),
    responses((status = 200, description = "Most alike first", body = Found))
)]
#[post("/api/v1/search/visual")]
pub async fn visual(
    app: Data<App>,
    viewer: Viewer,
    request: HttpRequest,
    payload: Payload,
) -> ApiResult<Json<Found>> {
    let mut payload = payload.into_inner();
    let kind = request.headers().get("content-type");
    let form = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/"));
    let (sample, query) = if form {
        let form = Multipart::from_request(&request, &mut payload).await;
        let form = form.map_err(|e| ApiError::new(ErrorCode::BadRequest, e.to_string()))?;
        with_file(&app, form).await?
    } else {
        let query = Body::<VisualQuery>::from_request(&request, &mut payload)
            .await?
            .0;
        let sample = match (query.element.clone(), query.url.clone()) {
            (Some(element), None) => Sample::Element(element),
            (None, Some(url)) => Sample::Address(url),
            (Some(_), Some(_)) => {
                let detail = "name an element or an address, not both";
                return Err(ApiError(Problem::field("url", detail)));
            }
            (None, None) => {
                let detail = "name an element or an address, or send a file as a form";
                return Err(ApiError(Problem::field("element", detail)));
            }
        };
        (sample, query)
    };
    let visual = app.platform.visual();
    Ok(Json(visual.search(&viewer.0, sample, query).await?))
}

/// The picture at an address as a search by it sees it: small, without
/// metadata, fetched once for a while. Of a page it is the best.
#[utoipa::path(
    tag = "discover",
    params(At),
    responses((status = 200, description = "The picture", body = Vec<u8>, content_type = "image/jpeg"))
)]
#[get("/api/v1/search/visual/picture")]
pub async fn picture(app: Data<App>, viewer: Viewer, at: Query<At>) -> ApiResult<HttpResponse> {
    let jpeg = app.platform.visual().sample(&viewer.0, &at.url).await?;
    Ok(HttpResponse::Ok()
        .content_type("image/jpeg")
        .insert_header(("cache-control", "private, max-age=600"))
        .body(jpeg))
}

/// What in an element's picture stands out, the most striking first, at most
/// five: where a search by a part may begin.
#[utoipa::path(
    tag = "elements",
    params(("id" = ElementId, Path, description = "The element")),
    responses((status = 200, description = "Its subjects; none for some", body = Subjects))
)]
#[get("/api/v1/elements/{id}/subjects")]
pub async fn subjects(
    app: Data<App>,
    viewer: Viewer,
    id: Path<ElementId>,
) -> ApiResult<Json<Subjects>> {
    Ok(Json(app.platform.visual().subjects(&viewer.0, &id).await?))
}

async fn with_file(app: &App, mut form: Multipart) -> ApiResult<(Sample, VisualQuery)> {
    let mut query = VisualQuery::default();
    while let Some(field) = next(&mut form).await? {
        match field.name() {
            Some("query") => {
                let Some(bytes) = read(field, limits::JSON_BYTES).await? else {
                    return Err(ApiError(Problem::field("query", "too long")));
                };
                query = serde_json::from_slice(&bytes)
                    .map_err(|e| ApiError(Problem::field("query", e.to_string())))?;
            }
            Some("file") => {
                let places = app.uploads.acquire().await;
                let _place =
                    places.map_err(|_| ApiError::new(ErrorCode::Unavailable, "stopping"))?;
                let Some(bytes) = read(field, limits::UPLOAD_BYTES).await? else {
                    let detail = format!("a file has at most {} MiB", limits::UPLOAD_BYTES >> 20);
                    return Err(ApiError::new(ErrorCode::TooLarge, detail));
                };
                return Ok((Sample::File(bytes.to_vec()), query));
            }
            _ => drop(field),
        }
    }
    Err(ApiError::new(
        ErrorCode::BadRequest,
        "send a part named file",
    ))
}
