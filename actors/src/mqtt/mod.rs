//! The MQTT side: a broker in this process, or another one, and our own link
//! to it. Cameras come in by it; nodes will talk to each other over it.

mod broker;
mod link;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::RngCore;

use crate::{MqttConfig, PlatformError};
use link::Link;

/// Largest packet that we send or take: a whole picture.
pub const PACKET_BYTES: usize = 16 * 1024 * 1024;

/// A running connection to a broker.
pub struct Mqtt {
    link: Link,
}

impl Mqtt {
    /// Starts or finds the broker and connects to it.
    ///
    /// # Errors
    /// The address is taken, or the URL is not one of MQTT.
    pub async fn start(config: &MqttConfig) -> Result<Option<Self>, PlatformError> {
        let target = match config {
            MqttConfig::Off => return Ok(None),
            MqttConfig::External { url } => link::Target::parse(url)?,
            MqttConfig::Embedded { listen } => {
                let secret = secret();
                broker::start(*listen, secret.clone())?;
                link::Target::local(*listen, secret)
            }
        };
        Ok(Some(Self {
            link: Link::start(target),
        }))
    }

    pub fn stop(&self) {
        self.link.stop();
    }
}

/// What our own client shows to the embedded broker.
fn secret() -> String {
    let mut bytes = [0u8; 24];
    rand::rng().fill_bytes(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}
