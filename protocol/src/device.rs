//! Cameras and other devices that speak MQTT, as their owner sees them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::element::Visibility;
use crate::mqtt::{Health, Setting};
use crate::{ClusterId, DeviceId, ElementId, Problem, Timestamp, limits};

/// A device with its credential's state and how it is doing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Device {
    /// Also its user name at the MQTT broker.
    pub id: DeviceId,
    pub name: String,
    pub kind: DeviceKind,
    /// Where its pictures are put.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<ClusterId>,
    /// Of its pictures.
    pub visibility: Visibility,
    pub quota: Quota,
    pub online: bool,
    /// Since when it is online or offline; absent until it first connected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// Of its last message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_frame: Option<LastFrame>,
    pub counts: Counts,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health: Option<HealthReport>,
    /// What it said of its settings.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[cfg_attr(feature = "schema", schema(value_type = BTreeMap<String, String>))]
    pub settings: BTreeMap<Setting, String>,
    /// Why its last refused message was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
    /// Its credential was taken back: nothing of it is accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Timestamp>,
    pub created_at: Timestamp,
}

/// What a credential is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DeviceKind {
    /// Sends pictures, and how it is doing.
    #[default]
    Camera,
    /// Reads how the account's devices are doing and changes their settings:
    /// Home Assistant. Sends no pictures.
    Hub,
}

impl DeviceKind {
    pub fn as_str(self) -> &'static str {
        match self {
            DeviceKind::Camera => "camera",
            DeviceKind::Hub => "hub",
        }
    }
}

/// What a device may send in a day (UTC); the rest of the day it is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Quota {
    pub frames_per_day: u32,
    pub bytes_per_day: u64,
}

impl Default for Quota {
    fn default() -> Self {
        Self {
            frames_per_day: limits::DEVICE_FRAMES_PER_DAY,
            bytes_per_day: limits::DEVICE_BYTES_PER_DAY,
        }
    }
}

impl Quota {
    /// Within what an account may allow its devices.
    ///
    /// # Errors
    /// Says what is out of bounds.
    pub fn check(&self) -> Result<(), Problem> {
        let wrong = |detail: String| Err(Problem::field("quota", detail));
        if !(1..=limits::DEVICE_FRAMES_PER_DAY_MAX).contains(&self.frames_per_day) {
            let most = limits::DEVICE_FRAMES_PER_DAY_MAX;
            return wrong(format!("1 to {most} pictures a day"));
        }
        if !(1..=limits::DEVICE_BYTES_PER_DAY_MAX).contains(&self.bytes_per_day) {
            let most = limits::DEVICE_BYTES_PER_DAY_MAX;
            return wrong(format!("1 to {most} bytes a day"));
        }
        Ok(())
    }
}

/// The last picture that became an element.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct LastFrame {
    pub element: ElementId,
    pub at: Timestamp,
}

/// What came of its messages so far. A kill of the server may forget those of
/// the last second.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Counts {
    /// Pictures that became elements.
    pub accepted: u64,
    /// Pictures that were there already.
    pub duplicates: u64,
    /// Bytes of the accepted ones.
    pub bytes: u64,
    /// Messages that were refused, by reason: `wrong_topic`, `foreign_device`,
    /// `retained`, `oversize`, `flood`, `quota`, `bad_payload`, `bad_media`, `revoked`.
    pub refused: BTreeMap<String, u64>,
    /// Pictures and bytes of today (UTC), as the quota counts them.
    pub today_frames: u32,
    pub today_bytes: u64,
}

/// How it said that it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct HealthReport {
    #[serde(flatten)]
    pub health: Health,
    pub at: Timestamp,
}

/// `POST devices`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewDevice {
    pub name: String,
    #[serde(default)]
    pub kind: DeviceKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<ClusterId>,
    /// Absent: private. What a camera sees is nobody's business by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visibility: Option<Visibility>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quota: Option<Quota>,
}

/// `PATCH devices/{id}`: fields that are absent stay as they are.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DevicePatch {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<ClusterId>,
    /// Its pictures are put nowhere from now on.
    #[serde(default)]
    pub no_cluster: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visibility: Option<Visibility>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quota: Option<Quota>,
}

/// `PUT devices/{id}/settings/{setting}`: asks the device to change something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SetSetting {
    pub value: String,
}

/// Answer to `POST devices` and `POST devices/{id}/secret`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct DeviceWithSecret {
    pub device: Device,
    /// Its password. Shown this once: the server keeps only a hash of it.
    pub secret: String,
    pub broker: Broker,
}

/// Answer to `GET devices`: the account's own, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Devices {
    pub items: Vec<Device>,
    pub broker: Broker,
}

/// Where devices connect to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Broker {
    pub kind: BrokerKind,
    /// Absent for the built-in one: the server's own name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// Only this machine can connect to it, as it was told to listen.
    pub local_only: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum BrokerKind {
    /// The server's own: credentials made here are all it takes.
    Embedded,
    /// Another one, which has to be told of each credential.
    External,
    /// MQTT is turned off.
    Off,
}

/// A device was forgotten.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct DeviceGone {
    pub id: DeviceId,
}
