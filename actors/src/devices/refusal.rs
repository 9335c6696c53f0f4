//! Why a message of a device is not accepted: closed, counted, and told.

use protocol::device::Quota;
use protocol::{ErrorCode, Problem, limits};

/// The reasons as they are counted. `docs/mqtt.md` lists them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Reason {
    /// No topic of a device, or one that only the server may use.
    WrongTopic,
    /// A topic of another device.
    ForeignDevice,
    /// Retained what must not be.
    Retained,
    Oversize,
    /// More than may come in a second.
    Flood,
    /// More than may come in a day.
    Quota,
    /// No JSON, a wrong CRC, a chunk that does not fit.
    BadPayload,
    /// No picture, or a broken one.
    BadMedia,
    /// The credential was taken back.
    Revoked,
}

impl Reason {
    pub fn as_str(self) -> &'static str {
        match self {
            Reason::WrongTopic => "wrong_topic",
            Reason::ForeignDevice => "foreign_device",
            Reason::Retained => "retained",
            Reason::Oversize => "oversize",
            Reason::Flood => "flood",
            Reason::Quota => "quota",
            Reason::BadPayload => "bad_payload",
            Reason::BadMedia => "bad_media",
            Reason::Revoked => "revoked",
        }
    }

    /// Counts one in the server's metrics.
    pub fn count(self) {
        metrics::counter!("asterism_devices_refused_total", "reason" => self.as_str()).increment(1);
    }
}

pub(crate) fn wrong_topic(topic: &str) -> Problem {
    let topic: String = topic.chars().take(120).collect();
    Problem::new(
        ErrorCode::Forbidden,
        format!("{topic:?} is none of the topics that a device may publish to: see docs/mqtt.md"),
    )
}

pub(crate) fn foreign_device() -> Problem {
    let detail = "that topic belongs to another device: use the id that is this device's user name";
    Problem::new(ErrorCode::Forbidden, detail)
}

pub(crate) fn retained() -> Problem {
    let detail = "only status and config/…/state are retained: send pictures without the flag";
    Problem::new(ErrorCode::BadRequest, detail)
}

pub(crate) fn oversize(bytes: usize, most: usize) -> Problem {
    let detail = match most {
        limits::MQTT_FRAME_BYTES => {
            format!("a picture of {bytes} bytes is too large for one message: send it in chunks")
        }
        most => format!("at most {most} bytes here, not {bytes}"),
    };
    Problem::new(ErrorCode::TooLarge, detail)
}

pub(crate) fn flood() -> Problem {
    let detail = format!(
        "more than {} pictures or {} messages in a second: send fewer",
        limits::MQTT_FRAMES_PER_SECOND,
        limits::MQTT_MESSAGES_PER_SECOND
    );
    Problem::new(ErrorCode::RateLimited, detail).retry_after(1)
}

/// `wait` is in seconds.
pub(crate) fn quota(quota: &Quota, wait: u64) -> Problem {
    let detail = format!(
        "this device may send {} pictures and {} bytes a day: its owner can allow more",
        quota.frames_per_day, quota.bytes_per_day
    );
    Problem::new(ErrorCode::QuotaExceeded, detail).retry_after(wait)
}

pub(crate) fn revoked() -> Problem {
    let detail = "this device's credential was taken back: its owner can make a new one";
    Problem::new(ErrorCode::Forbidden, detail)
}

pub(crate) fn bad_payload(detail: impl Into<String>) -> Problem {
    Problem::new(ErrorCode::BadRequest, detail)
}
