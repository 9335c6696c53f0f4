//! Device rows and what they mean outside.

use std::collections::BTreeMap;

use protocol::device::{Counts, Device, DeviceKind, HealthReport, LastFrame, Quota};
use protocol::element::Visibility;
use protocol::mqtt::{Health, Setting};
use protocol::{Problem, Timestamp, UserId};
use surrealdb::types::{SerdeWrapper, SurrealValue};

use super::count::today;
use crate::error::Result;
use crate::row::{self, Key};

#[derive(SurrealValue)]
pub(super) struct DeviceRow {
    pub id: Key,
    owner: Key,
    pub name: String,
    #[surreal(wrap)]
    pub kind: DeviceKind,
    pub secret_hash: String,
    cluster: Option<String>,
    #[surreal(wrap)]
    visibility: Visibility,
    frames_per_day: i64,
    bytes_per_day: i64,
    pub online: bool,
    pub since: Option<i64>,
    pub missed_at: Option<i64>,
    pub seen_at: Option<i64>,
    frame: Option<String>,
    frame_at: Option<i64>,
    pub accepted: i64,
    pub duplicates: i64,
    pub bytes: i64,
    pub refused: SerdeWrapper<BTreeMap<String, u64>>,
    pub day: i64,
    pub day_frames: i64,
    pub day_bytes: i64,
    health: Option<SerdeWrapper<Health>>,
    health_at: Option<i64>,
    pub settings: SerdeWrapper<BTreeMap<String, String>>,
    problem: Option<SerdeWrapper<Problem>>,
    pub sessions: Vec<String>,
    pub revoked_at: Option<i64>,
    created_at: i64,
}

impl DeviceRow {
    pub fn owner(&self) -> Result<UserId> {
        self.owner.parse()
    }

    pub fn device(self) -> Result<Device> {
        let at = Timestamp::from_millis;
        // what was counted on another day is not today's
        let is_today = self.day == today();
        let counted = |n: i64| {
            if is_today {
                u64::try_from(n).unwrap_or(0)
            } else {
                0
            }
        };
        let settings = self.settings.0.into_iter();
        Ok(Device {
            id: self.id.parse()?,
            name: self.name,
            kind: self.kind,
            cluster: self.cluster.as_deref().map(row::parse).transpose()?,
            visibility: self.visibility,
            quota: Quota {
                frames_per_day: self.frames_per_day.try_into().unwrap_or(u32::MAX),
                bytes_per_day: self.bytes_per_day.try_into().unwrap_or(0),
            },
            online: self.online,
            since: self.since.map(at),
            seen_at: self.seen_at.map(at),
            last_frame: match (self.frame.as_deref(), self.frame_at) {
                (Some(element), Some(millis)) => Some(LastFrame {
                    element: row::parse(element)?,
                    at: at(millis),
                }),
                _ => None,
            },
            counts: Counts {
                accepted: self.accepted.try_into().unwrap_or(0),
                duplicates: self.duplicates.try_into().unwrap_or(0),
                bytes: self.bytes.try_into().unwrap_or(0),
                refused: self.refused.0,
                today_frames: counted(self.day_frames).try_into().unwrap_or(u32::MAX),
                today_bytes: counted(self.day_bytes),
            },
            health: match (self.health, self.health_at) {
                (Some(health), Some(millis)) => Some(HealthReport {
                    health: health.0,
                    at: at(millis),
                }),
                _ => None,
            },
            // settings that this version does not know are passed over
            settings: settings
                .filter_map(|(name, value)| Some((Setting::parse(&name)?, value)))
                .collect(),
            problem: self.problem.map(|problem| problem.0),
            revoked_at: self.revoked_at.map(at),
            created_at: at(self.created_at),
        })
    }
}
