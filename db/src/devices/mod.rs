//! Devices: who may send pictures by MQTT, on whose behalf, and what came of it.

mod count;
mod missed;
mod row;

use protocol::device::{Device, DeviceGone, DeviceKind, Quota};
use protocol::element::Visibility;
use protocol::event::Event;
use protocol::{ClusterId, DeviceId, Topic, UserId, limits};
use surrealdb::types::{Object, RecordId, SerdeWrapper, SurrealValue, object};

use crate::elements::turned;
use crate::error::{DbError, Result};
use crate::id::{Fresh, now_millis};
use crate::limits::{DEVICE_SESSIONS, READ_MAX};
use crate::notifications::{self, News};
use crate::outbox::{self, Notice};
use crate::people::UserRow;
use crate::row as value;
use crate::store::{Db, Tx};
pub use count::{Presence, Tally};
use row::DeviceRow;

/// A device to be made.
#[derive(Debug, Clone, PartialEq)]
pub struct NewDevice {
    pub owner: UserId,
    pub name: String,
    pub kind: DeviceKind,
    pub cluster: Option<ClusterId>,
    pub visibility: Visibility,
    pub quota: Quota,
    pub secret_hash: [u8; 32],
}

/// What is to be different; `None` leaves it as it is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DeviceChange {
    pub name: Option<String>,
    pub cluster: Option<Option<ClusterId>>,
    pub visibility: Option<Visibility>,
    pub quota: Option<Quota>,
    /// A new credential; one that was taken back counts again with it.
    pub secret_hash: Option<[u8; 32]>,
    /// The credential counts no more.
    pub revoke: bool,
}

/// A device as it is let in.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownDevice {
    pub device: Device,
    pub owner: protocol::account::User,
    /// Hex of the hash of its secret.
    pub secret_hash: String,
    /// MQTT clients whose session outlives their connection.
    pub sessions: Vec<String>,
}

impl Db {
    /// Makes a device.
    ///
    /// # Errors
    /// [`DbError::Full`] when the account has as many as it may.
    pub async fn create_device(&self, new: NewDevice) -> Result<Device> {
        let id = DeviceId::fresh();
        self.write("a device", move |tx| {
            let (new, id) = (new.clone(), id.clone());
            Box::pin(async move { create(tx, &new, id).await })
        })
        .await
    }

    /// The account's devices, newest first.
    pub async fn devices(&self, owner: &UserId) -> Result<Vec<Device>> {
        let vars =
            object! { owner: value::user(owner), count: value::int(limits::DEVICES_PER_USER) };
        let rows: Vec<DeviceRow> = self.read(OF_OWNER, vars).await?.all(0)?;
        rows.into_iter().map(DeviceRow::device).collect()
    }

    /// One device of the account.
    pub async fn device(&self, owner: &UserId, id: &DeviceId) -> Result<Option<Device>> {
        let row = self.read(OWN, own(owner, id)).await?.one::<DeviceRow>(0)?;
        row.map(DeviceRow::device).transpose()
    }

    /// Whose it is and what lets it in. Any device; revoked ones too.
    pub async fn known_device(&self, id: &DeviceId) -> Result<Option<KnownDevice>> {
        let mut answer = self.read(KNOWN, object! { id: key(id) }).await?;
        let device = answer.one::<DeviceRow>(0)?;
        let (Some(device), Some(OwnerRow { owner })) = (device, answer.one(1)?) else {
            return Ok(None);
        };
        Ok(Some(KnownDevice {
            secret_hash: device.secret_hash.clone(),
            sessions: device.sessions.clone(),
            device: device.device()?,
            owner: owner.user()?,
        }))
    }

    /// Some devices of everybody, newest first, after one of them.
    pub async fn all_devices(&self, after: Option<&DeviceId>) -> Result<Vec<(UserId, Device)>> {
        let after = after.map(|id| turned(id.as_str())).unwrap_or_default();
        let vars = object! { after: after, count: value::int(READ_MAX / 10) };
        let rows: Vec<DeviceRow> = self.read(ALL, vars).await?.all(0)?;
        rows.into_iter()
            .map(|row| Ok((row.owner()?, row.device()?)))
            .collect()
    }

    /// Changes one of the account's devices and says so. None when it is not
    /// this account's.
    pub async fn change_device(
        &self,
        owner: &UserId,
        id: &DeviceId,
        change: DeviceChange,
    ) -> Result<Option<Device>> {
        let (vars, owner) = (own(owner, id), owner.clone());
        self.write("a change of a device", move |tx| {
            let (vars, owner, set) = (vars.clone(), owner.clone(), change.columns());
            Box::pin(async move {
                if tx
                    .run(OWN, vars.clone())
                    .await?
                    .one::<DeviceRow>(0)?
                    .is_none()
                {
                    return Ok(None);
                }
                let vars = object! { id: vars.get("id").cloned(), set: set };
                let row = tx.run(SET, vars).await?.one::<DeviceRow>(0)?;
                let device = row.ok_or(DbError::Missing("device"))?.device()?;
                say(tx, owner, device.clone()).await?;
                Ok(Some(device))
            })
        })
        .await
    }

    /// Forgets a device; its pictures stay. False when it is not this account's.
    pub async fn remove_device(&self, owner: &UserId, id: &DeviceId) -> Result<bool> {
        let (vars, owner, id) = (own(owner, id), owner.clone(), id.clone());
        self.write("the end of a device", move |tx| {
            let (vars, owner, id) = (vars.clone(), owner.clone(), id.clone());
            Box::pin(async move {
                let gone = tx.run(REMOVE, vars).await?.one::<DeviceRow>(0)?;
                let Some(gone) = gone else {
                    return Ok(false);
                };
                let news = News::offline(owner.clone(), &id, &gone.name);
                notifications::retract(tx, &news).await?;
                let event = Event::DeviceRemoved(DeviceGone { id });
                outbox::write(tx, &[Notice::plain(vec![Topic::User(owner)], event)]).await?;
                Ok(true)
            })
        })
        .await
    }

    /// Remembers that a client of the device goes on with its session when it
    /// comes back; the latest few are remembered.
    pub async fn remember_session(&self, id: &DeviceId, client: &str) -> Result<()> {
        let (id, client) = (id.clone(), client.to_owned());
        self.write("a session of a device", move |tx| {
            let (id, client) = (key(&id), client.clone());
            Box::pin(async move {
                let vars = object! { id: id.clone() };
                let row = tx
                    .run("SELECT * FROM $id", vars)
                    .await?
                    .one::<DeviceRow>(0)?;
                let Some(mut sessions) = row.map(|row| row.sessions) else {
                    return Ok(());
                };
                sessions.retain(|known| *known != client);
                sessions.push(client);
                let spare = sessions.len().saturating_sub(DEVICE_SESSIONS);
                sessions.drain(..spare);
                let vars = object! { id: id, sessions: sessions };
                tx.run("UPDATE $id SET sessions = $sessions RETURN NONE", vars)
                    .await
                    .map(drop)
            })
        })
        .await
    }

    /// Nobody is connected, as when this process just started and is the only one.
    pub async fn all_devices_offline(&self) -> Result<()> {
        self.write("a start", |tx| {
            Box::pin(async move {
                let vars = object! { now: now_millis() };
                tx.run(OFFLINE, vars).await.map(drop)
            })
        })
        .await
    }
}

async fn create(tx: &Tx, new: &NewDevice, id: DeviceId) -> Result<Device> {
    let vars = object! { owner: value::user(&new.owner) };
    let had = tx.run(COUNT, vars).await?.one::<value::CountRow>(0)?;
    if had.is_some_and(|had| had.count >= limits::DEVICES_PER_USER as u64) {
        return Err(DbError::Full {
            what: "devices",
            most: limits::DEVICES_PER_USER,
        });
    }
    let vars = object! {
        id: key(&id),
        owner: value::user(&new.owner),
        name: new.name.clone(),
        kind: SerdeWrapper(new.kind),
        hash: hex(&new.secret_hash),
        cluster: new.cluster.as_ref().map(ClusterId::to_string),
        visibility: SerdeWrapper(new.visibility),
        frames: value::int(new.quota.frames_per_day),
        bytes: value::int(new.quota.bytes_per_day),
        now: now_millis(),
        place: turned(id.as_str()),
    };
    let row = tx.run(CREATE, vars).await?.one::<DeviceRow>(0)?;
    let device = row.ok_or(DbError::Missing("device"))?.device()?;
    say(tx, new.owner.clone(), device.clone()).await?;
    Ok(device)
}

/// Tells the account how a device stands.
async fn say(tx: &Tx, owner: UserId, device: Device) -> Result<()> {
    let event = Event::DeviceChanged(Box::new(device));
    outbox::write(tx, &[Notice::plain(vec![Topic::User(owner)], event)]).await
}

impl DeviceChange {
    fn columns(&self) -> Object {
        let mut set = Object::new();
        if let Some(name) = &self.name {
            set.insert("name", name.clone());
        }
        if let Some(cluster) = &self.cluster {
            set.insert("cluster", cluster.as_ref().map(ClusterId::to_string));
        }
        if let Some(visibility) = self.visibility {
            set.insert("visibility", SerdeWrapper(visibility));
        }
        if let Some(quota) = self.quota {
            set.insert("frames_per_day", value::int(quota.frames_per_day));
            set.insert("bytes_per_day", value::int(quota.bytes_per_day));
        }
        if let Some(hash) = &self.secret_hash {
            set.insert("secret_hash", hex(hash));
            set.insert("revoked_at", Option::<i64>::None);
            // an old credential's sessions are nobody's
            set.insert("sessions", Vec::<String>::new());
        }
        if self.revoke {
            set.insert("revoked_at", Some(now_millis()));
        }
        set
    }
}

fn key(id: &DeviceId) -> RecordId {
    RecordId::new("device", id.as_str())
}

fn own(owner: &UserId, id: &DeviceId) -> Object {
    object! { id: key(id), owner: value::user(owner) }
}

fn hex(bytes: &[u8; 32]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

#[derive(SurrealValue)]
struct OwnerRow {
    owner: UserRow,
}

const OWN: &str = "SELECT * FROM $id WHERE owner = $owner";

const OF_OWNER: &str = "SELECT * FROM device WHERE owner = $owner ORDER BY place LIMIT $count";

const ALL: &str = "SELECT * FROM device WHERE place > $after ORDER BY place LIMIT $count";

const KNOWN: &str = "SELECT * FROM $id; SELECT owner.* AS owner FROM $id";

const COUNT: &str = "SELECT count() FROM device WHERE owner = $owner GROUP ALL";

const SET: &str = "UPDATE $id MERGE $set";

const REMOVE: &str = "DELETE $id WHERE owner = $owner RETURN BEFORE";

// those that waited to be told of have another chance to come back
const OFFLINE: &str = "UPDATE device SET missed_at = $now WHERE missed_at > 0 RETURN NONE; \
    UPDATE device SET online = false, since = $now, missed_at = $now WHERE online RETURN NONE";

const CREATE: &str = "CREATE $id SET owner = $owner, name = $name, kind = $kind, \
    secret_hash = $hash, cluster = $cluster, visibility = $visibility, frames_per_day = $frames, \
    bytes_per_day = $bytes, online = false, accepted = 0, duplicates = 0, bytes = 0, refused = {}, \
    day = 0, day_frames = 0, day_bytes = 0, settings = {}, sessions = [], created_at = $now, \
    place = $place";
