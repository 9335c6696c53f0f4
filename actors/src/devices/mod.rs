//! Cameras and other devices: who they are, what they send, and how they do.
//!
//! [`Devices`] is what their owners use. [`Desk`] decides what they send by MQTT,
//! whichever broker it came by; `crate::mqtt` brings it there.

mod desk;
mod ears;
mod keeper;
mod pieces;
mod rate;
mod refusal;
mod roll;
mod seat;
mod secret;

use db::{Db, DeviceChange};
use protocol::cluster::ClusterRole;
use protocol::device::{
    Broker, BrokerKind, Device, DeviceKind, DevicePatch, DeviceWithSecret, Devices as Listed,
    NewDevice,
};
use protocol::element::Visibility;
use protocol::mqtt::{Part, Setting};
use protocol::{ClusterId, DeviceId, ErrorCode, Problem, limits};

use crate::mqtt::Post;
use crate::{Clusters, PlatformError, Viewer};

pub(crate) use desk::{Answer, Desk, Message, result_of};
pub(crate) use ears::Ears;
pub(crate) use keeper::{keep, say_goodbye};
pub(crate) use refusal::{Reason, flood, foreign_device, oversize};
pub(crate) use roll::{Admission, Roll};
pub(crate) use seat::{Line, Seat};

#[cfg(test)]
pub(crate) mod testing;

/// Devices as their owners see them.
#[derive(Clone)]
pub struct Devices {
    db: Db,
    clusters: Clusters,
    roll: Roll,
    post: Post,
    broker: Broker,
}

impl Devices {
    pub(crate) fn new(db: Db, clusters: Clusters, roll: Roll, post: Post, broker: Broker) -> Self {
        Self {
            db,
            clusters,
            roll,
            post,
            broker,
        }
    }

    /// Makes a device with a credential; its secret is told this once.
    ///
    /// # Errors
    /// `invalid_field`; `not_found` and `forbidden` for the cluster; `conflict`
    /// when there are too many.
    pub async fn create(
        &self,
        viewer: &Viewer,
        new: NewDevice,
    ) -> Result<DeviceWithSecret, PlatformError> {
        let quota = new.quota.unwrap_or_default();
        quota.check().map_err(PlatformError::Refused)?;
        if let Some(cluster) = &new.cluster {
            self.may_fill(viewer, cluster).await?;
        }
        let (secret, secret_hash) = secret::mint();
        let new = db::NewDevice {
            owner: viewer.user.id.clone(),
            name: name(&new.name)?,
            kind: new.kind,
            cluster: new.cluster,
            visibility: new.visibility.unwrap_or(Visibility::Private),
            quota,
            secret_hash,
        };
        let device = self.db.create_device(new).await?;
        Ok(self.with(device, secret))
    }

    /// The account's own, newest first, and where they connect to.
    pub async fn list(&self, viewer: &Viewer) -> Result<Listed, PlatformError> {
        Ok(Listed {
            items: self.db.devices(&viewer.user.id).await?,
            broker: self.broker.clone(),
        })
    }

    /// # Errors
    /// `not_found` for everybody but its owner.
    pub async fn get(&self, viewer: &Viewer, id: &DeviceId) -> Result<Device, PlatformError> {
        let device = self.db.device(&viewer.user.id, id).await?;
        device.ok_or_else(missing)
    }

    /// # Errors
    /// `invalid_field`; `not_found` for everybody but its owner.
    pub async fn update(
        &self,
        viewer: &Viewer,
        id: &DeviceId,
        patch: DevicePatch,
    ) -> Result<Device, PlatformError> {
        self.get(viewer, id).await?;
        if let Some(quota) = &patch.quota {
            quota.check().map_err(PlatformError::Refused)?;
        }
        if let Some(cluster) = &patch.cluster {
            self.may_fill(viewer, cluster).await?;
        }
        let change = DeviceChange {
            name: patch.name.as_deref().map(name).transpose()?,
            cluster: match (patch.cluster, patch.no_cluster) {
                (Some(cluster), _) => Some(Some(cluster)),
                (None, true) => Some(None),
                (None, false) => None,
            },
            visibility: patch.visibility,
            quota: patch.quota,
            ..DeviceChange::default()
        };
        self.change(viewer, id, change).await
    }

    /// Gives it a new secret, told this once. The old one counts no more, and
    /// what is connected by it is cut off.
    ///
    /// # Errors
    /// `not_found` for everybody but its owner.
    pub async fn rotate(
        &self,
        viewer: &Viewer,
        id: &DeviceId,
    ) -> Result<DeviceWithSecret, PlatformError> {
        let (secret, hash) = secret::mint();
        let change = DeviceChange {
            secret_hash: Some(hash),
            ..DeviceChange::default()
        };
        let device = self.change(viewer, id, change).await?;
        self.roll.end(id);
        Ok(self.with(device, secret))
    }

    /// Takes its credential back: it is cut off at once.
    ///
    /// # Errors
    /// `not_found` for everybody but its owner.
    pub async fn revoke(&self, viewer: &Viewer, id: &DeviceId) -> Result<Device, PlatformError> {
        let change = DeviceChange {
            revoke: true,
            ..DeviceChange::default()
        };
        self.change(viewer, id, change).await
    }

    /// Forgets it; its pictures stay.
    ///
    /// # Errors
    /// `not_found` for everybody but its owner.
    pub async fn remove(&self, viewer: &Viewer, id: &DeviceId) -> Result<(), PlatformError> {
        if !self.db.remove_device(&viewer.user.id, id).await? {
            return Err(missing());
        }
        self.roll.gone(id);
        Ok(())
    }

    /// Asks it to change something; when it did, it says so itself.
    ///
    /// # Errors
    /// `not_found` for everybody but its owner; `invalid_field`; `conflict` when
    /// it is not connected and would not hear of it.
    pub async fn set(
        &self,
        viewer: &Viewer,
        id: &DeviceId,
        setting: &str,
        value: &str,
    ) -> Result<(), PlatformError> {
        let device = self.get(viewer, id).await?;
        let Some(setting) = Setting::parse(setting) else {
            return Err(PlatformError::not_found("setting"));
        };
        if !setting.allows(value) {
            let problem = Problem::field("value", setting.range());
            return Err(PlatformError::Refused(problem));
        }
        let seat = match device.kind {
            DeviceKind::Camera if device.online => self.roll.find(id).await?,
            _ => None,
        };
        let Some(seat) = seat else {
            let detail = "it is offline and would not hear of it: try again when it is back";
            return Err(PlatformError::refused(ErrorCode::Conflict, detail));
        };
        self.post
            .tell(&seat, Part::ConfigSet(setting), value.to_owned());
        Ok(())
    }

    async fn change(
        &self,
        viewer: &Viewer,
        id: &DeviceId,
        change: DeviceChange,
    ) -> Result<Device, PlatformError> {
        let changed = self.db.change_device(&viewer.user.id, id, change).await?;
        let device = changed.ok_or_else(missing)?;
        // at once here; other servers hear of it
        self.roll.changed(&device);
        Ok(device)
    }

    /// Whether the account may put pictures into it.
    async fn may_fill(&self, viewer: &Viewer, id: &ClusterId) -> Result<(), PlatformError> {
        let cluster = self.clusters.get(viewer, id, None).await?;
        if cluster.role < Some(ClusterRole::Editor) {
            let detail = "adding to a cluster is for its editors";
            return Err(PlatformError::refused(ErrorCode::Forbidden, detail));
        }
        Ok(())
    }

    fn with(&self, device: Device, secret: String) -> DeviceWithSecret {
        DeviceWithSecret {
            device,
            secret,
            broker: self.broker.clone(),
        }
    }
}

/// Where devices connect to, by what the server was told.
pub(crate) fn broker(config: &crate::MqttConfig) -> Result<Broker, PlatformError> {
    Ok(match config {
        crate::MqttConfig::Off => Broker {
            kind: BrokerKind::Off,
            host: None,
            port: None,
            local_only: false,
        },
        crate::MqttConfig::Embedded { listen } => Broker {
            kind: BrokerKind::Embedded,
            host: None,
            port: Some(listen.port()),
            local_only: listen.ip().is_loopback(),
        },
        crate::MqttConfig::External { url } => {
            let (host, port) = crate::mqtt::address(url)?;
            Broker {
                kind: BrokerKind::External,
                host: Some(host),
                port: Some(port),
                local_only: false,
            }
        }
    })
}

fn missing() -> PlatformError {
    PlatformError::not_found("device")
}

/// A name that people can read.
fn name(text: &str) -> Result<String, PlatformError> {
    let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if !(1..=limits::DEVICE_NAME_MAX).contains(&name.chars().count()) {
        let detail = format!("a name has 1 to {} characters", limits::DEVICE_NAME_MAX);
        return Err(PlatformError::Refused(Problem::field("name", detail)));
    }
    Ok(name)
}
