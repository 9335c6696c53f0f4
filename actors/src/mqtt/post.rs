//! What the server says by MQTT.

use bytes::{Bytes, BytesMut};
use protocol::device::Device;
use protocol::mqtt::{self, DeviceTopic, Part};
use rumqttc::{Packet, Publish, QoS};
use tokio::sync::mpsc;

use super::exchange::Exchange;
use super::external::Outgoing;
use crate::devices::Seat;

/// The way out. What finds no room is counted and left out: states are said
/// again, and results can be asked for again.
#[derive(Clone)]
pub(crate) enum Post {
    Off,
    Embedded(Exchange),
    External(mpsc::Sender<Outgoing>),
}

impl Post {
    /// A state of a device, retained. With another broker the device's own
    /// message stands there already.
    pub fn state(&self, seat: &Seat, part: Part, payload: String) {
        if let Post::Embedded(exchange) = self {
            let device = seat.id.clone();
            let topic = DeviceTopic { device, part }.to_string();
            exchange.publish(topic, payload.into(), true);
        }
    }

    /// Something to a device, for now only.
    pub fn tell(&self, seat: &Seat, part: Part, payload: String) {
        let device = seat.id.clone();
        let topic = DeviceTopic { device, part }.to_string();
        match self {
            Post::Off => {}
            Post::Embedded(_) => {
                let packet = packet(&topic, payload.into());
                seat.send(&topic, &packet);
            }
            Post::External(way) => send(way, topic, payload, false),
        }
    }

    /// Something for everybody, retained.
    pub fn say(&self, topic: String, payload: String) {
        match self {
            Post::Off => {}
            Post::Embedded(exchange) => exchange.publish(topic, payload.into(), true),
            Post::External(way) => send(way, topic, payload, true),
        }
    }

    /// What is known of a device, for a broker that just started with us.
    pub fn recall(&self, device: &Device) {
        let Post::Embedded(exchange) = self else {
            return;
        };
        let state = |part: Part, payload: String| {
            let device = device.id.clone();
            let topic = DeviceTopic { device, part }.to_string();
            exchange.publish(topic, payload.into(), true);
        };
        let status = if device.online {
            mqtt::ONLINE
        } else {
            mqtt::OFFLINE
        };
        state(Part::Status, status.to_owned());
        if let Some(report) = &device.health {
            let text = serde_json::to_string(&report.health).expect("health is JSON");
            state(Part::Health, text);
        }
        for (setting, value) in &device.settings {
            state(Part::ConfigState(*setting), value.clone());
        }
    }
}

fn send(way: &mpsc::Sender<Outgoing>, topic: String, payload: String, retain: bool) {
    let outgoing = Outgoing {
        topic,
        payload: payload.into(),
        retain,
    };
    if way.try_send(outgoing).is_err() {
        missed();
    }
}

pub(super) fn missed() {
    metrics::counter!("asterism_devices_missed_total").increment(1);
}

/// A message as it goes over the wire, QoS 0.
pub(super) fn packet(topic: &str, payload: Bytes) -> Bytes {
    encode(&Packet::Publish(Publish::from_bytes(
        topic,
        QoS::AtMostOnce,
        payload,
    )))
}

pub(super) fn encode(packet: &Packet) -> Bytes {
    let mut bytes = BytesMut::with_capacity(packet.size());
    packet
        .write(&mut bytes, usize::MAX)
        .expect("our own packets are well formed");
    bytes.freeze()
}
