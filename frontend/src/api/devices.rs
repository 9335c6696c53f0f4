//! Cameras and other devices.

use gloo::net::http::Method;
use protocol::DeviceId;
use protocol::device::{Device, DevicePatch, DeviceWithSecret, Devices, NewDevice, SetSetting};
use protocol::mqtt::Setting;

use super::{Failure, http};

/// The account's own, newest first, and where they connect to.
pub async fn list() -> Result<Devices, Failure> {
    http::get("devices").await
}

/// The answer is the only one that holds the secret.
pub async fn create(new: &NewDevice) -> Result<DeviceWithSecret, Failure> {
    http::send(Method::POST, "devices", new).await
}

pub async fn patch(id: &DeviceId, patch: &DevicePatch) -> Result<Device, Failure> {
    http::send(Method::PATCH, &format!("devices/{id}"), patch).await
}

/// A new secret; the old one counts no more.
pub async fn rotate(id: &DeviceId) -> Result<DeviceWithSecret, Failure> {
    http::fetch(Method::POST, &format!("devices/{id}/secret")).await
}

pub async fn revoke(id: &DeviceId) -> Result<Device, Failure> {
    http::fetch(Method::POST, &format!("devices/{id}/revoke")).await
}

/// Forgets it; its pictures stay.
pub async fn remove(id: &DeviceId) -> Result<(), Failure> {
    http::call(Method::DELETE, &format!("devices/{id}")).await
}

/// Asks it to change something.
pub async fn set(id: &DeviceId, setting: Setting, value: &str) -> Result<(), Failure> {
    let path = format!("devices/{id}/settings/{}", setting.as_str());
    let value = value.to_owned();
    http::order(Method::PUT, &path, &SetSetting { value }).await
}
