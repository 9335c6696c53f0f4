//! The embedded broker: rumqttd on a thread of its own.
//!
//! It has no topic ACL, so for now it admits nobody but this process; devices
//! get credentials together with the check of ownership on receipt.

use std::collections::HashMap;
use std::net::{SocketAddr, TcpListener};

use rumqttd::{Broker, Config, ConnectionSettings, RouterConfig, ServerSettings};

use super::PACKET_BYTES;
use super::link::OWN_NAME;
use crate::PlatformError;

const MAX_CONNECTIONS: usize = 1_000;
const CONNECT_MILLIS: u16 = 5_000;
const MAX_INFLIGHT: usize = 100;

/// Starts the broker.
///
/// # Errors
/// The address cannot be bound.
pub fn start(listen: SocketAddr, secret: String) -> Result<(), PlatformError> {
    // rumqttd reports a taken port only in its log: find out before.
    TcpListener::bind(listen).map_err(|source| PlatformError::Io {
        what: format!("mqtt cannot listen on {listen}"),
        source,
    })?;
    let mut broker = Broker::new(config(listen, secret));
    std::thread::Builder::new()
        .name("mqtt-broker".into())
        .spawn(move || {
            if let Err(error) = broker.start() {
                tracing::error!(%error, "mqtt broker has stopped");
            }
        })
        .map_err(|source| PlatformError::Io {
            what: "mqtt broker thread".into(),
            source,
        })?;
    Ok(())
}

fn config(listen: SocketAddr, secret: String) -> Config {
    let mut server = ServerSettings {
        name: "asterism".into(),
        listen,
        tls: None,
        next_connection_delay_ms: 1,
        connections: ConnectionSettings {
            connection_timeout_ms: CONNECT_MILLIS,
            max_payload_size: PACKET_BYTES,
            max_inflight_count: MAX_INFLIGHT,
            auth: None,
            external_auth: None,
            dynamic_filters: true,
        },
    };
    server.set_auth_handler(move |_client: String, user: String, password: String| {
        let admitted = user == OWN_NAME && password == secret;
        async move { admitted }
    });
    Config {
        id: 0,
        router: RouterConfig {
            max_connections: MAX_CONNECTIONS,
            max_outgoing_packet_count: 200,
            max_segment_size: 64 * 1024 * 1024,
            max_segment_count: 4,
            ..RouterConfig::default()
        },
        v4: Some(HashMap::from([("asterism".to_owned(), server)])),
        ..Config::default()
    }
}
