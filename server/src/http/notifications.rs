//! Notifications: the list, how much of it was read, what is wanted of it.

use actix_web::web::{Data, Json, Query};
use actix_web::{get, patch, post};
use protocol::notification::{
    MarkRead, NotificationPage, NotificationPreferences, PreferencesPatch, ReadState,
};

use super::app::App;
use super::auth::Viewer;
use super::body::Body;
use super::error::ApiResult;
use super::paging::Paging;

/// What the account is told, the latest first, with the unread boundary.
#[utoipa::path(
    tag = "notifications",
    params(Paging),
    responses((status = 200, description = "One page, and how much of all was read", body = NotificationPage))
)]
#[get("/api/v1/notifications")]
pub async fn list(
    app: Data<App>,
    viewer: Viewer,
    paging: Query<Paging>,
) -> ApiResult<Json<NotificationPage>> {
    let limit = paging.limit();
    let cursor = paging.into_inner().cursor;
    let notifications = app.platform.notifications();
    Ok(Json(notifications.list(&viewer.0, cursor, limit).await?))
}

/// Notes that everything up to a sequence was read; other devices are told.
#[utoipa::path(
    tag = "notifications",
    request_body = MarkRead,
    responses((status = 200, description = "How much is read now", body = ReadState))
)]
#[post("/api/v1/notifications/read")]
pub async fn read(
    app: Data<App>,
    viewer: Viewer,
    mark: Body<MarkRead>,
) -> ApiResult<Json<ReadState>> {
    let notifications = app.platform.notifications();
    Ok(Json(notifications.read(&viewer.0, mark.0).await?))
}

/// Which kinds are told and grouped, and when it is quiet.
#[utoipa::path(
    tag = "notifications",
    responses((status = 200, description = "Every kind, and the quiet hours", body = NotificationPreferences))
)]
#[get("/api/v1/notifications/preferences")]
pub async fn preferences(
    app: Data<App>,
    viewer: Viewer,
) -> ApiResult<Json<NotificationPreferences>> {
    let notifications = app.platform.notifications();
    Ok(Json(notifications.preferences(&viewer.0).await?))
}

/// Changes that; what is absent stays as it is.
#[utoipa::path(
    tag = "notifications",
    request_body = PreferencesPatch,
    responses((status = 200, description = "As they are now", body = NotificationPreferences))
)]
#[patch("/api/v1/notifications/preferences")]
pub async fn prefer(
    app: Data<App>,
    viewer: Viewer,
    patch: Body<PreferencesPatch>,
) -> ApiResult<Json<NotificationPreferences>> {
    let notifications = app.platform.notifications();
    Ok(Json(notifications.prefer(&viewer.0, patch.0).await?))
}
