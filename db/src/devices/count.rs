//! Counting what devices did: gathered in memory, written once a second.

use std::collections::BTreeMap;

use protocol::device::Device;
use protocol::mqtt::{Health, Setting};
use protocol::{DeviceId, ElementId, Problem};
use surrealdb::types::{Object, SerdeWrapper, object};

use super::{DeviceRow, SET, key, say};
use crate::error::{DbError, Result};
use crate::id::now_millis;
use crate::row as value;
use crate::store::Db;

const MILLIS_PER_DAY: i64 = 24 * 60 * 60 * 1_000;

/// How a device came or went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    Here,
    /// It said that it goes.
    Left,
    /// It is gone, and said nothing.
    Lost,
}

/// What a device did since it was last counted. Times are milliseconds since 1970.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tally {
    pub accepted: u64,
    pub duplicates: u64,
    /// Of the accepted pictures.
    pub bytes: u64,
    /// By reason.
    pub refused: BTreeMap<&'static str, u64>,
    /// What the quota counts: duplicates too.
    pub frames: u64,
    pub frame_bytes: u64,
    pub last_frame: Option<(ElementId, i64)>,
    pub seen_at: Option<i64>,
    /// Whether it is online, and since when. See [`Tally::present`].
    pub presence: Option<(Presence, i64)>,
    /// It was here meanwhile, however shortly.
    pub came: bool,
    pub health: Option<(Health, i64)>,
    pub settings: BTreeMap<Setting, String>,
    pub problem: Option<Problem>,
}

impl Tally {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Takes in what happened after it.
    pub fn add(&mut self, later: Tally) {
        self.accepted += later.accepted;
        self.duplicates += later.duplicates;
        self.bytes += later.bytes;
        self.frames += later.frames;
        self.frame_bytes += later.frame_bytes;
        for (reason, count) in later.refused {
            *self.refused.entry(reason).or_default() += count;
        }
        self.settings.extend(later.settings);
        self.last_frame = later.last_frame.or(self.last_frame.take());
        self.seen_at = later.seen_at.or(self.seen_at);
        self.came |= later.came;
        if let Some((presence, at)) = later.presence {
            self.present(presence, at);
        }
        self.health = later.health.or(self.health.take());
        self.problem = later.problem.or(self.problem.take());
    }

    /// It came or went. A connection that ends after a goodbye does not take
    /// the goodbye back.
    pub fn present(&mut self, presence: Presence, at: i64) {
        self.came |= presence == Presence::Here;
        let left = matches!(self.presence, Some((Presence::Left, _)));
        if !(left && presence == Presence::Lost) {
            self.presence = Some((presence, at));
        }
    }

    /// The row's columns as they are with it.
    fn on(&self, row: &DeviceRow) -> Object {
        let plus = |had: i64, more: u64| had.saturating_add(value::int(more));
        let today = today();
        let counted = |had: i64| if row.day == today { had } else { 0 };
        let mut refused = row.refused.0.clone();
        for (reason, count) in &self.refused {
            *refused.entry((*reason).to_owned()).or_default() += count;
        }
        let mut settings = row.settings.0.clone();
        for (setting, to) in &self.settings {
            settings.insert(setting.as_str().to_owned(), to.clone());
        }
        let mut set = object! {
            accepted: plus(row.accepted, self.accepted),
            duplicates: plus(row.duplicates, self.duplicates),
            bytes: plus(row.bytes, self.bytes),
            refused: SerdeWrapper(refused),
            settings: SerdeWrapper(settings),
            day: today,
            day_frames: plus(counted(row.day_frames), self.frames),
            day_bytes: plus(counted(row.day_bytes), self.frame_bytes),
        };
        if let Some((element, at)) = &self.last_frame {
            set.insert("frame", element.to_string());
            set.insert("frame_at", *at);
        }
        if let Some(at) = self.seen_at {
            set.insert("seen_at", at);
        }
        if let Some((presence, since)) = self.presence {
            let online = presence == Presence::Here;
            set.insert("online", online);
            // said again, it is so since the first time
            if online != row.online || row.since.is_none() {
                set.insert("since", since);
            }
            let missed = match presence {
                Presence::Here | Presence::Left => None,
                Presence::Lost if row.online || self.came => Some(since),
                // it was gone before
                Presence::Lost => row.missed_at,
            };
            set.insert("missed_at", missed);
        }
        if let Some((health, at)) = &self.health {
            set.insert("health", SerdeWrapper(health.clone()));
            set.insert("health_at", *at);
        }
        if let Some(problem) = &self.problem {
            set.insert("problem", SerdeWrapper(problem.clone()));
        }
        set
    }
}

/// Days since 1970, UTC.
pub(super) fn today() -> i64 {
    now_millis().div_euclid(MILLIS_PER_DAY)
}

impl Db {
    /// Adds what a device did to its row and tells its owner. None when there is
    /// no such device any more.
    pub async fn count_device(&self, id: &DeviceId, tally: Tally) -> Result<Option<Device>> {
        let id = key(id);
        self.write("what a device did", move |tx| {
            let (id, tally) = (id.clone(), tally.clone());
            Box::pin(async move {
                let vars = object! { id: id.clone() };
                let row = tx
                    .run("SELECT * FROM $id", vars)
                    .await?
                    .one::<DeviceRow>(0)?;
                let Some(row) = row else {
                    return Ok(None);
                };
                let owner = row.owner()?;
                // merged into what was there, old keys would stay
                for (column, anew) in [
                    ("health", tally.health.is_some()),
                    ("problem", tally.problem.is_some()),
                ] {
                    if anew {
                        let clear = format!("UPDATE $id SET {column} = NONE RETURN NONE");
                        tx.run(clear, object! { id: id.clone() }).await?;
                    }
                }
                let vars = object! { id: id, set: tally.on(&row) };
                let row = tx.run(SET, vars).await?.one::<DeviceRow>(0)?;
                let device = row.ok_or(DbError::Missing("device"))?.device()?;
                say(tx, owner, device.clone()).await?;
                Ok(Some(device))
            })
        })
        .await
    }
}
