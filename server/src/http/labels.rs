//! Tags and labels under people's hands.

use actix_web::web::{Data, Json, Path};
use actix_web::{delete, post, put};
use protocol::element::{Element, TagVerdict};
use protocol::label::{LabelName, NewAppeal};
use protocol::value::TagName;
use protocol::{ElementId, ErrorCode};

use super::app::App;
use super::auth::Viewer;
use super::body::Body;
use super::error::{ApiError, ApiResult};

/// The owner's word on a tag: `fact` adds or accepts it, `rejected` refuses
/// it for good, `suggested` takes the word back.
#[utoipa::path(
    tag = "elements",
    params(
        ("id" = ElementId, Path, description = "The element"),
        ("tag" = String, Path, description = "The tag's name")
    ),
    request_body = TagVerdict,
    responses((status = 200, description = "The element as it is now", body = Element))
)]
#[put("/api/v1/elements/{id}/tags/{tag}")]
pub async fn set_tag(
    app: Data<App>,
    viewer: Viewer,
    path: Path<(ElementId, TagName)>,
    word: Body<TagVerdict>,
) -> ApiResult<Json<Element>> {
    let (id, tag) = path.into_inner();
    let moderation = app.platform.moderation();
    Ok(Json(
        moderation
            .set_tag(&viewer.0, &id, &tag, word.0.state)
            .await?,
    ))
}

/// Takes a tag off: a model's suggestion is rejected for good, the owner's own
/// is forgotten.
#[utoipa::path(
    tag = "elements",
    params(
        ("id" = ElementId, Path, description = "The element"),
        ("tag" = String, Path, description = "The tag's name")
    ),
    responses((status = 200, description = "The element as it is now", body = Element))
)]
#[delete("/api/v1/elements/{id}/tags/{tag}")]
pub async fn drop_tag(
    app: Data<App>,
    viewer: Viewer,
    path: Path<(ElementId, TagName)>,
) -> ApiResult<Json<Element>> {
    let (id, tag) = path.into_inner();
    let moderation = app.platform.moderation();
    Ok(Json(moderation.drop_tag(&viewer.0, &id, &tag).await?))
}

/// Says that a label is wrong; a moderator decides.
#[utoipa::path(
    tag = "elements",
    params(
        ("id" = ElementId, Path, description = "The element"),
        ("label" = LabelName, Path, description = "The label")
    ),
    request_body = NewAppeal,
    responses((status = 200, description = "The element, with the appeal on its label", body = Element))
)]
#[post("/api/v1/elements/{id}/labels/{label}/appeal")]
pub async fn appeal(
    app: Data<App>,
    viewer: Viewer,
    path: Path<(ElementId, String)>,
    appeal: Body<NewAppeal>,
) -> ApiResult<Json<Element>> {
    let (id, label) = path.into_inner();
    let label = label_name(&label)?;
    let moderation = app.platform.moderation();
    Ok(Json(
        moderation.appeal(&viewer.0, &id, label, appeal.0).await?,
    ))
}

/// A label in an address.
pub fn label_name(text: &str) -> ApiResult<LabelName> {
    LabelName::parse(text).ok_or_else(|| {
        let names: Vec<&str> = LabelName::ALL.iter().map(|l| l.as_str()).collect();
        ApiError::new(
            ErrorCode::NotFound,
            format!(
                "there is no label {text:?}: it is one of {}",
                names.join(", ")
            ),
        )
    })
}
