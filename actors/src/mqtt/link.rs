//! Our own client of the broker.

use std::net::SocketAddr;
use std::time::Duration;

use rand::Rng;
use rumqttc::{AsyncClient, Event, LastWill, MqttOptions, Packet, QoS};
use tokio::task::JoinHandle;

use super::PACKET_BYTES;
use crate::PlatformError;

/// The user name of this process at the embedded broker.
pub const OWN_NAME: &str = "asterism-server";
/// Says whether the platform is there; retained, with a last will.
const STATUS_TOPIC: &str = "asterism/v1/server/status";
/// Packets waiting to be sent.
const QUEUE: usize = 64;
const KEEP_ALIVE: Duration = Duration::from_secs(20);
/// Pauses between attempts to connect double up to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(20);
const MQTT_PORT: u16 = 1883;

/// Which broker, and as whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    host: String,
    port: u16,
    login: Option<(String, String)>,
}

impl Target {
    pub fn local(listen: SocketAddr, secret: String) -> Self {
        let host = if listen.ip().is_unspecified() {
            "127.0.0.1".to_owned()
        } else {
            listen.ip().to_string()
        };
        Self {
            host,
            port: listen.port(),
            login: Some((OWN_NAME.to_owned(), secret)),
        }
    }

    /// `mqtt://[user:password@]host[:port]`.
    pub fn parse(url: &str) -> Result<Self, PlatformError> {
        let wrong =
            || PlatformError::Mqtt(format!("{url} is not like mqtt://user:password@host:1883"));
        let rest = url.strip_prefix("mqtt://").ok_or_else(wrong)?;
        let (login, place) = match rest.rsplit_once('@') {
            Some((login, place)) => {
                let (user, password) = login.split_once(':').ok_or_else(wrong)?;
                (Some((user.to_owned(), password.to_owned())), place)
            }
            None => (None, rest),
        };
        let place = place.trim_end_matches('/');
        let (host, port) = match place.rsplit_once(':') {
            Some((host, port)) => (host, port.parse().map_err(|_| wrong())?),
            None => (place, MQTT_PORT),
        };
        if host.is_empty() {
            return Err(wrong());
        }
        Ok(Self {
            host: host.to_owned(),
            port,
            login,
        })
    }
}

pub struct Link {
    task: JoinHandle<()>,
}

impl Link {
    /// Connects, and again whenever the connection breaks.
    pub fn start(target: Target) -> Self {
        let id = format!("{OWN_NAME}-{:08x}", rand::rng().random::<u32>());
        let mut options = MqttOptions::new(id, &target.host, target.port);
        options.set_keep_alive(KEEP_ALIVE);
        options.set_max_packet_size(PACKET_BYTES, PACKET_BYTES);
        options.set_last_will(LastWill::new(
            STATUS_TOPIC,
            "offline",
            QoS::AtLeastOnce,
            true,
        ));
        if let Some((user, password)) = target.login {
            options.set_credentials(user, password);
        }
        let (client, mut events) = AsyncClient::new(options, QUEUE);
        let announcer = client.clone();
        let task = tokio::spawn(async move {
            let mut pause = FIRST_PAUSE;
            loop {
                match events.poll().await {
                    Ok(Event::Incoming(Packet::ConnAck(_))) => {
                        pause = FIRST_PAUSE;
                        connected(true);
                        tracing::info!(host = target.host, port = target.port, "mqtt connected");
                        // Never waits inside the event loop: it would wait for itself.
                        if announcer
                            .try_publish(STATUS_TOPIC, QoS::AtLeastOnce, true, "online")
                            .is_err()
                        {
                            tracing::warn!("mqtt queue is full, status not announced");
                        }
                    }
                    Ok(_) => {}
                    Err(error) => {
                        connected(false);
                        tracing::debug!(%error, "mqtt connection lost");
                        let jitter = rand::rng().random_range(0.5..1.0);
                        tokio::time::sleep(pause.mul_f64(jitter)).await;
                        pause = (pause * 2).min(LONGEST_PAUSE);
                    }
                }
            }
        });
        Self { task }
    }

    pub fn stop(&self) {
        // Not a clean disconnect on purpose: the last will says "offline".
        self.task.abort();
    }
}

fn connected(up: bool) {
    metrics::gauge!("asterism_mqtt_connected").set(if up { 1.0 } else { 0.0 });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_of_brokers() {
        let target = Target::parse("mqtt://cam:s:ecret@broker.local:1884/").unwrap();
        assert_eq!((target.host.as_str(), target.port), ("broker.local", 1884));
        assert_eq!(target.login, Some(("cam".into(), "s:ecret".into())));
        assert_eq!(Target::parse("mqtt://localhost").unwrap().port, 1883);
        for wrong in [
            "http://x",
            "mqtt://",
            "mqtt://user@host",
            "mqtt://host:port",
        ] {
            assert!(Target::parse(wrong).is_err(), "{wrong}");
        }
    }
}
