//! What Home Assistant is told of cameras, so that it shows them by itself.

use protocol::DeviceId;
use protocol::device::{Device, DeviceKind};
use protocol::mqtt::{DISCOVERY, DeviceTopic, Part, Setting};
use serde_json::{Value, json};

use super::Post;

/// Its component, our name for it, what it is.
type Entity = (&'static str, &'static str, fn(&DeviceId) -> Value);

const ENTITIES: [Entity; 6] = [
    ("binary_sensor", "connected", connected),
    ("sensor", "battery", battery),
    ("sensor", "signal", signal),
    ("sensor", "temperature", temperature),
    ("number", "interval", interval),
    ("switch", "enabled", enabled),
];

/// Tells of a camera. Of hubs there is nothing to tell.
pub(crate) fn announce(post: &Post, device: &Device) {
    if device.kind != DeviceKind::Camera {
        return;
    }
    let about = json!({
        "identifiers": [name(&device.id)],
        "name": device.name,
        "manufacturer": "Asterism",
        "model": "Camera",
    });
    for (component, object, entity) in ENTITIES {
        let mut config = entity(&device.id);
        config["unique_id"] = json!(format!("{}_{object}", name(&device.id)));
        config["device"] = about.clone();
        if component != "binary_sensor" {
            config["availability_topic"] = json!(topic(&device.id, Part::Status));
        }
        post.say(place(component, &device.id, object), config.to_string());
    }
}

/// Takes it back: an empty retained message is none.
pub(crate) fn withdraw(post: &Post, id: &DeviceId) {
    for (component, object, _) in ENTITIES {
        post.say(place(component, id, object), String::new());
    }
}

/// The device that a discovery topic is about.
pub(super) fn device_of(topic: &str) -> Option<DeviceId> {
    let mut levels = topic.strip_prefix(DISCOVERY)?.split('/');
    let device = levels.nth(1)?.strip_prefix("asterism_")?;
    device.parse().ok()
}

fn place(component: &str, id: &DeviceId, object: &str) -> String {
    format!("{DISCOVERY}{component}/{}/{object}/config", name(id))
}

fn name(id: &DeviceId) -> String {
    format!("asterism_{id}")
}

fn topic(id: &DeviceId, part: Part) -> String {
    let device = id.clone();
    DeviceTopic { device, part }.to_string()
}

fn connected(id: &DeviceId) -> Value {
    json!({
        "name": "Connected",
        "device_class": "connectivity",
        "entity_category": "diagnostic",
        "state_topic": topic(id, Part::Status),
        "payload_on": "online",
        "payload_off": "offline",
    })
}

fn reading(id: &DeviceId, name: &str, key: &str, class: &str, unit: &str) -> Value {
    json!({
        "name": name,
        "device_class": class,
        "state_class": "measurement",
        "entity_category": "diagnostic",
        "unit_of_measurement": unit,
        "state_topic": topic(id, Part::Health),
        "value_template": format!("{{{{ value_json.{key} }}}}"),
    })
}

fn battery(id: &DeviceId) -> Value {
    reading(id, "Battery", "battery", "battery", "%")
}

fn signal(id: &DeviceId) -> Value {
    reading(id, "Signal", "rssi", "signal_strength", "dBm")
}

fn temperature(id: &DeviceId) -> Value {
    reading(id, "Temperature", "temperature", "temperature", "°C")
}

fn interval(id: &DeviceId) -> Value {
    json!({
        "name": "Interval",
        "command_topic": topic(id, Part::ConfigSet(Setting::Interval)),
        "state_topic": topic(id, Part::ConfigState(Setting::Interval)),
        "min": 1,
        "max": 86_400,
        "mode": "box",
        "unit_of_measurement": "s",
    })
}

fn enabled(id: &DeviceId) -> Value {
    json!({
        "name": "Takes pictures",
        "command_topic": topic(id, Part::ConfigSet(Setting::Enabled)),
        "state_topic": topic(id, Part::ConfigState(Setting::Enabled)),
        "payload_on": "on",
        "payload_off": "off",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_discovery_topic_names_its_device() {
        let id = DeviceId::from_parts(7, 9);
        let topic = place("sensor", &id, "battery");
        assert_eq!(
            topic,
            format!("homeassistant/sensor/asterism_{id}/battery/config")
        );
        assert_eq!(device_of(&topic), Some(id));
        assert_eq!(device_of("homeassistant/sensor/other/battery/config"), None);
        assert_eq!(device_of("homeassistant/status"), None);
    }

    #[test]
    fn every_entity_says_where_its_state_is() {
        let id = DeviceId::from_parts(7, 9);
        for (component, object, entity) in ENTITIES {
            let config = entity(&id);
            let topic = config["state_topic"].as_str().unwrap();
            assert!(topic.parse::<DeviceTopic>().is_ok(), "{component} {object}");
            if let Some(topic) = config["command_topic"].as_str() {
                assert!(topic.ends_with("/set"), "{topic}");
            }
        }
    }
}
