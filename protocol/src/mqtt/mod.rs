//! What devices say by MQTT: topics and payloads. `docs/mqtt.md` is the guide.

mod payload;
mod topic;

pub use payload::{CRC_BYTES, Health, Outcome, UploadInit, split_chunk};
pub use topic::{
    BadTopic, DEVICES, DISCOVERY, DeviceTopic, MessageId, Part, SERVER_STATUS, Setting, Step,
};

/// Payloads of `status`.
pub const ONLINE: &str = "online";
pub const OFFLINE: &str = "offline";
