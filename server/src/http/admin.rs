//! For moderators and administrators: reviews, models, jobs.

use actix_web::web::{Data, Json, Path, Query};
use actix_web::{HttpResponse, get, post, put};
use protocol::account::Role;
use protocol::admin::{ActorsReport, JobState, JobsReport, ModelsReport, Retried, RetryJobs};
use protocol::element::{Element, StageName};
use protocol::label::{LabelName, Review, Ruling};
use protocol::value::Handle;
use protocol::{ElementId, Page};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::app::App;
use super::auth::Viewer;
use super::body::Body;
use super::error::ApiResult;
use super::labels::label_name;
use super::paging::Paging;

/// Which jobs are listed; without any, those that are stuck.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Which {
    #[serde(default)]
    state: Option<JobState>,
    #[serde(default)]
    stage: Option<StageName>,
}

/// Every model: size, budget, use, load times, and the queues before them.
#[utoipa::path(tag = "admin", responses((status = 200, description = "All models", body = ModelsReport)))]
#[get("/api/v1/admin/models")]
pub async fn models(app: Data<App>, viewer: Viewer) -> ApiResult<Json<ModelsReport>> {
    Ok(Json(app.platform.operations().models(&viewer.0).await?))
}

/// Every actor of this server: its kind, its mailbox, how long it has been busy
/// with one thing, and how often it was made anew.
#[utoipa::path(tag = "admin", responses((status = 200, description = "Who lives", body = ActorsReport)))]
#[get("/api/v1/admin/actors")]
pub async fn actors(app: Data<App>, viewer: Viewer) -> ApiResult<Json<ActorsReport>> {
    Ok(Json(app.platform.operations().actors(&viewer.0).await?))
}

/// Gives the memory of an idle model back; it is loaded again when needed.
#[utoipa::path(
    tag = "admin",
    params(("id" = String, Path, description = "The model's id")),
    responses((status = 204, description = "It is unloaded"))
)]
#[post("/api/v1/admin/models/{id}/unload")]
pub async fn unload(app: Data<App>, viewer: Viewer, id: Path<String>) -> ApiResult<HttpResponse> {
    app.platform.operations().unload(&viewer.0, &id).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// How much waits in each stage, and which jobs are stuck and why.
#[utoipa::path(
    tag = "admin",
    params(Which, Paging),
    responses((status = 200, description = "Counts and one page of jobs", body = JobsReport))
)]
#[get("/api/v1/admin/jobs")]
pub async fn jobs(
    app: Data<App>,
    viewer: Viewer,
    which: Query<Which>,
    paging: Query<Paging>,
) -> ApiResult<Json<JobsReport>> {
    let limit = paging.limit();
    let cursor = paging.into_inner().cursor;
    let Which { state, stage } = which.into_inner();
    let operations = app.platform.operations();
    Ok(Json(
        operations
            .jobs(&viewer.0, state, stage, cursor, limit)
            .await?,
    ))
}

/// Puts given-up jobs to work again: of one element, of one stage, or all.
#[utoipa::path(
    tag = "admin",
    request_body = RetryJobs,
    responses((status = 200, description = "How many", body = Retried))
)]
#[post("/api/v1/admin/jobs/retry")]
pub async fn retry(
    app: Data<App>,
    viewer: Viewer,
    which: Body<RetryJobs>,
) -> ApiResult<Json<Retried>> {
    let operations = app.platform.operations();
    Ok(Json(operations.retry(&viewer.0, which.0).await?))
}

/// What an account may do from now on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRole {
    role: Role,
}

/// Makes an account a member, a moderator or an administrator.
#[utoipa::path(
    tag = "admin",
    params(("handle" = String, Path, description = "The account's handle")),
    request_body = NewRole,
    responses((status = 204, description = "It has that role"))
)]
#[put("/api/v1/admin/accounts/{handle}/role")]
pub async fn set_role(
    app: Data<App>,
    viewer: Viewer,
    handle: Path<Handle>,
    new: Body<NewRole>,
) -> ApiResult<HttpResponse> {
    let accounts = app.platform.accounts();
    accounts.set_role(&viewer.0, &handle, new.0.role).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// What waits for a moderator: appeals, then what models are unsure of.
#[utoipa::path(
    tag = "admin",
    params(Paging),
    responses((status = 200, description = "One page", body = Page<Review>))
)]
#[get("/api/v1/admin/reviews")]
pub async fn reviews(
    app: Data<App>,
    viewer: Viewer,
    paging: Query<Paging>,
) -> ApiResult<Json<Page<Review>>> {
    let limit = paging.limit();
    let cursor = paging.into_inner().cursor;
    let moderation = app.platform.moderation();
    Ok(Json(moderation.reviews(&viewer.0, cursor, limit).await?))
}

/// A moderator's word on a label: it sticks to the file and to what looks
/// nearly the same.
#[utoipa::path(
    tag = "admin",
    params(
        ("element" = ElementId, Path, description = "The element"),
        ("label" = LabelName, Path, description = "The label")
    ),
    request_body = Ruling,
    responses((status = 200, description = "The element as it is now", body = Element))
)]
#[post("/api/v1/admin/reviews/{element}/{label}")]
pub async fn rule(
    app: Data<App>,
    viewer: Viewer,
    path: Path<(ElementId, String)>,
    ruling: Body<Ruling>,
) -> ApiResult<Json<Element>> {
    let (element, label) = path.into_inner();
    let label = label_name(&label)?;
    let moderation = app.platform.moderation();
    Ok(Json(
        moderation
            .rule(&viewer.0, &element, label, ruling.0)
            .await?,
    ))
}
