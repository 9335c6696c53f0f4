//! The embedded broker's inside: rumqttd as a router in this process, without a
//! socket. It keeps retained states and hands them to hubs.
//!
//! Devices do not connect to it: it acks on receipt, has no rights per topic and
//! remembers every topic it ever saw. Only topics whose number is bounded by that
//! of devices go through it.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures_util::FutureExt;
use protocol::mqtt::{DISCOVERY, ONLINE, SERVER_STATUS};
use rumqttd::local::{LinkRx, LinkTx};
use rumqttd::protocol::{Packet, Publish};
use rumqttd::{Broker, Config, RouterConfig};

use super::post::missed;
use crate::PlatformError;

/// Messages waiting for the router.
const QUEUE: usize = 4_096;
/// Hubs at once, and we.
const LINKS: usize = 512;
/// What is kept for slow hubs, of each filter.
const SEGMENT_BYTES: usize = 64 * 1024;
const SEGMENTS: usize = 4;
/// The router drops who publishes where nobody ever subscribed: these filters
/// are there from the start.
const FILTERS: [&str; 2] = ["asterism/v1/#", "homeassistant/#"];

#[derive(Clone)]
pub(crate) struct Exchange {
    broker: Arc<Mutex<Broker>>,
    way: SyncSender<Publish>,
}

impl Exchange {
    /// # Errors
    /// No thread can be had.
    pub fn start() -> Result<Self, PlatformError> {
        let broker = Broker::new(config());
        let (tx, rx) = link(&broker, "asterism-server")?;
        let (way, queue) = sync_channel(QUEUE);
        std::thread::Builder::new()
            .name("mqtt-exchange".into())
            .spawn(move || carry(tx, &rx, &queue))
            .map_err(|source| PlatformError::Io {
                what: "mqtt exchange thread".into(),
                source,
            })?;
        let exchange = Self {
            broker: Arc::new(Mutex::new(broker)),
            way,
        };
        exchange.publish(SERVER_STATUS.into(), ONLINE.into(), true);
        Ok(exchange)
    }

    /// Publishes; an empty retained payload takes a state back.
    pub fn publish(&self, topic: String, payload: Bytes, retain: bool) {
        debug_assert!(topic.starts_with("asterism/v1/") || topic.starts_with(DISCOVERY));
        let message = Publish::new(Bytes::from(topic), payload, retain);
        if self.way.try_send(message).is_err() {
            missed();
        }
    }

    /// A link of a hub. Blocks for a moment.
    pub fn link(&self, client: &str) -> Result<(LinkTx, LinkRx), PlatformError> {
        let broker = self.broker.lock().unwrap_or_else(PoisonError::into_inner);
        link(&broker, client)
    }
}

fn link(broker: &Broker, client: &str) -> Result<(LinkTx, LinkRx), PlatformError> {
    let linked = broker.link(client);
    linked.map_err(|error| PlatformError::Mqtt(error.to_string()))
}

/// Ends with the last sender. The receiving half is held, or the router would
/// take the link for a dead one.
fn carry(mut tx: LinkTx, _held: &LinkRx, queue: &Receiver<Publish>) {
    while let Ok(message) = queue.recv() {
        // never waits: the future only hands over to the router's own queue
        let sent = tx.send(Packet::Publish(message, None)).now_or_never();
        if !matches!(sent, Some(Ok(_))) {
            tracing::error!("mqtt router has stopped");
            return;
        }
    }
}

fn config() -> Config {
    Config {
        id: 0,
        router: RouterConfig {
            max_connections: LINKS,
            max_outgoing_packet_count: 200,
            max_segment_size: SEGMENT_BYTES,
            max_segment_count: SEGMENTS,
            initialized_filters: Some(FILTERS.map(str::to_owned).to_vec()),
            ..RouterConfig::default()
        },
        ..Config::default()
    }
}
