//! A camera, as somebody else would write it: rumqttc, topics and bytes.

// the error is rumqttc's own, and tests may be slow
#![allow(clippy::result_large_err)]

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use rumqttc::{
    Client as Mqtt, Connection, ConnectionError, Event, LastWill, MqttOptions, Outgoing, Packet,
    Publish, QoS,
};
use serde_json::Value;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A device with its credential.
#[derive(Clone)]
pub struct Device {
    pub id: String,
    pub secret: String,
    pub port: u16,
}

impl Device {
    pub fn topic(&self, part: &str) -> String {
        format!("asterism/v1/devices/{}/{part}", self.id)
    }

    fn options(&self, client: &str) -> MqttOptions {
        let mut options = MqttOptions::new(client, "127.0.0.1", self.port);
        options.set_credentials(&self.id, &self.secret);
        options.set_keep_alive(Duration::from_secs(60));
        options.set_max_packet_size(32 << 20, 32 << 20);
        options
    }

    /// Connects and listens to its results; the error is the broker's.
    pub fn connect(&self) -> Result<Camera, ConnectionError> {
        let mut options = self.options(&format!("cam-{}", self.id));
        let status = self.topic("status");
        options.set_last_will(LastWill::new(status, "offline", QoS::AtLeastOnce, true));
        Camera::open(self.clone(), options, &["result/+", "config/+/set"])
    }

    /// As [`Device::connect`], under another name and with a session that outlives it.
    pub fn connect_as(&self, client: &str) -> Result<Camera, ConnectionError> {
        let mut options = self.options(client);
        options.set_clean_session(false);
        Camera::open(self.clone(), options, &["result/+"])
    }

    /// Connects with these options changed, and listens to whole topics.
    pub fn listen(&self, filters: &[&str]) -> Result<Camera, ConnectionError> {
        let options = self.options(&format!("hub-{}", self.id));
        let mut hub = Camera::open(self.clone(), options, &[])?;
        for filter in filters {
            hub.mqtt
                .subscribe(*filter, QoS::AtLeastOnce)
                .expect("asked");
            hub.until(|event| matches!(event, Event::Incoming(Packet::SubAck(_))))?;
        }
        Ok(hub)
    }

    /// Again and again until the server lets it in.
    pub fn connect_when_ready(&self) -> Camera {
        let start = Instant::now();
        loop {
            match self.connect() {
                Ok(camera) => return camera,
                Err(error) => assert!(start.elapsed() < PATIENCE, "not let in: {error}"),
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// A connected one.
pub struct Camera {
    pub device: Device,
    pub mqtt: Mqtt,
    connection: Connection,
    /// What came meanwhile.
    pub heard: VecDeque<Publish>,
    /// It goes on with a session.
    pub resumed: bool,
}

impl Camera {
    fn open(device: Device, options: MqttOptions, parts: &[&str]) -> Result<Self, ConnectionError> {
        let (mqtt, connection) = Mqtt::new(options, 64);
        let mut camera = Self {
            device,
            mqtt,
            connection,
            heard: VecDeque::new(),
            resumed: false,
        };
        camera.until(|event| matches!(event, Event::Incoming(Packet::ConnAck(_))))?;
        for part in parts {
            let filter = camera.device.topic(part);
            camera
                .mqtt
                .subscribe(filter, QoS::AtLeastOnce)
                .expect("asked");
            camera.until(|event| matches!(event, Event::Incoming(Packet::SubAck(_))))?;
        }
        Ok(camera)
    }

    /// Events until one fits; what is heard is kept.
    fn until(&mut self, fits: impl Fn(&Event) -> bool) -> Result<Event, ConnectionError> {
        let start = Instant::now();
        loop {
            let event = match self.connection.recv_timeout(Duration::from_millis(200)) {
                Ok(event) => event?,
                Err(_) => {
                    assert!(start.elapsed() < PATIENCE, "no answer in time");
                    continue;
                }
            };
            match &event {
                Event::Incoming(Packet::Publish(publish)) => self.heard.push_back(publish.clone()),
                Event::Incoming(Packet::ConnAck(ack)) => self.resumed = ack.session_present,
                _ => {}
            }
            if fits(&event) {
                return Ok(event);
            }
        }
    }

    /// Publishes on one of its topics and waits for PUBACK.
    pub fn send(&mut self, part: &str, payload: &[u8]) -> Result<(), ConnectionError> {
        let topic = self.device.topic(part);
        self.publish(&topic, payload, false)
    }

    pub fn publish(
        &mut self,
        topic: &str,
        payload: &[u8],
        retain: bool,
    ) -> Result<(), ConnectionError> {
        let (qos, payload) = (QoS::AtLeastOnce, payload.to_vec());
        self.mqtt
            .publish(topic, qos, retain, payload)
            .expect("asked");
        let sent = self.until(|event| matches!(event, Event::Outgoing(Outgoing::Publish(_))))?;
        let Event::Outgoing(Outgoing::Publish(pkid)) = sent else {
            unreachable!("only that fits");
        };
        self.until(
            |event| matches!(event, Event::Incoming(Packet::PubAck(ack)) if ack.pkid == pkid),
        )?;
        Ok(())
    }

    /// Publishes many at once, nobody waits for an ack.
    pub fn shout(&mut self, part: &str, payloads: &[Vec<u8>]) {
        let topic = self.device.topic(part);
        for payload in payloads {
            self.mqtt
                .publish(topic.as_str(), QoS::AtMostOnce, false, payload.clone())
                .expect("asked");
            self.until(|event| matches!(event, Event::Outgoing(Outgoing::Publish(_))))
                .expect("sent");
        }
    }

    /// The next message on one of its topics.
    pub fn hear(&mut self, part: &str) -> Vec<u8> {
        let topic = self.device.topic(part);
        self.hear_topic(&topic)
    }

    pub fn hear_topic(&mut self, topic: &str) -> Vec<u8> {
        let start = Instant::now();
        loop {
            if let Some(at) = self.heard.iter().position(|p| p.topic == topic) {
                return self.heard.remove(at).expect("it is there").payload.to_vec();
            }
            assert!(
                start.elapsed() < PATIENCE,
                "nothing came on {topic}: {:?}",
                self.heard
            );
            // whatever comes next
            let _ = self.settle(Duration::from_millis(100));
        }
    }

    /// What became of something that it sent.
    pub fn result(&mut self, id: &str) -> Value {
        let payload = self.hear(&format!("result/{id}"));
        serde_json::from_slice(&payload).expect("JSON")
    }

    /// Takes in what comes within a while; the error is a cut.
    pub fn settle(&mut self, time: Duration) -> Result<(), ConnectionError> {
        let end = Instant::now() + time;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(());
            }
            match self.connection.recv_timeout(left) {
                Ok(Ok(Event::Incoming(Packet::Publish(publish)))) => self.heard.push_back(publish),
                Ok(Ok(_)) => {}
                Ok(Err(error)) => return Err(error),
                Err(_) => return Ok(()),
            }
        }
    }

    /// How long it took until it was cut off.
    pub fn cut_off(&mut self) -> Duration {
        let start = Instant::now();
        match self.settle(Duration::from_secs(30)) {
            Err(_) => start.elapsed(),
            Ok(()) => panic!("it is still connected"),
        }
    }

    /// Says goodbye.
    pub fn leave(mut self) {
        self.mqtt.disconnect().expect("asked");
        // until nothing more comes: it is sent by then
        let _ = self.settle(Duration::from_secs(10));
    }

    /// Goes without a word.
    pub fn vanish(self) {
        drop(self.connection);
    }
}

/// A chunk's payload: CRC-32, least significant byte first, and the bytes.
pub fn chunk(bytes: &[u8]) -> Vec<u8> {
    let mut payload = crc32fast::hash(bytes).to_le_bytes().to_vec();
    payload.extend_from_slice(bytes);
    payload
}
