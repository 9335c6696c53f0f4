//! Searching by a picture: one that is here, or one that comes along.

use actix_multipart::Multipart;
use actix_web::web::{Data, Json, Payload};
use actix_web::{FromRequest, HttpRequest, post};
use actors::Sample;
use protocol::search::Found;
use protocol::visual::VisualQuery;
use protocol::{ErrorCode, Problem, limits};
use utoipa::ToSchema;

use super::app::App;
use super::auth::Viewer;
use super::body::Body;
use super::error::{ApiError, ApiResult};
use super::upload::{next, read};

/// The form with a file of one's own.
#[derive(ToSchema)]
#[allow(dead_code, reason = "documentation of the multipart form")]
pub struct VisualForm {
    /// What is searched for, without `element`, as JSON; before the file.
    query: Option<VisualQuery>,
    /// The picture; it is not kept.
    #[schema(value_type = String, format = Binary)]
    file: String,
}

/// Searches by what a picture or a part of it looks like: as JSON for an
/// element, as a form for a file. Who hangs up is not waited for.
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
        let Some(element) = query.element.clone() else {
            let detail = "name an element, or send a file as a form";
            return Err(ApiError(Problem::field("element", detail)));
        };
        (Sample::Element(element), query)
    };
    let visual = app.platform.visual();
    Ok(Json(visual.search(&viewer.0, sample, query).await?))
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
