//! MQTT: how devices reach the desk that decides what they send.
//!
//! By default they connect to [`front`], a listener of our own that acks a
//! picture when it is durable and not before. What is to be known of devices by
//! others (retained states, Home Assistant) goes through [`exchange`], an
//! embedded rumqttd without a socket. With another broker, [`external`] is a
//! client of it.

mod charge;
pub(crate) mod discovery;
mod exchange;
mod external;
mod front;
mod post;
mod target;

use std::sync::Arc;

use db::Db;
use protocol::device::DeviceKind;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::devices::{Desk, Roll};
use crate::throttle::Throttle;
use crate::{MqttConfig, PlatformError};
use exchange::Exchange;
use external::Outgoing;

pub(crate) use post::Post;
pub(crate) use target::address;

/// The way out, made before those who use it.
pub(crate) struct Mqtt {
    config: MqttConfig,
    post: Post,
    outgoing: Option<mpsc::Receiver<Outgoing>>,
}

/// What runs; aborted when the platform stops.
pub(crate) struct Running(Vec<JoinHandle<()>>);

impl Mqtt {
    /// # Errors
    /// The URL is not one of MQTT.
    pub fn new(config: &MqttConfig) -> Result<Self, PlatformError> {
        let (post, outgoing) = match config {
            MqttConfig::Off => (Post::Off, None),
            MqttConfig::Embedded { .. } => (Post::Embedded(Exchange::start()?), None),
            MqttConfig::External { url } => {
                address(url)?;
                let (post, outgoing) = external::channel();
                (Post::External(post), Some(outgoing))
            }
        };
        Ok(Self {
            config: config.clone(),
            post,
            outgoing,
        })
    }

    pub fn post(&self) -> Post {
        self.post.clone()
    }

    /// Lets devices in.
    ///
    /// # Errors
    /// The address is taken.
    pub async fn open(
        self,
        db: Db,
        roll: Roll,
        desk: Desk,
        throttle: Arc<Throttle>,
    ) -> Result<Running, PlatformError> {
        let mut running = Vec::new();
        match (&self.config, &self.post) {
            (MqttConfig::Embedded { listen }, Post::Embedded(exchange)) => {
                let front = front::Front {
                    roll,
                    desk,
                    throttle,
                    db: db.clone(),
                    exchange: exchange.clone(),
                };
                running.push(front::open(*listen, front).await?);
            }
            (MqttConfig::External { url }, _) => {
                let target = target::Target::parse(url)?;
                let outgoing = self.outgoing.expect("made with the way out");
                if db.is_embedded() {
                    let session = charge::session(&db);
                    running.extend(external::open(target, session, Some(outgoing), roll, desk));
                } else {
                    let shared = charge::Shared {
                        db: db.clone(),
                        target,
                        roll,
                        desk,
                    };
                    running.extend(shared.open(outgoing));
                }
            }
            _ => {}
        }
        if !matches!(self.post, Post::Off) {
            running.push(tokio::spawn(announce_all(db, self.post)));
        }
        Ok(Running(running))
    }
}

impl Running {
    pub fn stop(&self) {
        self.0.iter().for_each(|task| task.abort());
    }
}

/// Tells of every device once: retained states are not kept by a broker in
/// memory, and another broker may be new.
async fn announce_all(db: Db, post: Post) {
    let mut after = None;
    loop {
        let some = match db.all_devices(after.as_ref()).await {
            Ok(some) => some,
            Err(error) => {
                tracing::warn!(%error, "devices cannot be announced");
                return;
            }
        };
        let Some((_, last)) = some.last() else {
            return;
        };
        after = Some(last.id.clone());
        for (_, device) in &some {
            if device.kind == DeviceKind::Camera && device.revoked_at.is_none() {
                discovery::announce(&post, device);
                post.recall(device);
            }
            // at the pace at which they are taken
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
    }
}
