//! What the platform must be told.

use std::net::SocketAddr;
use std::time::Duration;

use crate::{FetchConfig, ImageModel};

/// Settings of the whole platform; see each field.
#[derive(Debug, Clone)]
pub struct PlatformConfig {
    /// Pictures decoded and encoded at once.
    pub media_threads: usize,
    /// Logins hashed at once: each takes 19 MiB for a few dozen milliseconds.
    pub hashing_threads: usize,
    /// How long a stage may take before its job is given to another worker.
    pub lease_millis: u64,
    pub mqtt: MqttConfig,
    /// What may be fetched from elsewhere.
    pub fetch: FetchConfig,
    /// By which pictures are compared; when it changes, the library is
    /// embedded anew behind the scenes and search switches when that is done.
    pub image_model: ImageModel,
    /// How long deletions can be taken back.
    pub undo: Duration,
    /// How long a camera may be away without a goodbye before its owner is told.
    pub device_patience: Duration,
    /// Name of this process in leases and logs.
    pub worker: String,
}

/// Where the MQTT broker is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MqttConfig {
    Off,
    /// Runs one in this process.
    Embedded {
        listen: SocketAddr,
    },
    /// Uses another one: `mqtt://[user:password@]host[:port]`.
    External {
        url: String,
    },
}

impl Default for PlatformConfig {
    fn default() -> Self {
        Self {
            media_threads: 2,
            hashing_threads: 2,
            lease_millis: 60_000,
            mqtt: MqttConfig::Off,
            fetch: FetchConfig::default(),
            image_model: ImageModel::default(),
            undo: Duration::from_secs(protocol::limits::UNDO_SECONDS),
            device_patience: Duration::from_secs(protocol::limits::DEVICE_PATIENCE_SECONDS),
            worker: "asterism".into(),
        }
    }
}
