//! How a device does, in words.

use protocol::device::{BrokerKind, Device};

use crate::words;

/// "Online since 5 minutes ago", for the badge beside the name.
pub fn standing(device: &Device) -> (&'static str, &'static str) {
    match (device.revoked_at.is_some(), device.online, device.since) {
        (true, ..) => ("Revoked", "is-bad"),
        (_, true, _) => ("Online", "is-good"),
        (_, false, Some(_)) => ("Offline", ""),
        (_, false, None) => ("Never connected", ""),
    }
}

/// Since when it is so, and when it was last heard of.
pub fn times(device: &Device, now: i64) -> Option<String> {
    let since = device.revoked_at.or(device.since)?;
    let since = format!("since {}", words::ago(now, since.millis()));
    Some(match device.seen_at {
        Some(seen) => format!("{since} · heard of {}", words::ago(now, seen.millis())),
        None => since,
    })
}

/// What it said of itself: "battery 81 %", "signal −63 dBm" …
pub fn health(device: &Device) -> Vec<String> {
    let Some(report) = &device.health else {
        return Vec::new();
    };
    let said = &report.health;
    let parts = [
        said.battery.map(|n| format!("battery {n:.0} %")),
        said.rssi.map(|n| format!("signal {n} dBm")),
        said.temperature.map(|n| format!("{n:.0} °C")),
        said.uptime
            .map(|n| format!("up for {}", words::duration(n))),
        said.free_memory
            .map(|n| format!("{} free", words::bytes(n as f64))),
        said.firmware
            .as_ref()
            .map(|text| format!("firmware {text}")),
    ];
    parts.into_iter().flatten().collect()
}

/// A reason of refusals.
pub fn reason(name: &str) -> &str {
    match name {
        "wrong_topic" => "wrong topic",
        "foreign_device" => "another device's topic",
        "retained" => "retained",
        "oversize" => "too large",
        "flood" => "too fast",
        "quota" => "over the day's quota",
        "bad_payload" => "not understood",
        "bad_media" => "no picture",
        "revoked" => "revoked",
        other => other,
    }
}

/// What a person can try at once to see a picture arrive.
pub fn sample_command(device: &str, secret: &str, host: &str, port: u16) -> String {
    format!(
        "mosquitto_pub -h {host} -p {port} -q 1 -u {device} -P {secret} \
         -t asterism/v1/devices/{device}/frame -f photo.jpg"
    )
}

/// Why nothing can connect yet, if so.
pub fn obstacle(kind: BrokerKind, local_only: bool) -> Option<&'static str> {
    match (kind, local_only) {
        (BrokerKind::Off, _) => Some(
            "MQTT is turned off on this server: its operator can turn it on with --mqtt-listen.",
        ),
        (BrokerKind::Embedded, true) => Some(
            "Only this machine can connect so far: for cameras elsewhere the operator starts the server with --mqtt-listen 0.0.0.0:1883.",
        ),
        (BrokerKind::External, _) => Some(
            "Another broker lets devices in: its operator has to enter each device there. The guide says how.",
        ),
        (BrokerKind::Embedded, false) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_command_is_complete() {
        let command = sample_command("01jd", "asd_x", "box.local", 1883);
        assert!(command.contains("-u 01jd -P asd_x -t asterism/v1/devices/01jd/frame"));
        assert!(!command.contains("  "), "{command}");
    }

    #[test]
    fn every_reason_has_words() {
        assert_eq!(reason("flood"), "too fast");
        assert_eq!(reason("something_new"), "something_new");
        assert!(obstacle(BrokerKind::Embedded, false).is_none());
    }
}
