//! Cameras and other devices: their credentials, and how they do.

use actix_web::web::{Data, Json, Path};
use actix_web::{HttpResponse, delete, get, patch, post, put};
use protocol::DeviceId;
use protocol::device::{Device, DevicePatch, DeviceWithSecret, Devices, NewDevice, SetSetting};

use super::app::App;
use super::auth::Viewer;
use super::body::Body;
use super::error::ApiResult;

/// Makes a device. Its id is its user name at the MQTT broker, `secret` its
/// password: this answer is the only one that tells it.
#[utoipa::path(
    tag = "devices",
    request_body = NewDevice,
    responses((status = 201, description = "It can connect", body = DeviceWithSecret))
)]
#[post("/api/v1/devices")]
pub async fn create(
    app: Data<App>,
    viewer: Viewer,
    new: Body<NewDevice>,
) -> ApiResult<HttpResponse> {
    let made = app.platform.devices().create(&viewer.0, new.0).await?;
    Ok(HttpResponse::Created().json(made))
}

/// The account's devices with how they do, and where they connect to. Changes
/// come as `device_changed` and `device_removed` on the account's topic.
#[utoipa::path(
    tag = "devices",
    responses((status = 200, description = "Newest first", body = Devices))
)]
#[get("/api/v1/devices")]
pub async fn list(app: Data<App>, viewer: Viewer) -> ApiResult<Json<Devices>> {
    Ok(Json(app.platform.devices().list(&viewer.0).await?))
}

/// One device.
#[utoipa::path(
    tag = "devices",
    params(("id" = DeviceId, Path, description = "The device")),
    responses((status = 200, description = "How it does", body = Device))
)]
#[get("/api/v1/devices/{id}")]
pub async fn get(app: Data<App>, viewer: Viewer, id: Path<DeviceId>) -> ApiResult<Json<Device>> {
    Ok(Json(app.platform.devices().get(&viewer.0, &id).await?))
}

/// Renames it, or changes its quota or what becomes of its pictures from now on.
#[utoipa::path(
    tag = "devices",
    params(("id" = DeviceId, Path, description = "The device")),
    request_body = DevicePatch,
    responses((status = 200, description = "As it is now", body = Device))
)]
#[patch("/api/v1/devices/{id}")]
pub async fn update(
    app: Data<App>,
    viewer: Viewer,
    id: Path<DeviceId>,
    patch: Body<DevicePatch>,
) -> ApiResult<Json<Device>> {
    let devices = app.platform.devices();
    Ok(Json(devices.update(&viewer.0, &id, patch.0).await?))
}

/// Forgets it and cuts it off; its pictures stay.
#[utoipa::path(
    tag = "devices",
    params(("id" = DeviceId, Path, description = "The device")),
    responses((status = 204, description = "It is gone"))
)]
#[delete("/api/v1/devices/{id}")]
pub async fn remove(app: Data<App>, viewer: Viewer, id: Path<DeviceId>) -> ApiResult<HttpResponse> {
    app.platform.devices().remove(&viewer.0, &id).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Gives it a new secret, told this once; the old one counts no more. A revoked
/// device is let in again by it.
#[utoipa::path(
    tag = "devices",
    params(("id" = DeviceId, Path, description = "The device")),
    responses((status = 200, description = "The new secret", body = DeviceWithSecret))
)]
#[post("/api/v1/devices/{id}/secret")]
pub async fn rotate(
    app: Data<App>,
    viewer: Viewer,
    id: Path<DeviceId>,
) -> ApiResult<Json<DeviceWithSecret>> {
    Ok(Json(app.platform.devices().rotate(&viewer.0, &id).await?))
}

/// Takes its credential back: it is cut off within a second and not let in again.
#[utoipa::path(
    tag = "devices",
    params(("id" = DeviceId, Path, description = "The device")),
    responses((status = 200, description = "It is revoked", body = Device))
)]
#[post("/api/v1/devices/{id}/revoke")]
pub async fn revoke(app: Data<App>, viewer: Viewer, id: Path<DeviceId>) -> ApiResult<Json<Device>> {
    Ok(Json(app.platform.devices().revoke(&viewer.0, &id).await?))
}

/// Asks a device that is online to change a setting: `interval` (seconds) or
/// `enabled` (`on`, `off`). What it made of it comes as `device_changed`.
#[utoipa::path(
    tag = "devices",
    params(
        ("id" = DeviceId, Path, description = "The device"),
        ("setting" = String, Path, description = "Which")
    ),
    request_body = SetSetting,
    responses((status = 202, description = "It was asked"))
)]
#[put("/api/v1/devices/{id}/settings/{setting}")]
pub async fn set(
    app: Data<App>,
    viewer: Viewer,
    path: Path<(DeviceId, String)>,
    to: Body<SetSetting>,
) -> ApiResult<HttpResponse> {
    let (id, setting) = path.into_inner();
    let devices = app.platform.devices();
    devices.set(&viewer.0, &id, &setting, &to.0.value).await?;
    Ok(HttpResponse::Accepted().finish())
}
