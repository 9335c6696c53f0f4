//! Where messages of devices are decided: the same for every broker.

use std::sync::Arc;

use bytes::Bytes;
use db::{Presence, Uploads};
use protocol::cluster::AddElements;
use protocol::element::Source;
use protocol::mqtt::{self, Health, MessageId, Outcome, Part, Setting};
use protocol::{Problem, limits};

use super::refusal::{self, Reason};
use super::seat::Seat;
use crate::mqtt::Post;
use crate::platform::now_millis;
use crate::{Clusters, Elements, NewFile, PlatformError};

/// A message as it came.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub payload: Bytes,
    pub retain: bool,
}

/// Whether a message may be acked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It is durable, or refused for good.
    Decided,
    /// It could not be decided: it has to come again.
    Again,
}

#[derive(Clone)]
pub(crate) struct Desk(Arc<Parts>);

struct Parts {
    elements: Elements,
    clusters: Clusters,
    uploads: Uploads,
    post: Post,
}

impl Desk {
    pub fn new(elements: Elements, clusters: Clusters, uploads: Uploads, post: Post) -> Self {
        Self(Arc::new(Parts {
            elements,
            clusters,
            uploads,
            post,
        }))
    }

    pub fn post(&self) -> &Post {
        &self.0.post
    }

    pub(super) fn uploads(&self) -> &Uploads {
        &self.0.uploads
    }

    /// Decides what a device sent on one of its own topics.
    pub async fn take(&self, seat: &Seat, part: Part, message: Message) -> Answer {
        if seat.is_revoked() {
            let about = result_of(&part);
            return self.refuse(seat, Reason::Revoked, &about, refusal::revoked());
        }
        // what is for the device to hear is refused below, whatever is in it
        let to_hear = matches!(part, Part::Result(_) | Part::ConfigSet(_));
        let may_stay = matches!(part, Part::Status | Part::ConfigState(_) | Part::Health);
        if message.retain && !may_stay && !to_hear {
            let about = result_of(&part);
            return self.refuse(seat, Reason::Retained, &about, refusal::retained());
        }
        let most = largest(&part);
        if message.payload.len() > most && !to_hear {
            let problem = refusal::oversize(message.payload.len(), most);
            return self.refuse(seat, Reason::Oversize, &result_of(&part), problem);
        }
        match part {
            Part::Frame(id) => {
                let id = id.unwrap_or_else(MessageId::frame);
                self.frame(seat, &id, message.payload).await
            }
            Part::Upload(id, step) => self.upload(seat, &id, step, message.payload).await,
            Part::Health => self.health(seat, &message.payload),
            Part::Status => self.status(seat, &message.payload),
            Part::ConfigState(setting) => self.setting(seat, setting, &message.payload),
            Part::Result(_) | Part::ConfigSet(_) => {
                let topic = mqtt::DeviceTopic {
                    device: seat.id.clone(),
                    part,
                };
                self.wrong_topic(seat, &topic.to_string())
            }
        }
    }

    /// Refuses a message, counts it and tells the device.
    pub fn refuse(
        &self,
        seat: &Seat,
        reason: Reason,
        about: &MessageId,
        problem: Problem,
    ) -> Answer {
        seat.refused(reason, &problem);
        self.tell(seat, about, &Outcome::refused(problem));
        Answer::Decided
    }

    pub fn wrong_topic(&self, seat: &Seat, topic: &str) -> Answer {
        let problem = refusal::wrong_topic(topic);
        self.refuse(seat, Reason::WrongTopic, &MessageId::refused(), problem)
    }

    /// Tells a device what became of something.
    pub(super) fn tell(&self, seat: &Seat, about: &MessageId, outcome: &Outcome) {
        let text = serde_json::to_string(outcome).expect("an outcome is JSON");
        self.0.post.tell(seat, Part::Result(about.clone()), text);
    }

    async fn frame(&self, seat: &Seat, id: &MessageId, picture: Bytes) -> Answer {
        match self.save(seat, picture, None).await {
            Ok(outcome) => {
                self.tell(seat, id, &outcome);
                Answer::Decided
            }
            Err(answer) => answer,
        }
    }

    /// Makes a picture an element, in its cluster; durable when this returns
    /// `Saved`. `Refused` is counted already.
    ///
    /// # Errors
    /// It could not be decided.
    pub(super) async fn save(
        &self,
        seat: &Seat,
        picture: Bytes,
        name: Option<String>,
    ) -> Result<Outcome, Answer> {
        let length = picture.len() as u64;
        if let Err(problem) = seat.charge(length) {
            seat.refused(Reason::Quota, &problem);
            return Ok(Outcome::refused(problem));
        }
        let device = seat.device();
        let viewer = seat.viewer();
        let file = NewFile {
            bytes: picture,
            file_name: name,
            title: None,
            description: None,
            visibility: device.visibility,
            source: Source {
                via: "camera".into(),
                device: Some(device.name.clone()),
                ..Source::default()
            },
            // what somebody uploads by hand goes first
            backfill: true,
        };
        let taken = match self.0.elements.intake(&viewer, file).await {
            Ok(taken) => taken,
            Err(error) => {
                seat.refund(length);
                return undecided(seat, &error);
            }
        };
        let mut aside = None;
        if let Some(cluster) = &device.cluster {
            let add = AddElements {
                elements: vec![taken.id.clone()],
                section: None,
            };
            aside = match self.0.clusters.add(&viewer, cluster, add).await {
                Ok(added) => added.items.into_iter().find_map(|item| item.error),
                // the picture is safe; with its cluster it comes once more
                Err(error) if error.may_pass() => {
                    seat.refund(length);
                    return undecided(seat, &error);
                }
                Err(error) => Some(error.problem()),
            };
        }
        let duplicate = taken.duplicate_of.is_some();
        let outcome = if duplicate { "duplicate" } else { "accepted" };
        metrics::counter!("asterism_devices_frames_total", "outcome" => outcome).increment(1);
        seat.note(|tally| {
            if duplicate {
                tally.duplicates += 1;
            } else {
                tally.accepted += 1;
                tally.bytes += length;
            }
            tally.last_frame = Some((taken.id.clone(), now_millis()));
            if aside.is_some() {
                tally.problem.clone_from(&aside);
            }
        });
        Ok(Outcome::Saved {
            element: taken.id,
            duplicate,
            problem: aside.map(Box::new),
        })
    }

    fn health(&self, seat: &Seat, payload: &Bytes) -> Answer {
        let Ok(mut health) = serde_json::from_slice::<Health>(payload) else {
            let problem =
                refusal::bad_payload("health is JSON: {\"battery\": 80, \"rssi\": -60, …}");
            return self.refuse(seat, Reason::BadPayload, &MessageId::refused(), problem);
        };
        let firmware = health.firmware.take();
        health.firmware = firmware.map(|text| text.chars().take(60).collect());
        let text = serde_json::to_string(&health).expect("health is JSON");
        self.0.post.state(seat, Part::Health, text);
        seat.note(|tally| tally.health = Some((health, now_millis())));
        Answer::Decided
    }

    fn status(&self, seat: &Seat, payload: &Bytes) -> Answer {
        let presence = match &payload[..] {
            b"online" => Presence::Here,
            // over a connection of its own it says so itself; by another
            // broker it may be its last will
            b"offline" if seat.is_connected() => Presence::Left,
            b"offline" => Presence::Lost,
            _ => {
                let problem = refusal::bad_payload("status is online or offline");
                return self.refuse(seat, Reason::BadPayload, &MessageId::refused(), problem);
            }
        };
        self.present(seat, presence);
        Answer::Decided
    }

    /// A device came or went.
    pub fn present(&self, seat: &Seat, presence: Presence) {
        let text = match presence {
            Presence::Here => mqtt::ONLINE,
            Presence::Left | Presence::Lost => mqtt::OFFLINE,
        };
        self.0.post.state(seat, Part::Status, text.to_owned());
        let now = now_millis();
        seat.note(|tally| tally.present(presence, now));
    }

    fn setting(&self, seat: &Seat, setting: Setting, payload: &Bytes) -> Answer {
        let value = std::str::from_utf8(payload)
            .ok()
            .filter(|v| setting.allows(v));
        let Some(value) = value else {
            let problem =
                refusal::bad_payload(format!("{} is {}", setting.as_str(), setting.range()));
            return self.refuse(seat, Reason::BadPayload, &MessageId::refused(), problem);
        };
        let part = Part::ConfigState(setting);
        self.0.post.state(seat, part, value.to_owned());
        seat.note(|tally| {
            tally.settings.insert(setting, value.to_owned());
        });
        Answer::Decided
    }
}

/// A picture that was not taken in: refused for good, or to come again.
fn undecided(seat: &Seat, error: &PlatformError) -> Result<Outcome, Answer> {
    if error.may_pass() {
        tracing::warn!(device = %seat.id, %error, "a picture has to come again");
        metrics::counter!("asterism_devices_again_total").increment(1);
        return Err(Answer::Again);
    }
    let problem = error.problem();
    seat.refused(Reason::BadMedia, &problem);
    Ok(Outcome::refused(problem))
}

/// Where the result of a message is told.
pub(crate) fn result_of(part: &Part) -> MessageId {
    match part {
        Part::Frame(None) => MessageId::frame(),
        Part::Frame(Some(id)) | Part::Upload(id, _) => id.clone(),
        _ => MessageId::refused(),
    }
}

/// The largest payload of a message, in bytes.
pub(crate) fn largest(part: &Part) -> usize {
    match part {
        Part::Frame(_) => limits::MQTT_FRAME_BYTES,
        Part::Upload(_, mqtt::Step::Chunk(_)) => limits::MQTT_CHUNK_BYTES + mqtt::CRC_BYTES,
        _ => limits::MQTT_SMALL_BYTES,
    }
}
