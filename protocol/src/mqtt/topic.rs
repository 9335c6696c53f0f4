//! The topics of one device, and nothing but them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};

use crate::DeviceId;

/// All topics of devices begin so, then the device's id.
pub const DEVICES: &str = "asterism/v1/devices/";
/// Whether the server is there: `online` or `offline`, retained.
pub const SERVER_STATUS: &str = "asterism/v1/server/status";
/// Where Home Assistant looks for devices.
pub const DISCOVERY: &str = "homeassistant/";

/// Longest id that a device gives one of its messages, in characters.
const MESSAGE_ID_MAX: usize = 40;

/// `asterism/v1/devices/{device}/…`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DeviceTopic {
    pub device: DeviceId,
    pub part: Part,
}

/// What a message is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Part {
    /// `status`, retained: `online` or `offline`.
    Status,
    /// `health`: JSON.
    Health,
    /// `frame` or `frame/{id}`: a whole picture.
    Frame(Option<MessageId>),
    /// `upload/{id}/…`: a picture in pieces.
    Upload(MessageId, Step),
    /// `result/{id}`: what became of it; only the server publishes there.
    Result(MessageId),
    /// `config/{setting}/set`: asks for a change; never retained.
    ConfigSet(Setting),
    /// `config/{setting}/state`, retained: how it is set.
    ConfigState(Setting),
}

/// A step of an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// `init`: JSON, how large it is.
    Init,
    /// `{offset}`: the bytes from there on, behind their CRC.
    Chunk(u64),
    /// `fin`: says how it stands.
    Fin,
}

/// What a device may be asked to change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Setting {
    /// Seconds between two pictures, 1…86400.
    Interval,
    /// Whether it takes pictures: `on` or `off`.
    Enabled,
}

impl Setting {
    pub const ALL: [Setting; 2] = [Setting::Interval, Setting::Enabled];

    pub fn as_str(self) -> &'static str {
        match self {
            Setting::Interval => "interval",
            Setting::Enabled => "enabled",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|setting| setting.as_str() == text)
    }

    /// Whether it can be set to this.
    pub fn allows(self, value: &str) -> bool {
        match self {
            Setting::Interval => {
                let plain = value.len() <= 5 && value.bytes().all(|b| b.is_ascii_digit());
                plain && value.parse().is_ok_and(|n: u32| (1..=86_400).contains(&n))
            }
            Setting::Enabled => matches!(value, "on" | "off"),
        }
    }

    /// What it can be set to, in words.
    pub fn range(self) -> &'static str {
        match self {
            Setting::Interval => "whole seconds, 1 to 86400",
            Setting::Enabled => "on or off",
        }
    }
}

/// What a device calls a frame or an upload: 1 to 40 of `A-Z a-z 0-9 _ -`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct MessageId(String);

impl MessageId {
    /// For pictures that came on the bare `frame`.
    pub fn frame() -> Self {
        Self("frame".to_owned())
    }

    /// For messages that belong to nothing that has an id.
    pub fn refused() -> Self {
        Self("refused".to_owned())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The text is no topic of a device, or no id of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the topics of a device are listed in docs/mqtt.md")]
pub struct BadTopic;

impl FromStr for MessageId {
    type Err = BadTopic;
    fn from_str(text: &str) -> Result<Self, BadTopic> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
        if (1..=MESSAGE_ID_MAX).contains(&text.len()) && text.bytes().all(plain) {
            Ok(Self(text.to_owned()))
        } else {
            Err(BadTopic)
        }
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for MessageId {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        String::deserialize(input)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

impl fmt::Display for DeviceTopic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{DEVICES}{}/", self.device)?;
        match &self.part {
            Part::Status => f.write_str("status"),
            Part::Health => f.write_str("health"),
            Part::Frame(None) => f.write_str("frame"),
            Part::Frame(Some(id)) => write!(f, "frame/{id}"),
            Part::Upload(id, Step::Init) => write!(f, "upload/{id}/init"),
            Part::Upload(id, Step::Chunk(offset)) => write!(f, "upload/{id}/{offset}"),
            Part::Upload(id, Step::Fin) => write!(f, "upload/{id}/fin"),
            Part::Result(id) => write!(f, "result/{id}"),
            Part::ConfigSet(setting) => write!(f, "config/{}/set", setting.as_str()),
            Part::ConfigState(setting) => write!(f, "config/{}/state", setting.as_str()),
        }
    }
}

impl FromStr for DeviceTopic {
    type Err = BadTopic;
    fn from_str(text: &str) -> Result<Self, BadTopic> {
        let rest = text.strip_prefix(DEVICES).ok_or(BadTopic)?;
        let (device, rest) = rest.split_once('/').ok_or(BadTopic)?;
        let device = device.parse().map_err(|_| BadTopic)?;
        let mut levels = rest.split('/');
        let mut next = || levels.next();
        let part = match (next(), next(), next(), next()) {
            (Some("status"), None, ..) => Part::Status,
            (Some("health"), None, ..) => Part::Health,
            (Some("frame"), None, ..) => Part::Frame(None),
            (Some("frame"), Some(id), None, _) => Part::Frame(Some(id.parse()?)),
            (Some("upload"), Some(id), Some(step), None) => Part::Upload(id.parse()?, parse(step)?),
            (Some("result"), Some(id), None, _) => Part::Result(id.parse()?),
            (Some("config"), Some(setting), Some("set"), None) => {
                Part::ConfigSet(Setting::parse(setting).ok_or(BadTopic)?)
            }
            (Some("config"), Some(setting), Some("state"), None) => {
                Part::ConfigState(Setting::parse(setting).ok_or(BadTopic)?)
            }
            _ => return Err(BadTopic),
        };
        Ok(Self { device, part })
    }
}

/// A step; an offset has no leading zeros, so that each has one topic.
fn parse(step: &str) -> Result<Step, BadTopic> {
    match step {
        "init" => Ok(Step::Init),
        "fin" => Ok(Step::Fin),
        offset => {
            let digits = offset.bytes().all(|b| b.is_ascii_digit());
            let plain = digits && (offset == "0" || !offset.starts_with('0'));
            let offset = plain.then(|| offset.parse().ok()).flatten();
            offset.map(Step::Chunk).ok_or(BadTopic)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn id() -> impl Strategy<Value = MessageId> {
        "[A-Za-z0-9_-]{1,40}".prop_map(|text| text.parse().unwrap())
    }

    fn setting() -> impl Strategy<Value = Setting> {
        prop::sample::select(Setting::ALL.to_vec())
    }

    fn part() -> impl Strategy<Value = Part> {
        prop_oneof![
            Just(Part::Status),
            Just(Part::Health),
            prop::option::of(id()).prop_map(Part::Frame),
            (id(), any::<u64>()).prop_map(|(id, at)| Part::Upload(id, Step::Chunk(at))),
            id().prop_map(|id| Part::Upload(id, Step::Init)),
            id().prop_map(|id| Part::Upload(id, Step::Fin)),
            id().prop_map(Part::Result),
            setting().prop_map(Part::ConfigSet),
            setting().prop_map(Part::ConfigState),
        ]
    }

    proptest! {
        #[test]
        fn topics_print_and_parse(part in part(), millis in 0u64..1 << 48, chance: u128) {
            let topic = DeviceTopic { device: DeviceId::from_parts(millis, chance), part };
            prop_assert_eq!(topic.to_string().parse::<DeviceTopic>().unwrap(), topic);
        }

        #[test]
        fn what_parses_is_printed_as_it_was(text in "(asterism/v1/devices/01jd3v2k8m0000000000000000/)?[a-z0-9/_#+-]{0,40}") {
            if let Ok(topic) = text.parse::<DeviceTopic>() {
                prop_assert_eq!(topic.to_string(), text);
            }
        }
    }

    #[test]
    fn what_is_near_a_topic_is_none() {
        let device = "asterism/v1/devices/01jd3v2k8m0000000000000000";
        for wrong in [
            "",
            "/frame/",
            "/frame/a/b",
            "/frame/ä",
            "/upload/a",
            "/upload/a/007",
            "/upload/a/-1",
            "/upload/a/0/x",
            "/upload/+/0",
            "/result",
            "/config/colour/set",
            "/config/interval",
            "/status/",
            "/#",
        ] {
            let text = format!("{device}{wrong}");
            assert_eq!(text.parse::<DeviceTopic>(), Err(BadTopic), "{text}");
        }
        assert!(
            "asterism/v1/devices/x/frame"
                .parse::<DeviceTopic>()
                .is_err()
        );
        assert!(
            "asterism/v2/devices/01jd3v2k8m0000000000000000/frame"
                .parse::<DeviceTopic>()
                .is_err()
        );
    }

    #[test]
    fn settings_say_what_they_take() {
        assert!(Setting::Interval.allows("30") && !Setting::Interval.allows("0"));
        assert!(!Setting::Interval.allows("86401") && !Setting::Interval.allows("1.5"));
        assert!(Setting::Enabled.allows("off") && !Setting::Enabled.allows("ON"));
    }
}
